"""Erasing: what goes of each table, what stays and why, and the statements that do it. Inside transactions.

A row that others name stays as a skeleton: ids, times, states and hashes tell that something was there, and that it
was decided; whose it was and what it said is gone. Every other row goes whole. Freed bytes are overwritten
(`overwriting`), and the file is written anew where that holds nobody up (`settle`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import datetime

from .belonging import CONVERSATIONS, LETTERS, MAILS, QUESTIONS, Part
from .db import Store, stamp

ADDRESS = "'effacee-' || id || '@personne.invalid'"
#: table -> column -> what stands there afterwards, as SQL. The row stays.
BLANKED: dict[str, dict[str, str]] = {
    "answer": {"text": "''", "added": "''", "set_aside": "''", "written_by": "''"},
    "blob": {"bytes": "x''"},
    "dossier": {"member": "'dossier effacé'", "profession": "''", "firm_reference": "''"},
    "inbox": {
        "message_id": "''",
        "reverse_path": "''",
        "peer": "''",
        "dmarc_domain": "''",
        "reason": "null",
        "subject": "null",
        "sender": "null",
        "rule": "null",
        "decision": "null",
        "gist": "null",
        "written_sha256": "null",
    },
    "journal_payload": {"payload": "''"},
    "outbox": {
        "to_name": "''",
        "to_address": "''",
        "reply_to": "''",
        "subject": "''",
        "text": "''",
        "html": "''",
        "in_reply_to": "''",
        "refs": "''",
        "reply": "''",
    },
    "person": {
        "name": "'personne effacée n° ' || id",
        "email": ADDRESS,
        "rights": "''",
        "suspended_why": "''",
        "firm_id": "null",
        "active": "0",
        "shared": "0",
    },
    "question": {"sheet_key": "'effacée ' || id", "title": "''", "text": "''", "document": "''"},
}
#: Tables whose rows go whole, with their dossier, their person or their letter.
DELETED = frozenset(
    "absence answer_file assignment blocked bounce browser browser_code deed document draft draft_file joining"
    " letter_item news nonce outbox_file pace person_address plan reminder stand_in".split()
)
#: table -> columns of words that stay -> why
KEPT: dict[str, dict[str, str]] = {
    "answer": {"channel": "a word of ours"},
    "conversation": {"subject_kind": "a word of ours; « erased » afterwards, so that no token opens anything"},
    "digest": {"day": "a day"},
    "dossier": {"ref": "the association's own number: tells that the dossier was there, and that it was erased"},
    "firm": {"code name address postcode city phone email": "a firm is no person; the next import keeps or changes it"},
    "inbox": {
        "message_key": "a hash: the same mail is known when it comes again",
        "recipient": "our own address",
        "dmarc state disposition matched_by trust command restraint": "words of ours",
        "turn": "a time",
    },
    "journal": {"kind prev hash": "the chain: a word of ours, and hashes"},
    "journal_payload": {"erased_why": "says why it is empty"},
    "outbox": {
        "kind date seed state": "words and numbers of ours",
        "message_id": "ours: our token, which opens nothing any more, and a number",
        "from_name from_address": "the association",
    },
    "person": {"role": "a word of ours"},
    "question": {
        "ref": "the association's own number",
        "code form line": "of the catalogue and the tax form, the same for everybody",
        "due state outcome postponed_until": "words of ours and days",
    },
    "recipient": {},
    "scan": {"result name": "the name of a virus, under a hash"},
    "setting": {"name value": "of mailbot itself"},
    "statistic": {"profession indicator value unit": "figures of a profession"},
}

#: Rows of the journal that say who erased what: they are never erased.
SAYS = ("purged", "forgotten", "erasing", "erased")


def erased_at(conn: sqlite3.Connection, table: str, id: int) -> str | None:
    """When a row of a table was erased; None where it was not."""
    row = conn.execute(f"select erased_at from {table} where id = ?", (id,)).fetchone()
    return row["erased_at"] if row else None


def overwriting(conn: sqlite3.Connection) -> None:
    """From now on this connection overwrites with zeros what it frees."""
    conn.execute("pragma secure_delete = on")


def _blank(table: str) -> str:
    return ", ".join(f"{column} = {value}" for column, value in BLANKED[table].items())


def _marks(ids: Collection[object]) -> str:
    return ",".join("?" * len(ids))


# Letters, mails, payloads


def letters(conn: sqlite3.Connection, ids: Iterable[int], at: datetime) -> int:
    """Letters say nothing any more, and leave no more; returns how many those are."""
    done = 0
    for id in ids:
        done += conn.execute(
            f"update outbox set {_blank('outbox')}, erased_at = ?, "
            "state = case when state in ('due', 'deferred') then 'failed' else state end "
            "where id = ? and erased_at is null",
            (stamp(at), id),
        ).rowcount
        conn.execute("delete from outbox_file where outbox_id = ?", (id,))
        conn.execute("delete from bounce where outbox_id = ?", (id,))
    return done


def mails(conn: sqlite3.Connection, ids: Iterable[int], at: datetime) -> int:
    """Mails say nothing any more; those that waited for a person are closed. Their bytes go with `sweep`."""
    done = 0
    for id in ids:
        done += conn.execute(
            f"update inbox set {_blank('inbox')}, erased_at = ?, "
            "state = case when state in ('held', 'shunted') then 'closed' else state end "
            "where id = ? and erased_at is null",
            (stamp(at), id),
        ).rowcount
    return done


def payloads(conn: sqlite3.Connection, seqs: Collection[int], at: datetime, why: str) -> None:
    """The words of journal rows go; the rows stay, and the chain is whole."""
    conn.executemany(
        f"update journal_payload set {_blank('journal_payload')}, erased_at = ?, erased_why = ? "
        "where seq = ? and erased_at is null",
        [(stamp(at), why, seq) for seq in seqs],
    )


def payloads_of(conn: sqlite3.Connection, part: Part) -> list[int]:
    """The journal rows of a part of a dossier whose words are still there."""
    rows = conn.execute(
        "select p.seq from journal j join journal_payload p on p.seq = j.seq "
        f"where j.question_id in ({QUESTIONS}) and p.erased_at is null order by 1",
        part.named,
    )
    return [row["seq"] for row in rows]


# A part of a dossier

_ANSWERS = f"select id from answer where question_id in ({QUESTIONS})"
_DRAFTS = f"select id from draft where question_id in ({QUESTIONS})"
#: what hangs on the questions of a part, in an order in which nothing is missed by what still names it
_HANGING = (
    f"delete from answer_file where answer_id in ({_ANSWERS})",
    f"delete from draft_file where draft_id in ({_DRAFTS})",
    f"delete from draft where question_id in ({QUESTIONS})",
    f"delete from plan where deed_id in (select id from deed where question_id in ({QUESTIONS}))",
    f"delete from deed where question_id in ({QUESTIONS})",
    f"delete from news where question_id in ({QUESTIONS})",
    f"delete from reminder where question_id in ({QUESTIONS})",
    f"delete from letter_item where question_id in ({QUESTIONS})",
    "delete from document where dossier_id = :dossier and (:year is null or exercice = :year)",
)


def part_of_dossier(conn: sqlite3.Connection, part: Part, at: datetime) -> None:
    """The questions of a dossier and year: skeletons stay of them and of their answers; their letters and mails are
    erased by `letters` and `mails` before."""
    conversations_of(conn, CONVERSATIONS, part.named)
    for statement in _HANGING:
        conn.execute(statement, part.named)
    named = {**part.named, "at": stamp(at)}
    conn.execute(
        f"update answer set {_blank('answer')}, erased_at = coalesce(erased_at, :at) "
        f"where question_id in ({QUESTIONS})",
        named,
    )
    conn.execute(
        f"update question set {_blank('question')}, remind_at = null, erased_at = :at "
        f"where erased_at is null and id in ({QUESTIONS})",
        named,
    )
    conn.execute(
        f"update dossier set {_blank('dossier')}, erased_at = :at where id = :dossier and erased_at is null "
        "and not exists (select 1 from question where dossier_id = :dossier and erased_at is null) "
        "and not exists (select 1 from document where dossier_id = :dossier)",
        named,
    )
    conn.execute(
        "delete from assignment where dossier_id in (select id from dossier where erased_at is not null and id = ?)",
        (part.dossier_id,),
    )


def letters_of(conn: sqlite3.Connection, part: Part) -> list[int]:
    """The letters of a part that still say something."""
    rows = conn.execute(f"select id from outbox where erased_at is null and id in ({LETTERS}) order by id", part.named)
    return [row["id"] for row in rows]


def mails_of(conn: sqlite3.Connection, part: Part) -> list[int]:
    """The mails of a part that still say something, and wait for nobody's work."""
    rows = conn.execute(
        f"select id from inbox where erased_at is null and state <> 'new' and id in ({MAILS}) order by id", part.named
    )
    return [row["id"] for row in rows]


def conversations_of(conn: sqlite3.Connection, query: str, values: Mapping[str, object] | tuple[object, ...]) -> None:
    """No token of these conversations opens anything any more."""
    conn.execute(
        f"update conversation set subject_kind = 'erased', subject_id = number where number in ({query})", values
    )


def empty_letters(conn: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Letters that hold no item any more are no conversation either."""
    for id in ids:
        conversations_of(
            conn,
            "select number from conversation where subject_kind = 'letter' and subject_id = ? "
            "and not exists (select 1 from letter_item where outbox_id = subject_id)",
            (id,),
        )


#: kind of subject -> the subjects that are still there
_THERE = {
    "draft": "select id from draft",
    "joining": "select id from joining",
    "absence": "select id from stand_in",
    "code": "select id from browser_code",
    "held": "select id from inbox where erased_at is null",
}


def orphans(conn: sqlite3.Connection) -> None:
    """Conversations about something that is gone open nothing any more: its number may be given again."""
    for kind, there in _THERE.items():
        conversations_of(
            conn,
            f"select number from conversation where subject_kind = '{kind}' and subject_id not in ({there})",
            (),
        )


# Bytes

_USED = (
    "select sha256 from inbox where erased_at is null union select sha256 from document "
    "union select sha256 from answer_file union select sha256 from draft_file union select sha256 from outbox_file"
)


def unused(conn: sqlite3.Connection) -> tuple[list[tuple[str, int]], int]:
    """(hash and size of what nothing needs any more, the newest mail that this was looked up for)."""
    newest = conn.execute("select coalesce(max(id), 0) n from inbox").fetchone()["n"]
    rows = conn.execute(
        f"select sha256, size from blob where erased_at is null and sha256 not in ({_USED}) order by sha256"
    )
    return [(row["sha256"], row["size"]) for row in rows], newest


def erase_bytes(conn: sqlite3.Connection, hashes: Collection[str], newest: int, at: datetime) -> None:
    """These bytes go, but for those that a mail brought again since `unused` looked."""
    for sha256 in hashes:
        conn.execute(
            f"update blob set {_blank('blob')}, erased_at = ? where sha256 = ? "
            "and not exists (select 1 from inbox where id > ? and sha256 = ?) "
            "and not exists (select 1 from document where sha256 = ?)",
            (stamp(at), sha256, newest, sha256, sha256),
        )


SMALL = 64 * 2**20  #: bytes of a database that is written anew in about a second


def settle(store: Store, alone: bool) -> tuple[bool, bool]:
    """Let no copy of what was erased stay in the file or beside it: (the log is empty, the file was written anew).

    A large file is written anew only where nobody else works the database: mail would wait for it.
    """
    with closing(sqlite3.connect(store.path, timeout=10.0, isolation_level=None)) as conn:
        overwriting(conn)
        small = store.path.stat().st_size <= SMALL
        anew = alone or small
        try:
            if anew:
                conn.execute("pragma temp_store = memory" if small else "pragma temp_store = file")
                conn.execute("vacuum")
        except sqlite3.OperationalError:
            anew = False
        busy = conn.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        return not busy, anew
