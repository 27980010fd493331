"""The bytes of one SMTP message, gathered in bulk between DATA and the final dot (RFC 5321 §4.1.1.4, §4.5.2)."""

from __future__ import annotations

#: the only end of the data; "\n.\n", "\r.\r" and their kin are content (VU#302671)
END = b"\r\n.\r\n"
TOO_BIG = "552 5.3.4 Message too big for this system"
NO_ROOM = "452 4.3.1 Too much mail at once, try again"


class InFlight:
    """How many bytes of mail may be in memory at once, over all sessions."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def fits(self, size: int) -> bool:
        """Whether `size` bytes more would still be within the limit."""
        return self.used + size <= self.limit


class Incoming:
    """The data of one message as it arrives. Once it is too much, it is let go and only its end is looked for."""

    def __init__(self, limit: int, in_flight: InFlight) -> None:
        self.received = 0  #: bytes so far
        self.refusal = ""  #: the reply that must be given at the end, where the message was too much
        self._limit = limit
        self._in_flight = in_flight
        self._held = 0
        self._bytes = bytearray(END[:2])  # the line before the first has ended, too

    def feed(self, chunk: bytes) -> bytes | None:
        """Take what the client sent. None until the data has ended; then what followed the end (RFC 2920)."""
        start = max(0, len(self._bytes) - len(END) + 1)
        self._bytes += chunk
        end = self._bytes.find(END, start)
        rest = None
        if end >= 0:
            rest = bytes(self._bytes[end + len(END) :])
            del self._bytes[end + 2 :]
        self._account(len(chunk) - len(rest or b""))
        return rest

    def _account(self, size: int) -> None:
        self.received += size
        if self.refusal:
            del self._bytes[: 1 - len(END)]
        elif self.received > self._limit + len(END):
            self._refuse(TOO_BIG)
        elif not self._in_flight.fits(size):
            self._refuse(NO_ROOM)
        else:
            self._held += size
            self._in_flight.used += size

    def _refuse(self, reply: str) -> None:
        self.refusal = reply
        self._bytes = self._bytes[1 - len(END) :]
        self.release()

    def take(self) -> bytes:
        """The message, its dots unstuffed (RFC 5321 §4.5.2). Nothing is kept here, but it still counts as in flight."""
        wire = bytes(self._bytes)
        self._bytes.clear()
        return wire.replace(b"\r\n.", b"\r\n")[2:]

    def release(self) -> None:
        """The message is no longer in memory."""
        self._in_flight.used -= self._held
        self._held = 0


def one_line_end(content: bytes) -> bytes | None:
    """The message with CRLF as its only line end; None where it must be refused.

    A bare CR or LF (RFC 5321 §2.3.8) in the header is refused: our reader would see a header there that the front
    server, which vouched for the sender, did not. In the body it is normalised: a careless program's mail is not lost.
    """
    ends = content.count(b"\r\n")
    if content.count(b"\r") == ends == content.count(b"\n"):
        return content
    head, blank, body = content.partition(b"\r\n\r\n")
    if not head.count(b"\r") == head.count(b"\r\n") == head.count(b"\n"):
        return None
    return head + blank + body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
