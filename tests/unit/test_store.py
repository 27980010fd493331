"""The store under many threads: first come, first served, and no connection outlives its thread."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

from mailbot import resources
from mailbot.store.db import FairLock, Store, migrate, set_setting, setting


def test_connections_of_ended_threads_are_closed(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    migrate(store, resources.data("db"))
    for _ in range(30):
        thread = threading.Thread(target=lambda: store.conn.execute("select 1").fetchone())
        thread.start()
        thread.join()
    gc.collect()
    assert store.connections() <= 2
    store.close()
    assert store.connections() == 0


def test_writers_are_served_in_the_order_they_came() -> None:
    lock, order, waiting = FairLock(), [], []
    lock.__enter__()
    for n in range(5):
        thread = threading.Thread(target=lambda n=n: (lock.__enter__(), order.append(n), lock.__exit__()))
        thread.start()
        waiting.append(thread)
        while lock.waiting() <= n:
            pass
    lock.__exit__()
    for thread in waiting:
        thread.join()
    assert order == list(range(5))


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    migrate(store, resources.data("db"))
    try:
        with store.tx() as conn:
            set_setting(conn, "a", "1")
            raise RuntimeError
    except RuntimeError:
        assert setting(store, "a") == ""
    with store.tx() as conn:
        set_setting(conn, "a", "2")
    assert setting(store, "a") == "2"
    store.close()
