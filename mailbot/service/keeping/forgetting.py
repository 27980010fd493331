"""Forgetting one person: his name, his addresses, what he wrote, and what others were written of him.

Where he was, « personne effacée n° 12 » stands. Refused while an open question needs him. In portions, so that it runs
beside `serve`; who he was goes last, so that the same command goes on where it was broken off.
"""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ...errors import UsageError
from ...mail import traces
from ...store import blobs, erasing, forgetting, journal
from ..system import System
from . import erasing as steps
from .erasing import Done, Who

SHORTEST = 5  #: letters of a name that is searched for
LETTER_TEXTS = ("subject", "text", "html", "reply")
ANSWER_TEXTS = ("text", "added", "set_aside", "written_by")


@dataclass(frozen=True)
class Subject:
    """Whom to forget."""

    person_id: int | None  #: None: somebody who is not registered
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    homonym: bool = False  #: somebody else bears the name: it is not searched for

    @property
    def label(self) -> str:
        return f"personne effacée n° {self.person_id}" if self.person_id else "personne effacée"

    @property
    def stranger(self) -> str:
        """His address, where answers name him by it only."""
        return self.addresses[0] if self.person_id is None else ""

    @property
    def pattern(self) -> re.Pattern[str]:
        return traces.pattern(self.names, self.addresses)


@dataclass(frozen=True)
class Found:
    """What is known of a person."""

    subject: Subject
    dossiers: list[int]  #: a member's own
    retained: list[str]  #: references of the dossiers that hold his answers
    letters_to: list[int]
    letters_showing: list[int]
    mails: list[int]
    questions: list[int]
    named_letters: int
    named_mails: list[int]

    def told(self, keep: bool) -> dict[str, int]:
        """The counts, by what they count."""
        return {
            "letters to him": len(self.letters_to),
            "letters that show his words": 0 if keep else len(set(self.letters_showing) - set(self.letters_to)),
            "letters that name him": self.named_letters,
            "mails by him": len(self.mails),
            "mails by others that name him": 0 if keep else len(self.named_mails),
            "questions that he answered": 0 if keep else len(self.questions),
            "dossiers of his own": 0 if keep else len(self.dossiers),
        }


def find(system: System, email: str) -> Found:
    """Look what is known of somebody. Raises UsageError while an open question needs him, or mail is unworked."""
    conn, email = system.store.conn, email.strip().lower()
    subject = _subject(conn, email)
    _refuse(conn, subject)
    to = forgetting.letters_to(conn, subject.person_id, subject.addresses)
    showing = forgetting.letters_showing(conn, subject.person_id, subject.stranger)
    by = forgetting.mails_from(conn, subject.person_id, subject.addresses)
    others = {*to, *showing}
    return Found(
        subject=subject,
        dossiers=forgetting.own_dossiers(conn, subject.person_id) if subject.person_id else [],
        retained=forgetting.retained(conn, subject.person_id) if subject.person_id else [],
        letters_to=to,
        letters_showing=showing,
        mails=by,
        questions=forgetting.answered(conn, subject.person_id, subject.stranger),
        named_letters=sum(row["id"] not in others for row, _ in _naming(conn, subject)),
        named_mails=[id for id in _mails_naming(conn, subject) if id not in set(by)],
    )


def _subject(conn: sqlite3.Connection, email: str) -> Subject:
    row = forgetting.person(conn, email)
    if row is None:
        return Subject(None, (email,), forgetting.names_of_stranger(conn, email))
    name, id = row["name"].strip(), row["id"]
    known = forgetting.addresses(conn, id)
    if len(name) < SHORTEST or forgetting.bears_the_name(conn, name, id):
        return Subject(id, known, (), homonym=True)
    return Subject(id, known, (name,))


def _refuse(conn: sqlite3.Connection, subject: Subject) -> None:
    open_ = forgetting.open_dossiers(conn, subject.person_id) if subject.person_id else []
    if open_:
        said = ", ".join(f"{ref} ({what})" for ref, what in open_[:10]) + (", …" if len(open_) > 10 else "")
        raise UsageError(
            f"{len(open_)} dossiers with open questions need {subject.addresses[0]}: {said}. "
            "First import them with other people, and have the questions treated or withdrawn"
        )
    waiting = forgetting.mails_waiting(conn, subject.person_id) if subject.person_id else 0
    if waiting:
        raise UsageError(f"{waiting} of his mails wait for a person: `mailbot inbox list`, decide them first")
    if forgetting.mails_unworked(conn):
        raise UsageError("mail waits to be worked, and may be his: `mailbot tick`, then again")


def forget(system: System, found: Found, who: Who, keep: bool = False) -> Done:
    """Erase it. `keep`: answers and the mails of others stay, as evidence of their dossiers, without his name."""
    subject, done = found.subject, Done()
    erasing.overwriting(system.store.conn)
    _begin(system, subject, who)
    if keep and subject.person_id:
        with system.store.tx() as conn:
            if found.dossiers:
                forgetting.rename_member(conn, subject.person_id, subject.label)
    for id in () if keep else found.dossiers:
        steps.whole(system, id, who, done)
    _words(system, subject, found.questions, keep)
    done.letters += steps.letters(system, sorted({*found.letters_to, *(() if keep else found.letters_showing)}))
    done.letters += _unname_letters(system, subject)
    done.mails += steps.mails(system, sorted({*found.mails, *(() if keep else found.named_mails)}))
    _last(system, subject, who)
    steps.end(system, done)
    return done


def _begin(system: System, subject: Subject, who: Who) -> None:
    with system.store.tx() as conn:
        if subject.person_id:
            forgetting.deactivate(conn, subject.person_id)
        told = {**who.said, "person": subject.person_id}
        journal.add(conn, system.now(), "erasing", told, person_id=who.by.id if who.by else None)


def _last(system: System, subject: Subject, who: Who) -> None:
    """What only he has, the words of journal rows, and who he was."""
    now = system.now()
    with system.store.tx() as conn:
        found = subject.pattern
        seqs = [
            row["seq"]
            for row in forgetting.payloads(conn)
            if (subject.person_id and row["person_id"] == subject.person_id) or found.search(row["payload"])
        ]
        erasing.payloads(conn, seqs, now, who.reason)
        if subject.person_id:
            forgetting.own_rows(conn, subject.person_id)
        forgetting.address_rows(conn, subject.addresses)
        for table, column, id, text in list(forgetting.texts_of(conn)):
            if found.search(text):
                forgetting.rewrite(conn, table, column, id, found.sub(subject.label, text))
        if subject.person_id:
            forgetting.erase_person(conn, subject.person_id, now)
        told = {**who.said, "person": subject.person_id, "rows": steps.ranges(seqs)}
        journal.add(conn, now, "forgotten", told, person_id=who.by.id if who.by else None)


# His words in answers


def _words(system: System, subject: Subject, question_ids: list[int], keep: bool) -> None:
    for id in question_ids:
        with system.store.tx() as conn:
            if keep:
                _without_his_history(conn, subject, id)
            else:
                _erase_words(conn, subject, id, system)
    _unname_answers(system, subject)


def _erase_words(conn: sqlite3.Connection, subject: Subject, question_id: int, system: System) -> None:
    """His versions say nothing any more; what others built upon them says so where his words were."""
    his: list[str] = []
    for row in forgetting.versions(conn, question_id):
        if _is_his(row, subject):
            his += [row["added"], row["text"]]
            forgetting.rewrite_answer(conn, row["id"], dict.fromkeys(ANSWER_TEXTS, ""), system.now())
            forgetting.drop_files(conn, row["id"], None)
            continue
        texts = {name: _without(row[name], his) for name in ("text", "added")}
        lost = forgetting.drop_files(conn, row["id"], subject.person_id) if subject.person_id else False
        changed = lost or any(texts[name] != row[name] for name in texts)
        texts["set_aside"] = "" if his else row["set_aside"]
        forgetting.rewrite_answer(conn, row["id"], texts, system.now() if changed else None)


def _without_his_history(conn: sqlite3.Connection, subject: Subject, question_id: int) -> None:
    """His words stay; his signature, and what others quoted below theirs, does not."""
    his = False
    for row in forgetting.versions(conn, question_id):
        his = his or _is_his(row, subject)
        if his:
            forgetting.rewrite_answer(conn, row["id"], {"set_aside": ""}, None)


def _unname_answers(system: System, subject: Subject) -> None:
    """No version of any answer names him."""
    found, above = subject.pattern, 0
    while rows := forgetting.answers(system.store.conn, above):
        above = rows[-1]["id"]
        naming = [row for row in rows if any(found.search(row[name]) for name in ANSWER_TEXTS)]
        for row in naming:
            texts = {name: found.sub(subject.label, row[name]) for name in ANSWER_TEXTS}
            changed = system.now() if texts["text"] != row["text"] else None
            with system.store.tx() as conn:
                forgetting.rewrite_answer(conn, row["id"], texts, changed)


def _is_his(row: sqlite3.Row, subject: Subject) -> bool:
    if subject.person_id is not None:
        return bool(row["by_id"] == subject.person_id)
    return subject.stranger in row["written_by"].lower()


def _without(text: str, words: list[str]) -> str:
    for said in sorted({one.strip() for one in words if one.strip()}, key=len, reverse=True):
        text = text.replace(said, forgetting.GONE)
    return text


# What others were written, and wrote


def _naming(conn: sqlite3.Connection, subject: Subject) -> Iterator[tuple[sqlite3.Row, dict[str, str]]]:
    """The letters that name him, with their texts as they read without his name."""
    found, above = subject.pattern, 0
    while rows := forgetting.standing(conn, "outbox", above):
        above = rows[-1]["id"]
        for row in rows:
            if any(found.search(row[name]) for name in LETTER_TEXTS):
                label = {name: html.escape(subject.label) if name == "html" else subject.label for name in LETTER_TEXTS}
                yield row, {name: found.sub(label[name], row[name]) for name in LETTER_TEXTS}


def _unname_letters(system: System, subject: Subject) -> int:
    """Letters to others name him no more."""
    changed, found = 0, _naming(system.store.conn, subject)
    while some := list(islice(found, steps.LETTERS)):
        changed += len(some)
        with system.store.tx() as conn:
            for row, texts in some:
                forgetting.rewrite_letter(conn, row["id"], texts)
    return changed


def _mails_naming(conn: sqlite3.Connection, subject: Subject) -> Iterator[int]:
    """The mails in which his name or address stands anywhere, however it is written there."""
    found, above = subject.pattern, 0
    while rows := forgetting.standing(conn, "inbox", above, 50):
        above = rows[-1]["id"]
        for row in rows:
            raw = blobs.get(conn, row["sha256"]) if row["state"] in ("done", "closed") else b""
            if any(found.search(form) for form in traces.forms(raw)):
                yield row["id"]
