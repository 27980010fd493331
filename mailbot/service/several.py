"""One mail, several answers or decisions: each part of a reply is worked as a mail about its own question.

A part that is refused does nothing and is told in the receipt; the others stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from ..domain.model import Answer, File, Question, State, Verdict
from ..errors import Held, NothingWritten, NotProven, NotYourAnswer, Refusal, Unclear
from ..letters.scene import Item, Unplaced
from ..mail import token
from ..mail.token import Purpose
from ..store import conversations, inbox, questions
from ..store.letters import LetterItem
from .asking_back import decided
from .handlers import SAME, by_one_person, trust_needed
from .job import DECIDES, Job, still_of_the_firm
from .splitting.apart import Said, taken_apart, with_files
from .splitting.filing import Filed
from .splitting.places import Asked
from .splitting.typed import Labels, Part, says_nothing, words
from .understanding.french import core
from .understanding.intent import Verb, agrees
from .waiting import held

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
    labels, decides = _labels(job, items), job.purpose in DECIDES
    said = taken_apart(job.split, [_asked(job, item) for item in items], labels, decides)
    found, filed = with_files(said, [(file.name, file.part) for file in job.files], labels, decides)
    if not found or not all(one.label for one in filed):
        raise Unclear("no item of the letter is named", about="which", draft=core(job.split.text))
    found, aside = _with_the_rest(job, found, said, decides)
    job.unplaced.extend([*_unplaced(job, said, found, decides), *_put_somewhere(job, filed)])
    made, by_label = [], {item.label: item for item in items}
    for part in found:
        files = tuple(file for file, one in zip(job.files, filed, strict=True) if one.label == part.label)
        made.append(Piece(part.label, by_label[part.label], _job(job, by_label[part.label], part.text, files, aside)))
        aside = ""
    return made


def _with_the_rest(job: Job, found: list[Part], said: Said, decides: bool) -> tuple[list[Part], str]:
    """The parts, and what is kept beside the first of them. Where words decide it is weighed with each decision, and so
    are the lines behind the last one, which may speak of all: « Tout cela sous réserve de l'accord du client. »
    """
    unlabelled = [part.text for part in said.loose if not part.stray and not _only_a_name(job, part.text)]
    rest = "\n\n".join(filter(None, (said.before, *unlabelled)))
    if rest and decides:  # « N'envoyez rien avant lundi. »: who can tell?
        return [Part(part.label, f"{rest}\n\n{part.text}") for part in found], ""
    if found and decides and (behind := _behind_the_decision(job, found[-1].text)):
        found = [Part(part.label, f"{part.text}\n\n{behind}") if agrees(part.text) else part for part in found]
    return found, "\n\n".join(filter(None, (rest, *(part.text for part in said.loose if part.stray))))


def _behind_the_decision(job: Job, text: str) -> str:
    """The lines behind one that agrees and is whole; "" where there are none but courtesy and a name."""
    decision, _, behind = text.partition("\n")
    return behind.strip() if agrees(decision) and not _only_a_name(job, behind) else ""


def _put_somewhere(job: Job, filed: list[Filed]) -> list[Unplaced]:
    """The files of which nothing says where they belong, by the answer they were put to. One that is refused has to
    come again in any case."""
    kept = [pair for pair in zip(job.files, filed, strict=True) if pair[0].verdict in (Verdict.OK, Verdict.UNSCANNED)]
    put = [(one.label, file.name) for file, one in kept if not one.surely]
    return [
        Unplaced(label=label, files=tuple(name for at, name in put if at == label))
        for label in dict.fromkeys(label for label, _ in put)
    ]


def _unplaced(job: Job, said: Said, found: list[Part], decides: bool) -> list[Unplaced]:
    """What the receipt asks about: words below our lines, labels that the letter does not have, and words above the
    first label where they may be what another question still waits for."""
    left = [Unplaced(part.text, part.label if part.stray else "") for part in said.loose]
    left = [one for one in left if one.label or not _only_a_name(job, one.text)]
    answered = {part.label for part in found}
    if said.before and not decides and any(_waits(job, item) for item in job.items() if item.label not in answered):
        left.insert(0, Unplaced(said.before))
    return left


def _waits(job: Job, item: LetterItem) -> bool:
    return bool(item.question_id) and _question(job, item).state is State.ASKED


def _only_a_name(job: Job, text: str) -> bool:
    """True for what is left of a closing: courtesy, and the writer's name."""
    name = set(words(job.person.name))
    return all(says_nothing(line) or set(words(line)) <= name for line in text.splitlines())


def for_all(job: Job) -> list[Piece]:
    """The whole reply, once for each question of the letter that still waits: a delay, « pas mon dossier »."""
    waiting = [i for i in job.items() if i.question_id and _question(job, i).state is State.ASKED]
    return [Piece(item.label, item, _job(job, item, job.split.text, (), "")) for item in waiting]


def _labels(job: Job, items: list[LetterItem]) -> Labels:
    about = {item.label: _question(job, item) for item in items if item.question_id}
    return Labels(
        [item.label for item in items],
        {question.ref.lower(): label for label, question in about.items()},
        [item.label for item in items if item.kind == "version" and _of_tous(job, item)],
        _tokens(job, {question.id: label for label, question in about.items()}),
        {label: question.text for label, question in about.items()},
        {label: question.document for label, question in about.items()},
    )


_TOKEN = re.compile(r"[+-]([a-z2-7]{26})@", re.IGNORECASE)


def _tokens(job: Job, labels: dict[int, str]) -> dict[str, str]:
    """The addresses of single questions that the reply names, with the label of each."""
    found: dict[str, str] = {}
    for text in set(_TOKEN.findall(f"{job.split.text}\n{job.split.quoted}".lower())):
        known = token.verify(text, job.system.keys)
        about = conversations.get(job.conn, known[1]) if known else None
        if about and about.subject_kind == "question" and about.subject_id in labels:
            found[text] = labels[about.subject_id]
    return found


def _asked(job: Job, item: LetterItem) -> Asked:
    """What our letter says of an item, so that it is known again where a reply quotes it."""
    if not item.question_id:
        row = inbox.get(job.conn, item.inbox_id or 0)
        return Asked(item.label, "", "", frozenset(words((row["sender"] if row else "") or "")))
    q = _question(job, item)
    people = (q.dossier.expert, q.dossier.staff, *q.dossier.collaborators, *q.asked)
    told = [q.title, q.form, q.line, q.document, q.ref, q.dossier.member, *(person.name for person in people)]
    told += [item.label, str(q.exercice), *_days(q.due, q.asked_at)]
    told += _told(questions.answer(job.conn, q.id, item.version)) if item.version else []
    return Asked(item.label, q.ref.lower(), q.text, frozenset(words(" ".join(told))))


def _told(shown: Answer) -> list[str]:
    hours = f"{shown.at:%H %M}"
    return [shown.text, shown.by.name, *(f.name for f in shown.files), hours, str(shown.version), *_days(shown.at)]


def _days(*days: date | None) -> list[str]:
    return [f"{day.day} {day.year}" for day in days if day]


def _of_tous(job: Job, item: LetterItem) -> bool:
    """« tout traité » means the dossiers of the reader of a digest: there it is offered; not those of colleagues."""
    return not job.of_staff or (
        job.conversation is not None and _question(job, item).dossier.staff.id == job.conversation.person_id
    )


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
            if done[-1] == SAME:
                job.untaken.append(replace(_refused(piece, Refusal()), refusal=AGAIN, by=None, at=None))
        except WHOLE:
            job.untaken.clear()
            job.unplaced.clear()
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
    by_one_person(piece.job)
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
        files=piece.job.files if isinstance(refusal, NothingWritten) else (),
    )
