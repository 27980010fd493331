"""Reading config.toml and its secrets, and saying everything that is wrong at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from ..errors import ConfigError
from .contradictions import Problem, contradictions
from .model import SECTIONS, Config, Section, keys_of, secrets_of


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Read config.toml and the secrets that it or the environment names.

    Raises ConfigError with everything that is wrong: unknown keys, types, bounds, contradictions, secrets.
    """
    tables = _tables(path)
    problems = _unknown(tables) + _unknown_secrets(environ)
    sections: dict[str, Any] = {}
    for name, model in SECTIONS.items():
        table = tables.get(name, {})
        if not isinstance(table, dict):
            continue
        known = {key: value for key, value in table.items() if key in keys_of(model)}
        found, wrong = _section(name, model, known, path.absolute().parent, environ)
        problems += wrong
        if found is not None:
            sections[name] = found
    problems += contradictions(sections)
    if problems:
        raise ConfigError(problems)
    return Config(**sections)


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ConfigError([(str(path), f"cannot be read: {why}")]) from error


def _section(
    name: str, model: type[Section], table: dict[str, Any], folder: Path, environ: Mapping[str, str]
) -> tuple[Section | None, list[Problem]]:
    secrets, problems = _secrets(name, model, table, folder, environ)
    try:
        return model.model_validate(table | secrets, context={"folder": folder}), problems
    except ValidationError as error:
        return None, problems + [_problem(name, dict(e)) for e in error.errors(include_input=False)]


def _problem(section: str, error: dict[str, Any]) -> Problem:
    """What pydantic says, with the path of the key; the place in a list as [n], counted from 0."""
    key, *places = error["loc"] or ("",)
    path = f"{section}.{key}" + "".join(f"[{place}]" for place in places if isinstance(place, int))
    if error["type"] == "missing":
        return path, "must be given"
    return path, error["msg"].removeprefix("Value error, ")


def _secrets(
    name: str, model: type[Section], table: dict[str, Any], folder: Path, environ: Mapping[str, str]
) -> tuple[dict[str, SecretStr], list[Problem]]:
    """The secrets of a section: the environment first, then the file that its `*_file` key names."""
    found: dict[str, SecretStr] = {}
    problems: list[Problem] = []
    for key in secrets_of(model):
        file = table.get(f"{key}_file")
        if value := environ.get(variable(name, key)):
            found[key] = SecretStr(value)
        elif file and isinstance(file, str):
            try:
                found[key] = SecretStr((folder / file).read_text(encoding="utf-8").strip())
            except (OSError, UnicodeDecodeError) as error:
                problems.append((f"{name}.{key}_file", f"cannot be read: {getattr(error, 'strerror', error)}"))
    return found, problems


def variable(section: str, key: str) -> str:
    """The name in the environment of a secret."""
    return f"MAILBOT_{section}_{key}".upper()


def _unknown(tables: dict[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    for name, table in tables.items():
        if name not in SECTIONS:
            what = "section" if isinstance(table, dict) else "key outside a section"
            problems.append((name, f"unknown {what}" + _near(name, list(SECTIONS))))
        elif not isinstance(table, dict):
            problems.append((name, f"must be a section: [{name}]"))
        else:
            model = SECTIONS[name]
            problems += [_unknown_key(name, key, model) for key in table if key not in keys_of(model)]
    return problems


def _unknown_key(section: str, key: str, model: type[Section]) -> Problem:
    if key in secrets_of(model):
        return f"{section}.{key}", f"a secret does not stand here: use {key}_file or {variable(section, key)}"
    return f"{section}.{key}", "unknown key" + _near(key, keys_of(model))


def _unknown_secrets(environ: Mapping[str, str]) -> list[Problem]:
    """Variables that begin like a secret of ours and are none: a misspelt one would leave the secret out."""
    known = [variable(name, key) for name, model in SECTIONS.items() for key in secrets_of(model)]
    starts = tuple(variable(name, "") for name in SECTIONS)
    wrong = [name for name in environ if name.startswith(starts) and name not in known]
    return [(name, "no such secret" + _near(name, known)) for name in sorted(wrong)]


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""
