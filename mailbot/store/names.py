"""The names that stand in the database: what must not stand in a case of the corpus."""

from __future__ import annotations

import sqlite3


def persons(conn: sqlite3.Connection) -> list[str]:
    """Every name of a person; members of dossiers are among them."""
    return [row[0] for row in conn.execute("select name from person union select member from dossier")]


def firms(conn: sqlite3.Connection) -> list[str]:
    """Every name of a firm."""
    return [row[0] for row in conn.execute("select name from firm")]
