"""Which mail no letter answers: an exchange with a machine ends after a few letters, a person's never does.

service/weighing.py looks at each mail and keeps what may answer it; here that is asked before a letter is written.
"""

from __future__ import annotations

import sqlite3
from enum import Enum

from ..store import deeds, inbox

#: Letters that say that nothing was done, and why.
ASK_BACK = frozenset("clarification refusal unproven notice approval_unclear not_your_answer confirm_mail".split())


class Restraint(Enum):
    """What a mail may be answered by; the values are those of the database."""

    NONE = ""  #: a letter
    HEARD = "heard"  #: only by what it asked for
    DONE = "done"  #: only by the receipt of what it changed
    SILENT = "silent"  #: only by the receipt of a decision that it took


def forbids(conn: sqlite3.Connection, inbox_id: int, kind: str) -> bool:
    """True where that mail is answered by no letter of that kind."""
    restraint = Restraint(inbox.restraint(conn, inbox_id))
    if restraint in (Restraint.NONE, Restraint.HEARD):
        return restraint is Restraint.HEARD and kind in ASK_BACK
    may_tell = restraint is Restraint.DONE or kind != "receipt"
    return not (may_tell and deeds.done_by(conn, inbox_id))
