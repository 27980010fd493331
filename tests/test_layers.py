"""The cut of the package: who imports whom, what the pure layers may touch, and how long things get."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mailbot"
#: layer -> the layers it may import, besides itself
MAY_IMPORT = {
    "errors": set(),
    "resources": {"errors"},
    "maillog": {"errors"},
    "config": {"errors"},
    "domain": {"errors"},
    "mail": {"errors"},
    "letters": {"errors", "domain", "mail"},
    "store": {"errors", "domain", "mail", "resources"},
    "service": {"errors", "domain", "mail", "letters", "store", "config", "maillog", "resources"},
    "gateways": {"errors", "domain", "mail", "service", "config", "maillog"},
}
ABOVE = {"app": set(), "demo": {"app"}, "cli": {"app", "demo"}, "__main__": {"cli"}}
MAY_IMPORT |= {name: {*MAY_IMPORT, *more} for name, more in ABOVE.items()}

PURE = {"domain", "mail", "letters"}
IMPURE_MODULES = set(
    "aiosmtpd apscheduler asyncio fcntl glob http imapclient imaplib locale logging multiprocessing os pathlib random"
    " secrets select selectors shutil signal smtplib socket sqlite3 sqlite_utils subprocess sys tempfile threading"
    " time tomllib urllib uuid warnings".split()
)
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}
CLOCKS = {"now", "utcnow", "today"}
#: module -> the only file that may import it
ONLY_IN = {"mailparser": "mail/parse.py", "sqlite_utils": "store/"}

LONGEST_FILE, LONGEST_FUNCTION, NINE_IN_TEN, MEDIAN = 400, 60, 35, 10

FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def absolute(path: Path, node: ast.ImportFrom) -> str:
    """The full name of the module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    folders = ("mailbot", *path.relative_to(PACKAGE).parts[:-1])
    base = folders[: len(folders) - (node.level - 1)]
    return ".".join((*base, node.module) if node.module else base)


def imports(path: Path) -> Iterator[str]:
    """The full name of every module that the file imports, at its top or later."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(path, node)
            yield from (f"mailbot.{a.name}" for a in node.names) if module == "mailbot" else (module,)


def functions() -> Iterator[tuple[str, int]]:
    """Every function and its length in lines, its docstring left out."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(path)}:{node.lineno} {node.name}", lines(node)


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_doc = ast.get_docstring(node) is not None
    return node.end_lineno - node.lineno + 1 - (first.end_lineno - first.lineno + 1 if is_doc else 0)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    here = layer(path)
    if here == "__init__":
        return
    inside = {m.split(".")[1] for m in imports(path) if m.startswith("mailbot.")} - {"__version__"}
    assert here in MAY_IMPORT, f"{here} is no layer: give it its place in MAY_IMPORT"
    assert inside - {here} <= MAY_IMPORT[here]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_library_stays_behind_its_file(path: Path) -> None:
    roots = {module.split(".")[0] for module in imports(path)}
    assert [m for m in roots & ONLY_IN.keys() if not name(path).startswith(ONLY_IN[m])] == []


@pytest.mark.parametrize("path", [p for p in FILES if layer(p) != "store"], ids=name)
def test_sql_lives_in_the_store_only(path: Path) -> None:
    calls = (node.func for node in ast.walk(TREES[path]) if isinstance(node, ast.Call))
    methods = {"execute", "executemany", "executescript"}
    assert [c.lineno for c in calls if isinstance(c, ast.Attribute) and c.attr in methods] == []


@pytest.mark.parametrize("path", [p for p in FILES if layer(p) in PURE], ids=name)
def test_the_pure_layers_touch_nothing(path: Path) -> None:
    assert {module.split(".")[0] for module in imports(path)} & IMPURE_MODULES == set()
    for node in ast.walk(TREES[path]):
        assert not isinstance(node, ast.Global), f"line {node.lineno}: global"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS, f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"line {node.lineno}: a clock"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_says_what_it_is_for_and_stays_short(path: Path) -> None:
    assert ast.get_docstring(TREES[path]), "no docstring"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_functions_are_short() -> None:
    lengths = dict(functions())
    ordered = sorted(lengths.values())
    assert [where for where, length in lengths.items() if length > LONGEST_FUNCTION] == []
    assert ordered[int(len(ordered) * 0.9)] <= NINE_IN_TEN
    assert statistics.median(ordered) <= MEDIAN
