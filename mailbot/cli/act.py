"""The commands on a question, from a terminal: the same as by mail, through the same door."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from ..domain import access
from ..domain import commands as c
from ..domain.model import Channel, Outcome, Question, Written
from ..domain.questions import Act
from ..errors import UsageError
from ..service.questions import act, find
from .common import Context, day, pass_context, person

by = click.option("--by", "email", required=True, help="Who does it: a registered address.")
text = click.option("--text", required=True, help="The words; - reads them from stdin.")
replace = click.option("--replace", is_flag=True, help="Take the place of what stands, instead of adding to it.")


def _carry_out(context: Context, ref: str, email: str, make: Callable[[Question, Act], c.Command]) -> None:
    system = context.app.system
    with system.store.tx() as conn:
        question = find(conn, ref)
        doing = Act(person(context.app, email), system.now(), Channel.CLI)
        decision = act(system, conn, question, make(question, doing), doing)
    click.echo(f"{question.ref} is {decision.question.state.value}")


def _words(value: str) -> str:
    words = (sys.stdin.read() if value == "-" else value).strip()
    if not words or (not words.isascii() and words.encode("utf-8", "ignore").decode() != words):
        raise UsageError("the words are empty, or no text")
    return words


@click.command()
@click.argument("ref")
@by
@text
@replace
@pass_context
def answer(context: Context, ref: str, email: str, text: str, replace: bool) -> None:
    """Answer question REF; rights decide whether it is proposed, submitted or added."""

    def make(question: Question, doing: Act) -> c.Command:
        return access.answer(doing.by, question, Written(_words(text)), replace)

    _carry_out(context, ref, email, make)


@click.command()
@click.argument("ref")
@by
@pass_context
def approve(context: Context, ref: str, email: str) -> None:
    """Approve the version that waits."""
    _carry_out(context, ref, email, lambda q, _: c.Approve(q.waiting))


@click.command()
@click.argument("ref")
@by
@text
@replace
@pass_context
def amend(context: Context, ref: str, email: str, text: str, replace: bool) -> None:
    """Add to the version that waits, or replace it, and hand it over."""
    _carry_out(context, ref, email, lambda q, _: c.Amend(q.waiting, Written(_words(text)), replace))


@click.command("send-back")
@click.argument("ref")
@by
@text
@pass_context
def send_back(context: Context, ref: str, email: str, text: str) -> None:
    """Give the version that waits back to its author, with a word."""
    _carry_out(context, ref, email, lambda q, _: c.SendBack(q.waiting, _words(text)))


@click.command()
@click.argument("ref")
@by
@text
@pass_context
def add(context: Context, ref: str, email: str, text: str) -> None:
    """Add to an answer that was handed over."""
    _carry_out(context, ref, email, lambda q, _: c.Add(Written(_words(text))))


@click.command()
@click.argument("ref")
@by
@click.option("--outcome", type=click.Choice([o.value for o in Outcome]), default=Outcome.SATISFACTORY.value)
@pass_context
def treat(context: Context, ref: str, email: str, outcome: str) -> None:
    """End the question, with an outcome."""
    _carry_out(context, ref, email, lambda q, _: c.Treat(Outcome(outcome)))


@click.command("ask-again")
@click.argument("ref")
@by
@text
@click.option("--due", help="A new date, YYYY-MM-DD.")
@pass_context
def ask_again(context: Context, ref: str, email: str, text: str, due: str | None) -> None:
    """Ask the firm for more."""
    _carry_out(context, ref, email, lambda q, _: c.AskAgain(_words(text), day(due) if due else None))


@click.command("set-due")
@click.argument("ref")
@by
@click.option("--due", required=True, help="YYYY-MM-DD.")
@pass_context
def set_due(context: Context, ref: str, email: str, due: str) -> None:
    """Set another date by which the answer is wanted."""
    _carry_out(context, ref, email, lambda q, _: c.SetDue(day(due)))


@click.command()
@click.argument("ref")
@by
@click.option("--text", default="", help="A word to the firm.")
@pass_context
def withdraw(context: Context, ref: str, email: str, text: str) -> None:
    """Take the question back."""
    _carry_out(context, ref, email, lambda q, _: c.Withdraw(_words(text) if text else ""))


COMMANDS = (answer, approve, amend, send_back, add, treat, ask_again, set_due, withdraw)
