"""Both sides of a reconciliation without Kafka: a source's rows, and the chain that delivers them.

The chain is the product's own (judge, writer, sinks), fed with row images as Debezium's JSON has
them; the source's rows are written by SQL from the same images, by the code below.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from consumers.batch import Record
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import avro, topics
from schemas.contract import Dataset
from streams.compiler import Validator
from streams.conditions import CONDITIONS
from streams.judge import Judge
from streams.output import Message, Writer
from streams.plan import wire_of
from support.deliveries import Pen
from support.plain_postgres import Server
from support.raw import MARIADB, POSTGRES, change

SECRET = b"a secret of the tests"
_CLEAN, _OPEN = 1, 2


class Schemas:
    """The registry: the two schemas of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def schema(self, number: int) -> dict[str, Any]:
        """Give the schema of clean or open."""
        return (avro.clean_schema if number == _CLEAN else avro.open_schema)(self._dataset)


class Chain:
    """Streams and sinks of one dataset, one change after another."""

    def __init__(self, server: Server, dataset: Dataset, validator: Validator) -> None:
        condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
        self.dataset = dataset
        self._judge = Judge(dataset, validator, condition)
        ids = {topics.clean(dataset): _CLEAN, topics.open_(dataset): _OPEN}
        self._writer = Writer(dataset, ids, SECRET)
        self._databases = [
            Database("test", server.dsn(f"province_{role}")) for role in ("sink", "quarantine")
        ]
        clean = Pen(Province(self._databases[0], Schemas(dataset), [dataset]))
        reject = Pen(Quarantine(self._databases[1], [dataset]))
        clean.begin(Place(topics.clean(dataset), 0))
        reject.begin(Place(topics.reject(dataset), 0))
        self._pens = {topics.clean(dataset): clean, topics.reject(dataset): reject}
        self.opened: list[Record] = []
        """What the portal's sink is to be given."""
        self.raws: dict[str, bytes] = {}
        """topic:partition:offset -> raw record."""
        self._offset = 0

    def deliver(self, row: Mapping[str, Any] | None, **facts: Any) -> None:  # noqa: ANN401
        """Send one version of a row to the province; *gone* = the image before a delete."""
        self._write(self._messages(row, **facts))

    def deliver_all(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Send *rows* in one batch."""
        self._write([message for row in rows for message in self._messages(row)])

    def _messages(self, row: Mapping[str, Any] | None, **facts: Any) -> list[Record]:  # noqa: ANN401
        self._offset += 1
        gone = facts.get("gone")
        record = change(
            self.dataset,
            "d" if gone else "u",
            dict(row) if row else None,
            before=gone,
            source=self._source(facts.get("position", 1000 + self._offset)),
            offset=self._offset,
        )
        self.raws[f"{record.topic}:{record.partition}:{record.offset}"] = record.value or b""
        sent = self._writer.messages(record, self._judge.judge(record))
        return [self._record(message) for message in sent]

    def _record(self, message: Message) -> Record:
        headers = {
            name: value.decode() if isinstance(value, bytes) else str(value)
            for name, value in message.headers
        }
        return Record(message.topic, 0, self._offset, message.key, message.value, headers, 0)

    def _write(self, records: Iterable[Record]) -> None:
        by_topic: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            by_topic[record.topic].append(record)
        for topic, found in by_topic.items():
            if topic in self._pens:
                self._pens[topic].write(*found)
            else:
                self.opened += found

    def _source(self, place: int) -> dict[str, Any]:
        if self.dataset.source_kind == "cdc_mariadb":
            file, place = max(1, place >> 32), place & 0xFFFFFFFF
            return MARIADB | {"file": f"mariadb-bin.{file:06d}", "pos": place, "row": 0}
        return POSTGRES | {"sequence": json.dumps([str(place), str(place)])}

    def close(self) -> None:
        """Close the sinks' connections."""
        for database in self._databases:
            database.close()


def stored(dataset: Dataset, image: Mapping[str, Any]) -> dict[str, Any]:
    """Return *image* as a department's database takes it: days and µs become dates and times."""
    types = {name: item.source_type for item in dataset.fields for name in item.columns}
    return {name: _stored(types.get(name, "text"), value) for name, value in image.items()}


def _stored(kind: str, value: Any) -> Any:  # noqa: ANN401  a column's value
    if value is None or isinstance(value, bool) or not isinstance(value, int):
        return value
    if kind.lower() == "date":
        return date(1970, 1, 1) + timedelta(days=value)
    if kind.lower().startswith(("timestamp", "datetime")) and wire_of(kind) != "instant":
        return datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(microseconds=value)
    return value


def insert(table: str, row: Mapping[str, Any]) -> str:
    """Return the statement that inserts *row*, for a driver that takes %(name)s."""
    names = ", ".join(row)
    marks = ", ".join(f"%({name})s" for name in row)
    return f"insert into {table} ({names}) values ({marks})"  # noqa: S608  names of our own
