"""config.toml: every key known, everything wrong said at once, secrets never shown."""

import subprocess
import sys
import tomllib
from datetime import time
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from mailbot.config import load
from mailbot.config.model import SECTIONS, keys_of
from mailbot.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "config.toml"
LEAST = '[oga]\nname = "ASSAPROL"\n[mail]\naddress = "eccv@assaprol.example"\n'


def written(folder: Path, text: str = "") -> Path:
    """A config.toml with what must be given, and `text`."""
    path = folder / "config.toml"
    path.write_text(LEAST + text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, **environ: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text), environ)
    return dict(caught.value.problems)


def test_the_shipped_file_holds_every_key_of_the_model_and_no_other() -> None:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    assert {name: set(table) for name, table in shipped.items()} == {
        n: set(keys_of(model)) for n, model in SECTIONS.items()
    }


def test_the_shipped_file_says_the_defaults(tmp_path: Path) -> None:
    copy = tmp_path / "config.toml"
    copy.write_bytes(SHIPPED.read_bytes())
    shipped = load(copy, {})
    assert load(written(tmp_path), {}) == shipped


def test_types_and_paths(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[digest]\nat = "06:30"\n[smtp_in]\ntrusted = ["10.0.0.0/8"]'), {})
    assert config.digest.at == time(6, 30)
    assert config.smtp_in.trusted == (ip_network("10.0.0.0/8"),)
    assert config.store.path == tmp_path / "var/mailbot.db"
    assert config.store.key_file == tmp_path / "var/mailbot.key"
    assert config.questions.catalogue == tmp_path / "catalogue.csv"
    assert config.smtp_in.tls_cert is None
    assert str(config.oga.timezone) == "Europe/Paris"


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[store]\nurl = "sqlite:/srv/mailbot/eccv.db"'), {})
    assert config.store.path == Path("/srv/mailbot/eccv.db")


def test_nothing_changes_after_reading(tmp_path: Path) -> None:
    config = load(written(tmp_path), {})
    with pytest.raises(ValidationError):
        config.web.port = 1


def test_all_errors_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[web]
prot = 80
public_url = "http://mailbot.assaprol.example"
[smtp_in]
port = "8025"
[smtp_out]
security = "maybe"
password = "geheim"
connections = 0
[remindres]
[reminders]
answer = [30, 15]
weekdays = ["mon", "lundi"]
[digest]
at = "25:00"
[store]
url = "postgres://db"
""",
        MAILBOT_SMTP_OUT_PASWORD="x",
    )
    assert found.keys() == {
        "web.prot",
        "smtp_in.port",
        "smtp_out.security",
        "smtp_out.password",
        "smtp_out.connections",
        "remindres",
        "reminders.weekdays[1]",
        "digest.at",
        "store.url",
        "web.public_url",
        "MAILBOT_SMTP_OUT_PASWORD",
    }
    assert found["web.prot"] == "unknown key; did you mean port?"
    assert found["remindres"] == "unknown section; did you mean reminders?"
    assert found["MAILBOT_SMTP_OUT_PASWORD"] == "no such secret; did you mean MAILBOT_SMTP_OUT_PASSWORD?"
    assert "password_file" in found["smtp_out.password"]
    assert "geheim" not in str(found)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('[smtp_in]\ntls_cert = "cert.pem"', "smtp_in.tls_key"),
        ('[smtp_in]\ntls_key = "key.pem"', "smtp_in.tls_cert"),
        ('[web]\npublic_url = "http://10.1.2.3:8080"', "web.public_url"),
        ('[web]\npublic_url = "mailbot.example"', "web.public_url"),
        ("[smtp_in]\nenabled = false", "smtp_in.enabled"),
        ('[smtp_out]\nuser = "eccv"', "smtp_out.user"),
        ('[imap_in]\nenabled = true\nuser = "eccv"', "imap_in.host"),
        ('[reminders]\nsend_between = ["18:00", "08:30"]', "reminders.send_between"),
        ("[reminders]\nbefore_deadline = [1, 7]", "reminders.before_deadline"),
        ("[approval]\nsettle_minutes = 60\nlongest_minutes = 30", "approval.longest_minutes"),
        ('[trust]\napprove = "token"', "trust.approve"),
        ('[alarm]\nemail = "ECCV@ASSAPROL.EXAMPLE"', "alarm.email"),
        ('[threads]\ncommon_box = "eccv@assaprol.example"', "threads.common_box"),
        ('[trust]\nanswer = "none"', "trust.answer"),
        ('[questions]\ncatalogue = "."', "questions.catalogue"),
        ('[smtp_out]\nuser = "eccv"\npassword_file = "gone"', "smtp_out.password_file"),
    ],
)
def test_contradictions(tmp_path: Path, text: str, path: str) -> None:
    assert path in problems(tmp_path, text)


def test_trust_may_be_raised(tmp_path: Path) -> None:
    assert load(written(tmp_path, '[trust]\nanswer = "proven"'), {}).trust.answer == "proven"


def test_what_must_be_given(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.problems == [("oga.name", "must be given"), ("mail.address", "must be given")]


@pytest.mark.parametrize("text", [b"[web\n", b"[web]\npublic_url = \xff", None])
def test_a_file_that_cannot_be_read(tmp_path: Path, text: bytes | None) -> None:
    path = tmp_path / "config.toml"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read"):
        load(path, {})


def test_secrets_come_from_a_file_or_the_environment_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    text = '[smtp_out]\nuser = "eccv"\npassword_file = "password"'
    from_file = load(written(tmp_path, text), {})
    assert from_file.smtp_out.password is not None
    assert from_file.smtp_out.password.get_secret_value() == "s3cret"
    from_environment = load(written(tmp_path, text), {"MAILBOT_SMTP_OUT_PASSWORD": "other", "PATH": "/bin"})
    assert from_environment.smtp_out.password is not None
    assert from_environment.smtp_out.password.get_secret_value() == "other"
    for config in (from_file, from_environment):
        assert "s3cret" not in f"{config!r}{config}{config.model_dump_json()}"
        assert "other" not in f"{config!r}{config}{config.model_dump_json()}"


def test_importing_it_costs_little_beside_pydantic() -> None:
    program = (
        "import time; from pydantic import BaseModel, BeforeValidator; a = time.process_time();"
        " import mailbot.config; print(time.process_time() - a)"
    )
    command = [sys.executable, "-c", program]
    runs = [subprocess.run(command, capture_output=True, text=True, cwd=SHIPPED.parent) for _ in range(3)]
    assert min(float(run.stdout) for run in runs) < 0.1


def test_an_alarm_command_must_be_a_command_line(tmp_path: Path) -> None:
    found = problems(tmp_path, '[alarm]\ncommand = "mail -s \'alarm root"\n')
    assert found == {"alarm.command": "is no command line: No closing quotation"}
    assert load(written(tmp_path, "[alarm]\ncommand = \"sh -c 'mail root'\""), {}).alarm.command == "sh -c 'mail root'"


def test_who_reads_figures_is_a_list_of_networks(tmp_path: Path) -> None:
    assert load(written(tmp_path), {}).web.metrics == (ip_network("127.0.0.1"), ip_network("::1"))
    config = load(written(tmp_path, '[web]\nmetrics = ["10.1.0.0/16"]'), {})
    assert config.web.metrics == (ip_network("10.1.0.0/16"),)
    assert "web.metrics[0]" in problems(tmp_path, '[web]\nmetrics = ["everybody"]')
