"""The database: how it is opened, who writes when, and how the schema grows.

Connections are ours: one a thread, `isolation_level=None`, WAL, `synchronous=FULL` (a commit is on the disk), foreign
keys on. Every write of the process runs inside `tx()`, which queues at a first-come lock before `BEGIN IMMEDIATE`:
SQLite's own waiting is not fair, and would let a backlog of work starve the acceptance of new mail.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakSet

from ..errors import StoreBusy, UsageError

BUSY_SECONDS = 5.0  #: how long one statement waits for another process


def stamp(when: datetime) -> str:
    """A time as the database keeps it: UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The aware UTC time that `stamp` wrote."""
    return datetime.fromisoformat(text)


class FairLock:
    """A lock that is given to threads in the order in which they asked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Event()
            self._queue.append(mine)
        mine.wait()

    def waiting(self) -> int:
        """How many threads wait for their turn."""
        with self._guard:
            return len(self._queue)

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


class _Open:
    """The connection of one thread; closed when the thread ends, and its local values with it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    def close(self) -> None:
        self.conn.close()

    __del__ = close


class Store:
    """One database file, opened once a thread."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self._writers = FairLock()
        self._open: WeakSet[_Open] = WeakSet()

    @property
    def conn(self) -> sqlite3.Connection:
        """This thread's connection, for reading; writes go through tx()."""
        mine: _Open | None = getattr(self._local, "mine", None)
        if mine is None:
            mine = self._local.mine = _Open(self._connect())
            self._open.add(mine)
        return mine.conn

    def _connect(self) -> sqlite3.Connection:
        try:
            conn = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            conn.row_factory = sqlite3.Row
            conn.execute("pragma journal_mode = wal")
            conn.execute("pragma synchronous = full")
            conn.execute("pragma foreign_keys = on")
        except sqlite3.OperationalError as error:
            raise StoreBusy(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.path} is no database: {error}; restore a backup") from error
        return conn

    @contextmanager
    def tx(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: commits at the end, rolls back on any exception.

        Raises StoreBusy where the database is locked by another process, full, or not writable.
        """
        conn = self.conn
        with self._writers:
            try:
                conn.execute("begin immediate")
            except sqlite3.OperationalError as error:
                raise StoreBusy(f"{self.path}: {error}") from error
            try:
                yield conn
                conn.execute("commit")
            except BaseException as error:
                if conn.in_transaction:
                    conn.execute("rollback")
                if isinstance(error, sqlite3.OperationalError):
                    raise StoreBusy(f"{self.path}: {error}") from error
                raise

    def connections(self) -> int:
        """How many are open: one for each living thread that used the store."""
        return len(self._open)

    def close(self) -> None:
        """Close the connections of all threads."""
        for one in list(self._open):
            one.close()
        self._open.clear()
        self._local = threading.local()


@contextmanager
def savepoint(conn: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that an exception undoes by itself; the rest of the transaction goes on."""
    conn.execute("savepoint part")
    try:
        yield
    except BaseException:
        conn.execute("rollback to part")
        conn.execute("release part")
        raise
    conn.execute("release part")


def broken(conn: sqlite3.Connection) -> str:
    """What SQLite finds wrong with the file, "" where it is whole."""
    found: str = conn.execute("pragma quick_check").fetchone()[0]
    return "" if found == "ok" else found


def refuses(store: Store, seconds: float = 2.0) -> str:
    """Why no transaction can begin within `seconds`, "" where one can; nothing is changed.

    On a connection of its own: it waits behind nobody of this process.
    """
    try:
        with closing(sqlite3.connect(store.path, timeout=seconds, isolation_level=None)) as conn:
            conn.execute("begin immediate")
            conn.execute("rollback")
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


def migrate(store: Store, folder: Path) -> list[str]:
    """Bring the schema up to date with the numbered files of `folder`; return the names of those that ran now."""
    scripts = sorted(folder.glob("[0-9]*.sql"))
    done = _applied(store.conn)
    pending = [script.stem for script in scripts if script.stem not in done]
    if pending:
        _apply(store, scripts)
    return pending


def _applied(conn: sqlite3.Connection) -> set[str]:
    """Read without sqlite-utils, whose import would cost a third of the start."""
    known = conn.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone()
    return {row["name"] for row in conn.execute("select name from _sqlite_migrations")} if known else set()


def foreign(conn: sqlite3.Connection, folder: Path) -> str:
    """Why a database is none that this version of mailbot works with, "" where it is one."""
    done = _applied(conn)
    if not done:
        return "is no database of mailbot"
    later = sorted(done - {script.stem for script in folder.glob("[0-9]*.sql")})
    return f"was written by a later version of mailbot ({later[0]})" if later else ""


def _apply(store: Store, scripts: list[Path]) -> None:
    from sqlite_utils import Database, Migrations

    migrations = Migrations("mailbot")
    for script in scripts:

        def run(db: Database, sql: str = script.read_text(encoding="utf-8")) -> None:
            for statement in statements(sql):
                db.execute(statement)

        migrations(name=script.stem)(run)
    migrations.apply(Database(store.conn, execute_plugins=False))


def statements(sql: str) -> Iterator[str]:
    """The statements of a script, one by one, so that they run inside the transaction of their migration."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in pending.splitlines()):
        raise UsageError(f"a statement of the schema does not end: {pending.strip()[:60]}")


def setting(store: Store, name: str, default: str = "") -> str:
    """A value that the product keeps about itself."""
    row = store.conn.execute("select value from setting where name = ?", (name,)).fetchone()
    return row["value"] if row else default


def set_setting(conn: sqlite3.Connection, name: str, value: str) -> None:
    """Keep such a value; inside a transaction."""
    conn.execute(
        "insert into setting(name, value) values (?, ?) on conflict(name) do update set value = excluded.value",
        (name, value),
    )


def first_id(conn: sqlite3.Connection, table: str) -> int:
    """The least id that a new row of a table may get whose ids stand in letters: above all that were given before a
    backup was put back, so that no old letter speaks of a new thing."""
    row = conn.execute("select value from setting where name = ?", (f"first_{table}",)).fetchone()
    return int(row["value"]) if row else 1
