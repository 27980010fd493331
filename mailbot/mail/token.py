"""Reply tokens: 26 characters of base32 that name a conversation and cannot be made up.

128 bits: key id 4, purpose 4, conversation number 40, and 80 bits of HMAC-SHA256 over those, salted by the purpose.
A token is derived, so a reminder carries the same one, the database holds no secret, and keys rotate by key id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum

LENGTH = 26
ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


class Purpose(IntEnum):
    """What replying to an address, or opening a link, is for. The numbers are part of every token sent."""

    ANSWER = 0  #: answer one question
    APPROVE = 1  #: decide on one version of an answer
    DOSSIER = 2  #: answer the questions of one dossier and year
    TREAT = 3  #: the OGA decides on one version
    DIGEST = 4  #: decide on lines of a digest
    MENU = 5  #: ask for something
    CONFIRM = 6  #: say yes or no about a mail that waits
    SEVERAL = 7  #: answer or approve several, in one letter
    PAGE = 8  #: open a page; never an address
    THREAD = 9  #: a message to the OGA's services
    BOUNCE = 10  #: the reverse-path of a letter; never a Reply-To


@dataclass(frozen=True)
class Keys:
    """The signing keys by id (0 to 15). `current` signs; the others still verify."""

    current: int
    by_id: dict[int, bytes]


def make(purpose: Purpose, number: int, keys: Keys) -> str:
    """The token of conversation `number`."""
    return _make(purpose, number, keys.current, keys.by_id[keys.current])


def verify(token: str, keys: Keys) -> tuple[Purpose, int] | None:
    """(purpose, conversation number) if `token`, in any case, is one of ours; None for anything else.

    The whole string is derived again and compared in constant time, so no second spelling is valid.
    """
    token = token.lower()
    if len(token) != LENGTH or not ALPHABET.issuperset(token):
        return None
    packed = base64.b32decode(token.upper() + "======")
    key = keys.by_id.get(packed[0] >> 4)
    try:
        purpose = Purpose(packed[0] & 15)
    except ValueError:
        return None
    if key is None:
        return None
    number = int.from_bytes(packed[1:6], "big")
    good = _make(purpose, number, packed[0] >> 4, key)
    return (purpose, number) if hmac.compare_digest(good, token) else None


def _make(purpose: Purpose, number: int, key_id: int, key: bytes) -> str:
    head = bytes([key_id << 4 | purpose]) + number.to_bytes(5, "big")
    salt = b"mailbot " + purpose.name.encode()
    mac = hmac.digest(key, salt + b"\0" + head, hashlib.sha256)[:10]
    return base64.b32encode(head + mac).decode().rstrip("=").lower()
