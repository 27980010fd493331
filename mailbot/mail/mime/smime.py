"""Takes the content out of S/MIME that is only signed (RFC 8551 §3.5.2); whose signature it is, nobody asks.

CMS is BER: Outlook writes lengths that only the end of the element tells, and the content in chunks.
"""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DEEPEST, _MOST = 12, 200_000
_OID, _OCTETS, _CONSTRUCTED, _SEQUENCE, _CONTENT = 0x06, 0x04, 0x24, 0x30, 0xA0


def content(data: bytes) -> bytes | None:
    """What was signed: a MIME entity. None where `data` is enveloped, broken or something else."""
    try:
        return _Reader(data).signed()
    except (ValueError, IndexError):
        return None


class _Reader:
    """One walk over the elements of a CMS message; ValueError or IndexError where it is none."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = _MOST  #: elements that may still be looked at

    def signed(self) -> bytes | None:
        """ContentInfo { signedData, [0] SignedData { version, digests, { type, [0] OCTET STRING } } }."""
        at = self._inside(0, _SEQUENCE)
        if self._header(at)[0] != _OID or not self.data.startswith(_SIGNED_DATA, self._header(at)[1]):
            return None
        at = self._inside(self._inside(self._end(at), _CONTENT), _SEQUENCE)
        at = self._inside(self._end(self._end(at)), _SEQUENCE)
        at = self._inside(self._end(at), _CONTENT)
        return b"".join(self._octets(at))

    def _header(self, at: int) -> tuple[int, int, int]:
        """(tag, where the content begins, where it ends: -1 if its end is marked) of the element at `at`."""
        self.left -= 1
        if self.left < 0:
            raise ValueError("too many elements")
        tag, length, start = self.data[at], self.data[at + 1], at + 2
        if length == 0x80:
            return tag, start, -1
        if length > 0x80:
            start += length & 0x7F
            length = int.from_bytes(self.data[at + 2 : start], "big")
        if start + length > len(self.data):
            raise ValueError("cut off")
        return tag, start, start + length

    def _inside(self, at: int, tag: int) -> int:
        found, start, _ = self._header(at)
        if found != tag:
            raise ValueError(f"{found:#x} where {tag:#x} belongs")
        return start

    def _end(self, at: int, deep: int = 0) -> int:
        """Where the element at `at` ends."""
        _, start, end = self._header(at)
        return end if end >= 0 else [*self._children(start, end, deep)][-1] + 2

    def _children(self, at: int, end: int, deep: int) -> Iterator[int]:
        """Where each element inside begins, and where the last one ends."""
        if deep > _DEEPEST:
            raise ValueError("too deep")
        while at < end if end >= 0 else self.data[at : at + 2] != b"\0\0":
            yield at
            at = self._end(at, deep + 1)
        yield at

    def _octets(self, at: int, deep: int = 0) -> list[bytes]:
        tag, start, end = self._header(at)
        if tag == _OCTETS and end >= 0:
            return [self.data[start:end]]
        if tag != _CONSTRUCTED:
            raise ValueError("no octets")
        *children, _ = self._children(start, end, deep)
        return [piece for child in children for piece in self._octets(child, deep + 1)]
