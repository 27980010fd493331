"""What can be wrong with a file, whoever sent it."""

from __future__ import annotations

from enum import Enum


class Danger(Enum):
    """The first thing that speaks against a file, by its bytes and names alone."""

    DISGUISED = "disguised"  #: name, declared type and content disagree, or it is two things at once
    MACRO = "macro"  #: carries a program for Word or Excel, or fetches one
    ACTIVE = "active"  #: a PDF that runs a script or a program, a document with controls
    ARCHIVE = "archive"  #: holds other files, which are never unpacked
    BOMB = "bomb"  #: would unpack or expand to something monstrous
    FORMULA = "formula"  #: a CSV with a cell that runs or fetches something
    LOCKED = "locked"  #: needs a password, so that nobody can say what is in it
    DAMAGED = "damaged"  #: not what its name says, and nothing that is known
