"""One mail, several answers or decisions: each part of a reply is worked as a mail about its own question.

A part that is refused does nothing and is told in the receipt; the others stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..domain.model import File, Question, State
from ..errors import Held, NotProven, NotYourAnswer, Refusal, Unclear
from ..letters.scene import Item
from ..mail.token import Purpose
from ..store import conversations, questions
from ..store.letters import LetterItem
from . import held
from .asking_back import decided
from .french import core, fold
from .handlers import SAME, tells_again, trust_needed
from .intent import Verb
from .job import DECIDES, Job, still_of_the_firm
from .lines import Labels, Part, parts

#: These concern the mail, not one part of it.
WHOLE = (NotProven, NotYourAnswer, Held)
AGAIN = "SameAgain"  #: as a refusal: the same words had come before
#: A word about all items at once.
FOR_ALL = frozenset({Verb.POSTPONE, Verb.PASS_ON})

Work = Callable[[Job], str]
"""Understands one job and carries it out, or nothing of it; returns what happened."""


@dataclass(frozen=True)
class Piece:
    """One part of a reply, as a job of its own."""

    label: str
    item: LetterItem
    job: Job


def pieces(job: Job) -> list[Piece]:
    """The parts of the reply. Raises Unclear where it names no item of the letter."""
    items = job.items()
    found = _parts(job, items)
    if not [part for part in found if part.label]:
        raise Unclear("no item of the letter is named", about="which", draft=core(job.split.text))
    by_label = {item.label: item for item in items}
    joined = _merged([part for part in found if part.label])
    before = "\n".join(part.text for part in found if not part.label)
    if before and job.purpose in DECIDES and not job.of_staff:  # « N'envoyez rien avant lundi. »: who can tell?
        joined = [Part(part.label, f"{before}\n\n{part.text}") for part in joined]
        before = ""
    shared = _files_by_part(joined, job.files)
    made = []
    for part, files in zip(joined, shared, strict=True):
        item = by_label[part.label]
        made.append(Piece(part.label, item, _job(job, item, part.text, files, before)))
        before = ""
    return made


def for_all(job: Job) -> list[Piece]:
    """The whole reply, once for each question of the letter that still waits: a delay, « pas mon dossier »."""
    waiting = [i for i in job.items() if i.question_id and _question(job, i).state is State.ASKED]
    return [Piece(item.label, item, _job(job, item, job.split.text, (), "")) for item in waiting]


def _parts(job: Job, items: list[LetterItem]) -> list[Part]:
    decides = job.purpose in DECIDES
    refs = {_question(job, i).ref.lower(): i.label for i in items if i.question_id}
    whole = [i.label for i in items if i.kind == "version" and _of_tous(job, i)]
    return parts(job.split.text, Labels([i.label for i in items], refs, whole), decides)


def _of_tous(job: Job, item: LetterItem) -> bool:
    """« tout traité » means the dossiers of the reader of a digest: there it is offered; not those of colleagues."""
    return not job.of_staff or (
        job.conversation is not None and _question(job, item).dossier.staff.id == job.conversation.person_id
    )


def _merged(found: list[Part]) -> list[Part]:
    """What was written about one label in two places is one part."""
    texts: dict[str, list[str]] = {}
    for part in found:
        texts.setdefault(part.label, []).append(part.text)
    return [Part(label, "\n\n".join(filter(None, said))) for label, said in texts.items()]


def _files_by_part(found: list[Part], files: tuple[File, ...]) -> list[tuple[File, ...]]:
    """A file goes to the part that names it, else to the first."""
    shares: list[list[File]] = [[] for _ in found]
    for file in files:
        stem = fold(file.name.rpartition(".")[0] or file.name)
        named = next((n for n, part in enumerate(found) if stem and stem in fold(part.text)), 0)
        shares[named].append(file)
    return [tuple(share) for share in shares]


def _question(job: Job, item: LetterItem) -> Question:
    assert item.question_id is not None
    return questions.get(job.conn, item.question_id)


def _job(job: Job, item: LetterItem, text: str, files: tuple[File, ...], before: str) -> Job:
    """The same mail, as far as it is about one item."""
    aside = "\n\n".join(filter(None, (before, job.split.set_aside)))
    purpose, kind, id = job.purpose, "question", item.question_id or 0
    if item.kind == "version" and item.question_id:
        purpose = Purpose.TREAT if job.purpose is not Purpose.APPROVE and job.of_staff else Purpose.APPROVE
        kind, id = "version", questions.answer(job.conn, item.question_id, item.version).id
    elif item.kind == "question":
        purpose = Purpose.TREAT if job.of_staff else Purpose.ANSWER
    about = conversations.of(job.conn, purpose, job.person.id, kind, id) if item.question_id else job.conversation
    split = replace(job.split, text=text, set_aside=aside)
    letter, whole = job.letter or job.conversation, job.whole or job
    return replace(job, split=split, files=files, conversation=about, letter=letter, whole=whole)


def carry_out(job: Job, found: list[Piece], work: Work) -> str:
    """Work each part; returns what happened, for `why`. What did nothing is kept in `job.untaken`."""
    done = []
    for piece in found:
        try:
            if piece.item.kind == "held":
                job.untaken.append(_held_line(piece))
                done.append(job.untaken[-1].held)
                continue
            still_of_the_firm(piece.job)
            done.append(work(piece.job))
            if done[-1] == SAME and tells_again(job):
                job.untaken.append(replace(_refused(piece, Refusal()), refusal=AGAIN, by=None, at=None))
        except WHOLE:
            job.untaken.clear()
            raise
        except Refusal as refusal:
            job.untaken.append(_refused(piece, refusal))
    return ", ".join(dict.fromkeys(filter(None, done))) or "nothing"


def _held_line(piece: Piece) -> Item:
    """A line about held mail, carried out for a member of staff who is known for sure. Raises Held or NotProven."""
    if not piece.job.of_staff:
        raise Held("held mail is decided on by staff")
    if piece.job.trust < trust_needed(Verb.TREAT, piece.job.system.policy.trust):
        raise NotProven("to decide on held mail needs proven")
    return held.decide(piece.job, piece.label, piece.item, piece.job.split.text)


def _refused(piece: Piece, refusal: Refusal) -> Item:
    question, version = piece.job.question()
    _, by, at = decided(piece.job.conn, question)
    return Item(
        piece.label,
        question,
        questions.answer(piece.job.conn, question.id, version or question.version) if question.version else None,
        refusal=type(refusal).__name__,
        about=getattr(refusal, "about", ""),
        comment=piece.job.split.text,
        by=by,
        at=at,
    )
