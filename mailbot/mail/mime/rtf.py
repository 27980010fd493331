"""Reads the text of RTF as Outlook packs it: decompressed (MS-OXRTFCP), without its fonts, tables and pictures."""

from __future__ import annotations

import re
import struct

from mailbot.mail.mime.charsets import decode

_PRELOAD = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_LARGEST = 1_000_000  #: bytes of RTF
_COMPRESSED, _STORED = b"LZFu", b"MELA"
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I)
_UNSEEN = frozenset("fonttbl colortbl stylesheet info pict object themedata datastore generator listtable".split())
_SEEN = {"par": "\n", "line": "\n", "row": "\n", "cell": " ", "tab": "\t", "emdash": "—", "endash": "–", "bullet": "•",
         "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}  # fmt: skip


def decompress(data: bytes) -> bytes:
    """RTF as it was before Outlook compressed it; raises ValueError, IndexError or struct.error where it is none."""
    _, size, kind = struct.unpack_from("<II4s", data)
    if kind == _STORED:
        return data[16 : 16 + size]
    if kind != _COMPRESSED or size > _LARGEST:
        raise ValueError("no compressed RTF")
    ring = bytearray(_PRELOAD.ljust(4096, b"\0"))
    out = bytearray()
    at, place = 16, len(_PRELOAD)
    while at < len(data) and len(out) < size:
        control, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data) or len(out) >= size:
                break
            if control >> bit & 1:
                back, at = data[at] << 8 | data[at + 1], at + 2
                offset, run = back >> 4, (back & 15) + 2
                if offset == place:
                    return bytes(out)
            else:
                offset, run = -1, 1
            for n in range(run):
                byte = data[at] if offset < 0 else ring[(offset + n) % 4096]
                ring[place] = byte
                place = (place + 1) % 4096
                out.append(byte)
            at += offset < 0
    return bytes(out)


def text(data: bytes) -> str:
    """The words of a RTF document."""
    source = data.decode("latin-1")
    codepage = re.search(r"\\ansicpg(\d{3,5})", source[:1000])
    charset = f"cp{codepage[1]}" if codepage else "cp1252"
    out: list[str] = []
    hidden = [False]  #: a group a place
    skip, after = 0, 1  #: characters that stand for one that was given as \\u: left to skip, and how many there are
    for word, number, byte, symbol, brace, plain in _TOKEN.findall(source):
        if brace == "{":
            hidden.append(hidden[-1])
        elif brace:
            del hidden[1 if len(hidden) == 1 else -1 :]
        elif word in _UNSEEN or symbol == "*":
            hidden[-1] = True
        elif hidden[-1]:
            continue
        elif word == "uc":
            after = int(number or 1)
        elif word == "u" and number:
            out.append(chr(int(number) % 0x10000))
            skip = after
        elif byte:
            out += [] if skip else [decode(bytes.fromhex(byte), charset)[0]]
            skip = max(0, skip - 1)
        elif word in _SEEN or symbol in ("\\", "{", "}", "~"):
            out.append(_SEEN.get(word) or symbol.replace("~", "\u00a0"))
        elif plain:
            out.append(plain[skip:])
            skip = max(0, skip - len(plain))
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
