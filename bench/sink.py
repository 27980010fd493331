"""An SMTP host in a process of its own that takes every letter and forgets it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from aiosmtpd.smtp import SMTP


class _Forgetful:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 2.0.0 forgotten"


async def _listen(said: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_Forgetful(), loop=loop, hostname="sink"), "127.0.0.1", 0)
    said.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(said: Connection) -> None:
    asyncio.run(_listen(said))


@contextmanager
def sink() -> Iterator[int]:
    """Its port, while it listens."""
    context = get_context("spawn")
    heard, said = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(said,), daemon=True)
    process.start()
    try:
        yield heard.recv()
    finally:
        process.terminate()
        process.join(10)
