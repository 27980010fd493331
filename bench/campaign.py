"""Databases with as many open questions as are wanted, always five a dossier and twenty-five a collaborator.

Written by SQL alone, since the service would take hours: nine questions in ten wait for an answer, one for its expert;
each has its letter, its conversation and its journal, and reminders ahead over three months.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.sandbox import configuration
from mailbot.service import reminders
from mailbot.store.db import set_setting, stamp

from .settings import at_once

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)  #: a working day, in the hours in which reminders leave
DUE = 100  #: reminders that fall due together
EACH = "with recursive n(i) as (select 1 union all select i + 1 from n where i < :{}) "
#: the dossier, the collaborator and the expert of question i
DOSSIER, WRITER, EXPERT = "(i - 1) / 5 + 1", "(i - 1) / 25 + :experts + 1", "(i - 1) / 100 + 1"
ANSWERED = "select i from n where i % 10 = 0"
TOLD = {
    "event": "proposed", "comment": "", "until": None, "outcome": None, "passed_to": [], "before": 0, "author": 0,
    "announced": False, "message_id": "", "mail": None,
}  # fmt: skip
TABLES = (
    EACH.format("experts") + "insert into firm(id, code, name) select i, 'C' || i, 'Cabinet ' || i from n",
    EACH.format("experts") + "insert into person(id, email, name, role, firm_id) "
    "select i, 'expert' || i || '@cabinet.example', 'Expert ' || i, 'expert', i from n",
    EACH.format("writers") + "insert into person(id, email, name, role, firm_id, rights) select i + :experts, "
    "'collab' || i || '@cabinet.example', 'Collab ' || i, 'collaborateur', (i - 1) / 4 + 1, 'repondre' from n",
    EACH.format("staff") + "insert into person(id, email, name, role) select i + :experts + :writers, "
    "'gestion' || i || '@assaprol.example', 'Gestion ' || i, 'gestionnaire' from n",
    EACH.format("dossiers") + "insert into dossier(id, ref, member, firm_id, expert_id, staff_id) select i, "
    "printf('D%07d', i), 'Membre ' || i, (i - 1) / 20 + 1, (i - 1) / 20 + 1, i % :staff + 1 + :experts + :writers "
    "from n",
    EACH.format("dossiers") + "insert into assignment select i, (i - 1) / 5 + 1 + :experts from n",
    "insert into blob(sha256, size, bytes) values ('0', 0, '')",
    EACH.format("questions")
    + "insert into question(id, ref, dossier_id, exercice, number, sheet_key, title, text, due, "
    "state, version, standing, waiting, asked_at, asked_by_id, ladder_at, remind_at) "
    f"select i, printf('D%07d-2025-%d', {DOSSIER}, (i - 1) % 5 + 1), {DOSSIER}, 2025, (i - 1) % 5 + 1, i, "
    "'autres frais divers', :words, '2027-06-30', case when i % 10 then 'asked' else 'proposed' end, "
    "i % 10 = 0, i % 10 = 0, i % 10 = 0, :asked, :experts + :writers + 1, :asked, "
    "strftime('%Y-%m-%dT%H:%M:%SZ', :later, '+' || (i * 7919 % 129600) || ' minutes') from n",
    EACH.format("questions") + f"insert into recipient(question_id, person_id) select i, {WRITER} from n",
    EACH.format("questions") + f"insert into conversation select i, 1, {WRITER}, 'question', i from n",
    EACH.format("questions")
    + "insert into outbox(id, kind, person_id, conversation, question_id, to_name, to_address, "
    "reply_to, subject, text, html, date, message_id, seed, state, due_at, attempts, sent_at, confirmed) "
    f"select i, 'question', {WRITER}, i, i, '', 'x@cabinet.example', 'x@assaprol.example', 'ECCV 2025', :words, "
    ":words || :words, :asked, printf('<%08d@assaprol.example>', i), i, 'sent', :asked, 1, :asked, 1 from n",
    EACH.format("questions")
    + "insert into journal select i, :asked, 'asked', i, 0, 1, null, i, printf('%064x', i - 1), "
    "printf('%064x', i) from n",
    EACH.format("questions") + "insert into journal_payload(seq, payload) select i, '{}' from n",
    EACH.format("questions") + "insert into reminder "
    f"select i, 1, 'answer', '2026-11-10', {WRITER}, i, :asked from n where i % 5 = 3",
    EACH.format("questions") + "insert into inbox(id, message_key, recipient, message_id, reverse_path, peer, trusted, "
    "tls, dmarc, dmarc_domain, received_at, sha256, state) select i, i, '', i, '', '', 1, 1, 'pass', '', :asked, '0', "
    f"'done' from ({ANSWERED})",
    EACH.format("questions") + "insert into answer(id, question_id, version, round, text, added, set_aside, by_id, "
    f"channel, at, inbox_id, sha256) select i, i, 1, 1, :words, :words, '', {WRITER}, 'mail', :asked, i, '' "
    f"from ({ANSWERED})",
    EACH.format("questions")
    + "insert into deed(id, question_id, person_id, event, version, wrote, channel, at, inbox_id, "
    f"position, told, undo_until) select i, i, {WRITER}, 'proposed', 1, 1, 'mail', :asked, i, :before, :told, :asked "
    f"from ({ANSWERED})",
    EACH.format("questions") + "insert into plan(kind, person_id, question_id, version, deed_id, event, at, outbox_id) "
    f"select 'approval', {EXPERT}, i, 1, i, 'proposed', :asked, i from ({ANSWERED})",
)


def build(folder: Path, questions: int, now: datetime = NOW) -> apps.App:
    """A mailbot with that many open questions (a multiple of 100), no reminder due. Its clock stands still."""
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(configuration(1), encoding="utf-8")
    at_once(folder)
    config = load(folder / "config.toml", os.environ)
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    reminders.adopt(app.system)  # the rules are known: a start plans nothing anew
    app.system.store.close()
    _fill(config.store.path, questions, now)
    return at(apps.build(config), now)


def at(app: apps.App, now: datetime) -> apps.App:
    """The same mailbot at that time; the digests of its day are written."""
    app = replace(app, system=replace(app.system, now=lambda: now))
    with app.system.store.tx() as conn:
        set_setting(conn, "last_digest_day", app.system.today().date().isoformat())
    return app


def _fill(path: Path, questions: int, now: datetime) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -400000", "foreign_keys = off"):
            conn.execute(f"pragma {pragma}")
        values = {
            "questions": questions,
            "dossiers": questions // 5,
            "writers": questions // 25,
            "experts": questions // 100,
            "staff": 10,
            "words": "Le poste « autres frais divers de gestion » atteint 24 725 €. Merci d'en donner le détail. " * 3,
            "asked": stamp(now - timedelta(days=10)),
            "before": json.dumps(["asked", 1, 0, 0, 0, 0, None]),
            "told": json.dumps(TOLD),
            "later": (now + timedelta(days=100)).strftime("%Y-%m-%d %H:%M:%S"),
        }
        for statement in TABLES:
            conn.execute(statement, values)


def fall_due(app: apps.App, turn: int = 0, count: int = DUE) -> None:
    """Reminders of `count` questions, each of another collaborator, fall due at the hour of `app`; others in the turns
    after, up to twenty."""
    now = app.system.now()
    with app.system.store.tx() as conn:
        (last,) = conn.execute("select max(id) from question").fetchone()
        conn.executemany(
            "update question set ladder_at = ?, remind_at = ? where id = ?",
            [
                (stamp(now - timedelta(days=16)), stamp(now - timedelta(hours=1)), n * (last // count) + 5 * turn + 1)
                for n in range(count)
            ],
        )


def calm(app: apps.App) -> None:
    """No reminder falls due in the next weeks."""
    later = stamp(NOW + timedelta(days=100))
    with app.system.store.tx() as conn:
        conn.execute("update question set remind_at = ? where remind_at < ?", (later, later))
