"""Everything a mail can do: HANDLERS is the index, TRUST_NEEDED says how sure we must be who wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..domain import access
from ..domain import commands as c
from ..domain.model import Question, State, Verdict, Written
from ..errors import NotProven, NotYourAnswer, OutOfTurn, Unclear, VersionChanged
from ..letters.scene import Scene
from ..mail import struck
from ..mail.token import Purpose
from ..mail.trust import Trust
from ..store import conversations, drafts, inbox, outbox, people
from . import standing_in
from .correspondence import Post, send
from .job import Job
from .pages import by_mail as browsers_by_mail
from .questions import act, pass_on
from .understanding import intent as reading
from .understanding.consent import NOBODY, Names
from .understanding.french import core
from .understanding.intent import Intent, Verb, Words
from .undoing import undo
from .waiting import confirmation, other_addresses
from .waiting import index as waiting

#: How sure we must be who wrote, before a mail may do it. The configuration may raise a grade, never lower it.
TRUST_NEEDED: dict[Verb, Trust] = {
    Verb.HELP: Trust.CLAIMED,
    Verb.BROWSERS: Trust.CLAIMED,
    Verb.ANSWER: Trust.TOKEN,
    Verb.POSTPONE: Trust.TOKEN,
    Verb.PASS_ON: Trust.TOKEN,
    Verb.CONFIRM: Trust.TOKEN,
    Verb.ADDRESSES: Trust.CLAIMED,
    Verb.OTHER_ADDRESS: Trust.PROVEN,
    Verb.FORGET: Trust.TOKEN,
    Verb.ABSENCE: Trust.TOKEN,
    Verb.STAND_IN: Trust.PROVEN,
    Verb.BACK: Trust.TOKEN,
    Verb.UNDO: Trust.TOKEN,  # of a decision proven: service/undoing.py
    Verb.APPROVE: Trust.PROVEN,
    Verb.AMEND: Trust.PROVEN,
    Verb.SEND_BACK: Trust.PROVEN,
    Verb.TREAT: Trust.PROVEN,
    Verb.ASK_AGAIN: Trust.PROVEN,
    Verb.WITHDRAW: Trust.PROVEN,
}

#: What a reply to a question can be: kept, and asked back, where it was addressed to somebody else.
FOR_A_QUESTION = frozenset({Verb.ANSWER, Verb.POSTPONE, Verb.PASS_ON})

#: The key of `[trust]` in config.toml that may raise each.
RAISED_BY: dict[Verb, str] = {
    Verb.HELP: "read_list",
    Verb.BROWSERS: "read_list",
    Verb.FORGET: "read_list",
    Verb.ANSWER: "answer",
    Verb.POSTPONE: "answer",
    Verb.PASS_ON: "answer",
    Verb.CONFIRM: "answer",
    Verb.ADDRESSES: "read_list",
    Verb.OTHER_ADDRESS: "rights",
    Verb.ABSENCE: "answer",
    Verb.STAND_IN: "approve",
    Verb.BACK: "answer",
    Verb.UNDO: "answer",
    Verb.APPROVE: "approve",
    Verb.AMEND: "amend",
    Verb.SEND_BACK: "send_back",
    Verb.TREAT: "treat",
    Verb.ASK_AGAIN: "treat",
    Verb.WITHDRAW: "treat",
}


def understand(job: Job) -> Intent:
    """What the mail asks for. Raises a Refusal that asks back."""
    _still_waits(job)
    _still_meant(job)
    if (mine := confirmation.says(job)) is not None:
        return Intent(Verb.CONFIRM, yes=mine)
    if browsers_by_mail.about_a_code(job):
        return browsers_by_mail.read(job)
    today = job.system.today().date()
    kept = sum(f.verdict in (Verdict.OK, Verdict.UNSCANNED) for f in job.files)
    words = Words(job.split.text, today, job.message.subject, kept, len(job.files) - kept, _names(job))
    return reading.read(job.purpose, words)


def _names(job: Job) -> Names:
    """Whom a reply to an approval letter may name without saying more: colleagues, and the association."""
    if job.purpose is not Purpose.APPROVE or job.items():
        return NOBODY
    dossier = job.question()[0].dossier
    firm = [person.name for person in (job.person, dossier.expert, *dossier.collaborators)]
    return Names.of(firm, [job.system.oga.name, dossier.staff.name])


def _still_waits(job: Job) -> None:
    """Words about a version that waits no more are not weighed: the writer is told that it was decided, or changed."""
    if job.purpose is not Purpose.APPROVE or job.items() or reading.undoes(job.split.text):
        return
    question, version = job.question()
    if not question.waiting:
        raise OutOfTurn("nothing waits for approval")
    if question.waiting != version:
        raise VersionChanged(f"version {version}, not {question.waiting}", version=question.waiting)


def _still_meant(job: Job) -> None:
    """A mail with words that were struck through decides nothing: without its line, « 2 ok » says the contrary."""
    typed = (job.whole or job).split.text
    if job.decides and not reading.undoes(typed) and struck.stands_in(job.message.html, typed):
        raise Unclear("words that were struck through", draft=core(job.split.text))


def handle(job: Job, intent: Intent) -> str:
    """Do what is asked; returns the name of what happened, for `why`. Raises a Refusal, and then nothing changed."""
    raised = {} if confirmation.asked_about(job) else job.system.policy.trust
    needed = trust_needed(intent.verb, raised)
    if job.trust < needed:
        shared = job.person.shared and intent.verb not in FOR_A_QUESTION
        said = f"{intent.verb.value} needs {needed.name.lower()}, this is {job.trust.name.lower()}"
        raise NotProven(said, shared=shared)
    if intent.verb in FOR_A_QUESTION:
        _addressed_to_us(job)
    return HANDLERS[intent.verb](job, intent)


def trust_needed(verb: Verb, raised: dict[str, str]) -> Trust:
    """The grade a verb needs under this configuration."""
    return max(TRUST_NEEDED[verb], Trust[raised.get(RAISED_BY[verb], "none").upper()])


def _answer(job: Job, intent: Intent) -> str:
    question, _ = job.question()
    return _take(job, question, replace(job.written, text=intent.text), intent.replace)


def _take(job: Job, question: Question, written: Written, replaces: bool) -> str:
    if inbox.same_words(
        job.conn, job.inbox_id, job.person.id, question.id, question.round, job.fingerprint(), job.received_at
    ):
        return _same_again(job, question)
    command = access.answer(job.person, question, written, replaces)
    act(job.system, job.conn, question, command, job.act, job.cause)
    return type(command).__name__.lower()


SAME = "same as before"
#: What a receipt says of where a question stands, where nothing new happened.
STANDS = {State.PROPOSED: "proposed", State.SUBMITTED: "submitted", State.TREATED: "added"}


def _same_again(job: Job, question: Question) -> str:
    """The same words came again under another Message-ID: filed with the first, and said so."""
    assert job.conversation is not None
    if job.letter:  # of a part the receipt of the whole mail tells
        return SAME
    scene = Scene(
        oga=job.system.oga,
        now=job.system.now(),
        to=job.person,
        question=question,
        answer=question.answer,
        by=job.person,
        event=STANDS.get(question.state, "proposed"),
        same_as_before=True,
        mail=job.cause.mail,
    )
    post = Post("receipt", job.person, job.conversation, question=question, reply=True)
    send(job.system, job.conn, post, scene, job.cause)
    return SAME


def _addressed_to_us(job: Job) -> None:
    """A mail on which we are only copied, or which goes to a colleague too, may be no answer at all."""
    if not any(job.system.is_ours(a.address) for a in job.message.to):
        raise NotYourAnswer("we stand only in Cc")
    for address in job.message.to:
        other = people.by_email(job.conn, address.address)
        if other and other.id != job.person.id and other.firm and other.firm == job.person.firm:
            raise NotYourAnswer("a colleague stands in To", together=True)


def _postpone(job: Job, intent: Intent) -> str:
    assert intent.until is not None
    question, _ = job.question()
    command = c.Postpone(intent.until, job.system.policy.postpone_days)
    act(job.system, job.conn, question, command, job.act, job.cause)
    return "postponed"


def _pass_on(job: Job, intent: Intent) -> str:
    question, _ = job.question()
    firm = question.dossier.firm
    colleagues = people.of_firm(job.conn, firm.id) if firm else []
    act(job.system, job.conn, question, pass_on(question, job.person, intent.text, colleagues), job.act, job.cause)
    return "passed_on"


def _approve(job: Job, intent: Intent) -> str:
    """« OK » to a version, or to the words that were shown back (then they are added)."""
    question, version = job.question()
    draft = _draft(job)
    command = c.Amend(version, draft) if draft else c.Approve(version)
    _decide(job, question, command)
    return "amended" if draft else "approved"


def _amend(job: Job, intent: Intent) -> str:
    question, version = job.question()
    written = replace(job.written, text=intent.text)
    _decide(job, question, c.Amend(version, written, intent.replace))
    return "amended"


def _send_back(job: Job, intent: Intent) -> str:
    question, version = job.question()
    draft = _draft(job)
    comment = "\n\n".join(filter(None, (draft.text if draft else "", intent.text)))
    _decide(job, question, c.SendBack(version, comment))
    return "sent_back"


def _draft(job: Job) -> Written | None:
    conversation = job.conversation
    if conversation is None or conversation.subject_kind != "draft":
        return None
    return drafts.get(job.conn, conversation.subject_id).written


def _decide(job: Job, question: Question, command: c.Command) -> None:
    by_one_person(job)
    act(job.system, job.conn, question, command, job.act, job.cause)


def by_one_person(job: Job) -> None:
    """A mailbox that several people read answers; it decides nothing by reply. Raises NotProven."""
    if job.person.shared:
        raise NotProven("a shared mailbox decides nothing by reply", shared=True)


def _treat(job: Job, intent: Intent) -> str:
    assert intent.outcome is not None
    by_one_person(job)
    question, version = job.question()
    _as_it_was_shown(job, question, version)
    act(job.system, job.conn, question, c.Treat(intent.outcome, version), job.act, job.cause)
    return "treated"


def _as_it_was_shown(job: Job, question: Question, version: int) -> None:
    """An answer that came after the letter was not read: « sans réponse » is not said of it, nor « redemander »."""
    came = question.answer is not None and question.state is State.SUBMITTED and version != question.handed_over
    if not version and job.letter and job.letter.subject_kind == "letter" and question.answer and not came:
        came = question.answer.at > outbox.written_at(job.conn, job.letter.subject_id)
    if came:
        raise VersionChanged("an answer came since", version=question.version)


def _ask_again(job: Job, intent: Intent) -> str:
    by_one_person(job)
    question, version = job.question()
    _as_it_was_shown(job, question, version)
    act(job.system, job.conn, question, c.AskAgain(intent.text), job.act, job.cause)
    return "asked_again"


def _withdraw(job: Job, intent: Intent) -> str:
    by_one_person(job)
    question, _ = job.question()
    act(job.system, job.conn, question, c.Withdraw(), job.act, job.cause)
    return "withdrawn"


def _undo(job: Job, intent: Intent) -> str:
    return standing_in.withdraw(job) if standing_in.about(job) else undo(job)


def _absence(job: Job, intent: Intent) -> str:
    if intent.who:
        by_one_person(job)
    return standing_in.declare(job, intent)


def _back(job: Job, intent: Intent) -> str:
    return standing_in.withdraw(job)


def _help(job: Job, intent: Intent) -> str:
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    scene = Scene(job.system.oga, job.system.now(), job.person, mail=job.cause.mail)
    send(job.system, job.conn, Post("help", job.person, conversation, reply=True), scene, job.cause)
    return "help"


def _addresses(job: Job, intent: Intent) -> str:
    if intent.text:
        by_one_person(job)
    return other_addresses.handle(job, intent)


HANDLERS: dict[Verb, Callable[[Job, Intent], str]] = {
    Verb.ANSWER: _answer,
    Verb.POSTPONE: _postpone,
    Verb.PASS_ON: _pass_on,
    Verb.APPROVE: _approve,
    Verb.AMEND: _amend,
    Verb.SEND_BACK: _send_back,
    Verb.TREAT: _treat,
    Verb.ASK_AGAIN: _ask_again,
    Verb.WITHDRAW: _withdraw,
    Verb.UNDO: _undo,
    Verb.CONFIRM: waiting.decide,
    Verb.ADDRESSES: _addresses,
    Verb.OTHER_ADDRESS: _addresses,
    Verb.ABSENCE: _absence,
    Verb.STAND_IN: _absence,
    Verb.BACK: _back,
    Verb.HELP: _help,
    Verb.BROWSERS: browsers_by_mail.show,
    Verb.FORGET: browsers_by_mail.forget,
}
