"""A load that can be struck: a table of many rows, read again by an incremental snapshot."""

import json
from itertools import count

import psycopg
from confluent_kafka import Consumer

from infra import kafka_reader
from infra.kafka_reader import Place
from support.canary import open_reader
from support.registers import DEATH, insert
from support.stack import Stack
from support.waiting import until, until_equal

TABLE, RAW = "ho_tich.khai_tu", "raw.so_tu_phap.ho_tich.khai_tu"
_PREFIX = "00000000-0000-4000-a000-"
_LIVING = "select _key from clean.tp_khai_tu where _deleted_at is null and _key like %s"
_SIGNALS = count(1)
_FORGOTTEN_S = 180
"""A load that Debezium forgot is begun anew that long after its last word (docs/faults.md)."""


class NoLoad:
    """In the stream: nothing is read anew beside it."""

    def begin(self) -> None:
        """Return at once."""

    def finish(self) -> None:
        """Return at once."""


class Load:
    """Invented deaths at the department; `begin` has them read again beside the stream."""

    def __init__(self, stack: Stack, rows: int) -> None:
        """Write *rows* rows and wait until the province has them."""
        self._stack, self.rows = stack, rows
        self._kafka: Consumer = open_reader(stack)
        self._places = kafka_reader.partitions(self._kafka, RAW)
        self._before: dict[Place, int] = {}
        self._fill()
        until(lambda: len(self._held()) == rows, 120, pause=0.5)

    def _fill(self) -> None:
        columns = ", ".join(DEATH)
        with self._department() as source:
            insert(source, TABLE, DEATH | {"uuid": _uuid(1)})
            source.execute(
                f"insert into {TABLE} (uuid, {columns}) "  # type: ignore[arg-type]  # noqa: S608
                f"select ('{_PREFIX}' || lpad(n::text, 12, '0'))::uuid, {columns} "
                f"from {TABLE}, generate_series(2, %s) n where uuid = %s",
                (self.rows, _uuid(1)),
            )

    def begin(self) -> None:
        """Ask for the load and return once it runs."""
        self._before = {place: self._end(place) for place in self._places}
        wanted = json.dumps({"data-collections": [TABLE], "type": "incremental"})
        query = "insert into cdc.signal values (%s, 'execute-snapshot', %s)"
        with self._department() as source:
            source.execute(query, (f"strike-{next(_SIGNALS)}", wanted))
        until(lambda: self.read() > 0, 60, pause=0.01)

    def read(self) -> int:
        """How many raw records came since it began."""
        return sum(self._end(place) - low for place, low in self._before.items())

    def finish(self) -> None:
        """Wait for its end; every row is still there, and no other (invariant 8)."""
        until(lambda: self.read() >= self.rows, _FORGOTTEN_S + 120, pause=0.2)
        until_equal(self._held, {_uuid(number) for number in range(1, self.rows + 1)}, 120)

    def close(self) -> None:
        """Remove the rows again."""
        with self._department() as source:
            source.execute(f"delete from {TABLE} where uuid >= %s", (_uuid(0),))  # type: ignore[arg-type]  # noqa: S608
        until_equal(self._held, set(), 120)
        self._kafka.close()

    def _department(self) -> psycopg.Connection:
        """Open it anew: the last strike may have killed it."""
        return psycopg.connect(self._stack.justice_dsn, autocommit=True)

    def _held(self) -> set[str]:
        rows = self._stack.all(_LIVING, f'["{_PREFIX}%')
        return {json.loads(key)[0] for (key,) in rows}

    def _end(self, place: Place) -> int:
        return kafka_reader.bounds(self._kafka, place)[1]


def _uuid(number: int) -> str:
    return f"{_PREFIX}{number:012}"
