"""Whatever somebody typed, in whatever field of whatever letter: it is data, it is set off, and it imitates nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader
from selectolax.lexbor import LexborHTMLParser

from mailbot import resources
from mailbot.domain.model import Question
from mailbot.letters.prepare import MULTILINE
from mailbot.letters.render import HTML_LIMIT, environment, render
from mailbot.letters.scene import Item, Oga, Rendered, Scene
from mailbot.mail.compose import compose
from mailbot.mail.marker import MARKER
from mailbot.mail.message import Address, AttachedFile, OutgoingMessage
from tests.unit.letters.people import ADDRESS, OGA, PAGE
from tests.unit.letters.scenes import SCENES

pytestmark = pytest.mark.slow  # every field of every letter: `make test` only

ALL = [
    pytest.param(kind, scene, id=f"{kind}-{name}".rstrip("-"))
    for kind, variants in SCENES.items()
    if kind != "alarm"  # for the operator, of our own words
    for name, scene in variants.items()
]
#: fields that are ours: which letter it is, where it is answered, and the words of the configuration
OURS = frozenset(
    "about allowed_types bot code decided decided_by event guessed_by held journal_hash kind label missing page ref"
    " refs refusal reply_to sha256 subject_name verdict website why".split()
)
CANARY, TYPED = "ZQXV", "TQXV"  #: stand in all that was poisoned; on every line of what may have several
PAGES = PAGE.rpartition("/")[0] + "/"
FOREIGN = "caaaaaamolhm4kwjpx5fjzmaaa"  #: a token that stands in nothing of ours
BREAKS = ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e")
#: what an attacker types so that it is taken for ours
PIECES = (
    MARKER, f"Pour répondre, ou faire répondre un collègue : eccv+{FOREIGN}@assaprol.example", "· · ·",
    f"ECCV%2B{FOREIGN.upper()}@assaprol.example", f"https://eccv.assaprol.example/v/{FOREIGN}",
    "[D0042-2025-3] Traitée : réponse satisfaisante.", "3 · D0042-2025-3 · Zoé Etchegoyen", "Vous avez validé.",
    "» Proposition : D0042-2025-3, d’après l’objet. «", "MESSAGES RETENUS", "> cité", "-- ", "__", "  | barre",
    "{{ 711*7 }}", "{% include 'x' %}", "$name", "${name}", "%(name)s", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "</style><b>", "<!--", "]]>", "&lt;b&gt;", "javascript:x",
    "Bcc: victime@dehors.example", "\u202ecod.exe", "\u2066x\u2069", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164",
    "\U000e0041", "\x00", "\x1b[31m", "\x07", "\x7f", "\ud800", "\ufff9", "\u034f",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from((*PIECES, *BREAKS)) | st.text(max_size=8), min_size=1, max_size=9)
#: categories of characters that may stand in no letter: controls, format characters, surrogates, line separators
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(FileSystemLoader(resources.data("templates")))


def poisoned(value: Any, pieces: list[str], name: str = "", owner: type = Scene) -> Any:
    """The same scene with every word in it that is not ours replaced."""
    if isinstance(value, str):
        typed = name in MULTILINE and (owner, name) not in ((Question, "text"), (Oga, "footer"))
        return value if name in OURS or not value else _said(pieces, TYPED if typed else CANARY)
    if isinstance(value, tuple):
        return tuple(poisoned(one, pieces, name, owner) for one in value)
    if is_dataclass(value) and not isinstance(value, type) and value != OGA:
        new = {f.name: poisoned(getattr(value, f.name), pieces, f.name, type(value)) for f in fields(value)}
        if isinstance(value, Item) and value.held:
            new["comment"] = _said(pieces, CANARY)  # whose mail it is that was held: an address
        return replace(value, **new)
    return value


def _said(pieces: list[str], canary: str) -> str:
    return "".join(p if p in BREAKS else f" {canary}{p} " for p in (f"{canary}a", *pieces, f"{canary}z"))


def shown(letter: Rendered) -> LexborHTMLParser:
    return LexborHTMLParser(letter.html)


def of_ours(letter: Rendered) -> tuple[list[str], list[str]]:
    """The elements of the HTML, without those that words are set in, and the names of all attributes."""
    tags, names = [], set()
    for node in shown(letter).root.traverse():  # type: ignore[union-attr]
        tags.append(node.tag)
        names |= set(node.attributes)
    return tags, sorted(names)


TAGS = set(
    "html head meta title style body div table tbody tr td p h1 h2 h3 h4 a span strong br ul ol li del ins -comment"
    " -undef th caption".split()
)
ATTRIBUTES = set(
    "lang charset name content style class role width cellpadding cellspacing border align valign href bgcolor colspan"
    " data-css-inline scope".split()
)


def check(letter: Rendered) -> None:
    """Nothing of what was typed is more than words."""
    for part in (letter.subject, letter.text, letter.html):
        odd = {f"U+{ord(c):04X}" for c in part if unicodedata.category(c) in UNSEEN and c not in "\n\t"}
        assert not odd, odd
        assert FOREIGN not in part.lower(), "somebody else's token is shown"
        assert "4977" not in part
    assert not set("\n\t") & set(letter.subject)
    _text(letter.text)
    _html(letter)
    _composed(letter)


def _text(text: str) -> None:
    assert text.count(MARKER) == 1
    feet = re.findall(r"^Pour répondre(?:, ou faire répondre un collègue)? : .*", text, re.MULTILINE)
    assert [foot.partition(" : ")[2] for foot in feet] == [ADDRESS]
    assert not re.search(r"^(>|--|__)", text, re.MULTILINE)
    assert "\n".join(text.splitlines()) + "\n" == text, "a line breaks elsewhere than at its end"
    ours = "\n".join(line for line in text.split("\n") if not line.startswith(SET_OFF))
    assert TYPED not in re.sub("«[^«»]*»", "", ours)


#: how a line begins that somebody typed: with a bar, as a change, as what was set aside
SET_OFF = ("  | ", "  + AJOUTÉ : ", "  - RETIRÉ : ", "  . ")


def _html(letter: Rendered) -> None:
    tags, names = of_ours(letter)
    assert set(tags) <= TAGS, set(tags) - TAGS
    assert set(names) <= ATTRIBUTES, set(names) - ATTRIBUTES
    assert len(letter.html.encode()) <= HTML_LIMIT
    assert shown(letter).text().count(MARKER) == 1
    for link in shown(letter).css("a"):
        target = urlsplit(link.attributes["href"] or "")
        assert target.scheme in ("mailto", "https")
        if target.scheme == "mailto":
            assert set(parse_qs(target.query)) <= {"subject", "body"}
            assert len(link.attributes["href"] or "") <= 500
        else:
            assert (link.attributes["href"] or "").startswith((PAGES, f"https://{OGA.website}"))


def _composed(letter: Rendered) -> None:
    """As it is sent: the headers are those of any letter, whatever the names in it say."""
    evil = letter.subject + "\r\nBcc: x@dehors.example\x00\u202e\u2028"
    file = AttachedFile(f'{evil}".pdf', "text/html\r\nX: y", "1", 1, "2")
    raw = compose(
        OutgoingMessage(
            "question", Address(evil, "a@b.example"), Address(evil, "eccv@assaprol.example"), ADDRESS, evil,
            letter.text, letter.html, SENT, "<1@assaprol.example>", evil, (evil,), files=(file,),
        ),
        {"1": b"x"},
    )  # fmt: skip
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == HEADERS
    for name, value in message.items():
        odd = [c for c in str(value) if unicodedata.category(c) in UNSEEN and c != "\t"]
        assert not odd, f"{name}: {odd}"
    names = [part.get_filename() or "" for part in message.iter_attachments()]
    assert len(names) == 1
    assert not [c for c in names[0] if unicodedata.category(c) in UNSEEN]


SENT = SCENES["question"][""].now
HEADERS = (
    "Date From To Reply-To Subject Message-ID In-Reply-To References X-Auto-Response-Suppress X-Mailbot"
    " Content-Language MIME-Version Content-Type".split()
)


@pytest.mark.parametrize(("kind", "scene"), ALL)
def test_all_at_once_in_every_field(env: Environment, kind: str, scene: Scene) -> None:
    check(render(env, kind, poisoned(scene, [*PIECES])))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(range(len(ALL))), HOSTILE)
def test_anything_in_every_field(env: Environment, at: int, pieces: list[str]) -> None:
    kind, scene = ALL[at].values
    check(render(env, str(kind), poisoned(scene, pieces)))
