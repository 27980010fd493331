"""Clients that hand mails in, as the front server does."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Mail = tuple[str, str, bytes]
"""(sender, recipient, bytes)"""
T = TypeVar("T")


def send(port: int, mails: list[Mail]) -> list[float]:
    """Hand the mails in on one connection; seconds until each 250."""
    waits = []
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for sender, recipient, raw in mails:
            begin = time.perf_counter()
            client.sendmail(sender, [recipient], raw)
            waits.append(time.perf_counter() - begin)
    return waits


def hand_in(port: int, mails: list[Mail], connections: int) -> float:
    """Hand the mails in on so many connections at once; seconds until the last 250."""
    shares = [mails[n::connections] for n in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        begin = time.perf_counter()
        list(pool.map(lambda share: send(port, share), shares))
        return time.perf_counter() - begin


def elsewhere(work: Callable[..., T], *values: object) -> T:
    """The same in a process of its own, so that the client does not share our interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(int).result()
        return pool.submit(work, *values).result()
