"""Some four hundred sentences as people type them: nothing is decided but what was said without a condition."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from mailbot.demo.postoffice import Letter, reply
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign
from tests.flow import sentences

pytestmark = pytest.mark.slow  # `make test` only

REFS = tuple(f"D0009-2025-{n}" for n in (1, 2, 3))
OUTCOMES = {"satisfactory": "t", "corrective_return": "c", "insufficient": "i", "information": "n"}


def answered(here: Campaign, who: tuple[str, str], *refs: str) -> None:
    here.app.clock.set(datetime.fromisoformat("2026-11-30T15:00:00+01:00"))
    for ref in refs:
        here.reply(here.letter(who, "question", ref), who, f"Réponse à {ref}.")


def became(here: Campaign, refs: Sequence[str], before: str) -> str:
    """A letter for each question: what became of an answer that was `before` (proposed or submitted)."""
    return "".join(_became(here, ref, before) for ref in refs)


def _became(here: Campaign, ref: str, before: str) -> str:
    shown = here.show(ref)
    state = shown["state"]
    if state == before:
        return before[0]
    if state == "submitted":
        return "m" if shown["history"][-1]["event"] == "amended" else "s"
    if state == "asked":
        return "b" if before == "proposed" else "a"
    return OUTCOMES.get(shown["outcome"] or "", "w")


def wrong(
    here: Campaign, letter: Letter, who: tuple[str, str], said: Sequence[tuple[str, str]], refs: Sequence[str]
) -> list[tuple[str, str, str]]:
    """The texts after which the questions stand as they may not: (text, became, may become). Each begins anew."""
    conn, kept, found = here.system.store.conn, sqlite3.connect(":memory:"), []
    conn.backup(kept)
    before = here.show(refs[0])["state"]
    for text, may in said:
        here.reply(letter, who, text)
        now = became(here, refs, before)
        if now not in may.split():
            found.append((text, now, may))
        kept.backup(conn)
    kept.close()
    return found


def test_below_an_approval_letter_with_three_answers(living: Campaign) -> None:
    answered(living, AICHA, *REFS)
    living.advance(timedelta(hours=1))
    letter = living.letter(MAITE, "approval", "3 réponses")
    assert wrong(living, letter, MAITE, sentences.SEVERAL, REFS) == []


def test_below_an_approval_letter_with_one(living: Campaign) -> None:
    answered(living, AICHA, REFS[1])
    living.advance(timedelta(hours=1))
    letter = living.letter(MAITE, "approval", REFS[1])
    assert wrong(living, letter, MAITE, sentences.ONE, REFS[1:2]) == []


def test_below_a_digest_of_staff(living: Campaign) -> None:
    answered(living, ELISE, *REFS)
    living.advance(datetime.fromisoformat("2026-12-01T07:46:00+01:00"))
    letter = living.letter(MIREILLE, "digest", "")
    assert wrong(living, letter, MIREILLE, sentences.DIGEST, REFS) == []


@pytest.mark.parametrize(
    ("typed", "may"),
    [
        ("1 ok<br>2 ok<br>3 ok", "sss"),
        ("<s>OK pour tous</s>", "ppp"),
        ("1 ok<br><s>2 ok</s><br>3 ok", "ppp"),
        ('1 ok<br><span style="text-decoration:line-through">2 ok</span><br>3 ok', "ppp"),
        ('<div style="display:none">OK pour tous</div>Je regarde.', "ppp"),
        ('<img alt="OK pour tous" src="cid:x">', "ppp"),
        ("<ol><li>ok</li><li>ok sauf le montant</li><li>ok</li></ol>", "sps"),
    ],
)
def test_typed_in_html(living: Campaign, typed: str, may: str) -> None:
    answered(living, AICHA, *REFS)
    living.advance(timedelta(hours=1))
    letter = living.letter(MAITE, "approval", "3 réponses")
    mail = reply(letter, MAITE, "")
    quoted = (
        f'<div class="gmail_attr">ASSAPROL a écrit :</div><blockquote class="gmail_quote">{letter.html}</blockquote>'
    )
    mail.set_content(f'<div dir="ltr">{typed}</div><br><div class="gmail_quote">{quoted}</div>', subtype="html")
    living.hand_in(mail)
    assert became(living, REFS, "proposed") == may
