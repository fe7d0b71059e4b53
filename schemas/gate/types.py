"""Source column types as databases, files and contracts write them, made comparable.

PostgreSQL says `character varying(20)` where a contract says `varchar(20)`; MariaDB says
`int(10) unsigned`, where the width is only for show.
"""

import re
from typing import NamedTuple

_ALIASES = {
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "decimal": "numeric",
    "double": "double precision",
    "float8": "double precision",
    "bool": "boolean",
    "tinyint(1)": "boolean",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_SIZED = frozenset({"varchar", "char", "numeric"})
"""Types whose numbers in brackets say what fits; elsewhere they are for show."""

_NOISE = re.compile(r"\b(unsigned|zerofill|collate \S+)\b")
_CHARSET = re.compile(r"\bcharacter set (\S+)")
_SHAPE = re.compile(r"([^()]+?)\s*(?:\(([\d,\s]+)\))?\s*(with(?:out)? time zone)?")


class SourceType(NamedTuple):
    """A type without its dialect: what it is, and how much fits."""

    name: str
    size: tuple[int, ...] = ()
    charset: str = ""


def read_type(text: str) -> SourceType:
    """Return the comparable form of *text*; of what it does not know, the text itself."""
    said = " ".join(text.lower().split())
    charset = _CHARSET.search(said)
    plain = _NOISE.sub("", _CHARSET.sub("", said)).strip()
    if plain in _ALIASES:  # tinyint(1) is MariaDB's boolean
        return SourceType(_ALIASES[plain])
    shape = _SHAPE.fullmatch(plain)
    if shape is None:
        return SourceType(plain)
    name = " ".join(filter(None, (shape[1].strip(), shape[3])))
    name = _ALIASES.get(name, name)
    size = tuple(int(part) for part in (shape[2] or "").split(",") if part.strip())
    return SourceType(name, size if name in _SIZED else (), charset[1] if charset else "")


def same_kind(contract: str, observed: str) -> bool:
    """Say whether a column of type *observed* is what *contract* declares, its size aside."""
    wanted, found = read_type(contract), read_type(observed)
    if wanted.charset and found.charset and wanted.charset != found.charset:
        return False
    return found.name in {wanted.name, ""}


def same_size(contract: str, observed: str) -> bool:
    """Say whether as much fits; a contract that names no size wants none."""
    wanted, found = read_type(contract), read_type(observed)
    return not wanted.size or not found.size or wanted.size == found.size
