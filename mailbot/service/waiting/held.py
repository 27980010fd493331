"""What staff decide about mail that waits, by a line of the digest: where it belongs, or that it is dropped."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from ...domain import access
from ...domain.model import Person, Question
from ...errors import Refusal, Unreadable, UsageError
from ...letters.scene import Item
from ...mail.token import Purpose
from ...mail.trust import Trust
from ...store import blobs, blocked, conversations, deeds, inbox, people, questions
from ...store.letters import LetterItem
from .. import grouping
from ..incidents import guess
from ..job import Job, build
from ..questions import act, find
from ..reading import our_words
from ..system import System
from ..target import Target
from ..understanding.french import core, fold

WAITS = ("held", "shunted")
#: « → D0030-2025-1 », « classer dans D0030-2025-1 »: what names where a mail belongs, and says no more.
_FILED = re.compile(
    r"(?:(?:ok|oui|classer|affecter|assigner|ranger|pour|dans|sous|vers|sur|a|la|au|question|dossier)\b|[\s,→>:=-])*"
    r"\[?(?P<ref>[a-z]\d{3,}-\d{4}-\d+)\]?(?:[\s.,!]|merci\b)*"
)
#: what is done with it -> the words for it
_YES = ("oui", "ok", "d'accord")  #: to the proposal of the digest
_WORDS = {
    "dropped": r"non|no|ecarte|ecarter|supprimer",
    "blocked": r"bloquer|bloque",
    "retried": r"reprendre|reprends",
}


def action(text: str) -> dict[str, str]:
    """What a line about held mail asks for, as `mailbot read` prints it; nothing where that is doubtful."""
    said = fold(core(text)).strip(" .!:→>-")
    named = {"dropped": "drop", "blocked": "block", "retried": "retry"}
    for done, pattern in _WORDS.items():
        if re.fullmatch(pattern, said):
            return {"action": named[done]}
    ref = _FILED.fullmatch(fold(core(text)))
    if ref is None:
        return {"action": "assign"} if said in _YES else {}
    return {"action": "assign", "question": ref["ref"].upper()}


def decide(job: Job, label: str, item: LetterItem, text: str) -> Item:
    """Carry out one line about held mail; what became of it, or why nothing did, for the transcript."""
    row = inbox.get(job.conn, item.inbox_id or 0)
    if row is None or row["state"] not in WAITS:
        return Item(label, _guess(job.conn, row), refusal="OutOfTurn", about="held")
    said = fold(core(text)).strip(" .!:→>-")
    for done, pattern in _WORDS.items():
        if re.fullmatch(pattern, said):
            return _close(job, label, row, done, all_of_them=item.version > 0)
    ref = _FILED.fullmatch(fold(core(text)))
    meant = _guess(job.conn, row)
    if ref is None and (said not in _YES or meant is None):
        return Item(label, meant, refusal="Unclear", about="held", comment=text)
    try:
        question = find(job.conn, ref["ref"].upper() if ref else meant.ref if meant else "")
        assign(job.system, job.conn, row, question, filed_by=job.person)
    except (UsageError, Unreadable, Refusal) as error:
        return Item(label, meant, refusal=type(error).__name__, about="held", comment=text)
    return Item(label, questions.get(job.conn, question.id), held="filed", comment=row["sender"] or "")


def _guess(conn: sqlite3.Connection, row: sqlite3.Row | None) -> Question | None:
    return guess(conn, row)[0] if row is not None else None


def _close(job: Job, label: str, row: sqlite3.Row, done: str, all_of_them: bool) -> Item:
    inbox.set_state(job.conn, row["id"], "new" if done == "retried" else "closed")
    if all_of_them and done != "retried":
        inbox.close_of_sender(job.conn, row["id"])
    if done == "blocked" and row["sender"]:
        blocked.add(job.conn, row["sender"], job.person.id, job.system.now())
    return Item(label, _guess(job.conn, row), held=done, comment=row["sender"] or "")


def assign(
    system: System,
    conn: sqlite3.Connection,
    row: sqlite3.Row,
    question: Question,
    writer: Person | None = None,
    filed_by: Person | None = None,
) -> Question:
    """File a held message as the answer to a question, under the rights of its sender or of `writer`.

    Filed by staff, a stranger's words become an answer that waits for the expert, as of a colleague who was asked; it
    begins by saying who wrote them and who filed them. Raises UsageError where nobody's answer it can be, Unreadable,
    or a Refusal.
    """
    message = system.reader.parse(blobs.get(conn, row["sha256"]), system.policy.limits)
    sender = writer or (people.by_email(conn, message.sender.address) if message.sender else None)
    stranger = sender is None or not access.belongs(sender, access.Who.FIRM, question)
    if stranger and filed_by:
        sender = _proposer(question)
    if sender is None or not access.belongs(sender, access.Who.FIRM, question):
        raise UsageError("the sender may not answer this question: name whose answer it is with --as EMAIL")
    conversation = conversations.of(conn, Purpose.ANSWER, sender.id, "question", question.id)
    split = system.reader.written(message, our_words(conn, conversation, message))
    if stranger and filed_by:
        note = f"[Message de {row['sender']}, classé ici par {filed_by.name}, {system.oga.name}]"
        split = replace(split, text="\n\n".join(filter(None, (note, split.text))))
    job = build(system, conn, row, message, split, Target(conversation, "assigned", sender, Trust.TOKEN))
    above = deeds.newest(conn)
    decision = act(system, conn, question, access.answer(sender, question, job.written), job.act, job.cause)
    grouping.flush(system, conn, above)
    trace = {"reason": None, "command": "answer", "decision": "assigned", "question_id": question.id}
    inbox.finish(conn, row["id"], "done", system.now(), trace)
    return decision.question


def _proposer(question: Question) -> Person | None:
    """Somebody who was asked and whose answers wait for the expert."""
    return next((p for p in question.asked if access.belongs(p, access.Who.COLLABORATOR, question)), None)
