"""Reads mail in a process of its own, with a limit on time and memory: a message that kills it harms nothing else.

`Apart` is the side of the service; `serve_parent`, run by `python -m mailbot.gateways.reader`, is the other one. They
talk over a pair of sockets, one request at a time. The child is started anew, not forked: it inherits no database, no
listener, no secret of the environment. It writes nothing and says nothing, and it ends when the pair is closed, so
also when the service is killed.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from ..errors import NoReader, Unreadable
from ..mail.disposition import Own, Screened
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage, Split
from ..mail.mime.limits import Limits
from ..mail.reader import Here

log = logging.getLogger("mailbot.reader")
SECONDS = 2.0  #: of processor time that one message may take
MEGABYTES = 256  #: of memory that the child may have
PATIENCE = 60.0  #: seconds on the clock until it answers: other programs may keep the machine busy
TRIES = 2  #: the second in a fresh child: what a former message left behind may have been the reason
OUT_OF_MEMORY = 77  #: how the child ends when it has no memory left
HELLO, DONE, UNREADABLE, FAILED = "hello", "done", "unreadable", "failed"


# --- the side of the service ----------------------------------------------------------------------------------------


class Died(Exception):
    """The child ended without an answer; the text says why."""


class Apart:
    """The Reader of a service (mail/reader.py): one child, started when first needed and again when it died.

    Any thread may call it; they wait for each other. Every step raises Unreadable for a message that killed the child
    TRIES times, and NoReader where none can be started.
    """

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES, module: str = __name__) -> None:
        self._limits = (seconds, megabytes)
        self._module = module  #: what the child runs; tests have one that dies on purpose
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._held: InboundMessage | None = None  #: the message that the child still has
        self._ahead: tuple[Any, ...] | None = None  #: what the child works on while nobody waits for it
        self._closed = False

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def ready(self) -> None:
        """Start the child. Raises NoReader where that fails."""
        with self._lock:
            if not self._closed:
                self._child = self._child or _Child(self._module, *self._limits)

    def open(self, raw: bytes, limits: Limits, envelope: Envelope, own: Own) -> tuple[InboundMessage, Screened]:
        with self._lock:
            message, screened = self._ask("open", raw, limits, envelope, own)
            self._held = message
            return message, screened

    def ahead(self, *of: Any) -> None:
        """Begin to `open` a message while its time has not come; a child that is not there yet is not waited for."""
        with self._lock:
            if self._child and not self._ahead:
                self._child.send("open", *of)
                self._ahead, self._held = ("open", *of), None

    def parse(self, raw: bytes, limits: Limits) -> InboundMessage:
        with self._lock:
            message: InboundMessage = self._ask("parse", raw, limits)
            self._held = message
            return message

    def written(self, message: InboundMessage, sent: str) -> Split:
        with self._lock:
            split: Split = self._ask("written", message, sent)
            self._held = message
            return split

    def close(self) -> None:
        """End the child, also in the middle of a message; it is not started again."""
        self._closed = True
        if child := self._child:
            child.kill()
        with self._lock:
            if self._child:
                self._child.end()
            self._child = self._held = self._ahead = None

    def _ask(self, step: str, *of: Any) -> Any:
        why = ""
        for _ in range(TRIES):
            if self._closed:
                raise NoReader("the service ends")
            try:
                return self._answer(step, *of)
            except Died as death:
                why = str(death)
                log.warning("the process that reads mail died: %s", why)
                self._child = self._held = self._ahead = None
        raise Unreadable(why)

    def _answer(self, step: str, *of: Any) -> Any:
        self._child = self._child or _Child(self._module, *self._limits)
        begun, self._ahead = self._ahead, None
        if begun == (step, *of):
            return self._child.answer()
        if begun:
            self._child.drop()
        if of[0] is self._held:
            of = (None, *of[1:])
        self._held = None
        self._child.send(step, *of)
        return self._child.answer()


class _Child:
    """One process, from its start to its end."""

    def __init__(self, module: str, seconds: float, megabytes: int) -> None:
        """Raises NoReader where it cannot be started."""
        self._seconds, self._megabytes = seconds, megabytes
        self._pipe, theirs = Pipe()
        package = Path(__file__).parent.parent.parent
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-m", module, str(seconds), str(megabytes)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a traceback may quote the mail
                env={"PYTHONPATH": str(package)},
            )
        except OSError as error:
            self._pipe.close()
            raise NoReader(f"the process that reads mail cannot be started: {error}") from error
        finally:
            theirs.close()
        try:
            self.drop()  # its first word: it has begun
        except Died as death:
            raise NoReader(f"the process that reads mail did not begin: {death}") from death

    def send(self, *request: Any) -> None:
        """Ask for something; the answer must be taken before the next request."""
        with suppress(OSError):  # it is gone: the answer says so
            self._pipe.send_bytes(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))

    def answer(self) -> Any:
        """The answer. Raises Died, Unreadable, or RuntimeError where our code failed over there."""
        kind, value = _values(self._received())
        if kind == UNREADABLE:
            raise Unreadable(value)
        if kind == FAILED:
            what, where = value
            failed = RuntimeError(what)
            failed.add_note(f"in the process that reads mail:\n{where}")
            raise failed
        return value

    def drop(self) -> None:
        """Wait for an answer that nobody wants. Raises Died."""
        self._received()

    def _received(self) -> bytes:
        try:
            in_time = self._pipe.poll(PATIENCE)
            if in_time:
                return self._pipe.recv_bytes()
        except (OSError, EOFError):
            in_time = True
        if not in_time:
            self.kill()
        code = self.end()
        raise Died(self._why(code) if in_time else f"no end after {PATIENCE:.0f} s on the clock")

    def _why(self, code: int) -> str:
        if code == -signal.SIGPROF:
            return f"took more than {self._seconds:g} s"
        if code == OUT_OF_MEMORY:
            return f"took more than {self._megabytes} MB"
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def kill(self) -> None:
        """From any thread: whoever waits for an answer hears that it died."""
        self._process.kill()

    def end(self) -> int:
        """Wait for a process that ends, or was killed; how it ended."""
        self._pipe.close()
        return self._process.wait()


class _Values(pickle.Unpickler):
    """Takes our own values and dates from the child, and nothing that would run."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if "." not in name and module.startswith(OURS) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no value of ours")
        return found


OURS = ("mailbot.mail.", "datetime")


def _values(data: bytes) -> Any:
    return _Values(io.BytesIO(data)).load()


# --- the child ------------------------------------------------------------------------------------------------------


class _Steps:
    """Carries out requests and remembers the message of the last one, so that it need not travel twice."""

    def __init__(self, seconds: float) -> None:
        self._seconds = self._left = seconds
        self._held: InboundMessage | None = None
        self._reader = Here()

    def carry_out(self, step: str, first: Any, *more: Any) -> Any:
        """One step, within what its message has left of its time: beyond it the kernel ends the process."""
        if first is None:
            first = self._held
        else:
            self._held, self._left = None, self._seconds
        signal.setitimer(signal.ITIMER_PROF, self._left)
        found = getattr(self._reader, step)(first, *more)
        self._left = max(signal.setitimer(signal.ITIMER_PROF, 0)[0], 0.001)
        self._held = {"open": lambda: found[0], "parse": lambda: found, "written": lambda: first}[step]()
        return found


def serve_parent(seconds: float, megabytes: int) -> None:
    """Answer requests that come on the standard input until it is closed."""
    _confine(megabytes << 20)
    pipe = Connection(os.dup(0))
    steps = _Steps(seconds)
    pipe.send_bytes(pickle.dumps((HELLO, None)))
    with suppress(EOFError, OSError):
        while True:
            _answer_one(pipe, steps)


def _answer_one(pipe: Connection, steps: _Steps) -> None:
    try:
        answer = (DONE, steps.carry_out(*pickle.loads(pipe.recv_bytes())))
        data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except (EOFError, OSError):
        raise
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Unreadable as error:
        data = pickle.dumps((UNREADABLE, str(error)))
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        data = pickle.dumps((FAILED, (f"{type(error).__name__}: {error}", where)))
    signal.setitimer(signal.ITIMER_PROF, 0)
    pipe.send_bytes(data)


def _confine(size: int) -> None:
    """Take away what the child does not need. A signal for the whole group is the service's affair."""
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


if __name__ == "__main__":
    serve_parent(float(sys.argv[1]), int(sys.argv[2]))
