"""A logo that every mail of a firm brings is no piece; a pasted screenshot is one."""

from __future__ import annotations

from email.message import EmailMessage

from mailbot.demo.postoffice import reply
from tests.campaign import AICHA, MAITE, Campaign

LOGO = b"\x89PNG\r\n\x1a\n" + b"logo" * 5_000
SCREENSHOT = b"\x89PNG\r\n\x1a\n" + b"capture" * 10_000


def with_pictures(campaign: Campaign, who: tuple[str, str], ref: str, *pictures: bytes) -> list[str]:
    """A reply in HTML that shows the pictures below its text, with no mark of a signature; its files as kept."""
    message: EmailMessage = reply(campaign.letter(AICHA, "question", ref), who, "Le détail.")
    shown = "".join(f'<p><img src="cid:i{n}@x"></p>' for n in range(len(pictures)))
    message.clear_content()
    message.set_content(f"<p>Le détail.</p>{shown}", "html")
    for n, data in enumerate(pictures):
        message.add_related(data, "image", "png", cid=f"<i{n}@x>", filename=f"image00{n}.png")
    campaign.hand_in(message)
    return [file["name"] for file in campaign.show(ref)["answers"][-1]["files"]]


def test_the_third_mail_of_a_firm_with_the_same_picture_does_not_bring_it(campaign: Campaign) -> None:
    assert with_pictures(campaign, AICHA, "D0009-2025-1", LOGO) == ["image000.png"]
    assert with_pictures(campaign, MAITE, "D0009-2025-2", LOGO, SCREENSHOT) == ["image000.png", "image001.png"]
    assert with_pictures(campaign, AICHA, "D0009-2025-3", LOGO, SCREENSHOT) == ["image001.png"]
