"""The wheel holds what an installed mailbot needs, and runs from it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: folder of the repository -> where an installed mailbot finds it
SHIPPED = {"mailbot": "mailbot", "templates": "mailbot/_data/templates", "db": "mailbot/_data/db"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.mark.parametrize("folder", SHIPPED)
def test_every_file_is_inside(installed: Path, folder: str) -> None:
    def files(top: Path) -> set[str]:
        found = (p.relative_to(top) for p in top.rglob("*") if p.is_file())
        return {p.as_posix() for p in found if p.parts[0] != "_data" and p.suffix != ".pyc"}

    assert files(ROOT / folder) == files(installed / SHIPPED[folder])
    assert (installed / "mailbot/_data/config.toml").read_bytes() == (ROOT / "config.toml").read_bytes()


def test_it_runs_without_the_repository(installed: Path, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); sys.argv = ['mailbot', '--help'];"
        " import mailbot; print(mailbot.__file__, flush=True);"
        " from mailbot.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    assert "import" in done.stdout


def test_the_command_is_declared(installed: Path) -> None:
    entry_points = next(installed.glob("*.dist-info/entry_points.txt")).read_text()
    assert "mailbot = mailbot.cli:main" in entry_points
