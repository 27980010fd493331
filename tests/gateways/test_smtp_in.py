"""The door for mail, tried with real clients: polite, careless and hostile."""

import ipaddress
import itertools
import resource
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import StoreBusy, UsageError
from mailbot.gateways import smtp_in
from mailbot.gateways.smtp_data import Incoming, InFlight, one_line_end
from mailbot.gateways.smtp_in import Door, SmtpServer
from mailbot.mail.envelope import Dmarc, Envelope, Verdict

WIRES = sorted((Path(__file__).parent / "wire").glob("*.wire"))
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
MAIL = b"From: a@firm.example\r\nSubject: x\r\n\r\nBonjour\r\n"
BOT = "eccv+token@oga.example"
START = b"EHLO c\r\nMAIL FROM:<a@firm.example>\r\nRCPT TO:<eccv@oga.example>\r\nDATA\r\n"


class Keeper:
    """Stands where the store stands: keeps what is accepted, slowly or not at all if told so."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, Envelope]] = []
        self.fails: Exception | None = None
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def accept(self, raw: bytes, envelope: Envelope) -> None:
        self.begun.set()
        assert self.go_on.wait(20)
        if self.fails:
            raise self.fails
        self.kept.append((raw, envelope))

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.kept) >= count)
        assert len(self.kept) == count


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def serve(background: Any, keeper: Keeper) -> Iterator[Callable[..., SmtpServer]]:
    """Starts listeners; each is closed at the end, with nothing left in flight."""
    servers = []

    def start(**changes: Any) -> SmtpServer:
        door: dict[str, Any] = dict(
            accepts=lambda address: address.startswith(("eccv", "reponse")) and address.endswith("@oga.example"),
            accept=keeper.accept,
            verdict=lambda raw: Verdict(Dmarc.PASS, "firm.example"),
            strip=lambda raw: raw,
        )
        servers.append(background.run(smtp_in.start(Door(**door | changes), "127.0.0.1", 0)))
        return servers[-1]

    yield start
    keeper.go_on.set()
    for server in servers:
        background.run(server.close(grace=0.1))
        assert (server.in_flight.used, server.sessions) == (0, set())


def client(server: SmtpServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.port, local_hostname="c", timeout=10)


@contextmanager
def raw_client(server: SmtpServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        yield sock


def read_all(sock: socket.socket) -> str:
    """Everything the server says until it closes."""
    got = b""
    try:
        while chunk := sock.recv(65536):
            got += chunk
    except ConnectionResetError:
        pass
    return got.decode()


def talk(server: SmtpServer, data: bytes) -> str:
    """Send, end our half of the connection, and give everything that the server said."""
    with raw_client(server) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        return read_all(sock)


def read_until(sock: socket.socket, end: bytes) -> bytes:
    got = b""
    while end not in got:
        chunk = sock.recv(65536)
        assert chunk, got
        got += chunk
    return got


# What is kept


def test_a_message_is_kept_with_its_envelope(serve: Any, keeper: Keeper) -> None:
    with client(serve()) as smtp:
        assert smtp.sendmail("A@firm.example", [BOT, "eccv@oga.example", BOT], MAIL) == {}
    ((raw, envelope),) = keeper.kept
    assert raw == MAIL
    assert envelope.reverse_path == "A@firm.example"
    assert envelope.recipients == (BOT, "eccv@oga.example")
    assert (envelope.peer, envelope.trusted, envelope.tls) == ("127.0.0.1", False, False)
    assert envelope.received_at.tzinfo is not None


def test_bounces_come_from_the_null_path(serve: Any, keeper: Keeper) -> None:
    with client(serve()) as smtp:
        smtp.sendmail("", [BOT], MAIL)
    assert keeper.kept[0][1].reverse_path == ""


def test_a_trusted_peer_is_believed(serve: Any, keeper: Keeper) -> None:
    with client(serve(trusted=LOOPBACK, strip=lambda raw: b"stripped")) as smtp:
        smtp.sendmail("a@firm.example", [BOT], MAIL)
    ((raw, envelope),) = keeper.kept
    assert (raw, envelope.trusted) == (MAIL, True)
    assert envelope.verdict == Verdict(Dmarc.PASS, "firm.example")


def test_what_any_other_peer_claims_is_stripped(serve: Any, keeper: Keeper) -> None:
    with client(serve(strip=lambda raw: raw.replace(b"Subject: x\r\n", b""))) as smtp:
        smtp.sendmail("a@firm.example", [BOT], MAIL)
    ((raw, envelope),) = keeper.kept
    assert raw == MAIL.replace(b"Subject: x\r\n", b"")
    assert envelope.verdict == Verdict()


@pytest.mark.parametrize("peer", [("::ffff:127.0.0.1", 1, 0, 0), ("127.0.0.1", 1), ("fe80::1%eth0", 1, 0, 2)])
def test_an_address_is_what_it_is_on_any_socket(peer: tuple[Any, ...]) -> None:
    ip = smtp_in._ip(peer)
    assert str(ip) in ("127.0.0.1", "fe80::1")


def test_dots_and_long_lines_arrive_as_they_were(serve: Any, keeper: Keeper) -> None:
    mail = MAIL + b".\r\n..\r\n.x\r\n" + b"A" * 200_000 + b"\r\n\r\n.\r\n\xe9\x00\r\n"
    with client(serve()) as smtp:
        smtp.sendmail("a@firm.example", [BOT], mail)
    assert keeper.kept[0][0] == mail


def test_a_large_message_is_kept_whole(serve: Any, keeper: Keeper) -> None:
    mail = MAIL + (b"A" * 76 + b"\r\n") * (25_000_000 // 78)
    with client(serve()) as smtp:
        smtp.sendmail("a@firm.example", [BOT], mail)
    assert keeper.kept[0][0] == mail


def test_pipelined_messages_are_all_kept(serve: Any, keeper: Keeper) -> None:
    one = START.replace(b"EHLO c\r\n", b"") + MAIL + b".\r\n"
    said = talk(serve(), b"EHLO c\r\n" + one * 3 + b"QUIT\r\n")
    assert said.count("250 2.0.0 Message kept") == 3
    assert said.splitlines()[-1].startswith("221")
    assert [raw for raw, _ in keeper.kept] == [MAIL] * 3


# What is refused


def test_limits_are_said(serve: Any, keeper: Keeper) -> None:
    server = serve(max_message_bytes=100_000, max_recipients=2)
    with client(server) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == "100000"
        assert "pipelining" in smtp.esmtp_features
        assert "auth" not in smtp.esmtp_features
        assert smtp.mail("a@firm.example", ["SIZE=100001"])[0] == 552
        assert smtp.mail("a@firm.example")[0] == 250
        assert [smtp.rcpt(f"eccv+{n}@oga.example")[0] for n in range(3)] == [250, 250, 452]
        assert smtp.data(MAIL)[0] == 250
        assert smtp.mail("a@firm.example")[0] == 250
        assert smtp.rcpt(BOT)[0] == 250
        assert smtp.data(b"x" * 120_000)[:1] == (552,)
        assert smtp.sendmail("a@firm.example", [BOT], MAIL) == {}
    assert len(keeper.kept) == 2


def test_we_are_no_relay(serve: Any) -> None:
    with client(serve()) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail("a@firm.example", ["victim@elsewhere.example"], MAIL)
    assert refused.value.recipients["victim@elsewhere.example"][0] == 550


@pytest.mark.parametrize("error", [StoreBusy("locked"), ValueError("a bug"), OSError("disk full")])
def test_what_cannot_be_kept_is_put_off(serve: Any, keeper: Keeper, error: Exception) -> None:
    keeper.fails = error
    with client(serve()) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail("a@firm.example", [BOT], MAIL)
        assert refused.value.smtp_code == 451
        assert refused.value.smtp_error.startswith(b"4.3.0")
        keeper.fails = None
        assert smtp.sendmail("a@firm.example", [BOT], MAIL) == {}


def test_a_fault_in_a_command_is_put_off(serve: Any) -> None:
    def fails(address: str) -> bool:
        raise RuntimeError("a bug")

    with client(serve(accepts=fails)) as smtp:
        smtp.ehlo()
        smtp.mail("a@firm.example")
        assert smtp.rcpt(BOT)[0] == 451


def test_a_bare_line_end_is_refused_in_the_header_and_made_whole_in_the_body(serve: Any, keeper: Keeper) -> None:
    forged = START + b"Subject: x\rFrom: expert@firm.example\r\n\r\nx\r\n.\r\nQUIT\r\n"
    assert "554 5.6.0" in talk(serve(), forged)
    assert keeper.kept == []
    talk(serve(), START + b"Subject: x\r\n\r\none\ntwo\rthree\r\n.\r\nQUIT\r\n")
    assert keeper.kept[0][0] == b"Subject: x\r\n\r\none\r\ntwo\r\nthree\r\n"


@pytest.mark.parametrize(
    "command",
    [b"EHLO c\x00\r\n", b"EHLO c\r\nMAIL FROM:<\x00a@b.example>\r\n", b"EHLO c\r\nMAIL FROM:<a@b.example\rx>\r\n"],
)
def test_controls_in_a_command_are_refused(serve: Any, command: bytes) -> None:
    assert talk(serve(), command).splitlines()[-1].startswith("501 5.5.2")


@pytest.mark.parametrize("path", ["<a", "a", "<@>", "<(>", '<"a"@b"c>', "<a@b@>", "<a b@c>"])
def test_a_malformed_path_is_refused(serve: Any, path: str) -> None:
    said = talk(serve(), f"EHLO c\r\nMAIL FROM:{path}\r\n".encode())
    assert said.splitlines()[-1][:3] in ("501", "553", "555")


def test_a_browser_is_shown_the_door(serve: Any) -> None:
    said = talk(serve(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + START)
    assert said.splitlines()[1].startswith("421")
    assert "354" not in said


@pytest.mark.parametrize("wire", WIRES, ids=lambda path: path.stem)
def test_hostile_bytes_are_one_message_at_most(serve: Any, keeper: Keeper, wire: Path) -> None:
    said = talk(serve(), wire.read_bytes())
    assert said.startswith("220 ")
    # The second message of the smuggling cases approves in the name of the expert: it must stay text of the first.
    assert len(keeper.kept) == ("smuggle" in wire.stem)
    codes = [line[:3] for line in said.splitlines() if line[3:4] == " "]
    refusals = {
        "smtp_open_relay": ["220", "250", "250", "550"],
        "smtp_relay_percent": ["220", "250", "250", "550", "550", "550", "550"],
        "smtp_size_declared": ["220", "250", "552"],
        "smtp_nul_command": ["220", "501", "501"],
        "smtp_http_cross_protocol": ["220", "421"],
        "smtp_bdat": ["220", "250", "250", "250", "421"],
    }
    assert codes == refusals.get(wire.stem, codes)
    assert all(envelope.reverse_path == "c.durand@cabinet-a.example" for _, envelope in keeper.kept)


# Memory


def test_a_flood_without_line_ends_leaves_memory_flat(serve: Any, keeper: Keeper) -> None:
    server = serve(max_message_bytes=2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    chunk, sent = b"a" * 65536, 0
    with raw_client(server) as sock:
        sock.sendall(START)
        read_until(sock, b"354")
        with pytest.raises(OSError):
            while sent < 30 * 2**20:
                sock.sendall(chunk)
                sent += len(chunk)
    assert sent < 30 * 2**20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000
    assert keeper.kept == []


def test_mail_in_memory_is_bounded_over_all_sessions(serve: Any, keeper: Keeper) -> None:
    server = serve(max_in_flight=100_000)
    keeper.go_on.clear()
    with raw_client(server) as first, client(server) as second:
        first.sendall(START + b"x" * 80_000 + b"\r\n.\r\n")
        assert keeper.begun.wait(10)
        second.ehlo()
        second.mail("a@firm.example", ["SIZE=50000"])
        second.rcpt(BOT)
        assert second.docmd("DATA")[0] == 452
        second.rset()
        second.mail("a@firm.example")
        second.rcpt(BOT)
        assert second.data(b"x" * 50_000)[0] == 452
        keeper.go_on.set()
        read_until(first, b"Message kept")
        assert second.sendmail("a@firm.example", [BOT], b"x" * 50_000) == {}


# Clients that leave, and slow ones


def test_a_client_that_leaves_before_the_dot_left_nothing(serve: Any, keeper: Keeper) -> None:
    server = serve()
    with raw_client(server) as sock:
        sock.sendall(START + MAIL)
        read_until(sock, b"354")
    wait_until(lambda: not server.sessions)
    assert keeper.kept == []


def test_a_client_that_leaves_right_after_the_dot_left_one_message(serve: Any, keeper: Keeper) -> None:
    server = serve()
    with raw_client(server) as sock:
        sock.sendall(START)
        read_until(sock, b"354")
        sock.sendall(MAIL + b".\r\n")
    keeper.wait_for(1)
    wait_until(lambda: not server.sessions)


def test_a_client_that_leaves_while_we_store_left_one_message(serve: Any, keeper: Keeper) -> None:
    server = serve()
    keeper.go_on.clear()
    with raw_client(server) as sock:
        sock.sendall(START + MAIL + b".\r\n")
        assert keeper.begun.wait(10)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close by reset
    wait_until(lambda: not server.sessions)
    assert keeper.kept == []
    keeper.go_on.set()
    keeper.wait_for(1)


def test_a_slow_store_keeps_nobody_else_waiting(serve: Any, keeper: Keeper) -> None:
    server = serve()
    keeper.go_on.clear()
    with raw_client(server) as sock, client(server) as other:
        sock.sendall(START + MAIL + b".\r\n")
        assert keeper.begun.wait(10)
        assert other.noop()[0] == 250
        keeper.go_on.set()
        read_until(sock, b"Message kept")


def test_a_silent_client_is_cut_off(serve: Any, keeper: Keeper) -> None:
    with raw_client(serve(timeout=0.2)) as sock:
        sock.sendall(START + b"Subject: x\r\n")
        assert "354" in read_all(sock)
    assert keeper.kept == []


# Closing


def test_closing_waits_for_the_message_that_is_under_way(serve: Any, keeper: Keeper, background: Any) -> None:
    server = serve()
    with raw_client(server) as busy, raw_client(server) as idle:
        read_until(idle, b"220")
        busy.sendall(START)
        read_until(busy, b"354")
        closer = threading.Thread(target=lambda: background.run(server.close(grace=10)))
        closer.start()
        assert "421" in read_all(idle)
        busy.sendall(MAIL + b".\r\n")
        assert "250 2.0.0" in read_all(busy)
        closer.join()
    assert len(keeper.kept) == 1
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)


def test_closing_does_not_wait_for_ever(serve: Any, background: Any) -> None:
    server = serve()
    with raw_client(server) as sock:
        sock.sendall(START)
        read_until(sock, b"354")
        background.run(server.close(grace=0.1))
        assert read_all(sock) == ""


# Other ways in


def test_lmtp_answers_once_for_each_recipient(serve: Any, keeper: Keeper) -> None:
    lines = START.replace(b"EHLO", b"LHLO").splitlines(keepends=True)
    wire = b"".join([*lines[:3], b"RCPT TO:<eccv+t@oga.example>\r\n", lines[3], MAIL, b".\r\n"])
    server = serve(protocol="lmtp")
    assert talk(server, wire + b"QUIT\r\n").count("250 2.0.0") == 2
    ((_, envelope),) = keeper.kept
    assert envelope.recipients == ("eccv@oga.example", "eccv+t@oga.example")
    keeper.fails = StoreBusy("locked")
    assert talk(server, wire + b"QUIT\r\n").count("451 4.3.0") == 2
    assert talk(server, b"EHLO c\r\n").splitlines()[1].startswith("500")


@pytest.fixture
def certificate(authority: Any, tmp_path: Path) -> dict[str, Path]:
    issued = authority.issue_cert("127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return {"tls_cert": cert, "tls_key": key}


def test_starttls(serve: Any, keeper: Keeper, certificate: dict[str, Path], authority: Any) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with client(serve(**certificate)) as smtp:
        smtp.starttls(context=context)
        smtp.ehlo()
        assert "auth" not in smtp.esmtp_features
        smtp.sendmail("a@firm.example", [BOT], MAIL)
    assert keeper.kept[0][1].tls


def test_what_came_with_starttls_is_thrown_away(serve: Any, keeper: Keeper, certificate: dict[str, Path]) -> None:
    wire = next(path for path in WIRES if path.stem == "smtp_starttls_inject")
    server = serve(**certificate)
    said = talk(server, wire.read_bytes())
    assert said.splitlines()[-1].startswith("220 Ready")
    assert keeper.kept == []


def test_a_port_in_use_and_a_bad_certificate_are_said(serve: Any, background: Any, tmp_path: Path) -> None:
    server = serve()
    with pytest.raises(UsageError, match=rf"127\.0\.0\.1:{server.port} .*already in use"):
        background.run(smtp_in.start(server.door, "127.0.0.1", server.port))
    with pytest.raises(UsageError, match="tls_cert"):
        serve(tls_cert=tmp_path / "none.pem")


# The reader of data, alone


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
