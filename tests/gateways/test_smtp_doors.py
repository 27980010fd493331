"""The door for mail by its other ways in: LMTP and STARTTLS."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import StoreBusy, UsageError
from mailbot.gateways import smtp_in
from tests.gateways.clients import BOT, MAIL, START, WIRES, Keeper, client, talk

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
