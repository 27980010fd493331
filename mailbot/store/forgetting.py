"""What the database knows of one person, and the statements by which it knows it no more."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

from . import erasing
from .db import stamp

GONE = "[texte effacé]"  #: in the place of a person's words in an answer that somebody else built upon


def person(conn: sqlite3.Connection, email: str) -> sqlite3.Row | None:
    """The person with that address, first or second, who was not erased."""
    row: sqlite3.Row | None = conn.execute(
        "select * from person where erased_at is null and (email = ? or id in "
        "(select person_id from person_address where email = ? and confirmed_at is not null)) "
        "order by email <> ? limit 1",
        (email, email, email),
    ).fetchone()
    return row


def addresses(conn: sqlite3.Connection, person_id: int) -> tuple[str, ...]:
    """All addresses of a person that are his for sure."""
    rows = conn.execute(
        "select email from person where id = ? union select email from person_address where person_id = ? "
        "and confirmed_at is not null",
        (person_id, person_id),
    )
    return tuple(row["email"] for row in rows)


def names_of_stranger(conn: sqlite3.Connection, address: str) -> tuple[str, ...]:
    """How somebody who is not registered called himself."""
    rows = conn.execute(
        "select name from joining where email = ? union select written_by from answer "
        "where instr(lower(written_by), ?) > 0",
        (address, address),
    )
    found = (re.sub(r"[<(]?\S+@\S+", "", row[0]).strip(" ,;:\"'") for row in rows)
    return tuple({name for name in found if len(name.split()) > 1})


def bears_the_name(conn: sqlite3.Connection, name: str, person_id: int) -> bool:
    """True if somebody else has the same name: another person, or the member of a dossier that is not his."""
    row = conn.execute(
        "select 1 from person where name = ? collate nocase and id <> ? union "
        "select 1 from dossier where member = ? collate nocase and expert_id <> ?",
        (name, person_id, name, person_id),
    ).fetchone()
    return row is not None


_OPEN = "q.state not in ('treated', 'withdrawn')"


def open_dossiers(conn: sqlite3.Connection, person_id: int) -> list[tuple[str, str]]:
    """(reference, what he is there) of the dossiers with an open question that need this person."""
    rows = conn.execute(
        f"select distinct d.ref, case when d.expert_id = :id then 'expert' when d.staff_id = :id then 'gestionnaire' "
        "when exists (select 1 from assignment a where a.dossier_id = d.id and a.person_id = :id) "
        "then 'collaborator' else 'author of an answer' end what "
        "from question q join dossier d on d.id = q.dossier_id "
        f"where {_OPEN} and (d.expert_id = :id or d.staff_id = :id "
        "or exists (select 1 from assignment a where a.dossier_id = d.id and a.person_id = :id) "
        "or exists (select 1 from answer a where a.question_id = q.id and a.by_id = :id)) order by 1",
        {"id": person_id},
    )
    return [(row["ref"], row["what"]) for row in rows]


def mails_unworked(conn: sqlite3.Connection) -> int:
    """How many mails wait to be worked: any may be his."""
    return int(conn.execute("select count(*) from inbox where state = 'new'").fetchone()[0])


def mails_waiting(conn: sqlite3.Connection, person_id: int) -> int:
    """How many of his mails wait for a person."""
    row = conn.execute(
        "select count(*) n from inbox where person_id = ? and state in ('held', 'shunted')", (person_id,)
    ).fetchone()
    return int(row["n"])


def own_dossiers(conn: sqlite3.Connection, person_id: int) -> list[int]:
    """The dossiers of a member who answers for himself."""
    rows = conn.execute(
        "select d.id from dossier d join person p on p.id = d.expert_id where p.id = ? and p.role = 'adherent' "
        "and d.erased_at is null order by 1",
        (person_id,),
    )
    return [row["id"] for row in rows]


def retained(conn: sqlite3.Connection, person_id: int) -> list[str]:
    """The dossiers whose answers hold words of this person."""
    rows = conn.execute(
        "select distinct d.ref from answer a join question q on q.id = a.question_id join dossier d "
        "on d.id = q.dossier_id where a.by_id = ? and a.text <> '' order by 1",
        (person_id,),
    )
    return [row["ref"] for row in rows]


# Letters and mails


def letters_to(conn: sqlite3.Connection, person_id: int | None, addresses: Collection[str]) -> list[int]:
    """The letters that he was written, in all his conversations, and those that his mails brought about."""
    rows = conn.execute(
        "select id from outbox where erased_at is null and (person_id = ? or conversation in "
        f"(select number from conversation where person_id = ?) or to_address in ({_marks(addresses)})) order by id",
        (person_id, person_id, *addresses),
    )
    return [row["id"] for row in rows]


def letters_showing(conn: sqlite3.Connection, person_id: int | None, address: str) -> list[int]:
    """The letters about questions that he answered, from his first answer on: they show his words."""
    rows = conn.execute(
        "with his as (select question_id, min(at) at from answer where by_id = ? "
        "or (? <> '' and instr(lower(written_by), ?) > 0) group by question_id) "
        "select o.id from his join outbox o on o.question_id = his.question_id where o.erased_at is null "
        "and o.date >= his.at union select o.id from his join letter_item l on l.question_id = his.question_id "
        "join outbox o on o.id = l.outbox_id where o.erased_at is null and o.date >= his.at order by 1",
        (person_id, address, address),
    )
    return [row["id"] for row in rows]


def mails_from(conn: sqlite3.Connection, person_id: int | None, addresses: Collection[str]) -> list[int]:
    """The mails that he wrote, or that claim it."""
    marks = _marks(addresses)
    rows = conn.execute(
        f"select id from inbox where erased_at is null and state <> 'new' and (person_id = ? or sender in ({marks}) "
        f"or lower(reverse_path) in ({marks})) order by id",
        (person_id, *addresses, *addresses),
    )
    return [row["id"] for row in rows]


def standing(conn: sqlite3.Connection, table: str, above: int, limit: int = 200) -> list[sqlite3.Row]:
    """The next rows of `outbox` or `inbox` that were not erased."""
    return conn.execute(
        f"select * from {table} where id > ? and erased_at is null order by id limit ?", (above, limit)
    ).fetchall()


def rewrite_letter(conn: sqlite3.Connection, id: int, texts: dict[str, str]) -> None:
    """A letter to somebody else names him no more: its text is no longer the one that left."""
    sets = ", ".join(f"{name} = ?" for name in texts)
    conn.execute(f"update outbox set {sets} where id = ? and erased_at is null", (*texts.values(), id))


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))


# Words


def answered(conn: sqlite3.Connection, person_id: int | None, address: str) -> list[int]:
    """The questions that he answered."""
    rows = conn.execute(
        "select distinct question_id from answer where by_id = ? or (? <> '' and instr(lower(written_by), ?) > 0) "
        "order by 1",
        (person_id, address, address),
    )
    return [row["question_id"] for row in rows]


def versions(conn: sqlite3.Connection, question_id: int) -> list[sqlite3.Row]:
    """All versions of an answer, oldest first."""
    return conn.execute("select * from answer where question_id = ? order by version", (question_id,)).fetchall()


def answers(conn: sqlite3.Connection, above: int, limit: int = 200) -> list[sqlite3.Row]:
    """The next versions, of whichever question."""
    return conn.execute("select * from answer where id > ? order by id limit ?", (above, limit)).fetchall()


def rewrite_answer(conn: sqlite3.Connection, id: int, texts: dict[str, str], at: datetime | None) -> None:
    """A version says something else; `at`: it is no longer what its hash was taken of."""
    sets = ", ".join(f"{name} = ?" for name in texts)
    conn.execute(
        f"update answer set {sets}, erased_at = coalesce(erased_at, ?) where id = ?",
        (*texts.values(), stamp(at) if at else None, id),
    )


def drop_files(conn: sqlite3.Connection, answer_id: int, person_id: int | None) -> bool:
    """The files that he joined to a version, or all of it (None), go; True if there were any."""
    return bool(
        conn.execute(
            "delete from answer_file where answer_id = ? and (? is null or by_id = ?)",
            (answer_id, person_id, person_id),
        ).rowcount
    )


def payloads(conn: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """The rows of the journal that still have words, but for those that say who erased what."""
    yield from conn.execute(
        "select p.seq, p.payload, j.person_id, j.question_id from journal_payload p join journal j on j.seq = p.seq "
        f"where p.erased_at is null and j.kind not in ({_marks(erasing.SAYS)}) order by p.seq",
        erasing.SAYS,
    )


def texts_of(conn: sqlite3.Connection) -> Iterator[tuple[str, str, int, str]]:
    """(table, column, id, text) of the smaller texts that may name somebody."""
    for table, columns in {
        "deed": ("told",),
        "draft": ("added", "set_aside"),
        "inbox": ("subject", "reason", "decision", "sender", "reverse_path"),
        "absence": ("deputy",),
        "joining": ("name", "email"),
        "document": ("name",),
        "question": ("title", "text", "document"),
    }.items():
        for column in columns:
            for row in conn.execute(f"select id, {column} text from {table} where coalesce({column}, '') <> ''"):
                yield table, column, row["id"], row["text"]


def rewrite(conn: sqlite3.Connection, table: str, column: str, id: int, text: str) -> None:
    """One of these texts says something else."""
    conn.execute(f"update {table} set {column} = ? where id = ?", (text, id))


# The person

#: what is only his
_OWN = (
    "delete from absence where person_id = :id",
    "delete from browser_code where person_id = :id",
    "delete from browser where person_id = :id",
    "delete from stand_in where person_id = :id or deputy_id = :id",
    "delete from person_address where person_id = :id",
    "delete from bounce where person_id = :id",
    "delete from news where person_id = :id",
    "delete from plan where person_id = :id or deed_id in (select id from deed where person_id = :id)",
    "delete from deed where person_id = :id",
    "delete from assignment where person_id = :id",
    "update joining set name = '', email = '' where person_id = :id",
)


def own_rows(conn: sqlite3.Connection, person_id: int) -> None:
    """What only this person has goes."""
    for statement in _OWN:
        conn.execute(statement, {"id": person_id})


def address_rows(conn: sqlite3.Connection, addresses: Collection[str]) -> None:
    """What is known by these addresses only goes."""
    for address in addresses:
        conn.execute("delete from joining where email = ?", (address,))
        conn.execute("delete from blocked where address = ?", (address,))
        conn.execute("delete from pace where sender in (?, ?)", (f"author {address}", f"path {address}"))


def deactivate(conn: sqlite3.Connection, person_id: int) -> None:
    """No further letter is written to him while he is erased."""
    conn.execute("update person set active = 0 where id = ?", (person_id,))


def erase_person(conn: sqlite3.Connection, person_id: int, at: datetime) -> None:
    """The last step: who it was is known no more, and none of his tokens opens anything."""
    erasing.conversations_of(conn, "select number from conversation where person_id = ?", (person_id,))
    sets = ", ".join(f"{column} = {value}" for column, value in erasing.BLANKED["person"].items())
    conn.execute(f"update person set {sets}, erased_at = ? where id = ?", (stamp(at), person_id))


def rename_member(conn: sqlite3.Connection, person_id: int, name: str) -> None:
    """His dossiers stay, and do not bear his name."""
    conn.execute("update dossier set member = ?, firm_reference = '' where expert_id = ? and erased_at is null",
                 (name, person_id))  # fmt: skip
