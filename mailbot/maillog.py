"""One line an event, as text or JSON, with ids that `mailbot why` takes; never a body, a token or a figure.

What an exception says may hold what somebody wrote: of most the log names the type and the places, no more. Whatever
looks like a token or a key is taken out of every line, also of lines that libraries write.
"""

from __future__ import annotations

import json
import logging
import re
import smtplib
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

from .errors import MailbotError, Refusal

#: a token (mail/token.py), also where something is stuck to it; a hash or a key in hex
_SECRET = re.compile(r"[a-z2-7]{26,}|[0-9a-f]{64}", re.IGNORECASE)
TAKEN_OUT = "[…]"


def redacted(text: str) -> str:
    """The text without what looks like a token, a hash or a key."""
    return _SECRET.sub(TAKEN_OUT, text)


def told(error: BaseException) -> str:
    """An exception in one line: its type, and what it says where that is ours or the machine's, never what somebody
    wrote, nor what another server said."""
    name = type(error).__name__
    return _line(redacted(f"{name}: {error}")) if _is_plain(error) else name


def _is_plain(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return not isinstance(error, smtplib.SMTPException) and error.errno is not None
    return isinstance(error, sqlite3.Error) or (isinstance(error, MailbotError) and not isinstance(error, Refusal))


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _one_line(json_text: str) -> str:
    """The same JSON with what does not print as escapes: no reader takes a line separator for the end of the line."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in json_text)


class _Quiet(logging.Formatter):
    """What both formats share: how an exception is told."""

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(_traceback(error)) if isinstance(error, BaseException) else ""

    def formatStack(self, stack_info: str) -> str:
        return redacted(stack_info)


def _traceback(error: BaseException) -> Iterator[str]:
    """The exceptions that led to this one, the first first, each with the lines of our code that it passed."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _traceback(before)
        yield "then:"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    yield told(error)


class Json(_Quiet):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "area": record.name,
            "event": redacted(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _one_line(json.dumps(line, ensure_ascii=False))


class Text(_Quiet):
    """A log record as one line; control characters of the outside world cannot forge another."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another handler made of it
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _line(redacted(super().formatMessage(record)))


def start(as_json: bool = False, level: int = logging.INFO) -> None:
    """Send mailbot's log to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if as_json else Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("mailbot").setLevel(level)
