"""Between firms: whatever somebody of another firm tries at whichever door, nothing tells him that anything is there.

Each door is tried twice, with something that is another firm's and with its like that does not exist; what comes back
must be the same but for what the writer typed himself. Nothing of the other firm changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from html import unescape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

import pytest

from mailbot import app as apps
from mailbot.demo.postoffice import Letter, reply
from mailbot.mail import token
from mailbot.mail.envelope import Dmarc, Envelope, Verdict
from mailbot.mail.token import Purpose
from mailbot.service import ingress, questions
from mailbot.service.work import work_all
from mailbot.store import inbox
from mailbot.store import questions as kept
from tests.flow.test_bounces import HARD, dsn
from tests.world import AICHA, MAITE, World, world

pytestmark = pytest.mark.slow  # hundreds of whole mails: `make test` only
BOT = "eccv@assaprol.example"
ELISE = "elise.larralde@cabinetetcheverry.example"
OTHERS = {  # of another firm, or of none
    "expert": "e.peyret@bordagarayexpertise.example",
    "may answer": "claire.peyret@bordagarayexpertise.example",
    "answers alone": "luc.barneix@bordagarayexpertise.example",
    "all other rights": "cyril.durand@bordagarayexpertise.example",
    "may not answer": "nadege.mendiburu@bordagarayexpertise.example",
    "shared": "contact@bordagarayexpertise.example",
    "left": "parti@bordagarayexpertise.example",
    "member": "nadege.duhalde@mail.example",
    "stranger": "quelqu.un@dehors.example",
}
#: names, members, firms and titles of the firm that nobody else may read
#: what is the firm's -> its like that does not exist, as long as it
LIKES = {
    "D0009": "D9409",
    "Maïté Martin": "Nadia Fortin",
    "m.martin@cabinetetcheverry.example": "n.fortin@cabinetetchebarne.example",
    "Cabinet Etcheverry & Associés": "Cabinet Etchebarne & Associés",
    "Zoé Etchegoyen": "Zoé Etchemendy",
    "autres frais divers de gestion": "autres pneus divers de gestion",
}
#: what of the firm nobody else may read, but where he typed it himself
SECRETS = re.compile(
    "etcheverry|aïcha|maïté martin|etchegoyen|élise larralde|411etch|déduction|frais divers|charges sociales|"
    "détail de la ligne 30|d0009",
    re.IGNORECASE,
)
FIRM = "cabinetetcheverry.example"
CARRIERS = ("to", "envelope", "header", "cc", "in-reply-to", "references", "foot", "html", "with my own", "beside mine")
#: what would be said in reply, if the letter were the writer's
SAID = {
    Purpose.ANSWER: "Voici la réponse, avec le détail.", Purpose.APPROVE: "OK", Purpose.TREAT: "traité",
    Purpose.DIGEST: "1 traité\n2 ok\n3 non : à revoir", Purpose.CONFIRM: "ACCEPTER", Purpose.SEVERAL: "A) Voici.",
    Purpose.DOSSIER: "3) Voici.", Purpose.MENU: "AIDE",
}  # fmt: skip


def in_state(here: World) -> list[tuple[object, ...]]:
    """All that anything about the firm, its questions and its people hangs on."""
    of_firm = "dossier_id in (select id from dossier where firm_id = (select id from firm where code = 'C01'))"
    about = f"question_id in (select id from question where {of_firm})"
    found: list[tuple[object, ...]] = []
    for sql in (
        f"select * from question where {of_firm} order by id",
        f"select * from answer where {about} order by id",
        f"select * from recipient where {about} order by question_id, person_id",
        f"select seq, kind from journal where {about} order by seq",
        f"select * from person where email like '%@{FIRM}' or role = 'gestionnaire' order by id",
        "select * from absence order by id",
        "select * from bounce order by id",
        "select id, state, due_at from outbox where person_id in "
        f"(select id from person where email like '%@{FIRM}') and kind <> 'someone_answered' order by id",
    ):
        found += [tuple(row) for row in here.app.system.store.conn.execute(sql)]
    return found


def begin(template: Path, folder: Path, at: datetime | None = None) -> World:
    here = world(template, folder, at) if at else world(template, folder)
    system = here.app.system
    policy = replace(system.policy, asks_back_per_day=10_000, public_url="https://eccv.assaprol.example")
    here.app = replace(here.app, system=replace(system, policy=policy))
    return here


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, asked: Path) -> tuple[Path, datetime]:
    """A folder in which the firm has questions in every state, and when that was."""
    folder = tmp_path_factory.mktemp("firms")
    here = begin(asked, folder)
    with here.app.system.store.tx() as conn:
        for name, email, active, shared in (
            ("Boîte commune", OTHERS["shared"], 1, 1), ("Guy Parti", OTHERS["left"], 0, 0),
        ):  # fmt: skip
            conn.execute(
                "insert into person(email, name, role, firm_id, rights, active, shared) values (?, ?, 'collaborateur',"
                " (select id from firm where code = 'C02'), 'repondre', ?, ?)",
                (email, name, active, shared),
            )
    _play(here)
    at = here.now
    here.close()
    return folder, at


@dataclass
class Pair:
    """The same world twice: in one is tried what is the firm's, in the other what is not there."""

    real: World
    bare: World
    who: tuple[str, str]

    def both(self, make: Callable[[World, bool], Iterable[Try]]) -> None:
        """Make the tries in both worlds; what comes back must be the same, and nothing of the firm's."""
        before = in_state(self.real)
        for one, other in zip(make(self.real, True), make(self.bare, False), strict=True):
            work, as_much = self._hand_in(self.real, one), self._hand_in(self.bare, other)
            assert not one.typed or abs(work - as_much) <= 2, f"{one.name}: {work} statements, {as_much} without"
        for seen, like_ in zip_longest(self._came_back(self.real), self._came_back(self.bare), fillvalue=""):
            assert seen == like_, difference(seen, like_)
        assert in_state(self.real) == before

    def _hand_in(self, here: World, one: Try) -> int:
        """A mail comes in, proven, and is worked; returns how many statements that took."""
        store, count = here.app.system.store, [0]
        proven = Verdict(Dmarc.PASS, self.who[1].partition("@")[2])
        path = "" if one.null_path else self.who[1]
        envelope = Envelope(path, one.recipients, here.now, "127.0.0.1", trusted=True, verdict=proven)
        assert ingress.accept(store, one.mail.as_bytes(policy=policy.SMTP), envelope), one.name
        store.conn.set_trace_callback(lambda _: count.__setitem__(0, count[0] + 1))
        work_all(here.app.system)
        store.conn.set_trace_callback(None)
        return count[0]

    def _came_back(self, here: World) -> list[str]:
        here.letters.clear()
        here.tick()
        inside = (f"@{FIRM}", "@assaprol.example")
        return sorted(self._plain(x) for x in here.letters if not x.to.endswith(inside))

    def _plain(self, letter: Letter) -> str:
        """A letter as it reads, without its ids, hours, and what the writer typed himself."""
        assert letter.to == self.who[1]
        whole = f"{sorted(letter.message.keys())}\n{letter.subject}\n{letter.text}\n{letter.html}\n{letter.files}"
        whole = re.sub(r"[\s|]+", " ", unquote(unescape(whole)))
        for real, bare in LIKES.items():
            for typed in (real, bare):
                whole = re.sub(re.escape(typed), "~", whole, flags=re.IGNORECASE)
        assert not SECRETS.search(whole), SECRETS.search(whole)
        return re.sub(r"[a-z2-7]{26}|\d+ h \d\d", "*", whole, flags=re.IGNORECASE)


def difference(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[at - 80 : at + 80]!r} is not {other[at - 80 : at + 80]!r}"


@dataclass(frozen=True)
class Try:
    """One mail, and what it tries."""

    name: str
    mail: EmailMessage
    recipients: tuple[str, ...]
    typed: bool = False  #: it only types what is the firm's: then not even more work may be done
    null_path: bool = False


@pytest.fixture(params=OTHERS)
def pair(request: pytest.FixtureRequest, played: tuple[Path, datetime], tmp_path: Path) -> Iterator[Pair]:
    folder, at = played
    worlds = [begin(folder, tmp_path / name, at) for name in ("real", "bare")]
    yield Pair(worlds[0], worlds[1], (request.param.title(), OTHERS[request.param]))
    for one in worlds:
        one.close()


def own_letter(here: World, who: str) -> tuple[str, str] | None:
    """(address, Message-ID) of a question that the writer has himself."""
    conn = here.app.system.store.conn
    row = conn.execute(
        "select c.number, o.message_id from conversation c join person p on p.id = c.person_id join outbox o on"
        " o.conversation = c.number where p.email = ? and o.kind = 'question' order by c.number limit 1",
        (who,),
    ).fetchone()
    return (here.app.system.address(Purpose.ANSWER, row["number"]), row["message_id"]) if row else None


def made_up(text: str) -> str:
    """A token that is none."""
    return text[:-1] + ("a" if text[-1] != "a" else "b")


def conversations(here: World) -> list[tuple[Purpose, int]]:
    """One conversation of the firm's people, or of staff, of each kind."""
    rows = here.app.system.store.conn.execute(
        "select min(c.number) number, c.purpose, c.subject_kind from conversation c join person p on p.id = c.person_id"
        f" where p.email like '%@{FIRM}' or p.role = 'gestionnaire' group by c.purpose, c.subject_kind, p.role"
        " order by c.purpose, c.subject_kind, p.role"
    )
    return [(Purpose(row["purpose"]), row["number"]) for row in rows]


def mail(who: tuple[str, str], to: str, text: str, subject: str = "Re: ECCV 2025", **more: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"{who[0]} <{who[1]}>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="dehors.example")
    message["Date"] = format_datetime(datetime(2026, 12, 1, 10, tzinfo=UTC))
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + "\n")
    return message


def carried(name: str, who: tuple[str, str], here: World, text: str, own: tuple[str, str] | None, said: str) -> Try:
    """A mail that names a token in one of the ways in which mails do."""
    held, id = f"eccv+{text}@assaprol.example", f"<{text}.77@assaprol.example>"
    quoted = f"{said}\n\n> Pour répondre, ou faire répondre un collègue : {held}"
    mine = own[0] if own else BOT
    plain = mail(who, BOT, said)
    html = mail(who, BOT, said)
    html.add_alternative(f'<p>{said}</p><blockquote><a href="mailto:{held}">x</a></blockquote>', "html")
    made = {
        "to": (mail(who, held, said), held),
        "envelope": (plain, held),
        "header": (mail(who, held, said), BOT),
        "cc": (mail(who, BOT, said, Cc=held), BOT),
        "in-reply-to": (mail(who, BOT, said, In_Reply_To=id), BOT),
        "references": (mail(who, BOT, said, References=f"<x@y.example> {id}"), BOT),
        "foot": (mail(who, BOT, quoted), BOT),
        "html": (html, BOT),
        "with my own": (mail(who, f"{mine}, {held}", said), BOT),
        "beside mine": (mail(who, mine, said), held),
    }
    message, recipient = made[name]
    return Try(f"{name}: {said}", message, (recipient,))


def with_tokens(who: tuple[str, str]) -> Callable[[World, bool], Iterable[Try]]:
    def tries(here: World, real: bool) -> Iterable[Try]:
        for at, (kind, number) in enumerate(conversations(here)):
            text = token.make(kind, number, here.app.system.keys)
            known = text if real else made_up(text)
            own = own_letter(here, who[1])
            said = SAID.get(kind, "Voici la réponse.")
            for carrier in CARRIERS if kind in (Purpose.ANSWER, Purpose.APPROVE) else CARRIERS[at % 3 : at % 3 + 1]:
                yield carried(carrier, who, here, known, own, said)
        yield carried("to", who, here, known, own, "annuler")

    return tries


def test_a_token_of_another_firm_is_as_one_that_is_made_up(pair: Pair) -> None:
    pair.both(with_tokens(pair.who))


def _play(here: World) -> None:
    """One question asked, one answered, one handed over, one treated; digests, reminders and mail that waits."""
    system = here.app.system
    questions.ask(system, kept.drafts(system.store.conn, questions.find(system.store.conn, "D0018-2025-1").dossier.id))
    here.tick()
    for ref in ("D0009-2025-1", "D0009-2025-2"):
        letter = next(x for x in here.mailbox(AICHA, "question") if ref in x.subject)
        here.reply(letter, ("Aïcha Dubois", AICHA), "Voici le détail de la ligne 30.")
    here.advance(timedelta(hours=3))
    approval = here.mailbox(MAITE, "approval")[-1]
    here.reply(approval, ("Maïté Martin", MAITE), "1 ok")
    here.advance(timedelta(days=1))
    letter = next(x for x in here.mailbox(ELISE, "question") if "D0009-2025-3" in x.subject)
    here.reply(letter, ("Quelqu'un", "quelquun.dautre@dehors.example"), "Une réponse d'ailleurs, pour le cabinet.")
    here.advance(timedelta(days=5))
    here.letters.clear()
    here.sent.clear()


#: what is typed about the firm, to the bot's own address and in reply to a question of one's own
TYPED = (
    "D0009", "[D0009-2025-3]", "D0009-2025-2 ok", "[D0009-2025-3] Traitée", "3) Voici.\n\nD0009-2025-3 : le détail.",
    "DOSSIER D0009", "DOSSIER Zoé Etchegoyen", "DOSSIERS Cabinet Etcheverry & Associés", "QUESTIONS D0009",
    "DAE D0009 2025", "CRM D0009 2025", "STATISTIQUES D0009", "CABINET Cabinet Etcheverry & Associés",
    "COLLABORATEURS Cabinet Etcheverry & Associés", "JE PRENDS D0009", "AFFECTER D0009 À Maïté Martin",
    "RETIRER D0009 À Maïté Martin", "DROITS Maïté Martin : aucun", "DROITS m.martin@cabinetetcheverry.example : aucun",
    "NOUVEAU COLLABORATEUR Maïté Martin m.martin@cabinetetcheverry.example",
    "DÉPART Maïté Martin", "ABSENT JUSQU'AU 3 janvier, remplacement Maïté Martin",
    "ABSENT JUSQU'AU 3 janvier, remplacement m.martin@cabinetetcheverry.example",
    "Mon adresse a changé : m.martin@cabinetetcheverry.example",
    "Je n'ai pas ce dossier, voyez avec Maïté Martin.",
    "Je n'ai pas ce dossier : m.martin@cabinetetcheverry.example le suit.",
    "Besoin de temps jusqu'au 20 décembre pour D0009-2025-3.", "annuler D0009-2025-2", "OK pour tous, D0009 compris",
    "Merci de transmettre à Maïté Martin du Cabinet Etcheverry & Associés.", "RÉSULTATS D0009", "BILAN D0009",
    "Où en est le Cabinet Etcheverry & Associés ?", "TRANSFÉRER D0009 AU Cabinet Etcheverry & Associés",
    "Pour répondre, ou faire répondre un collègue : m.martin@cabinetetcheverry.example",
    "Le poste « autres frais divers de gestion » atteint 24 725 €.\n\nC'est pour Zoé Etchegoyen.",
)  # fmt: skip


def like(text: str, real: bool) -> str:
    """The text as it is, or with what does not exist in the place of what is the firm's."""
    for one, other in () if real else LIKES.items():
        text = text.replace(one, other)
    return text


def with_words(who: tuple[str, str]) -> Callable[[World, bool], Iterable[Try]]:
    def tries(here: World, real: bool) -> Iterable[Try]:
        own = own_letter(here, who[1])
        for text in (like(one, real) for one in TYPED):
            yield Try(text, mail(who, BOT, text, text.partition("\n")[0]), (BOT,), typed=True)
            if own:
                yield Try(f"mine: {text}", mail(who, own[0], text, f"Re: [{like('D0009', real)}]"), own[:1], typed=True)
        to = like("m.martin@cabinetetcheverry.example", real)
        for mine in (BOT, own[0] if own else BOT):
            beside = mail(who, mine, "Voici la réponse.", Cc=to)
            yield Try("in Cc", beside, (mine,), typed=True)
            yield Try("in To", mail(who, f"{mine}, {to}", "Voici."), (mine,), typed=True)
            yield Try("from both", mail(who, mine, "Voici.", Reply_To=to, Sender=to), (mine,), typed=True)
            files = mail(who, mine, "Voir la pièce.")
            name = like("D0009-2025-3 Zoé Etchegoyen.pdf", real)
            files.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename=name)
            yield Try("a file", files, (mine,), typed=True)
            thread = f"<{like('D0009', real).lower()}-2025-3.question@assaprol.example>"
            yield Try(
                "the thread", mail(who, mine, "Voici.", References=thread, In_Reply_To=thread), (mine,), typed=True
            )

    return tries


def test_what_is_typed_of_another_firm_is_as_what_is_not_there(pair: Pair) -> None:
    pair.both(with_words(pair.who))


def test_who_sends_a_copy_first_takes_nothing_from_the_genuine_mail(asked: Path, tmp_path: Path) -> None:
    """A stranger knows an answer before it is sent, and sends it from his own machine under the same Message-ID."""
    here = begin(asked, tmp_path / "squatted")
    here.tick()
    letter = here.mailbox(AICHA, "question")[-1]
    genuine = reply(letter, ("Aïcha Dubois", AICHA), "Voici le détail.")
    address = str(genuine["To"])
    for to in (address, BOT):
        squat = Envelope(AICHA, (to,), here.now, "203.0.113.7")
        assert ingress.accept(here.app.system.store, genuine.as_bytes(policy=policy.SMTP), squat)
    for text in ("Autre chose.", ""):
        other = mail(("X", "x@dehors.example"), address, text)
        other.replace_header("Message-ID", str(genuine["Message-ID"]))
        ingress.accept(here.app.system.store, other.as_bytes(policy=policy.SMTP), squat)
    here.hand_in(genuine, AICHA)
    row = inbox.find(here.app.system.store.conn, str(genuine["Message-ID"]))
    assert row is not None
    assert (row["state"], row["trust"]) == ("done", "proven")
    here.close()


def reports(here: World, real: bool) -> Iterator[Try]:
    """Reports of mail servers about the firm's letters, each of which lacks something that only its server knows."""
    rows = here.app.system.store.conn.execute(
        "select id, message_id, to_address from outbox where to_address like ? order by id limit 6", (f"%@{FIRM}",)
    ).fetchall()
    for row in rows:
        other = next(one for one in rows if one["to_address"] != row["to_address"])
        for id, recipient in (
            (row["message_id"], OTHERS["expert"]), (row["message_id"], other["to_address"]),
            (f"<{made_up('a' * 26)}.{row['id']}@assaprol.example>", row["to_address"]), ("", row["to_address"]),
        ):  # fmt: skip
            for to in (BOT, f"eccv+{made_up('b' * 26)}@assaprol.example"):
                message = message_from_bytes(dsn({recipient: HARD}, id), policy=policy.default)
                assert isinstance(message, EmailMessage)
                message.replace_header("Message-ID", make_msgid(domain="mx.dehors.example"))
                yield Try(f"{id} {recipient}", message, (to,), null_path=True)


def test_a_report_that_does_not_know_letter_and_reader_disables_nobody(pair: Pair) -> None:
    pair.both(reports)


def test_the_door_says_the_same_of_every_address(pair: Pair) -> None:
    """What waits for the 250 does the same work for a token of the firm, for one that is none and for none at all."""
    here, counts = pair.real, set[int]()
    accepts = apps.door(here.app, lambda: None).accepts
    texts = [token.make(kind, number, here.app.system.keys) for kind, number in conversations(here)]
    for text in (*texts, *map(made_up, texts)):
        to, count = f"eccv+{text}@assaprol.example", [0]
        assert accepts(to)
        raw = mail(pair.who, to, "Voici.").as_bytes(policy=policy.SMTP)
        here.app.system.store.conn.set_trace_callback(lambda _, n=count: n.__setitem__(0, n[0] + 1))
        ingress.accept(here.app.system.store, raw, Envelope(pair.who[1], (to,), here.now, "127.0.0.1", trusted=True))
        here.app.system.store.conn.set_trace_callback(None)
        counts.add(count[0])
    assert len(counts) == 1, counts
