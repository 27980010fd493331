"""Puts the texts of a message together in their order, once as text and once as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from mailbot.mail.message import Attachment
from mailbot.mail.mime.parts import Part


@dataclass(frozen=True)
class Piece:
    """One text of a message, in one of its two forms."""

    part: Part
    text: str
    html: str

    @property
    def says_something(self) -> bool:
        said = self.text or self.html
        return bool(said) and not said.isspace()


def text(pieces: list[Piece]) -> str:
    """The text parts, joined."""
    return "\n".join(piece.text for piece in pieces if not piece.html)


def html(pieces: list[Piece], files: list[Attachment], places: dict[str, int]) -> str:
    """The HTML parts, joined; between them what came as text only (Apple Mail sends both kinds), and the files that
    stand there. "" where there is no HTML."""
    if not any(piece.html for piece in pieces):
        return ""
    chosen = _chosen(pieces)
    shown = [_shown(piece) if _is_shown(piece, chosen) else "" for piece in pieces]
    between = _between(shown, files, places)
    rows = [(*between.get(at, ()), piece) for at, piece in enumerate([*shown, ""])]
    return "\n".join(row for of_place in rows for row in of_place if row)


def _chosen(pieces: list[Piece]) -> dict[int, int]:
    """Alternative -> which of its versions is shown: the last with HTML, as mail programs do (RFC 2046 §5.1.4)."""
    return {which: version for piece in pieces if piece.html for which, version in piece.part.branches}


def _is_shown(piece: Piece, chosen: dict[int, int]) -> bool:
    return all(chosen.get(which, version) == version for which, version in piece.part.branches)


def _shown(piece: Piece) -> str:
    if piece.html or not piece.says_something:
        return piece.html
    return "<div>" + escape(piece.text, quote=False).replace("\n", "<br>") + "</div>"


def _between(shown: list[str], files: list[Attachment], places: dict[str, int]) -> dict[int, list[str]]:
    """Place -> pictures for the files that stand between two texts and are shown by none."""
    filled = [at for at, row in enumerate(shown) if row]
    out: dict[int, list[str]] = {}
    for file in files:
        at = places.get(file.part, 0)
        if filled and filled[0] < at <= filled[-1] and not _is_named(file, shown):
            out.setdefault(at, []).append(f'<img src="cid:{escape(file.content_id or file.name)}">')
    return out


def _is_named(file: Attachment, shown: list[str]) -> bool:
    return bool(file.content_id) and any(f"cid:{file.content_id}" in row for row in shown)
