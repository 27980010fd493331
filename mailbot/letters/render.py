"""Turns a scene into a letter: subject, text and HTML, from the templates of its kind.

    templates/words.txt            sentences of every letter: why one gets it, who signs
    templates/layout.txt, .html    what stands around a letter; parts.txt, parts.html: its components
    templates/<folder>/subject.txt the subject, as it stands
    templates/<folder>/words.txt   the sentences that both parts say (title, preheader, ...)
    templates/<folder>/body.txt    the text part: one line a paragraph, wrapped afterwards
    templates/<folder>/body.html   the HTML part, by classes that inline.css explains

The folder is the kind's own, but letters with several questions and digests have others (`folder`).

In words and bodies our own text gets French typography when a template is compiled, and `~` is a no-break space;
subjects and data are left alone. Data is never evaluated, and escaped in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

import css_inline
from jinja2 import BaseLoader, Environment, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from ..domain.access import answers_alone, approver, approves
from ..domain.digest import ExpertDigest, StaffDigest
from ..domain.model import Outcome, Person, Question, State
from ..mail.marker import MARKER
from . import markup, several
from . import typography as fr
from .prepare import TEXT_LIMIT, prepare
from .scene import Oga, Rendered, Scene

#: what stands before the address of the foot line; in letters that only the reader may answer it invites nobody else
FOOT, FOOT_ALONE = "Pour répondre, ou faire répondre un collègue : ", "Pour répondre : "
ALONE = frozenset({"confirm_code", "confirm_mail", "confirm_address", "browsers"})
HTML_LIMIT = 90_000  #: bytes; Gmail cuts a letter a little beyond
#: how a letter is made to fit: (characters of one typed text, rows become lines), tried in this order
FITS = ((TEXT_LIMIT, False), (16_000, False), (4_000, True), (1_000, True), (200, True))

KINDS = tuple(
    "question receipt approval sent_back asked_again to_treat decided not_your_answer approval_unclear clarification"
    " someone_answered add_collaborator absence_noted refusal unproven notice help reminder last_reminder dossier"
    " digest alarm confirm_code confirm_mail confirm_address addresses browsers".split()
)
#: kind -> the folder of its templates where it holds several questions
SEVERAL = {"approval": "approval_several", "receipt": "receipt_several", "decided": "decided_several"}
DIGESTS: dict[type, str] = {StaffDigest: "digest_staff", ExpertDigest: "digest_expert"}
#: every folder of templates
FOLDERS = (*(kind for kind in KINDS if kind != "digest"), *SEVERAL.values(), *DIGESTS.values())

#: kind -> the values that `Scene.about` may have
ABOUTS: dict[str, tuple[str, ...]] = {
    "approval_unclear": (
        "",  # words of one's own: shown as they would be added
        "reserve",  # a yes with a reserve
        "question",  # a question to the author or to us
        "empty",  # neither word nor file
        "files",  # a no with a file, which would go nowhere
        "asset",  # only a file
    ),
    "clarification": (
        "",  # `word` is one that a later release offers
        "empty",  # neither word nor file: nothing was recorded
        "refused",  # only a file, of a kind that is not accepted
        "unsafe",  # a file that may do harm: the whole mail waits
        "beside",  # a file that is not accepted, beside a decision
        "files",  # a decision of staff with a file, which would go nowhere
        "sealed",  # the mail is encrypted: how to send it again
        "no_conversation",  # to the bot's own address, and about nothing we know: a person reads it
        "delay",  # « Besoin de temps » without a date that can be read
        "treat",  # a word of staff that decides nothing: « vu »
        "send_back",  # « non » without a word of explanation
        "ask_again",  # « redemander : » without a question
        "amend",  # « Compléter : » or « Remplacer : » without a text
        "which",  # to a letter with several questions, and names none
        "absence",  # an absence without a day that can be read
        "person",  # `word` names nobody of the firm, or all of `passed_to`
        "someone",  # neither « accepter » nor « refuser », of a stranger's answer
        "confirm_mail",  # neither « OUI » nor « Ce n'est pas moi » about a mail that waits for its confirmation
        "code",  # neither the code itself nor « oui » is said by reply
        "joining",  # neither yes nor no to adding somebody to the firm
    ),
    "not_your_answer": (
        "",  # we were only copied
        "together",  # a colleague stood beside us in To
    ),
    "addresses": (
        "",  # the list (`missing`), as it was asked for
        "asked",  # `word` has to answer a letter; whether one went depends on whose it is, and is not told
        "confirmed",  # `word` answered
        "forgotten",
        "known",  # `word` is the reader's already
        "unknown",  # `word` is none of the reader's
        "refused",  # `word` cannot be added; never why
    ),
    "unproven": (
        "shared",  # it came from a mailbox that several people read
    ),
    "notice": (
        "withdrawn",  # no answer is needed any more
        "due_changed",  # another date
        "left_aside",  # the reader said that his mail is no answer
        "back",  # the reader's absence is over
        "not_away",  # ... and none was noted
        "refused",  # the reader refused what a stranger answered in his place
        "joined",  # `mail` names who was added to the reader's firm
        "not_joined",  # ... who cannot be added by mail
        "not_wanted",  # ... whom the reader did not want to be added
        "denied",  # a mail that claimed to be the reader's is dropped
        "undone",  # the reader's last act is undone; `event` names it
        "address",  # the address of `by`, a colleague, does not work: `word` says why
    ),
    "browsers": (
        "",  # the list, as it was asked for
        "forgotten",  # some of it was forgotten
        "unknown",  # numbers were named that no browser has
        "not_me",  # the reader did not ask for a code: it counts no more, and staff look into it
    ),
    "reminder": (
        "answer",  # `items` are questions without an answer
        "approval",  # `items` are answers that wait for the expert
    ),
    "last_reminder": ("answer", "approval"),  # the same, and some of `items` are `last`
}
REFUSALS = ("NotAllowed", "OutOfTurn", "VersionChanged", "TooLate", "NothingToUndo")

OUTCOMES = {
    Outcome.SATISFACTORY: "réponse satisfaisante",
    Outcome.CORRECTIVE_RETURN: "déclaration rectificative demandée",
    Outcome.INSUFFICIENT: "réponse insuffisante",
    Outcome.INFORMATION: "pour information",
    Outcome.NO_ANSWER: "sans réponse",
}

#: state -> colour class, sign and words of its chip
CHIPS = {
    State.DRAFT: ("s5", "○", "Pas encore posée"),
    State.ASKED: ("s1", "○", "En attente de réponse"),
    State.PROPOSED: ("s2", "◐", "En attente de validation par l’expert"),
    State.SUBMITTED: ("s3", "●", "Attente de traitement par l’OGA"),
    State.TREATED: ("s4", "✓", "Traitée"),
    State.WITHDRAWN: ("s5", "–", "Retirée"),
}

#: state -> class and label of its bar in a digest: of staff, of an expert
BARS = {
    State.ASKED: ("s1", "En attente de réponse", "En attente de réponse"),
    State.PROPOSED: ("s2", "En attente de validation par l’expert", "En attente de votre validation"),
    State.SUBMITTED: ("s3", "À traiter", "Attente de traitement par l’OGA"),
    State.TREATED: ("s4", "Traitées", "Traitées"),
    State.WITHDRAWN: ("s5", "Retirées", "Retirées"),
}

#: event -> how a page tells it, before the name of who did it
DEEDS = {
    "asked": "Question posée par",
    "proposed": "Réponse de",
    "submitted": "Réponse transmise par",
    "approved": "Validée par",
    "amended": "Validée et modifiée par",
    "sent_back": "Renvoyée par",
    "added": "Complétée par",
    "asked_again": "Précision demandée par",
    "treated": "Traitée par",
    "postponed": "Délai demandé par",
    "passed_on": "Transmise à un collègue par",
    "due_changed": "Date changée par",
    "withdrawn": "Retirée par",
    "undone": "Annulée par",
    "reminded": "Rappel à",
}


class FrenchWords(Extension):
    """Gives the words of a template French typography when it is compiled, once; tags and data are left alone."""

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        name = stream.name or ""
        if name.endswith((".css", "subject.txt")):
            return stream
        return self._html(stream) if name.endswith(".html") else self._text(stream)

    def _text(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield Token(token.lineno, "data", _ours(token.value)) if token.type == "data" else token

    def _html(self, stream: TokenStream) -> Iterator[Token]:
        outside = True
        for token in stream:
            if token.type != "data":
                yield token
                continue
            parts = re.split("([<>])", token.value)
            for at, part in enumerate(parts):
                outside = {"<": False, ">": True}.get(part, outside)
                parts[at] = _ours(part) if outside else part
            yield Token(token.lineno, "data", "".join(parts))


def _ours(text: str) -> str:
    return fr.french(text).replace("~", fr.NBSP)


def environment(loader: BaseLoader) -> Environment:
    """The environment of all letters: undefined names are errors, .html is escaped, our filters are known."""
    env = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        extensions=[FrenchWords],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= _filters()
    env.tests["stands_in"] = stands_in
    env.globals |= {
        "marker": MARKER,
        "answers_alone": answers_alone,
        "outcomes": OUTCOMES,
        "chips": CHIPS,
        "deeds": DEEDS,
        "whole": several.WHOLE,
        "asked_state": State.ASKED,
    }
    return env


def _filters() -> dict[str, Any]:
    return {
        "day": fr.day,
        "full_day": fr.full_day,
        "clock": fr.clock,
        "moment": fr.moment,
        "short_moment": fr.short_moment,
        "size": fr.size,
        "plural": fr.plural,
        "of": fr.of,
        "french": fr.french,
        "listed": fr.listed,
        "typed": markup.typed,
        "whole_references": markup.whole_references,
        "lead": markup.lead,
        "change_to": markup.changed,
        "mailto": markup.mailto,
        "file_type": markup.file_type,
        "why_refused": markup.why_refused,
        "standing": markup.standing,
        "shortly": markup.shortly,
        "aside": markup.aside_lines,
        "subject": subject,
        "subject_of_dossier": subject_of_dossier,
        "decider": approver,
        "names": lambda people: fr.listed([person.name for person in people]),
    } | _filters_of_several()


def stands_in(question: Question, reader: Person, now: datetime) -> bool:
    """True if the reader decides in the place of the expert of a question then."""
    return reader.id != question.dossier.expert.id and approves(reader, question, now)


def _filters_of_several() -> dict[str, Any]:
    return {
        "spelled": fr.spelled,
        "counted": fr.counted,
        "upper_first": fr.upper_first,
        "week_day": fr.week_day,
        "hour": fr.hour,
        "recent": fr.recent,
        "grouped": fr.grouped,
        "by_dossier": several.by_dossier,
        "dossiers": several.dossiers,
        "head": several.about,
        "years": several.years,
        "dues": several.dues,
        "labels": several.labels,
        "with_mark": several.with_mark,
        "reply_body": several.reply_body,
        "was_asked": several.was_asked,
        "later": several.later,
        "file_count": several.files,
        "asides": several.asides,
        "late_rows": several.late_rows,
        "excerpt": several.excerpt,
        "decisions": several.decisions,
        "bare_subject": several.bare_subject,
        "title_of": lambda question: several.short_title(question.title, question.number),
    }


def subject(question: Question, oga: Oga) -> str:
    """« ECCV 2025 · Z. E. (411ETCH09) · autres frais divers [D0009-2025-2] »: never a full name unless configured."""
    title = question.title or f"question n° {question.number}"
    return subject_of_dossier(question, oga, title, question.ref)


def subject_of_dossier(question: Question, oga: Oga, what: str, ref: str) -> str:
    """« ECCV 2025 · Z. E. (411ETCH09) · 3 questions [D0009-2025] »: the dossier of `question`, and what it is about."""
    dossier = question.dossier
    names = {"initials": fr.initials(dossier.member), "full": dossier.member, "none": ""}
    reference = f"({dossier.firm_reference})" if dossier.firm_reference else ""
    parts = (
        f"ECCV {question.exercice}",
        " ".join(filter(None, (names[oga.subject_name], reference))),
        f"{what} [{ref}]",
    )
    return " · ".join(filter(None, parts))


def folder(kind: str, scene: Scene) -> str:
    """The folder of the templates that write this letter.

    Raises ValueError for a digest without its lines.
    """
    if kind == "digest":
        if type(scene.digest) not in DIGESTS:
            raise ValueError("no letter is a digest without its lines")
        return DIGESTS[type(scene.digest)]
    return SEVERAL.get(kind, kind) if scene.items else kind


def render(env: Environment, kind: str, scene: Scene) -> Rendered:
    """The letter `kind` for one person. Its HTML is at most 90 kB: long typed texts are cut there, and it says so.

    Raises ValueError for a kind, refusal or `about` that no letter knows; jinja2.UndefinedError where the scene
    lacks what the letter needs.
    """
    _check(kind, scene)
    place = folder(kind, scene)
    context = _context(env, place, scene)
    text = env.get_template(f"{place}/body.txt").render(context)
    return Rendered(context["subject"], markup.fold(text, context["foot"]), _html(env, place, context, scene))


def _check(kind: str, scene: Scene) -> None:
    if kind not in KINDS:
        raise ValueError(f"no letter is called {kind!r}")
    if kind in ABOUTS and scene.about not in ABOUTS[kind]:
        raise ValueError(f"{kind} does not know {scene.about!r}")
    if kind == "refusal" and scene.refusal not in REFUSALS:
        raise ValueError(f"no letter says {scene.refusal!r}")


_NAMES = tuple(field.name for field in fields(Scene))


def _fields(scene: Scene) -> dict[str, Any]:
    return {name: getattr(scene, name) for name in _NAMES}


def _context(env: Environment, place: str, scene: Scene) -> dict[str, Any]:
    """The fields of the scene by name, the subject, and the sentences that both parts say."""
    context = _fields(prepare(scene)) | {"compact": False, "digest_bars": _bars(scene)}
    context["foot_words"] = FOOT_ALONE if place in ALONE else FOOT
    context["foot"] = context["foot_words"] + scene.reply_to if scene.reply_to else ""
    context["subject"] = fr.one_line(env.get_template(f"{place}/subject.txt").render(context))
    for name in ("words.txt", f"{place}/words.txt"):
        context |= _words(env, name, context)
    return context


def _bars(scene: Scene) -> list[tuple[str, str, int]]:
    """(class, label, count) of each state that the digest counts."""
    if scene.digest is None:
        return []
    staff = isinstance(scene.digest, StaffDigest)
    return [(BARS[state][0], BARS[state][1 if staff else 2], count) for state, count in scene.digest.counts]


def _words(env: Environment, name: str, context: dict[str, Any]) -> dict[str, str]:
    """Every `{% set name %}…{% endset %}` of a file of words, on one line."""
    module = env.get_template(name).make_module(context)
    found = {key: value for key, value in vars(module).items() if isinstance(value, str) and key[0] != "_"}
    return {key: re.sub(r"[ \n]+", " ", value).strip(" ") for key, value in found.items()}


def _html(env: Environment, place: str, context: dict[str, Any], scene: Scene) -> str:
    """The HTML part, the first that fits. Where none does, the last."""
    template = env.get_template(f"{place}/body.html")
    html = _inlined(template.render(context))
    for limit, compact in FITS[1:]:
        if len(html.encode()) <= HTML_LIMIT:
            break
        fitting = _fields(prepare(scene, limit)) | {"compact": compact}
        html = _inlined(template.render(context | fitting))
    return html


def _inlined(html: str) -> str:
    return css_inline.inline(html, load_remote_stylesheets=False)
