"""What became of a case, and what is wrong with that: one small function a check, CHECKS is their table."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openpyxl import load_workbook
from selectolax.lexbor import LexborHTMLParser

from mailbot.demo.postoffice import Letter
from mailbot.mail.token import Purpose
from mailbot.service import results
from mailbot.service.addresses import address
from tests.hostile import web
from tests.hostile.world import Bound, World

#: our disposition of a mail that was kept -> theirs
THEIRS = {
    "accept": "accepted-as-answer",
    "auto": "ignored-auto",
    "loop": "ignored-auto",
    "forward": "ignored-auto",
    "empty": "ignored-auto",
    "bounce": "bounce-recorded",
    "hold": "quarantined",
}
#: what a mail may change, from the least to the most; being asked back changes nothing
RANK = {"none": 0, "comment": 0, "refuse": 1, "answer": 1, "approve": 2}
SAME = ("same as before", "copy")  #: decisions on a mail that was sent twice


@dataclass
class Seen:
    """One case, delivered and worked."""

    case: dict[str, Any]
    world: World
    bound: Bound | None
    codes: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)  #: of the inbox, new since the case began
    before: dict[str, Any] = field(default_factory=dict)  #: the question
    after: dict[str, Any] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)  #: that arrived because of it
    seconds: float = 0.0  #: of processor time of the service
    megabytes: float = 0.0  #: of memory, the most that one of its processes had meanwhile
    log: str = ""  #: lines that the service wrote meanwhile
    connections: list[str] = field(default_factory=list)  #: what it asked the network for, but for its letters' host

    @property
    def disposition(self) -> str:
        """In their words."""
        if any(row["state"] == "shunted" for row in self.rows):
            return "shunted"
        if not self.rows:
            taken = self.codes[-1:] == [250] and self.case["deliver"] != "wire"
            return "duplicate-ignored" if taken else "rejected-at-smtp"
        row = self.rows[0]
        if row["decision"] in SAME and self.case["deliver"] != "wire":  # those of the wire say the same words
            return "duplicate-ignored"
        if self.late and row["decision"] == "add":  # « reçu après traitement »: filed, and shown to staff, who decide
            return "quarantined"
        return "quarantined" if row["state"] == "held" else THEIRS.get(row["disposition"], row["disposition"])

    @property
    def late(self) -> bool:
        """Whether the question was treated before, and still is."""
        return self.bound is not None and {self.before["state"], self.after["state"]} == {"treated"}

    @property
    def effect(self) -> str:
        """What it changed."""
        new = self.after["history"][len(self.before["history"]) :] if self.bound else []
        events = {event["event"] for event in new}
        for event, name in (("approved", "approve"), ("amended", "approve"), ("sent_back", "refuse")):
            if event in events:
                return name
        if (
            events & {"proposed", "submitted", "added"} and not self.late
        ):  # what comes late is filed and changes nothing
            return "answer"
        return "comment" if any(letter.kind.endswith("clarification") for letter in self.letters) else "none"

    @property
    def answer(self) -> dict[str, Any]:
        """The newest version that the question has because of it; empty where it made none."""
        new = self.after["answers"][len(self.before["answers"]) :] if self.bound else []
        return new[-1] if new else {}

    @property
    def files(self) -> list[dict[str, Any]]:
        return self.answer.get("files", [])


def exact(seen: Seen) -> bool:
    """The disposition that was expected, or one that is right as well."""
    return seen.disposition in (seen.case["expected"], *seen.case["also_ok"])


def unsafe(seen: Seen) -> list[str]:
    """What must never happen, whatever the disposition."""
    return list(_unsafe(seen))


def _unsafe(seen: Seen) -> Iterator[str]:
    case, allowed = seen.case, seen.case["effect"]
    if seen.disposition == "shunted":
        yield f"an unhandled exception: {seen.rows[0]['reason']}"
    answered = seen.disposition == "accepted-as-answer" and "accepted-as-answer" in case["also_ok"]
    most = max(RANK[allowed], RANK["answer"] if answered else 0)
    if RANK[seen.effect] > most or (seen.effect == "approve" and allowed != "approve"):
        yield f"effect {seen.effect}, at most {allowed} is allowed"
    if strangers := {letter.to for letter in seen.letters} - seen.world.registered:
        yield f"letters to {', '.join(sorted(strangers))}"
    if seen.connections:
        yield f"it asked the network for {', '.join(seen.connections)}"
    for name in case["checks"].get("must_not", ()):
        if why := MUST_NOT[name](seen):
            yield why
    for name in SAFETY & case["checks"].keys():
        if why := CHECKS[name](seen, case["checks"][name]):
            yield why


def wrong(seen: Seen) -> list[str]:
    """What else is not as the case wants it."""
    checks = {name: wanted for name, wanted in seen.case["checks"].items() if name not in SAFETY}
    told = [CHECKS[name](seen, wanted) for name, wanted in checks.items() if name in CHECKS]
    expected = seen.case["effect"]
    if exact(seen) and seen.disposition == "accepted-as-answer" == seen.case["expected"] and expected != seen.effect:
        if not (expected == "comment" and seen.effect == "none"):
            told.append(f"effect {seen.effect}, not {expected}")
    return [why for why in told if why]


# --- checks: "" where all is well, else what is wrong ---------------------------------------------------------------


def _approved(seen: Seen) -> str:
    return "it approved" if seen.effect == "approve" else ""


def _answered(seen: Seen) -> str:
    return "it answered" if seen.effect in ("answer", "approve") else ""


def _delivered(seen: Seen) -> str:
    """A file is handed on where it counts as good, or a letter carries it."""
    good = [file["name"] for file in seen.files if file["verdict"] == "ok"]
    carried = [name for letter in seen.letters for name in letter.files]
    return f"handed on: {', '.join(good + carried)}" if good or carried else ""


def _disabled(seen: Seen) -> str:
    rows = seen.world.system.store.conn.execute("select email from person where suspended_at is not null").fetchall()
    return f"suspended {', '.join(row['email'] for row in rows)}" if rows else ""


MUST_NOT: dict[str, Callable[[Seen], str]] = {
    "approve": _approved,
    "answer": _answered,
    "deliver_attachment": _delivered,
    "disable_address": _disabled,
}


def _contains(seen: Seen, wanted: str) -> str:
    text = seen.answer.get("text", "").replace("\u00a0", " ").replace("\u202f", " ")
    return "" if wanted in text else f"the answer lacks « {wanted} »: {text[:80]!r}"


def _lacks(seen: Seen, unwanted: str) -> str:
    text = seen.answer.get("text", "").replace("\u00a0", " ")
    return f"the answer holds « {unwanted} »" if unwanted in text else ""


def _attachments(seen: Seen, count: int) -> str:
    good = [file["name"] for file in seen.files if file["verdict"] == "ok"]
    judged = seen.disposition == "accepted-as-answer"
    return f"{len(good)} files, not {count}: {seen.files}" if judged and len(good) != count else ""


def _refused(seen: Seen, wanted: bool) -> str:
    judged = seen.disposition == "accepted-as-answer"
    good = [file["name"] for file in seen.files if file["verdict"] == "ok"]
    return f"not refused: {seen.files}" if judged and (good or not seen.files) else ""


def _hard(seen: Seen, wanted: bool) -> str:
    return "" if bool(_disabled(seen)) is wanted else f"suspended: {not wanted}"


def _seconds(seen: Seen, most: float) -> str:
    return f"{seen.seconds:.1f} s of processor time" if seen.seconds > most else ""


def _megabytes(seen: Seen, most: float) -> str:
    return f"{seen.megabytes:.0f} MB" if seen.megabytes > most else ""


def _escaped(seen: Seen, wanted: bool) -> str:
    for letter in seen.letters:
        tree = LexborHTMLParser(letter.html)
        if tree.css("script, iframe, object, embed, svg, math, noscript, base, form, img[onerror]"):
            return f"markup of the writer in « {letter.subject} »"
        if any(name.startswith("on") for node in tree.css("*") for name in node.attributes):
            return f"a handler in « {letter.subject} »"
    return ""


def _named_safely(seen: Seen, wanted: bool) -> str:
    bad = re.compile(r"[/\\\x00-\x1f\x7f]|^\.*$|^~")  # kept by their hash: the name is what a letter shows
    return next((f"the name {file['name']!r}" for file in seen.files if bad.search(file["name"])), "")


def _lines(seen: Seen, most: int) -> str:
    long = [letter.subject for letter in seen.letters if any(len(x) > most for x in letter.raw.split(b"\r\n"))]
    return f"a line of more than {most} bytes in « {long[0]} »" if long else ""


def _header_absent(seen: Seen, name: str) -> str:
    return f"a header {name}" if any(letter.message[name] for letter in seen.letters) else ""


def _text(seen: Seen) -> str:
    return "\n".join(f"{letter.subject}\n{letter.text}" for letter in seen.letters)


def _literal(seen: Seen, wanted: str) -> str:
    return "" if wanted in _text(seen) else f"no letter shows {wanted}"


def _without(seen: Seen, unwanted: str) -> str:
    found = re.search(rf"(?<![\d:h])(?<![\dh]\s){re.escape(unwanted)}(?!\d)", _text(seen))  # no minute of an hour
    return f"a letter says {unwanted}: {_text(seen)[max(0, found.start() - 30) : found.end() + 30]!r}" if found else ""


def _case_data(seen: Seen, wanted: bool) -> str:
    author = seen.case["envelope"]["mail_from"]
    told = [x for x in seen.letters if x.to == author and seen.bound and seen.bound.ref in x.subject + x.text]
    return f"« {told[0].subject} » tells {author}" if told else ""


def _no_nul(seen: Seen, wanted: bool) -> str:
    return "a NUL in the database" if any("\0" in str(value) for row in seen.rows for value in row.values()) else ""


def _messages(seen: Seen, most: int) -> str:
    return f"{len(seen.rows)} messages kept" if len(seen.rows) > most else ""


def _code(seen: Seen, wanted: list[str]) -> str:
    return "" if {str(code) for code in seen.codes} & set(wanted) else f"said {seen.codes}, none of {wanted}"


def _log_clean(seen: Seen, wanted: bool) -> str:
    return "control characters in the log" if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", seen.log) else ""


def _log_lines(seen: Seen, most: int) -> str:
    odd = [line for line in seen.log.splitlines() if line and not re.match(r"\d{4}-\d\d-\d\d", line)]
    return f"a line of the log that no event wrote: {odd[0][:80]!r}" if odd else ""


def _other_tokens(seen: Seen, wanted: bool) -> str:
    others = {b.token for t, b in seen.world.bound.items() if seen.bound and b.ref != seen.bound.ref}
    told = [letter.subject for letter in seen.letters if any(token in letter.text for token in others)]
    return f"another question's token in « {told[0]} »" if told else ""


def _no_formula(seen: Seen, wanted: bool) -> str:
    """In what the association's own software is given."""
    with tempfile.TemporaryDirectory() as folder:
        sheet, book = Path(folder, "r.csv"), Path(folder, "r.xlsx")
        for path in (sheet, book):
            results.write(seen.world.system, path)
        with open(sheet, encoding="utf-8", newline="") as file:
            found = [cell for row in csv.reader(file) for cell in row if re.match(r"\s*[=+@\t]|-(?!\d)", cell)]
        found += [str(c.value) for row in load_workbook(book).active or () for c in row if c.data_type == "f"]
    return f"a formula: {found[0]!r}" if found else ""


_FRAMED = re.compile(r"\s*[|.+-] ")


def _framed(seen: Seen, wanted: bool) -> str:
    """What somebody wrote stands behind a bar in our letters, line for line: none of it looks like ours."""
    typed = {" ".join(line.split()) for line in seen.answer.get("text", "").splitlines() if len(line.split()) > 2}
    for letter in seen.letters:
        plain = {" ".join(line.split()) for line in letter.text.splitlines() if not _FRAMED.match(line)}
        if bare := typed & plain:
            return f"« {bare.pop()} » stands in « {letter.subject} » like words of ours"
    return ""


def _nosniff(seen: Seen, wanted: bool) -> str:
    """A browser saves what came as a file, and shows none of it, whatever it looks like."""
    if not (seen.bound and seen.files):
        return ""
    page = address(seen.world.system, seen.bound.ref, seen.world.person(web.EXPERT), Purpose.APPROVE)["page"]
    path = urlsplit(str(page)).path
    browser = web.confirmed(seen.world, path)
    served = [browser.ask(seen.world, "GET", path.replace("/v/", "/f/") + f"/{n}", {}, "") for n in (0, 1)]
    found = [answer.headers for answer in served if answer.status == 200]
    if not found:
        return "the file is not served"
    safe = all(
        x["x-content-type-options"] == "nosniff" and x["content-disposition"][:10] == "attachment" for x in found
    )
    return "" if safe else f"served as {found}"


def _quiet(seen: Seen, wanted: int) -> str:
    return ""  # judged for every case, as unsafe


def _strangers(seen: Seen, most: int) -> str:
    return ""  # judged for every case, as unsafe


CHECKS: dict[str, Callable[[Seen, Any], str]] = {
    "answer_contains": _contains,
    "answer_lacks": _lacks,
    "attachments": _attachments,
    "expect_code": _code,
    "export_cell_not_formula": _no_formula,
    "file_refused": _refused,
    "hard": _hard,
    "html_escaped": _escaped,
    "literal_in_outbound": _literal,
    "log_lines_max": _log_lines,
    "log_no_control": _log_clean,
    "max_rss_mb": _megabytes,
    "max_seconds": _seconds,
    "messages_max": _messages,
    "no_nul_in_db": _no_nul,
    "outbound_connections": _quiet,
    "outbound_header_absent": _header_absent,
    "outbound_lacks": _without,
    "outbound_lacks_case_data": _case_data,
    "outbound_lacks_other_tokens": _other_tokens,
    "outbound_max_line": _lines,
    "outbound_quoted_or_framed": _framed,
    "outbound_to_unregistered": _strangers,
    "served_nosniff": _nosniff,
    "stored_inside_dir": _named_safely,
}
#: those whose failure harms somebody
SAFETY = {
    "export_cell_not_formula", "file_refused", "html_escaped", "max_rss_mb", "max_seconds", "messages_max",
    "outbound_header_absent", "outbound_lacks", "outbound_lacks_case_data", "outbound_lacks_other_tokens",
    "outbound_quoted_or_framed", "served_nosniff", "stored_inside_dir",
}  # fmt: skip
#: how a case is delivered, and what `must_not` names, which MUST_NOT judges
NOT_JUDGED = {
    "must_not", "byte_delay_ms", "close_after_send", "send_before_greeting", "stream_after",
}  # fmt: skip
