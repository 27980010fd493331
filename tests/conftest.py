"""What every test may use. With CI=true a test that would be skipped for want of a package fails instead."""

import os
import shutil

import pytest

STRICT = os.environ.get("CI") == "true"
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped, by name, where there is no browser."""
    if STRICT or find_chromium():
        return
    skip = pytest.mark.skip(reason="chromium is not installed: apt-get install chromium")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Under CI=true a skip is a failure."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI=true: {report.longrepr}"
    return report
