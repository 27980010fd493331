"""A letter that was forwarded to somebody we do not know, and answered: the answer waits for whom the letter went to.

Nothing leaves to the stranger, and nothing is recorded. What a machine wrote, what its domain disowns, what is no
answer and what comes too often asks nobody: it waits for staff.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...domain.access import answers_alone, approver, of_the_firm
from ...domain.model import Person, Question, Role, State
from ...errors import Refusal, SomeoneAnswered
from ...letters.scene import Item, Mail, Scene
from ...mail import defused, gist
from ...mail.envelope import Dmarc
from ...mail.message import InboundMessage
from ...mail.token import Purpose
from ...mail.trust import Trust
from ...store import conversations, delegations, inbox, people, questions
from ...store.conversations import Conversation
from ...store.db import moment
from ...store.letters import LetterItem
from .. import several
from ..approvals import signers
from ..correspondence import Post, send
from ..handlers import FOR_A_QUESTION, understand
from ..job import Job, all_files, letter_items
from ..reading import Reading
from ..system import System
from ..target import Target, may_hold

DECISION = SomeoneAnswered.__name__  #: of the inbox row, while it waits for somebody's word
SAME = "the same again"
KIND = "someone_answered"
#: What may be answered by somebody else. Decisions never are: a stranger's word about one asks nobody.
ANSWERED = frozenset({Purpose.ANSWER, Purpose.DOSSIER, Purpose.SEVERAL})
OPEN = frozenset({State.ASKED, State.PROPOSED, State.SUBMITTED})
LASTS = timedelta(days=30)  #: what nobody decided on by then is closed, and shown to staff
REMEMBERED = timedelta(days=7)  #: of what was asked about: a machine may write from another address each time
LETTERS_A_DAY = 10  #: that one person is asked at most, over all conversations
LONGEST = 16_000  #: characters: whoever accepts must have seen all of it

#: Headers of lists and machines: of a stranger they are reason enough to ask nobody.
_MACHINES = frozenset("list-id list-unsubscribe list-post precedence x-autoreply auto-submitted feedback-id".split())


def someone_answered(
    system: System, conn: sqlite3.Connection, row: sqlite3.Row, reading: Reading, found: Target
) -> tuple[str, dict[str, Any]]:
    """Ask whom the letter was sent to about a stranger's answer to it; returns the state of the row and what is added
    to its trace, nothing where the mail only waits for staff."""
    only_held: tuple[str, dict[str, Any]] = ("held", {})
    message, conversation = reading.message, found.conversation
    if message is None or conversation is None or not _by_a_stranger(conn, row, message, found):
        return only_held
    about = _about(conn, conversation)
    owner = _owner(conn, conversation, about) if about else None
    if owner is None or not about or len(reading.split.text) > LONGEST:
        return only_held
    job = _as_the_owners(system, conn, row, reading, owner, conversation)
    if not _is_an_answer(job):
        return only_held
    words = _fingerprint(job, message)
    if inbox.said_before(conn, row["id"], found.person.id if found.person else None, words):
        return "done", {"decision": SAME}
    said = gist.of(job.split.text, tuple(file.sha256 for file in job.files), figures=True)
    before = delegations.gists(conn, conversation.number, system.now() - REMEMBERED)
    if any(gist.alike(said, gist.read(line)) for line in before):
        return "held", {"reason": "written by a stranger; the same as another one wrote: it may be a machine"}
    if _often(system, conn, conversation, owner):
        return "held", {"reason": "written by a stranger; of this conversation enough was asked today"}
    single = about[0].question_id if len(about) == 1 and conversation.subject_kind in ("question", "version") else None
    send(system, conn, _post(conn, row, owner, single), _scene(job, message, about, single))
    return "held", {"decision": DECISION, "question_id": single, "written_sha256": words, "gist": str(said)}


def _by_a_stranger(conn: sqlite3.Connection, row: sqlite3.Row, message: InboundMessage, found: Target) -> bool:
    """True for a person's mail to one of our answer addresses whose writer is of nobody's firm there."""
    person, conversation = found.person, found.conversation
    if conversation is None or conversation.purpose not in ANSWERED or message.sender is None:
        return False
    known = person is not None and person.active
    if person and known and (person.role is Role.STAFF or may_hold(conn, person, conversation)):
        return False
    disowned = row["dmarc"] == Dmarc.FAIL.value
    return not disowned and not _MACHINES & message.headers.keys()


def _about(conn: sqlite3.Connection, conversation: Conversation) -> list[LetterItem]:
    """The questions of the letter, as its items; none for one that asks for decisions."""
    if conversation.subject_kind == "question":
        return [LetterItem("", "question", conversation.subject_id)]
    if conversation.subject_kind == "version":
        return [LetterItem("", "question", questions.answer_by_id(conn, conversation.subject_id)[0])]
    items = letter_items(conn, conversation)
    return items if all(item.question_id and not item.version for item in items) else []


def _owner(conn: sqlite3.Connection, conversation: Conversation, about: list[LetterItem]) -> Person | None:
    """Whose word it waits for: whom the letter was sent to, while the dossier is still of his firm; else somebody who
    has the question now. None where none of its questions is open."""
    open_ = [q for q in _questions(conn, about) if q.state in OPEN]
    if not open_:
        return None
    meant = people.get(conn, conversation.person_id)
    kept = [p for p in open_[0].asked if p not in open_[0].passed_on]
    for person in (meant, *kept, open_[0].dossier.expert):
        if person.active and not people.suspended(conn, person.id) and any(of_the_firm(person, q) for q in open_):
            return person
    return None


def _questions(conn: sqlite3.Connection, about: list[LetterItem]) -> list[Question]:
    return [questions.get(conn, item.question_id) for item in about if item.question_id]


def _as_the_owners(
    system: System,
    conn: sqlite3.Connection,
    row: sqlite3.Row,
    reading: Reading,
    owner: Person,
    conversation: Conversation,
) -> Job:
    """The mail as if the owner had written it: how it would be read once he makes it his own."""
    assert reading.message is not None
    own = conversations.of(conn, conversation.purpose, owner.id, conversation.subject_kind, conversation.subject_id)
    return Job(
        system=system,
        conn=conn,
        inbox_id=row["id"],
        received_at=moment(row["received_at"]),
        message=reading.message,
        split=reading.split,
        person=owner,
        trust=Trust.NONE,
        conversation=own,
        files=all_files(system, conn, reading.message, row["id"], reading.split, owner),
    )


def _is_an_answer(job: Job) -> bool:
    """True for words or files that would answer a question, and for a delay; « aide » and the like are none."""
    try:
        if job.items():
            return bool(several.pieces(job))
        return understand(job).verb in FOR_A_QUESTION
    except Refusal:
        return False


def _fingerprint(job: Job, message: InboundMessage) -> str:
    """SHA-256 over writer, conversation, words and files: tells one that was sent twice."""
    assert message.sender and job.conversation
    parts = (message.sender.address, str(job.conversation.number), job.fingerprint())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _often(system: System, conn: sqlite3.Connection, conversation: Conversation, owner: Person) -> bool:
    """True where this person was asked often enough today: whoever got hold of an address of ours floods nobody."""
    since = system.now() - timedelta(days=1)
    asked = delegations.waiting_since(conn, conversation.number, since)
    written = delegations.letters_since(conn, owner.id, KIND, since)
    return asked >= system.policy.asks_back_per_day or written >= LETTERS_A_DAY


def _post(conn: sqlite3.Connection, row: sqlite3.Row, owner: Person, question_id: int | None) -> Post:
    conversation = conversations.of(conn, Purpose.CONFIRM, owner.id, "held", row["id"])
    return Post(KIND, owner, conversation, question=questions.get(conn, question_id) if question_id else None)


def _scene(job: Job, message: InboundMessage, about: list[LetterItem], single: int | None) -> Scene:
    """What the letter says: who wrote, to which question, and the words to be read, not followed."""
    assert message.sender is not None
    address = defused.shown(message.sender.address).replace(" .", ".")
    mail = Mail(
        subject="",
        at=job.received_at,
        text=defused.shown(job.split.text),
        files=tuple(replace(file, name=defused.shown(file.name)) for file in job.files),
        sender=address,
        name=called(job.conn, job.person, message),
    )
    open_ = [Item(i.label, q) for i, q in zip(about, _questions(job.conn, about), strict=True) if q.state in OPEN]
    first, now = _questions(job.conn, about)[0], job.system.now()
    return Scene(
        job.system.oga,
        now,
        job.person,
        approver=None if answers_alone(job.person, first) else approver(first, now),
        staff=signers([item.question for item in open_ if item.question]),
        items=() if single else tuple(open_),
        mail=mail,
    )


def called(conn: sqlite3.Connection, reader: Person, message: InboundMessage) -> str:
    """How the writer is called in a letter: never by the name of somebody whom the reader knows."""
    assert message.sender is not None
    firm = people.of_firm(conn, reader.firm.id) if reader.firm else [reader]
    known = frozenset(defused.folded(p.name) for p in (*firm, *people.staff(conn)))
    return defused.name(message.sender.name, message.sender.address, known)


def author(conn: sqlite3.Connection, reader: Person, message: InboundMessage) -> str:
    """« Inès Garat, inesgarat@mail.example », as it stands beside an answer of hers."""
    assert message.sender is not None
    name = called(conn, reader, message)
    return ", ".join(dict.fromkeys((name, message.sender.address)))


def close_old(system: System) -> int:
    """Close what nobody decided on in time; returns how many that is."""
    before = system.now() - LASTS
    ids = delegations.old(system.store.conn, before)
    for id in ids:
        with system.store.tx() as conn:
            inbox.finish(conn, id, "closed", system.now(), {"reason": delegations.UNDECIDED})
    return len(ids)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next is closed."""
    oldest = delegations.oldest(conn)
    return oldest + LASTS if oldest else None
