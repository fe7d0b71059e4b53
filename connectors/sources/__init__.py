"""The department databases we capture, one TOML file each, read into values.

A file says what a source is and never where it is or how to log in: hosts, ports and secrets belong
to the place (`connectors.place`), so the same file serves the local stack and the province.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.errors import Usage

HERE = Path(__file__).parent
POSTGRES, MARIADB = "postgres", "mariadb"

# Identifiers that need no quotes in either engine: no script of ours is broken by a name.
_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One department database: its engine, its names, and how its changes are numbered."""

    id: str
    engine: str
    database: str
    schemas: tuple[str, ...]
    role: str
    """The role Debezium logs in as; it may read and keep its heartbeat and signals."""
    publication: str = ""
    slot: str = ""
    server_id: int = 0
    generation: int = 1
    """Goes with each record as header suoi.generation; +1 only by `suoi source regenerate`."""
    heartbeat_ms: int = 10_000
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the connector to put over ours; the guards refuse those that lose data."""


@dataclass(frozen=True, slots=True)
class _Key:
    wanted: type
    words: str
    needed_by: tuple[str, ...] = ()


_BOTH = (POSTGRES, MARIADB)
_KEYS = {
    "engine": _Key(str, '"postgres" or "mariadb"', _BOTH),
    "database": _Key(str, "a plain lower-case name", _BOTH),
    "schemas": _Key(list, 'a list of names, such as ["ho_tich"]', (POSTGRES,)),
    "role": _Key(str, "a plain lower-case name", _BOTH),
    "publication": _Key(str, "a plain lower-case name", (POSTGRES,)),
    "slot": _Key(str, "a plain lower-case name", (POSTGRES,)),
    "server_id": _Key(int, "a number no other replica of that server uses", (MARIADB,)),
    "generation": _Key(int, "a number from 1", _BOTH),
    "heartbeat_ms": _Key(int, "a number of milliseconds from 100"),
    "settings": _Key(dict, "a table of connector settings, each a text"),
}
_LEAST = {"server_id": 1, "generation": 1, "heartbeat_ms": 100}
_NAMES = ("database", "role", "publication", "slot")


def read_sources(directory: Path | None = None) -> dict[str, Source]:
    """Read every source in *directory* (ours, where none is named), by id, in order of their names.

    Raises:
        Usage: a file does not say what it must; the sentence names file, key, what was expected.
    """
    return {path.stem: read_source(path) for path in sorted((directory or HERE).glob("*.toml"))}


def read_source(path: Path) -> Source:
    """Read one source; its id is the name of its file.

    Raises:
        Usage: the file is no TOML; a key is missing, unknown, or not what was expected.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not TOML: {error}. Correct the file."
        raise Usage(message) from error
    wrong = next(_mistakes(path.stem, written), None)
    if wrong is not None:
        message = f"{path}: {wrong}"
        raise Usage(message)
    return _source(path.stem, written)


def _source(name: str, written: dict[str, Any]) -> Source:
    # MariaDB has no schemas: Debezium's "schema" is the database itself.
    schemas = tuple(written.get("schemas", [written["database"]]))
    return Source(id=name, **{**written, "schemas": schemas})


def _mistakes(name: str, written: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each mistake; the first one is shown."""
    if not _PLAIN.fullmatch(name):
        yield "the file's name is the source's id and must be a plain lower-case name."
    if written.get("engine") not in _BOTH:
        yield f'key "engine" must be {_KEYS["engine"].words}; found {written.get("engine")!r}.'
    for key in written.keys() - _KEYS.keys():
        yield f'key "{key}" is unknown; expected one of {", ".join(_KEYS)}.'
    for key, rule in _KEYS.items():
        if written.get("engine") in rule.needed_by and key not in written:
            yield f'key "{key}" is missing; expected {rule.words}.'
        if key in written and not _fits(key, written[key]):
            yield f'key "{key}" must be {rule.words}; found {written[key]!r}.'


def _fits(key: str, value: object) -> bool:
    if not isinstance(value, _KEYS[key].wanted) or isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value >= _LEAST[key]
    if isinstance(value, list):
        return bool(value) and all(_is_name(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(item, str) for item in value.values())
    return key not in _NAMES or _is_name(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _PLAIN.fullmatch(value) is not None
