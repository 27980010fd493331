"""A client on one connection, as the front server is one."""

from __future__ import annotations

import smtplib
import time

Mail = tuple[str, str, bytes]
"""(sender, recipient, bytes)"""


def send(port: int, mails: list[Mail]) -> list[float]:
    """Hand the mails in on one connection; seconds until each 250."""
    waits = []
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for sender, recipient, raw in mails:
            begin = time.perf_counter()
            client.sendmail(sender, [recipient], raw)
            waits.append(time.perf_counter() - begin)
    return waits
