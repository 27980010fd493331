"""One message being worked: what was read of it, who wrote it, and what it is about."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain.access import of_the_firm
from ..domain.model import Channel, File, Person, Question, Role, Scanned, Verdict, Written
from ..domain.questions import Act
from ..errors import BadFile, Held
from ..letters.scene import Item, Mail, Unplaced
from ..mail import defused
from ..mail.message import InboundMessage, Split
from ..mail.mime import pictures
from ..mail.reply import PARTS_DISAGREE
from ..mail.token import Purpose
from ..mail.trust import Trust
from ..store import conversations, drafts, inbox, letters, questions, scans
from ..store import pictures as pictures_before
from ..store.conversations import Conversation
from ..store.db import moment
from ..store.letters import LetterItem
from . import verdicts
from .correspondence import Cause
from .system import Policy, System
from .target import Target, may_hold
from .understanding.french import announces_file

#: What the words of a reply to a letter with several items are read as: decisions, else answers.
DECIDES = frozenset({Purpose.APPROVE, Purpose.TREAT, Purpose.DIGEST})
#: What a conversation may be about, where that is one question; where it is no question at all.
ABOUT_ONE = frozenset({"question", "version", "draft", "held"})
OF_A_PERSON = frozenset({"person", "code", "joining", "absence"})


@dataclass(frozen=True)
class Job:
    """A message that a known person wrote, inside the transaction that works it."""

    system: System
    conn: sqlite3.Connection
    inbox_id: int
    received_at: datetime
    message: InboundMessage
    split: Split
    person: Person
    trust: Trust
    conversation: Conversation | None
    files: tuple[File, ...]
    letter: Conversation | None = None  #: of the letter that was answered, where this is one part of the reply
    whole: Job | None = None  #: the whole mail, where this is one part of it
    untaken: list[Item] = field(default_factory=list)  #: parts of the reply that did nothing, for its receipt
    author: str = ""  #: of a stranger's mail that the person makes his own: name and address
    unplaced: list[Unplaced] = field(default_factory=list)  #: what belongs to no item for sure, for its receipt

    @property
    def purpose(self) -> Purpose:
        """What a reply here is for; without a conversation it is a word to the bot's own address."""
        return self.conversation.purpose if self.conversation else Purpose.MENU

    @property
    def decides(self) -> bool:
        """True where words may decide on an answer, or on a mail that waits."""
        return self.purpose in DECIDES or self.purpose is Purpose.CONFIRM

    @property
    def of_staff(self) -> bool:
        return self.person.role is Role.STAFF

    @property
    def act(self) -> Act:
        return Act(self.person, self.system.now(), Channel.MAIL)

    @property
    def written(self) -> Written:
        return Written(self.split.text, self.split.set_aside, self.files, self.author)

    @property
    def cause(self) -> Cause:
        """What the letters that answer this message need of it: all of it, where this is one part."""
        if self.whole:
            return self.whole.cause
        accepted = [f for f in self.files if f.verdict is Verdict.OK]
        mail = Mail(
            subject=self.message.subject if self.trust > Trust.CLAIMED else "",
            at=self.received_at,
            text=self.repeated(self.split.text),
            set_aside=self.split.set_aside,
            files=self.files,
            sender=self.person.email,
            to=", ".join(a.name or a.address for a in self.message.to if not self.system.is_ours(a.address)),
        )
        announced = not accepted and announces_file(self.split.text)
        return Cause(self.inbox_id, self.message.message_id, mail, self.letter or self.conversation, announced)

    def repeated(self, words: str) -> str:
        """Words of the mail as a letter may repeat them: where nothing shows that they are the reader's own, anybody
        may have written them for us to send, and they are to be read, not followed."""
        return words if self.trust > Trust.CLAIMED else defused.shown(words)

    def question(self) -> tuple[Question, int]:
        """(the question, the version the letter showed; 0 where it showed none). Raises Held without one."""
        conversation = self.conversation
        if conversation is None:
            raise Held("about no question")
        if conversation.subject_kind == "version":
            id, shown = questions.answer_by_id(self.conn, conversation.subject_id)
            return questions.get(self.conn, id), shown.version
        if conversation.subject_kind == "draft":
            draft = drafts.get(self.conn, conversation.subject_id)
            return questions.get(self.conn, draft.question_id), draft.version
        if conversation.subject_kind == "held":
            row = inbox.get(self.conn, conversation.subject_id)
            if row is None or row["question_id"] is None:
                raise Held("the mail that waited is gone")
            return questions.get(self.conn, row["question_id"]), 0
        if conversation.subject_kind == "question":
            return questions.get(self.conn, conversation.subject_id), 0
        raise Held(f"about a {conversation.subject_kind}")

    def items(self) -> list[LetterItem]:
        """What the labels of the letter that is answered stand for; none for a letter about one thing."""
        return letter_items(self.conn, self.conversation) if self.conversation else []

    def question_ids(self) -> set[int] | None:
        """The questions that the letter is about; None where it is about none in particular."""
        if items := self.items():
            return {item.question_id for item in items if item.question_id}
        if self.conversation is None or self.conversation.subject_kind not in ABOUT_ONE:
            return None
        return {self.question()[0].id}

    def hold_for_files(self) -> None:
        """Raise BadFile, or Held for a writer who is not sure enough to be written to, where files forbid to go on."""
        try:
            verdicts.hold(self.files, self.decides)
        except BadFile as bad:
            if self.trust < Trust.TOKEN:
                raise Held(str(bad)) from bad
            raise

    def hold_for_parts(self) -> None:
        """Raise Held for a decision whose text says something else than its HTML: nobody knows which was meant."""
        if PARTS_DISAGREE in self.split.notes and self.decides:
            raise Held("its text and its HTML say different things")

    def fingerprint(self) -> str:
        """SHA-256 over words and files of the mail: tells one that was sent twice."""
        if self.whole:
            return self.whole.fingerprint()
        parts = [" ".join(self.split.text.split()), *sorted(f.sha256 for f in self.files)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def letter_items(conn: sqlite3.Connection, conversation: Conversation) -> list[LetterItem]:
    """The items of a letter with several; those of a dossier and year are its questions by their numbers."""
    if conversation.subject_kind == "letter":
        return letters.items(conn, conversation.subject_id)
    if conversation.subject_kind != "exercice":
        return []
    asked = questions.of_exercice(conn, *divmod(conversation.subject_id, conversations.EXERCICES))
    return [LetterItem(str(number), "question", id) for id, number in asked]


def build(
    system: System, conn: sqlite3.Connection, row: sqlite3.Row, message: InboundMessage, split: Split, target: Target
) -> Job:
    """The job of a message whose writer is known. Raises Held for a stranger."""
    if target.person is None or not target.person.active:
        raise Held("written by a stranger" if target.person is None else "written by somebody who left")
    if target.trust is Trust.NONE:
        raise Held("disowned by the domain it claims to come from")
    if target.conversation is None and target.matched_by:
        raise Held("names a conversation that is none of ours, or is over")
    if target.conversation and target.trust < Trust.TOKEN:
        raise Held("not the person of this conversation, nor a colleague")
    job = Job(
        system=system,
        conn=conn,
        inbox_id=row["id"],
        received_at=moment(row["received_at"]),
        message=message,
        split=split,
        person=target.person,
        trust=target.trust,
        conversation=target.conversation,
        files=all_files(system, conn, message, row["id"], split, target.person),
    )
    still_of_the_firm(job)
    return job


def still_of_the_firm(job: Job) -> None:
    """A dossier may have moved to another firm, or a person have left, since the letter was written."""
    if job.conversation is None or job.conversation.subject_kind in OF_A_PERSON or job.person.role is Role.STAFF:
        return
    if job.conversation.subject_kind in ("letter", "exercice"):
        _holds_the_letter(job)
        return
    if job.conversation.subject_kind == "held":
        row = inbox.get(job.conn, job.conversation.subject_id)
        if row and row["question_id"] is None:
            return  # about several, or none: its items are looked at when it is read again
    question, _ = job.question()
    if not of_the_firm(job.person, question):
        raise Held("not of the firm that has the dossier now", guess=question.ref)


def _holds_the_letter(job: Job) -> None:
    """The items of a letter are looked at one by one, but nobody else reads of them: a letter that was forwarded to
    another firm, a digest of staff at a firm. Raises Held."""
    assert job.conversation is not None
    if may_hold(job.conn, job.person, job.conversation):
        return
    about = [questions.get(job.conn, item.question_id) for item in job.items() if item.question_id]
    moved = job.conversation.subject_kind == "exercice" and all(of_the_firm(job.person, q) for q in about)
    if not moved:
        raise Held("not the person of this letter, nor a colleague")


def all_files(
    system: System, conn: sqlite3.Connection, message: InboundMessage, inbox_id: int, split: Split, person: Person
) -> tuple[File, ...]:
    """The files of a message, with what the scanner said and without the pictures that every mail of a firm brings."""
    known = scans.known(conn, (a.sha256 for a in message.attachments))
    shown = [a.sha256 for a in message.attachments if a.type.startswith("image/")]
    before = pictures_before.mails_with(conn, person, shown)
    return files(message, inbox_id, system.policy, known, split, before)


def files(
    message: InboundMessage,
    inbox_id: int,
    policy: Policy,
    scanned: Mapping[str, Scanned] | None = None,
    split: Split = Split(""),
    before: Mapping[str, int] | None = None,
) -> tuple[File, ...]:
    """The files that came with a message, each with its verdict; the pictures that adorn it are none.

    `scanned` is what the virus scanner said, by hash; `before` in how many earlier mails a picture came.
    """
    ornaments = pictures.ornaments(message, split, before or {})
    joined = [a for a in message.attachments if a.part not in ornaments]
    found = []
    for n, a in enumerate(joined, 1):
        verdict, why = verdicts.of(a, n, policy, (scanned or {}).get(a.sha256))
        found.append(File(a.name, a.type, a.size, a.sha256, a.part, inbox_id, verdict, why))
    return tuple(found)
