"""`check` names each weak setting, with the key and what to do, and says nothing of sound ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.config import load
from mailbot.service import weaknesses

SOUND = """
[oga]
name = "OGA"
[mail]
address = "eccv@oga.fr"
auth_results = "id:mx.oga.fr"
[smtp_in]
trusted = ["10.1.2.3/32"]
[smtp_out]
host = "mx.oga.fr"
[web]
public_url = "https://eccv.oga.fr"
[alarm]
email = "ops@oga.fr"
"""


def found(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[tuple[str, str]]:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(0o640)
    tmp_path.chmod(0o700)
    config = load(path, environ or {})
    return [(line.level, line.what) for line in weaknesses.lines(config, path)]


def test_a_sound_configuration_is_silent(tmp_path: Path) -> None:
    assert found(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("was", "is_", "expected"),
    [
        ('"id:mx.oga.fr"', '"none"', ("warning", "mail.auth_results")),
        ('["10.1.2.3/32"]', "[]", ("warning", "smtp_in.trusted")),
        ('["10.1.2.3/32"]', '["0.0.0.0/0"]', ("error", "smtp_in.trusted")),
        ('["10.1.2.3/32"]', '["::/0"]', ("error", "smtp_in.trusted")),
        ('["10.1.2.3/32"]', '["52.0.0.0/8"]', ("warning", "smtp_in.trusted")),
        ('["10.1.2.3/32"]', '["10.1.2.3/32"]\nhost = "0.0.0.0"', ("warning", "smtp_in.tls_cert")),
        ('"mx.oga.fr"\n[web]', '"mx.oga.fr"\nsecurity = "none"\n[web]', ("warning", "smtp_out.security")),
        ('"mx.oga.fr"\n[web]', '"mx.oga.fr"\nverp = false\n[web]', ("warning", "smtp_out.verp")),
        ('"https://eccv.oga.fr"', '"https://eccv.oga.fr"\nconfirm_browser = false', ("warning", "web.confirm_browser")),
        ('"https://eccv.oga.fr"', '"http://127.0.0.1:8080"', ("warning", "web.public_url")),
        ('"https://eccv.oga.fr"', '"https://eccv.oga.fr"\nhost = "0.0.0.0"', ("warning", "web.host")),
        ('"https://eccv.oga.fr"', '"https://eccv.oga.fr"\nmetrics = ["0.0.0.0/0"]', ("warning", "web.metrics")),
        ("[alarm]", "[limits]\nletters_per_hour = 100000\n[alarm]", ("warning", "limits.letters_per_hour")),
        (
            "[alarm]",
            "[limits]\nletters_per_conversation_per_day = 99\n[alarm]",
            ("warning", "limits.letters_per_conversation_per_day"),
        ),
        ("[alarm]", "[store]\nkey_rotation_days = 7\n[alarm]", ("warning", "store.key_rotation_days")),
        ("[alarm]", '[answers]\nallowed_types = ["pdf", ".EXE", "docm"]\n[alarm]', ("error", "answers.allowed_types")),
        ('email = "ops@oga.fr"', "", ("warning", "alarm")),
    ],
)
def test_a_weak_one_is_named(tmp_path: Path, was: str, is_: str, expected: tuple[str, str]) -> None:
    assert was in SOUND
    assert found(tmp_path, SOUND.replace(was, is_)) == [expected]


def test_a_password_that_would_travel_in_the_clear_is_an_error(tmp_path: Path) -> None:
    text = SOUND.replace('"mx.oga.fr"\n[web]', '"mx.oga.fr"\nsecurity = "none"\nuser = "u"\n[web]')
    assert found(tmp_path, text, {"MAILBOT_SMTP_OUT_PASSWORD": "x"}) == [("error", "smtp_out.security")]


def test_files_that_others_may_read_or_change_are_named(tmp_path: Path) -> None:
    secret, store = tmp_path / "pw", tmp_path / "var"
    store.mkdir()
    secret.write_text("x")
    (store / "mailbot.db").touch()
    text = SOUND.replace('"mx.oga.fr"\n[web]', '"mx.oga.fr"\nuser = "u"\npassword_file = "pw"\n[web]')
    for file, mode in ((secret, 0o644), (store / "mailbot.db", 0o644), (store, 0o777)):
        file.chmod(mode)
    says = found(tmp_path, text)
    assert says == [("error", str(secret)), ("warning", str(store / "mailbot.db")), ("warning", str(store))]
    for file, mode in ((secret, 0o600), (store / "mailbot.db", 0o600), (store, 0o700)):
        file.chmod(mode)
    assert found(tmp_path, text) == []
