"""Finds cells of a CSV or text that a spreadsheet program would run or fetch something for (CWE-1236).

A number with its sign, a phone number, the bars of a FEC file are no formulas: only what reaches outside counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.mail.files.danger import Danger

#: Words without which no formula reaches outside: a DDE server and its bar, or a function.
_MARKS = tuple(
    mark.encode()
    for mark in (
        "|'", "| '", "cmd|", "msexcel|", "winword|", "powershell|", "mshta|", "rundll32|", "regsvr32|", "wscript|",
        "cscript|", "dde(", "ddeauto", "hyperlink(", "webservice(", "importxml(", "importdata(", "importhtml(",
        "importfeed(", "importrange(", "call(", "exec(", "register(", "register.id(", "rtd(", "filterxml(",
    )
)  # fmt: skip
_LEAD_IN = re.compile(rb"(?:\A|[;,\t|\"'\r\n])[ \t\"']*[=+\-@][^;\t\r\n|]*\Z")
_SERVER = re.compile(rb"[a-z]\w*\Z")  #: what stands before the bar of « =cmd|'/c calc'!A0 »
#: the first records of a SYLK file, which Excel opens by its content: « ID;Prénom;Nom » of a list begins alike
_SYLK = re.compile(
    rb"\AID;P[^\r\n]{0,200}\r?\n(?:[^\r\n]{0,500}\r?\n){0,50}(?:NN;N|C;(?:[A-Z][^;\r\n]{0,50};){0,4}[EK])"
)
_LOOKED_BACK = 300  #: bytes before a mark in which its cell must begin
_PLACES = 500  #: places that are looked at, for each mark


def dangerous(data: bytes) -> Danger | None:
    """FORMULA if a cell begins as a formula and reaches outside, or for a SYLK file; None else."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.replace(b"\0", b"")
    if _SYLK.match(data):
        return Danger.FORMULA
    lowered = data.lower()
    return Danger.FORMULA if any(_LEAD_IN.search(before) for before in _before_marks(lowered)) else None


def _before_marks(data: bytes) -> Iterator[bytes]:
    """What stands in the line before each mark."""
    for mark in _MARKS:
        at = data.find(mark)
        for _ in range(_PLACES):
            if at < 0:
                break
            before = data[max(0, at - _LOOKED_BACK) : at].rpartition(b"\n")[2]
            if not mark.startswith(b"|") or _SERVER.search(before):
                yield before
            at = data.find(mark, at + 1)
