"""The requests of the hostile cases to the page of an answer, each to an answer of its own."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from mailbot.gateways.web import HEADERS
from tests.gateways.visiting import code_in
from tests.hostile.world import CASES, World

NONCE = re.compile(r'name="n" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"
PATIENCE = 20.0  #: seconds that a letter may take
EXPERT = "e.martin@cabinet-a.example"
#: what a browser that nobody confirmed must never read: question, answer, names, amounts, files
SECRETS = ("AG", "justifi", "montant", "exact", "Exemple", "Martin", "Durand", "Cabinet", "Anguelu", "€", "/f/")


@dataclass
class Browser:
    """What one sends along: its cookies."""

    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, world: World, method: str, path: str, headers: dict[str, str], body: str) -> Answer:
        link = HTTPConnection(urlsplit(world.here.web).netloc, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**({"Content-Type": FORM} if body else {}), **({"Cookie": cookie} if cookie else {}), **headers}
        try:
            link.request(method, path, body or None, sent)
            answer = link.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return Answer(answer.status, answer.read().decode("utf-8", "replace"), _lower(answer.getheaders()))
        finally:
            link.close()


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def cases() -> list[dict[str, Any]]:
    """All of them."""
    found: list[dict[str, Any]] = json.loads((CASES / "http_cases.json").read_text(encoding="utf-8"))
    return found


def play(world: World) -> Iterator[tuple[str, str]]:
    """(name of the case, "" or what is wrong)."""
    world.everybody_is_reached()
    known = confirmed(world, urlsplit(world.bound["http:get_shows_page"].page).path)
    gone = known.ask(world, "GET", "/v/x", {}, "").body
    for case in cases():
        bound = world.bound[f"http:{case['name']}"]
        path, before = urlsplit(bound.page).path, world.sheet(bound.ref)
        filled = _filled(world, known, case, path, len(before["answers"]))
        letters = _letters(world)
        answers = _ask(world, case, filled, known if case["browser"] == "confirmed" else Browser())
        approved = sum(e["event"] == "approved" for e in world.sheet(bound.ref)["history"])
        approved -= sum(e["event"] == "approved" for e in before["history"])
        wrong = [*_wrong(case, answers, approved, gone)]
        if _letters(world) - letters > (case["browser"] == "new"):
            wrong.append("more than one code was mailed")
        yield case["name"], "; ".join(dict.fromkeys(wrong))


def confirmed(world: World, path: str) -> Browser:
    """A browser in which the expert has typed the code."""
    browser, before = Browser(), _letters(world)
    asked = browser.ask(world, "POST", f"{path}/code", {}, "")
    assert asked.status == 200, asked
    end = time.monotonic() + PATIENCE
    while _letters(world) == before:
        assert time.monotonic() < end, "no code is mailed"
        time.sleep(0.01)
    code = code_in(world.here.office.wait(EXPERT, "confirm_code").text)
    opened = browser.ask(world, "POST", f"{path}/code", {}, urlencode({"code": code}))
    assert opened.status == 303, opened
    return browser


def _letters(world: World) -> int:
    return sum(letter.kind == "confirm_code" for letter in world.here.office.letters())


def _wrong(case: dict[str, Any], answers: list[Answer], approved: int, gone: str) -> Iterator[str]:
    wanted = case["status"] if isinstance(case["status"], list) else [case["status"]]
    if odd := {answer.status for answer in answers} - set(wanted):
        yield f"status {', '.join(map(str, sorted(odd)))}, not {wanted}"
    if approved != (case["effect"] == "approve"):
        yield f"UNSAFE approved {approved} times" if approved else "not approved"
    for answer in answers:
        if "<script" in answer.body:
            yield "UNSAFE a script of the writer"
        if case["browser"] == "new" and (read := [word for word in SECRETS if word in _words(answer.body)]):
            yield f"UNSAFE a browser that nobody confirmed reads {read}"
        if answer.status == 404 and answer.body != gone:
            yield "a page that is over does not look like an unknown one"
        if answer.headers and (lacks := _lower(HEADERS.items()).keys() - answer.headers.keys()):
            yield f"without {', '.join(sorted(lacks))}"


def _words(html: str) -> str:
    """What stands in the body of a page."""
    return re.sub(r"<style>.*?</style>", "", html, flags=re.S)


def _filled(world: World, known: Browser, case: dict[str, Any], path: str, version: int) -> dict[str, str]:
    """The case with a live page, nonce and version in its places."""
    shown = known.ask(world, "GET", path, {}, "").body if "{N}" in case["body"] else ""
    nonce = NONCE.search(shown)
    assert nonce or not shown, "the page gives no nonce"
    places = {"{N}": nonce[1] if nonce else "", "{V}": str(version), "{OLD}": "1"}
    places |= dict.fromkeys(("{P}", "{X}", "{E}"), path)
    out = {"path": case["path"], "body": case["body"]}
    for name, text in out.items():
        for place, value in places.items():
            text = text.replace(place, value)
        out[name] = text
    return out


def _ask(world: World, case: dict[str, Any], filled: dict[str, str], browser: Browser) -> list[Answer]:
    method, path, body = case["method"], filled["path"], filled["body"]
    if method == "RAW":
        return [Answer(_raw(world, (path + body).encode()))]
    if "Content-Length" in case["headers"]:
        head = "".join(f"{name}: {value}\r\n" for name, value in case["headers"].items())
        return [Answer(_raw(world, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n{body}".encode()))]
    verb, how, times = re.fullmatch(r"(\w+)(\*|\|\|)?(\d+)?", method).groups()  # type: ignore[union-attr]
    with ThreadPoolExecutor(int(times) if how == "||" else 1) as pool:
        return list(pool.map(lambda _: browser.ask(world, verb, path, case["headers"], body), range(int(times or 1))))


def _raw(world: World, data: bytes) -> int:
    """The status that such bytes get; 0 where the server hangs up without one."""
    host, _, port = urlsplit(world.here.web).netloc.partition(":")
    with socket.create_connection((host, int(port)), 30) as link:
        try:
            link.sendall(data)
            said = link.recv(4096)
        except OSError:
            return 0
    found = re.match(rb"HTTP/1\.\d (\d\d\d)", said)
    return int(found[1]) if found else 0
