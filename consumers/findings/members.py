"""From rows to groups: which groups a row is in, by the rules that look at its dataset.

fold() is Python's own, not a second one in SQL: two that differ by one letter would find what the
judge of streams does not. So the group of a row is computed here and kept beside it, as a digest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from unicodedata import unidata_version
from uuid import UUID

import orjson
from psycopg import sql

from consumers.findings.rule import By, Rule, Side
from infra.postgres import Connection
from infra.queries import read_queries
from schemas.contract import Dataset
from schemas.fold import fold
from schemas.partial import latest

_DIGEST_BYTES = 16
GROUPING = (1, unidata_version)
"""How groups are named: another number, or other Unicode tables, and tables are read again."""


class Member(NamedTuple):
    """One live row in one group. *measure* is None where the rule measures nothing."""

    side: int
    key: str
    group: UUID
    event_date: date
    measure: date | None


class Reading:
    """Reads the rows that one side of a rule looks at."""

    def __init__(self, rule: Rule, side: Side, number: int, dataset: Dataset) -> None:
        """Compose the statement; *number* is the side's in quarantine.side."""
        self.number = number
        self._rule = rule.name
        self._side = side
        self._names = side.columns
        self._query = _query(side, dataset)

    def members(self, connection: Connection, keys: Sequence[str]) -> Iterator[Member]:
        """Yield the groups that the live rows of *keys* are in; a row that is gone is in none."""
        for row in connection.execute(self._query, {"keys": keys}):
            key, event_date, measured, *values = row
            fields = dict(zip(self._names, values, strict=True))
            measure = self._measure(measured)
            for group in dict.fromkeys(self._groups(fields)):
                yield Member(self.number, key, group, event_date, measure)

    def _groups(self, fields: Mapping[str, Any]) -> Iterator[UUID]:
        for by in self._side.by:
            shared = share(by, fields)
            if shared is not None:
                yield digest(self._rule, shared)

    def _measure(self, value: date | str | None) -> date | None:
        if value is None:
            return None
        day = latest(value) if isinstance(value, str) else value
        return day + timedelta(self._side.grace_days)


def share(by: By, fields: Mapping[str, Any]) -> list[Any] | None:
    """Return what a row shares with the others of its group; None = it is in no such group."""
    shared = [fields[name] for name in by.columns]
    if None in shared:
        return None
    if by.words:
        folded = fold(" ".join(filter(None, map(fields.get, by.words))))
        return [*shared, folded] if folded else None
    return shared


def digest(rule: str, shared: Sequence[Any]) -> UUID:
    """Name the group of *rule* that shares these values.

    128 bits: among a hundred million groups two meet by chance once in 10^22.
    """
    said = orjson.dumps([rule, *shared])
    return UUID(bytes=hashlib.blake2b(said, digest_size=_DIGEST_BYTES).digest())


def columns_read(rules: Iterable[Rule], catalogue: Mapping[str, Dataset]) -> dict[str, list[str]]:
    """Name the columns that *rules* read of each dataset's table, for the role's rights.

    A right to more would be a right to persons nobody needs here (invariant 6).
    """
    found: dict[str, dict[str, None]] = {}
    for side in (side for rule in rules for side in rule.sides):
        event = catalogue[side.dataset].event_date
        names = ("_key", "_source_ts", "_deleted_at", *([event] if event else []), *side.columns)
        found.setdefault(side.dataset, {}).update(dict.fromkeys(names))
    return {dataset: list(names) for dataset, names in found.items()}


def _query(side: Side, dataset: Dataset) -> sql.Composed:
    null = sql.SQL("null::date")
    event = sql.Identifier(dataset.event_date) if dataset.event_date else null
    tests = [
        sql.SQL(" and {} = {}").format(sql.Identifier(name), sql.Literal(code))
        for name, code in side.where
    ]
    return read_queries("findings")["rows"].format(
        table=sql.Identifier("clean", side.dataset),
        event_date=event,
        measure=sql.Identifier(side.measure) if side.measure else null,
        columns=sql.SQL(", ").join(map(sql.Identifier, side.columns)),
        where=sql.Composed(tests),
    )
