"""Reminders: rows with due times, written as one mail a person, ladder and day."""

from __future__ import annotations

import logging
import sqlite3

from ..domain.reminders import next_step, over
from ..store import questions, schedule
from .system import System

log = logging.getLogger("mailbot.reminders")


def plan(system: System, conn: sqlite3.Connection, question_id: int) -> None:
    """Set when the next reminder about a question falls due, after each change of it."""
    question, now = questions.get(conn, question_id), system.now()
    rules = system.policy.reminders
    step = None if over(question, rules.calendar.day(now)) else next_step(question, rules, now)
    schedule.remind_at(conn, question_id, step.at if step else None)
