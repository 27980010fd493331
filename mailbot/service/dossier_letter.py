"""One letter a dossier and year instead of one a question (questions.letter = "dossier")."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from ..domain.model import Person, Question
from ..letters.scene import Item, Scene
from ..letters.table import QUESTION
from ..mail.token import Purpose
from ..store import conversations
from ..store.letters import LetterItem
from .approvals import signers
from .correspondence import Post, post_of, send, still_asked
from .system import System


def write(system: System, conn: sqlite3.Connection, group: list[Question]) -> None:
    """Put the questions of one dossier and year to their people; each gets those that are put to him."""
    readers = {reader.id: reader for q in group for reader in still_asked(conn, q)}
    for reader in readers.values():
        his = [q for q in group if reader in q.asked]
        others = tuple(p for p in readers.values() if p.id != reader.id)
        scene = Scene(system.oga, system.now(), reader, signers(his), others=others, event="asked")
        if len(his) == 1:
            send(system, conn, post_of(conn, QUESTION, reader, his[0]), replace(scene, question=his[0]))
        elif his:
            post, items = _letter(system, conn, reader, his)
            send(system, conn, post, replace(scene, items=items))


def _letter(
    system: System, conn: sqlite3.Connection, reader: Person, his: list[Question]
) -> tuple[Post, tuple[Item, ...]]:
    conversation = conversations.of(
        conn, Purpose.DOSSIER, reader.id, "exercice", conversations.exercice(his[0].dossier.id, his[0].exercice)
    )
    items = tuple(Item(str(q.number), q, reply_to=_own(system, conn, reader, q)) for q in his)
    frozen = tuple(LetterItem(str(q.number), "question", q.id) for q in his)
    root = f"{his[0].dossier.ref.lower()}-{his[0].exercice}.dossier"
    return Post("dossier", reader, conversation, items=frozen, root=root), items


def _own(system: System, conn: sqlite3.Connection, reader: Person, q: Question) -> str:
    """The address of one question: a reply there is about nothing else."""
    number = conversations.of(conn, Purpose.ANSWER, reader.id, "question", q.id).number
    return system.address(Purpose.ANSWER, number)
