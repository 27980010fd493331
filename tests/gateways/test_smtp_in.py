"""The door for mail, tried with real clients: polite, careless and hostile."""

import resource
import smtplib
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import StoreBusy
from mailbot.gateways import smtp_in
from mailbot.mail.envelope import Dmarc, Verdict
from tests.gateways.clients import (
    BOT,
    LOOPBACK,
    MAIL,
    START,
    WIRES,
    Keeper,
    client,
    raw_client,
    read_all,
    read_until,
    talk,
    wait_until,
)

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


@pytest.mark.slow
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
