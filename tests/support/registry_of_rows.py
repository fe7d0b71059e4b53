"""The provincial tables and clean.* as the finder meets them: guarded rows, keys by offset.

Stands for the sink and for Kafka: a change is applied if it is newer than the stored row, its key
takes the next offset, and the sink's place moves with it in one transaction.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from consumers.batch import Move
from infra.kafka_reader import Place
from schemas import topics
from schemas.catalogue import Catalogue

Fields = Mapping[str, Any] | None
"""The canonical columns of a version; None = deleted."""


class Province:
    """One partition of each clean topic, and the rows it made."""

    def __init__(self, dsn: str, catalogue: Catalogue) -> None:
        self._connection = psycopg.connect(dsn)
        self._catalogue = catalogue
        self.keys: dict[str, list[str]] = defaultdict(list)
        self.newest: dict[tuple[str, str], tuple[int, Fields]] = {}

    def clear(self) -> None:
        """Empty every table."""
        named = [f"clean.{name}" for name in self._catalogue]
        named += [f"quarantine.{name}" for name in ("finding", "member", "followed", "judged")]
        listed = sql.SQL(", ").join(sql.Identifier(*name.split(".")) for name in named)
        self._connection.execute(sql.SQL("truncate {}, ledger.progress").format(listed))
        self._connection.commit()
        self.keys.clear()
        self.newest.clear()

    def send(self, dataset: str, key: str, fields: Fields, position: int) -> None:
        """Put a record on the topic; the sink has not met it yet."""
        self.keys[topics.clean(self._catalogue[dataset])].append(key)
        held = self.newest.get((dataset, key))
        if held is None or held[0] < position:
            self.newest[dataset, key] = (position, fields)

    def apply(self, dataset: str, key: str, fields: Fields, position: int) -> None:
        """Put a record on the topic and deliver it."""
        self.send(dataset, key, fields, position)
        self.deliver(dataset, key, fields, position)

    def deliver(self, dataset: str, key: str, fields: Fields, position: int) -> None:
        """Write the row if it is newer, and move the sink past every record of its topic."""
        columns = {column.name: None for column in self._catalogue[dataset].columns}
        row = columns | dict(fields or {}) | _system(key, position)
        row["_deleted_at"] = None if fields is not None else date(2026, 5, 1)
        statement = sql.SQL(
            "insert into {table} as held ({names}) values ({values}) on conflict (_key) do update "
            "set ({names}) = row({excluded}) where held._position < excluded._position"
        ).format(
            table=sql.Identifier("clean", dataset),
            names=sql.SQL(", ").join(map(sql.Identifier, row)),
            values=sql.SQL(", ").join(map(sql.Placeholder, row)),
            excluded=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in row),
        )
        self._connection.execute(statement, row)
        self.move_sink(dataset)

    def move_sink(self, dataset: str) -> None:
        """Say in the ledger that every record of *dataset* is delivered."""
        topic = topics.clean(self._catalogue[dataset])
        self._connection.execute(
            "insert into ledger.progress (consumer, topic, partition, next) "
            "values ('province', %s, 0, %s) on conflict (consumer, topic, partition) "
            "do update set next = excluded.next",
            [topic, len(self.keys[topic])],
        )
        self._connection.commit()

    def read(self, moves: Mapping[Place, Move]) -> dict[str, list[str]]:
        """Give the keys of a stretch; upholds consumers.findings.follower.Keys."""
        assert all(move.next <= len(self.keys[place.topic]) for place, move in moves.items())
        return {
            place.topic: list(dict.fromkeys(self.keys[place.topic][move.start : move.next]))
            for place, move in moves.items()
        }

    def live(self, dataset: str) -> dict[str, Mapping[str, Any]]:
        """The rows that should stand: of each key its newest version, unless that is a delete."""
        return {
            key: fields
            for (name, key), (_, fields) in self.newest.items()
            if name == dataset and fields is not None
        }

    def findings(self, status: str = "open") -> list[tuple[Any, ...]]:
        """(rule, rows in their order) of each finding, sorted."""
        rows = self._connection.execute(
            "select name, datasets, keys from quarantine.finding join quarantine.rule "
            "on rule.id = finding.rule where status = %s",
            [status],
        ).fetchall()
        self._connection.rollback()
        return sorted((name, [*zip(sets, keys, strict=True)]) for name, sets, keys in rows)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database anything."""
        rows = self._connection.execute(query).fetchall()  # type: ignore[arg-type]
        self._connection.commit()
        return rows

    def do(self, statement: str) -> None:
        """Have the database do anything."""
        self._connection.execute(statement)  # type: ignore[arg-type]
        self._connection.commit()

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()


def _system(key: str, position: int) -> dict[str, Any]:
    return {
        "_key": key,
        "_source": "so_tu_phap",
        "_generation": 1,
        "_position": position,
        "_step": 0,
        "_ruleset": 1,
        "_source_ts": f"2026-05-01T20:00:{position % 60:02}Z",
        "_raw": "raw:0:0",
    }
