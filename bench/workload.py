"""Replies as firms send them: Outlook-like alternatives with the quoted letter, some with a PDF or photograph."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

SENTENCES = (
    "L'écart de {n} € correspond à la régularisation du loyer du 4e trimestre, payé en janvier.",
    "Le client a bien cédé son véhicule le 15 juin ; la plus-value figure au cadre III.",
    "La TVA déductible a été déclarée en CA12, d'où la différence de {n} € avec le relevé.",
    "Les cotisations Madelin ont été réintégrées : {n} € au titre de la prévoyance.",
)
ATTACHED, WINDOWS, NAMED = 0.29, 0.28, 0.8  #: shares of replies with a file, in windows-1252, with In-Reply-To


@dataclass(frozen=True)
class Place:
    """A letter that is answered, and by whom."""

    sender: str
    recipient: str
    letter: str
    message_id: str = ""


def replies(places: Sequence[Place], count: int, seed: int = 1) -> Iterator[tuple[str, str, bytes]]:
    """(sender, recipient, bytes) of `count` replies to `places`; the same bytes for the same places and seed."""
    rnd = random.Random(seed)
    for n in range(count):
        place = places[n % len(places)]
        yield place.sender, place.recipient, _reply(rnd, n, place)


def _reply(rnd: random.Random, n: int, place: Place) -> bytes:
    charset = "windows-1252" if rnd.random() < WINDOWS else "utf-8"
    typed = "\n".join(["Bonjour,", "", *(s.format(n=n * 7 + 100) for s in rnd.sample(SENTENCES, 2)), f"Pièce mk{n}."])
    quoted = [line.encode(charset, "replace").decode(charset) for line in place.letter.splitlines()]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = place.sender, place.recipient, "RE: ECCV 2025"
    message["Message-ID"] = f"<bench-{n}@{place.sender.partition('@')[2]}>"
    named = rnd.random() < NAMED  # drawn for every place: a peer without Message-IDs gets the same replies
    if named and place.message_id:
        message["In-Reply-To"] = place.message_id
    for hop in range(4):
        message[f"X-Hop-{hop}"] = rnd.randbytes(350).hex()
    attribution = "Le jeu. 12 nov. 2026 à 10:02, ASSAPROL a écrit :"
    body = "\n".join([typed, "", attribution, "", *(f"> {line}" for line in quoted)])
    message.set_content(body, charset=charset)
    rows = "".join(f'<p class="MsoNormal">{line}</p>\n' for line in [*typed.splitlines(), attribution])
    history = "".join(f'<p class="MsoNormal">{line}</p>\n' for line in quoted)
    message.add_alternative(
        f"<html><body>{rows}<blockquote>{history}</blockquote></body></html>", "html", charset=charset
    )
    if rnd.random() < ATTACHED:
        data = b"%PDF-1.5\n" + rnd.randbytes(rnd.randrange(50_000, 300_000))
        message.add_attachment(data, maintype="application", subtype="pdf", filename=f"Justificatif-{n}.pdf")
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"_00{depth}_bench{n}_")
    return message.as_bytes(policy=policy.SMTP)
