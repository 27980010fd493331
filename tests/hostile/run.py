"""Plays the hostile cases against a running service, and says what became of each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.store import outbox
from tests.hostile import judge, wire
from tests.hostile.judge import Seen
from tests.hostile.world import CASES, TOKEN, World, bytes_of

#: bounces last: they suspend people
ORDER = ("control", "mime", "attachment", "duplicate", "injection", "identity", "smtp", "automation")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0


@dataclass(frozen=True)
class Result:
    """What is to be said of one case."""

    name: str
    group: str
    expected: str
    got: str
    reason: str  #: which rule spoke, where the message was kept
    exact: bool
    unsafe: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.exact and not self.unsafe and not self.wrong


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / "manifest.json").read_text(encoding="utf-8"))
    return found


def chosen(cases: Iterable[dict[str, Any]], groups: Iterable[str]) -> list[dict[str, Any]]:
    """The cases of these groups, in the order in which they are played."""
    return sorted((c for c in cases if c["group"] in set(groups)), key=lambda c: ORDER.index(c["group"]))


def play(world: World, cases: Iterable[dict[str, Any]], slow: bool = False) -> Iterator[Result]:
    """Each case in turn, judged. `slow`: clients that trickle take the time they take."""
    for case in cases:
        seen = _play(world, case, slow)
        reasons = {str(row["reason"] or row["rule"] or row["decision"] or "") for row in seen.rows}
        yield Result(
            name=case["name"],
            group=case["group"],
            expected=case["expected"],
            got=seen.disposition,
            reason="; ".join(sorted(reasons)) or " ".join(map(str, seen.codes)),
            exact=judge.exact(seen),
            unsafe=tuple(judge.unsafe(seen)),
            wrong=tuple(judge.wrong(seen)),
        )


def _play(world: World, case: dict[str, Any], slow: bool = False) -> Seen:
    raw = bytes_of(case)
    seen = Seen(case, world, _bound(world, case, raw))
    _settle(world)
    asked = len(world.connections())
    letters, newest, log = len(world.here.office.letters()), _newest(world), _log(world)
    world.everybody_is_reached()
    cpu = _cpu(world)
    _forget_peak(world)
    if seen.bound:
        seen.before = world.sheet(seen.bound.ref)
    on_the_wire = case["deliver"] == "wire"
    seen.codes = wire.speak(world, case, raw, slow) if on_the_wire else [wire.hand_in(world, case, raw)]
    _settle(world)
    seen.rows = _rows(world, newest)
    seen.seconds = _cpu(world) - cpu
    seen.megabytes = _peak(world)
    if seen.bound:
        seen.after = world.sheet(seen.bound.ref)
    seen.letters = world.here.office.letters()[letters:]
    seen.connections = world.connections()[asked:]
    seen.log = _log(world)[len(log) :]
    return seen


def _bound(world: World, case: dict[str, Any], raw: bytes) -> Any:
    """What the case is about: of its recipient, else of the first token that it names."""
    named = [to.encode() for to in case["envelope"]["rcpt_to"] or ()]
    tokens = [found[0].decode().lower() for text in (*named, raw) for found in TOKEN.finditer(text)]
    return next((world.bound[token] for token in tokens if token in world.bound), None)


def _settle(world: World) -> None:
    """Until no mail waits to be worked and no letter is on its way."""
    conn, end = world.system.store.conn, time.monotonic() + PATIENCE
    while conn.execute("select 1 from inbox where state = 'new'").fetchone() or _leaves(world):
        assert time.monotonic() < end, "mail waits, or letters do not leave"
        time.sleep(0.01)


def _leaves(world: World) -> bool:
    """A letter is due, or between us and its host: then it is due again later, and has an attempt."""
    due = outbox.next_due(world.system.store.conn)
    on_its_way = "select 1 from outbox where state in ('due', 'deferred') and attempts > 0"
    waits = world.system.store.conn.execute(on_its_way).fetchone()
    return waits is not None or (due is not None and due <= world.system.now())


def _newest(world: World) -> int:
    return int(world.system.store.conn.execute("select coalesce(max(id), 0) from inbox").fetchone()[0])


def _rows(world: World, above: int) -> list[dict[str, Any]]:
    rows = world.system.store.conn.execute("select * from inbox where id > ? order by id", (above,))
    return [dict(row) for row in rows]


def _log(world: World) -> str:
    return (world.here.folder / "serve.log").read_text(encoding="utf-8", errors="replace")


def _processes(world: World) -> Iterator[Path]:
    """`serve`, and the process that reads mail for it."""
    assert world.here.process is not None
    serve = Path(f"/proc/{world.here.process.pid}")
    yield serve
    for listed in serve.glob("task/*/children"):
        with suppress(OSError):  # a thread has ended meanwhile
            yield from (Path(f"/proc/{pid}") for pid in listed.read_text().split())


def _cpu(world: World) -> float:
    """Seconds of processor that both have used; a child that died has left its share to `serve`."""
    total = 0
    for process in _processes(world):
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15] if process.name == str(world.here.process.pid) else fields[11:13]))
    return total / TICKS_A_SECOND


def _forget_peak(world: World) -> None:
    for process in _processes(world):
        (process / "clear_refs").write_text("5")  # proc(5): begins VmHWM anew


def _peak(world: World) -> float:
    """The most memory that one of them has had since, in megabytes."""
    peaks = []
    for process in _processes(world):
        status = (process / "status").read_text()
        peaks.append(next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0))
    return max(peaks) / 1024


def table(results: list[Result]) -> str:
    """A line a group: cases, exact, safe, and controls that were not taken."""
    lines = [f"{'group':12}{'cases':>7}{'exact':>8}{'safe':>8}{'all right':>11}"]
    for group in [*dict.fromkeys(r.group for r in results), "all"]:
        mine = [r for r in results if group in (r.group, "all")]
        shares = (sum(r.exact for r in mine), sum(not r.unsafe for r in mine), sum(r.good for r in mine))
        lines.append(f"{group:12}{len(mine):7}{shares[0]:8}{shares[1]:8}{shares[2]:11}")
    held = [r.name for r in results if r.group == "control" and r.got == "quarantined"]
    return "\n".join([*lines, f"controls held: {len(held)} {' '.join(held)}".rstrip()])


def failures(results: list[Result]) -> str:
    """A line for each case that is not all right: name, expected, got, why."""
    lines = []
    for r in results:
        if not r.good:
            why = "; ".join([*(f"UNSAFE {w}" for w in r.unsafe), *r.wrong]) or r.reason
            lines.append(f"{r.group:11} {r.name:30} {r.expected:20} {r.got:20} {why}")
    return "\n".join(lines)
