"""What is tried: each target makes an input, hands it to one function of ours, and says what it found wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from mailbot.errors import Refusal, Unreadable
from mailbot.mail import absence, bounce, token, trust
from mailbot.mail.disposition import Own, nothing_typed, screen
from mailbot.mail.envelope import Dmarc, Envelope
from mailbot.mail.files.sniff import sniff
from mailbot.mail.message import InboundMessage
from mailbot.mail.parse import identity, parse, part
from mailbot.mail.quoting import html, lines
from mailbot.mail.reply import written
from mailbot.mail.token import Keys, Purpose
from mailbot.service.splitting import apart, places
from mailbot.service.splitting.lines import parts
from mailbot.service.splitting.typed import Labels
from mailbot.service.understanding import intent
from mailbot.service.understanding.intent import Verb, Words
from tests.fuzz import approvals
from tests.fuzz.mutate import mutant, text_mutant

CORPUS = Path(__file__).parent.parent / "mail" / "corpus"
TODAY = date(2026, 11, 25)
OWN = Own("eccv@assaprol.example", "assaprol.example")
ENVELOPE = Envelope("a@firm.example", ("eccv@assaprol.example",), datetime(2026, 11, 25, tzinfo=UTC))
NULL = Envelope("", ENVELOPE.recipients, ENVELOPE.received_at)
KEYS = Keys(1, {1: bytes(range(32)), 2: bytes(32)})
AUTHSERV = "mx.oga.example"
OURS = f"id:{AUTHSERV}"
#: no mail stands behind these: they are asked about what another function gave
ASKED = (Purpose.ANSWER, Purpose.APPROVE, Purpose.TREAT, Purpose.CONFIRM, Purpose.SEVERAL, Purpose.MENU, Purpose.DIGEST)


class Wrong(Exception):
    """The function answered, and the answer must not be."""


@dataclass(frozen=True)
class Corpus:
    """Mail, texts, HTML, files and letters of ours to begin with."""

    mails: Sequence[bytes]
    letters: Sequence[str]  #: of ours, as replies quote them

    @cached_property
    def messages(self) -> list[InboundMessage]:
        return [parse(raw) for raw in self.mails if len(raw) < 200_000]

    @cached_property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages if message.text]

    @cached_property
    def pages(self) -> list[str]:
        return [message.html for message in self.messages if message.html]

    @cached_property
    def files(self) -> list[tuple[str, str, bytes]]:
        """(name, type, bytes)."""
        found = []
        for raw in self.mails:
            for one in parse(raw).attachments[:3]:
                try:
                    found.append((one.name, one.type, part(raw, one.part)))
                except KeyError:
                    continue
        return found


def corpus() -> Corpus:
    """What the tests have."""
    mails = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    letters = sorted({path.read_text("utf-8") for path in CORPUS.glob("*.sent.txt")})
    return Corpus([raw for raw in mails if len(raw) < 300_000], letters)


@dataclass(frozen=True)
class Trial:
    """An input, as it can be kept, and what is to be done with it."""

    data: bytes
    run: Callable[[], None]


def _of_mail(read: Callable[[random.Random, Corpus, bytes], None]) -> Callable[[random.Random, Corpus], Trial]:
    def make(rng: random.Random, known: Corpus) -> Trial:
        raw = mutant(rng, known.mails)
        return Trial(raw, lambda: read(rng, known, raw))

    return make


def _message(raw: bytes) -> InboundMessage | None:
    try:
        return parse(raw)
    except Unreadable:
        return None


def _parser(rng: random.Random, known: Corpus, raw: bytes) -> None:
    message = _message(raw)
    identity(raw)
    for one in message.attachments[:2] if message else ():
        part(raw, one.part)


def _screened(rng: random.Random, known: Corpus, raw: bytes) -> None:
    if message := _message(raw):
        screen(message, rng.choice((ENVELOPE, NULL)), OWN)


def _reply(rng: random.Random, known: Corpus, raw: bytes) -> None:
    """Also: no character of the author vanishes, and what is read of it approves only if it is a yes."""
    if message := _message(raw):
        split = written(message, rng.choice(("", rng.choice(known.letters))))
        nothing_typed(message, split)
        _decides_nothing(split.text)


def _bounce(rng: random.Random, known: Corpus, raw: bytes) -> None:
    if message := _message(raw):
        bounce.read(message, rng.random() < 0.5)


def _absence(rng: random.Random, known: Corpus, raw: bytes) -> None:
    if message := _message(raw):
        absence.read(message, TODAY)


def _verdict(rng: random.Random, known: Corpus, raw: bytes) -> None:
    """What anybody claims in our name is taken out at the door: nothing of it may be left to believe."""
    head = b"Authentication-Results: " + rng.choice((AUTHSERV, AUTHSERV.upper(), f'"{AUTHSERV}"')).encode()
    said = rng.choice((b"dmarc=pass header.from=firm.example", b"dmarc=none header.from=a; spf=pass smtp.mailfrom=a"))
    whose, line = rng.choice(((OURS, head + b"; " + said), ("microsoft", b"Authentication-Results: " + said)))
    raw = line + b"\r\n" + raw
    trust.verdict(raw, whose)
    if trust.verdict(trust.strip(raw, whose), whose).dmarc is not Dmarc.NONE:
        raise Wrong("a verdict is left behind the door")


def _token(rng: random.Random, known: Corpus) -> Trial:
    good = token.make(Purpose(rng.randrange(11)), rng.randrange(2**40), KEYS)
    text = list(good)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        text[at : at + rng.randrange(2)] = rng.choice(("", "a", "7", "A", "é", "ſ", "\x00", "=", " ", "K", "1", "--"))
    made = "".join(text)

    def run() -> None:
        found = token.verify(made, KEYS)
        if found and made.lower() != good:
            raise Wrong(f"{made!r} is taken for {found}")

    return Trial(made.encode("utf-8", "surrogatepass"), run)


def _intent(rng: random.Random, known: Corpus) -> Trial:
    text = text_mutant(rng, known.texts) if rng.random() < 0.5 else approvals.conditional(rng)
    return Trial(text.encode("utf-8", "surrogatepass"), lambda: _asked_of(rng, text))


def _asked_of(rng: random.Random, text: str) -> None:
    subject = text[: rng.randrange(200)]
    for purpose in ASKED:
        _read(purpose, Words(text, TODAY, subject, rng.choice((0, 0, 1)), rng.choice((0, 1))))
    _decides_nothing(text)


def _approval(rng: random.Random, known: Corpus) -> Trial:
    """Yes, and something beside it: whatever it is, that is no unconditional yes."""
    text = approvals.conditional(rng)
    return Trial(text.encode(), lambda: _no_yes(text))


def _read(purpose: Purpose, words: Words) -> Verb | None:
    try:
        return intent.read(purpose, words).verb
    except Refusal:
        return None


def _decides_nothing(text: str) -> None:
    """Raise Wrong where a text that is no unconditional yes approves or confirms."""
    if approvals.surely_not(text):
        _no_yes(text)


def _no_yes(text: str) -> None:
    words = Words(text, TODAY)
    if _read(Purpose.APPROVE, words) is Verb.APPROVE:
        raise Wrong(f"approved by {text[:200]!r}")
    try:
        if intent.read(Purpose.CONFIRM, words).yes and _read(Purpose.CONFIRM, words) is Verb.CONFIRM:
            raise Wrong(f"confirmed by {text[:200]!r}")
    except Refusal:
        return


def _lines(rng: random.Random, known: Corpus) -> Trial:
    text = text_mutant(rng, [*known.texts, "1 oui\n2 oui sauf la TVA\n3 non : motif", "Q1 : a\nQ2 : b\nA. c"])
    names = rng.choice((["1", "2", "3"], ["A", "B", "C"], [str(n) for n in range(1, 30)]))
    labels = Labels(names, {f"d0009-2025-{n}": name for n, name in enumerate(names, 1)})
    return Trial(
        text.encode("utf-8", "surrogatepass"), lambda: [parts(text, labels, d) for d in (False, True)] and None
    )


def _several(rng: random.Random, known: Corpus, raw: bytes) -> None:
    """A reply to a letter with several questions, taken apart."""
    message, letter = _message(raw), rng.choice(known.letters)
    if message is None:
        return
    asked = places.asked_in(letter)
    labels = Labels([one.label for one in asked], {one.ref: one.label for one in asked})
    for decides in (False, True):
        apart.taken_apart(written(message, letter), asked, labels, decides)


def _html(rng: random.Random, known: Corpus) -> Trial:
    page = text_mutant(rng, known.pages)
    return Trial(page.encode("utf-8", "surrogatepass"), lambda: html.lines(page) and None)


def _text(rng: random.Random, known: Corpus) -> Trial:
    text = text_mutant(rng, known.texts)
    return Trial(text.encode("utf-8", "surrogatepass"), lambda: lines.from_text(text) and None)


def _sniff(rng: random.Random, known: Corpus) -> Trial:
    name, kind, data = rng.choice(known.files)
    data = mutant(rng, [data, *(file[2] for file in rng.choices(known.files, k=3))])
    other = rng.choice(known.files)[0]
    return Trial(data, lambda: sniff((name, other), kind, data) and None)


TARGETS: dict[str, Callable[[random.Random, Corpus], Trial]] = {
    "parser": _of_mail(_parser),
    "disposition": _of_mail(_screened),
    "reply": _of_mail(_reply),
    "bounce": _of_mail(_bounce),
    "absence": _of_mail(_absence),
    "verdict": _of_mail(_verdict),
    "several": _of_mail(_several),
    "token": _token,
    "intent": _intent,
    "approval": _approval,
    "lines": _lines,
    "html": _html,
    "text": _text,
    "sniff": _sniff,
}
