"""The requests of the hostile cases to the page of an answer, each to an answer of its own."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.hostile.world import CASES, World

NONCE = re.compile(r'name="n" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


def cases() -> list[dict[str, Any]]:
    """Those that can be played: {E} needs a page that is over for a month."""
    found: list[dict[str, Any]] = json.loads((CASES / "http_cases.json").read_text(encoding="utf-8"))
    return [case for case in found if "{E}" not in case["path"]]


def play(world: World) -> Iterator[tuple[str, str]]:
    """(name of the case, "" or what is wrong)."""
    for case in cases():
        bound = world.bound[f"http:{case['name']}"]
        path, before = urlsplit(bound.page).path, world.sheet(bound.ref)
        statuses, body = _ask(world, case, _filled(world, case, path, len(before["answers"])))
        wanted = case["status"] if isinstance(case["status"], list) else [case["status"]]
        approved = sum(e["event"] == "approved" for e in world.sheet(bound.ref)["history"])
        yield case["name"], "; ".join(_wrong(case, statuses, wanted, approved, body))


def _wrong(case: dict[str, Any], statuses: list[int], wanted: list[int], approved: int, body: str) -> Iterator[str]:
    if odd := set(statuses) - set(wanted):
        yield f"status {', '.join(map(str, sorted(odd)))}, not {wanted}"
    if approved != (case["effect"] == "approve"):
        yield f"UNSAFE approved {approved} times" if approved else "not approved"
    if "<script>alert" in body:
        yield "UNSAFE a script of the writer"


def _filled(world: World, case: dict[str, Any], path: str, version: int) -> dict[str, str]:
    """The case with a live page, nonce and version in its places."""
    shown = _once(world, "GET", path, {}, "")[1] if "{N}" in case["body"] else ""
    nonce = NONCE.search(shown)
    places = {"{P}": path, "{X}": path, "{N}": nonce[1] if nonce else "", "{V}": str(version), "{OLD}": "1"}
    body = case["body"] + ("&read=yes" if "{N}" in case["body"] else "")
    out = {"path": case["path"], "body": body}
    for name, text in out.items():
        for place, value in places.items():
            text = text.replace(place, value)
        out[name] = text
    return out


def _ask(world: World, case: dict[str, Any], filled: dict[str, str]) -> tuple[list[int], str]:
    method, path, body = case["method"], filled["path"], filled["body"]
    if method == "RAW":
        return [_raw(world, (path + body).encode())], ""
    if "Content-Length" in case["headers"]:
        head = "".join(f"{name}: {value}\r\n" for name, value in case["headers"].items())
        return [_raw(world, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n{body}".encode())], ""
    verb, how, times = re.fullmatch(r"(\w+)(\*|\|\|)?(\d+)?", method).groups()  # type: ignore[union-attr]
    with ThreadPoolExecutor(int(times) if how == "||" else 1) as pool:
        found = list(pool.map(lambda _: _once(world, verb, path, case["headers"], body), range(int(times or 1))))
    return [status for status, _ in found], found[-1][1]


def _once(world: World, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str]:
    link = HTTPConnection(urlsplit(world.here.web).netloc, timeout=20)
    try:
        link.request(method, path, body or None, {**({"Content-Type": FORM} if body else {}), **headers})
        answer = link.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        link.close()


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
