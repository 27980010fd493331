"""The clock. In a sandbox it may run ahead of the real one; everywhere else it is the real one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from ..errors import UsageError
from ..store.db import Store, moment, set_setting, setting, stamp


class Clock:
    """Tells the time, and remembers in the database how far a sandbox is ahead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._ahead = timedelta(seconds=float(setting(store, "clock_ahead", "0")))

    def now(self) -> datetime:
        """The aware UTC time."""
        with self._lock:
            return datetime.now(UTC) + self._ahead

    def set(self, at: datetime) -> None:
        """Let it be `at` from now on. Raises UsageError where that goes back, or ahead outside a sandbox."""
        last = setting(self._store, "last_tick")
        if last and at < moment(last):
            raise UsageError(f"{stamp(at)} is earlier than the last tick, {last}: time does not go back")
        ahead = at - datetime.now(UTC)
        if ahead > timedelta(seconds=1) and not setting(self._store, "sandbox"):
            raise UsageError("only a database made by `mailbot init --sandbox` may be ahead of the real clock")
        with self._lock:
            self._ahead = ahead
        with self._store.tx() as conn:
            set_setting(conn, "clock_ahead", str(ahead.total_seconds()))

    def ticked(self) -> None:
        """Remember that everything due now was run."""
        with self._store.tx() as conn:
            set_setting(conn, "last_tick", stamp(self.now()))
