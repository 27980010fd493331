"""What every test may use. With CI=true a test that would be skipped for want of a package fails instead."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import PostOffice
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration
from mailbot.gateways import smtp_in
from mailbot.service import imports, questions
from mailbot.store import questions as kept
from tests.background import Background
from tests.campaign import BEGINS, REF, Campaign
from tests.clamd import Running, find_clamd, start
from tests.letter_rules import check
from tests.world import with_compiled_templates

#: no letter waits for company, nothing can be undone: each story tells one thing
AT_ONCE = dict.fromkeys(("settle", "longest", "sitting", "undo"), timedelta(0))
STRICT = os.environ.get("CI") == "true"
#: A busy machine makes no failure; with CI=true the same inputs come each time, and `make fuzz` looks for others.
settings.register_profile("mailbot", deadline=None, derandomize=STRICT)
settings.load_profile("mailbot")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, for `playwright.chromium.launch(executable_path=...)`."""
    path = find_chromium()
    if path is None:
        pytest.fail("chromium is not installed: apt-get install chromium")
    return path


#: mark of a test -> (what finds what it needs, the Debian package that brings it)
NEEDS = {"browser": (find_chromium, "chromium"), "clamd": (find_clamd, "clamav-daemon")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a browser or a virus scanner are skipped, by name, where there is none."""
    for mark, (found, package) in NEEDS.items():
        if STRICT or found():
            continue
        skip = pytest.mark.skip(reason=f"{package} is not installed: apt-get install {package}")
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def clamd() -> Iterator[Running]:
    """A real clamd that knows one signature, our own of the EICAR test pattern."""
    if find_clamd() is None:
        pytest.fail("clamd is not installed: apt-get install clamav-daemon")
    with start() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Under CI=true a skip is a failure."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI=true: {report.longrepr}"
    return report


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample campaign in its database and the letters of dossier D0009 queued; copied, never used."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "config.toml").write_text(configuration(1), encoding="utf-8")
    config = load(folder / "config.toml", {})
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    app.clock.set(BEGINS)
    files = [SAMPLE / f"{name}.csv" for name in SHEETS]
    store = app.system.store
    imports.import_files(store, files, config.questions.catalogue, app.system.now())
    questions.ask(app.system, kept.drafts(store.conn, questions.find(store.conn, REF).dossier.id))
    store.close()
    return folder


@pytest.fixture
def campaign(tmp_path: Path, asked: Path, background: Background) -> Iterator[Campaign]:
    """The sample campaign in a real database, a real SMTP listener, a real post office; dossier D0009 is asked."""
    with _campaign(tmp_path, asked, background, AT_ONCE) as here:
        yield here


@pytest.fixture
def living(tmp_path: Path, asked: Path, background: Background) -> Iterator[Campaign]:
    """The same as an association runs it: letters wait for each other, and the clock can be moved ahead."""
    with _campaign(tmp_path, asked, background, {}) as here:
        yield here


@contextmanager
def _campaign(tmp_path: Path, asked: Path, background: Background, rules: dict[str, Any]) -> Iterator[Campaign]:
    office = PostOffice()
    office.open()
    shutil.copytree(asked, tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.toml").write_text(configuration(office.port), encoding="utf-8")
    config = load(tmp_path / "config.toml", {})
    app = apps.build(config)
    server = background.run(smtp_in.start(apps.door(app, lambda: None), "127.0.0.1", 0))
    app = with_compiled_templates(app)
    app = replace(app, system=replace(app.system, policy=replace(app.system.policy, **rules)))
    here = Campaign(app, office, apps.sender(config), server.port)
    here.run()
    yield here
    for letter in office.letters():
        check(letter)
    background.run(server.close(1))
    here.sender.close()
    app.system.store.close()
    office.close()
