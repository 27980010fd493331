"""Keys grow old: another signs, letters of the old one are still answered, and after their time they are unknown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.demo.postoffice import Letter, reply
from mailbot.errors import UsageError
from mailbot.mail import token
from mailbot.service.delivery import deliver_due
from mailbot.service.keeping import copies as keeping
from mailbot.service.keeping import keyring
from mailbot.service.keeping.copies import Places
from mailbot.service.sheet import sheet
from mailbot.store import inbox, journal
from mailbot.store.db import setting
from tests.campaign import AICHA
from tests.machines import new
from tests.world import World, world

pytestmark = pytest.mark.slow  # years of keys: `make test` only

REFS = ("D0009-2025-1", "D0009-2025-2", "D0009-2025-3")
DAYS = timedelta(days=365)


@pytest.fixture
def here(tmp_path: Path, asked: Path) -> Iterator[World]:
    made = world(asked, tmp_path / "world")
    deliver_due(made.app.system, made.send)
    yield made
    made.close()


def keys(here: World) -> list[keyring.Key]:
    return keyring.read(here.app.config.store.key_file)


def older(here: World, by: timedelta) -> None:
    """The keys were made so much earlier."""
    path = here.app.config.store.key_file
    lines = [f"{k.id} {k.secret.hex()} {(k.made - by).isoformat()}\n" for k in keys(here)]
    path.write_text("".join(lines))
    here.app.system.keyring._looked = None


def by_envelope(letter: Letter) -> EmailMessage:
    mail = new(letter, AICHA, "Réponse", "Le détail est joint.")
    return mail


def by_message_id(letter: Letter) -> EmailMessage:
    mail = by_envelope(letter)
    mail.replace_header("To", "eccv@assaprol.example")
    mail["In-Reply-To"] = str(letter.message["Message-ID"])
    return mail


def by_foot_line(letter: Letter) -> EmailMessage:
    mail = reply(letter, AICHA, "Le détail est joint.")
    mail.replace_header("To", "eccv@assaprol.example")
    del mail["In-Reply-To"], mail["References"]
    return mail


def by_header(letter: Letter) -> EmailMessage:
    return reply(letter, AICHA, "Le détail est joint.")


@pytest.mark.parametrize("carrier", [by_envelope, by_header, by_message_id, by_foot_line])
def test_a_letter_signed_before_is_answered_after(here: World, carrier: object) -> None:
    letter = here.mailbox(AICHA[1], "question")[0]
    older(here, DAYS)
    here.tick()
    assert [k.id for k in keys(here)] == [1, 2]
    assert here.app.system.keys.current == 2
    here.hand_in(carrier(letter), AICHA[1])  # type: ignore[operator]
    ref = next(ref for ref in REFS if ref in letter.subject)
    found = sheet(here.app.system, ref)
    assert found is not None and found["state"] == "proposed"
    assert journal_kinds(here).count("key_rotated") == 1


def journal_kinds(here: World) -> list[str]:
    assert list(journal.faults(here.app.system.store.conn)) == []
    return [r["kind"] for r in here.app.system.store.conn.execute("select kind from journal order by seq")]


def test_a_reminder_bears_the_new_token_and_is_the_same_conversation(here: World) -> None:
    letter = here.mailbox(AICHA[1], "question")[0]
    older(here, DAYS)
    here.advance(timedelta(days=15))
    (reminder,) = here.mailbox(AICHA[1], "reminder")[:1]
    system = here.app.system
    before, after = (system.token_in(str(x.message["Reply-To"])) for x in (letter, reminder))
    assert token.verify(before, system.keys) and token.verify(after, system.keys)
    assert after[0] != before[0], "another key"
    same = token.verify(before, system.keys)
    assert same is not None
    assert system.address(*same) != str(letter.message["Reply-To"]), "a letter of today about it bears the new one"


def test_an_old_key_is_dropped_after_its_time_and_its_letters_are_as_unknown_ones(here: World) -> None:
    letter = here.mailbox(AICHA[1], "question")[0]
    older(here, DAYS)
    here.tick()
    older(here, keyring.KEPT - timedelta(days=1))
    here.app.system.keyring.rotate(here.app.system.store, here.now, 10_000)
    assert [k.id for k in keys(here)] == [1, 2]
    older(here, timedelta(days=1))
    here.app.system.keyring.rotate(here.app.system.store, here.now, 10_000)
    assert [k.id for k in keys(here)] == [2]
    here.hand_in(by_envelope(letter), AICHA[1])
    made_up = by_envelope(letter)
    made_up.replace_header("To", f"eccv+{'a' * 26}@assaprol.example")
    here.hand_in(made_up, AICHA[1])
    rows = inbox.latest(here.app.system.store.conn, ("held", "done"))[:2]
    known, unknown = ([row[name] for name in ("state", "reason", "conversation", "matched_by")] for row in rows)
    assert known == unknown
    assert known[2] is None


def test_ids_go_round_and_none_is_given_twice_while_it_is_known(here: World, caplog: pytest.LogCaptureFixture) -> None:
    ring, store, now = here.app.system.keyring, here.app.system.store, here.now
    seen = []
    for _ in range(20):
        older(here, timedelta(days=30))
        ring.rotate(store, now, 30)
        ids = [k.id for k in keys(here)]
        assert len(set(ids)) == len(ids) <= keyring.IDS
        seen.append(ids[-1])
    assert seen == [*range(2, 16), 0, *range(1, 6)]
    for _ in range(20):
        older(here, timedelta(days=1))
        ring.rotate(store, now, 1)
    assert len(keys(here)) == keyring.IDS
    assert "no new key" in caplog.text
    assert not [k for k in keys(here) if k.secret.hex() in caplog.text]


def test_only_the_owner_may_read_the_new_file(here: World) -> None:
    older(here, DAYS)
    here.tick()
    path = here.app.config.store.key_file
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir() if "key" in p.name] == [path.name]


def test_the_database_holds_no_key_and_knows_its_own(here: World, tmp_path: Path) -> None:
    here.tick()
    path, store = here.app.config.store.key_file, here.app.system.store
    assert setting(store, keyring.KNOWN).startswith("1:")
    assert keys(here)[0].secret.hex() not in "".join(store.conn.iterdump())
    keyring.belongs(path, store)
    other = tmp_path / "other.key"
    keyring.create(other, date(2026, 1, 1))
    with pytest.raises(UsageError, match=r"not the key of this database.*FILE\.key.*mailbot init"):
        keyring.belongs(other, store)
    path.unlink()
    with pytest.raises(UsageError, match=r"no key file.*FILE\.key.*mailbot init"):
        apps.build(here.app.config)


def test_a_lost_key_is_replaced_by_one_with_another_id(here: World) -> None:
    here.tick()
    letter = here.mailbox(AICHA[1], "question")[0]
    config = here.app.config
    config.store.key_file.unlink()
    assert apps.initialise(config) == [f"key file {config.store.key_file}"]
    assert [k.id for k in keys(here)] == [2]
    app = apps.build(config)
    assert token.verify(app.system.token_in(str(letter.message["Reply-To"])), app.system.keys) is None
    assert "key_lost" in journal_kinds(here)
    app.system.store.close()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "is no key file"),
        ("16 " + "00" * 32, "from 0 to 15"),
        ("1 00", "at least 32 bytes"),
        ("1 " + "00" * 32 + "\n1 " + "11" * 32, "each once"),
        ("1 " + "00" * 32 + " 2026-13-01", "is no key file"),
    ],
)
def test_a_damaged_file_is_refused_without_showing_it(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "x.key"
    path.write_text(line)
    path.chmod(0o600)
    with pytest.raises(UsageError, match=says) as error:
        keyring.read(path)
    assert "00000000" not in str(error.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.key"
    keyring.create(path, date(2026, 1, 1))
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(UsageError, match="chmod 600"):
            keyring.read(path)


def test_a_backup_from_before_a_rotation_keeps_the_younger_key(here: World, tmp_path: Path) -> None:
    """Letters that left since the copy was made bear the younger key."""
    here.tick()
    config, copy = here.app.config, tmp_path / "copy.db"
    places = Places(config.store.path, config.store.key_file)
    keeping.backup(places, copy)
    older(here, DAYS)
    here.tick()
    prepared = keeping.prepare(places, copy)
    assert prepared.key is None
    keeping.discard(prepared)
    keyring.create(tmp_path / "other.key", datetime.now(UTC).date())
    shutil.copy(tmp_path / "other.key", keeping.key_beside(copy))
    with pytest.raises(UsageError, match="not the key of this database"):
        keeping.prepare(places, copy)


def test_the_configuration_of_before_still_reads(tmp_path: Path) -> None:
    """A key file of the first version has no day: it is as old as the file."""
    path = tmp_path / "x.key"
    path.write_text("1 " + "ab" * 32 + "\n")
    path.chmod(0o600)
    assert keyring.read(path)[0].made == datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
