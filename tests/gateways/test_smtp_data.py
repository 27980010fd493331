"""The reader of message data, alone: wherever packets are cut, the end is found and every byte is kept."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mailbot.gateways.smtp_data import Incoming, InFlight, one_line_end


def gather(wire: bytes, cuts: list[int]) -> tuple[bytes, bytes]:
    """The message and what follows it, the wire cut anywhere."""
    data = Incoming(10**6, InFlight(10**6))
    edges = [0, *sorted({cut % (len(wire) + 1) for cut in cuts}), len(wire)]
    for start, end in itertools.pairwise(edges):
        if (rest := data.feed(wire[start:end])) is not None:
            return data.take(), rest + wire[end:]
    raise AssertionError("no end")


LINES = st.lists(st.sampled_from([b"", b".", b"..", b"...", b".x", b"x.", b"\r", b"\n", b"\n.\n", b"ab"]), max_size=12)


@given(LINES, st.sampled_from([b"", b"QUIT\r\n", b".\r\n", b"\r\n.\r\n"]), st.lists(st.integers(0, 200), max_size=8))
def test_the_end_is_found_wherever_packets_are_cut(lines: list[bytes], after: bytes, cuts: list[int]) -> None:
    stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
    wire = b"".join(line + b"\r\n" for line in stuffed) + b".\r\n" + after
    assert gather(wire, cuts) == (b"".join(line + b"\r\n" for line in lines), after)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_only_one_kind_of_line_end_is_left(head: bytes, body: bytes) -> None:
    clean = one_line_end(head + b"\r\n\r\n" + body)
    if clean is not None:
        assert clean.count(b"\r") == clean.count(b"\n") == clean.count(b"\r\n")
        assert clean.partition(b"\r\n\r\n")[0] == (head + b"\r\n\r\n" + body).partition(b"\r\n\r\n")[0]
