"""Rows that the database refuses: found by bisection, quarantined, and the others written.

All of it in the transaction of the flush (invariant 1): each try is a savepoint, so a part that
holds a refused row is undone and halved until the row stands alone. Its item says which error
it was and at which constraint, never with which value (invariant 6).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg import sql

from consumers.arrivals import Arrival, count, count_winners
from consumers.bookkeeping import Settle
from consumers.ledger.counts import QUARANTINED, REPLAYED, Counts
from consumers.table import Table
from consumers.writing import Chosen, Desks, begin
from infra import faults
from infra.errors import Transient
from infra.postgres import REFUSALS, Connection
from infra.queries import read_queries
from schemas.contract import Dataset
from schemas.records import OrderKey, Severity

CODE = "sink.refused"
"""Beside the vocabulary of reasons.csv: no judge of records gives it, only the database."""
_TOO_LONG = "54000"
"""A key that no index holds; the item's neither, so it stands alone, as one without a key."""
_SENTENCE = (
    "Cơ sở dữ liệu của tỉnh không nhận bản ghi này (mã lỗi {state}); đề nghị đơn vị kỹ thuật đối "
    "chiếu giá trị tại nguồn với hợp đồng dữ liệu rồi gửi lại."
)


class Refusal(NamedTuple):
    """One arrival that the database refused, and the names it gave for it."""

    arrival: Arrival
    state: str
    column: str
    constraint: str


def bisect(
    connection: Connection, rows: Sequence[Arrival], write: Callable[[Sequence[Arrival]], None]
) -> list[Refusal]:
    """Write *rows* but those the database refuses; return these, in the order of *rows*.

    What is tried at once is halved by a refusal and doubled by a success: one refused row
    among thousands costs some twenty tries, a batch of refused ones little more than one each.
    """
    refused: list[Refusal] = []
    first, size = 0, len(rows)
    while first < len(rows):
        part = rows[first : first + size]
        try:
            with connection.transaction():  # a savepoint
                write(part)
        except REFUSALS as error:
            if len(part) > 1:
                size = len(part) // 2
                continue
            refused.append(_refusal(part[0], error))
        else:
            size *= 2
        first += len(part)
    return refused


def _refusal(arrival: Arrival, error: psycopg.Error) -> Refusal:
    said = error.diag
    return Refusal(
        arrival, error.sqlstate or "", said.column_name or "", said.constraint_name or ""
    )


class CarefulWriting:
    """An attempt after a refusal: slower, and no row that can be written stays behind."""

    def __init__(self, desks: Desks, chosen: Chosen, counts: Counts) -> None:
        """Take the *chosen* rows; *counts* is given how each of them ended."""
        self._desks = desks
        self._chosen = chosen
        self._counts = counts
        self._queries = read_queries("quarantine")
        self.held: dict[str, dict[str, OrderKey]] = {}
        """As in Writing; of a refused row, the order key of the version refused."""
        self.refusals = 0

    def open(self, connection: Connection) -> None:
        """Write what can be written, and file the rest.

        Raises:
            Transient: another sink files an item of the same key at this moment.
        """
        begin(connection, self._desks)
        for topic, found in self._chosen.items():
            table = self._desks.tables[topic]
            write = partial(self._write, connection, table)
            refused = bisect(connection, list(found.values()), write)
            if refused:
                self._file(connection, table.dataset, refused)
        faults.point("province.after_refusal")

    def count(self, connection: Connection, _settle: Settle) -> None:
        """Count all of them."""
        self._counts.write(connection)

    def _write(self, connection: Connection, table: Table, rows: Sequence[Arrival]) -> None:
        written = {str(key) for (key,) in table.upsert(connection, [one.row for one in rows])}
        behind = [one.key for one in rows if one.key not in written]
        held = table.held(connection, behind, _at_once) if behind else {}
        self.held.setdefault(rows[0].record.topic, {}).update(held)
        count_winners({one.key: one for one in rows}, held, self._counts)

    def _file(self, connection: Connection, dataset: Dataset, refused: Sequence[Refusal]) -> None:
        items = [_facts(dataset, one) for one in refused]
        table = sql.Identifier("clean", dataset.id)
        close = self._queries["close"].format(table=table, status=sql.Literal("arriving"))
        try:
            filing = connection.execute(
                self._queries["file"], {"items": orjson.dumps(items).decode()}
            )
            filed = set(filing)
            named = [one["key"] for one in items if one["key"] is not None]
            keys = {"datasets": [dataset.id] * len(named), "keys": named}
            connection.execute(self._queries["supersede"], keys)
            connection.execute(close, {"dataset": dataset.id})
            connection.execute(self._queries["open"])
        except psycopg.errors.UniqueViolation as error:
            message = (
                "Another sink files an item of the same row at this moment; it is tried again."
            )
            raise Transient(message) from error
        held = self.held.setdefault(refused[0].arrival.record.topic, {})
        for one in refused:  # Invariant 2
            held[one.arrival.key] = one.arrival.order
            outcome = QUARANTINED if one.arrival.account.raw in filed else REPLAYED
            count(one.arrival, outcome, self._counts)
        self.refusals += len(refused)


def _facts(dataset: Dataset, one: Refusal) -> Mapping[str, Any]:
    """Give the columns of an item; what was refused lies in clean.*, where the item says."""
    arrival = one.arrival
    raw = arrival.account.raw
    return {
        "dataset": dataset.id,
        "key": None if one.state == _TOO_LONG else arrival.key,
        "op": arrival.account.op,
        "problems": [_problem(one)],
        "owner_unit": dataset.owner_unit,
        "source_ts": arrival.source_ts,
        **arrival.order._asdict(),
        **{f"raw_{name}": value for name, value in raw._asdict().items()},
        "reject_topic": arrival.record.topic,
        "reject_partition": arrival.record.partition,
        "reject_offset": arrival.record.offset,
    }


def _problem(one: Refusal) -> dict[str, str]:
    return {
        "code": CODE,
        "field": one.column,
        "severity": Severity.REJECT.value,
        "message": _SENTENCE.format(state=one.state),
        "sqlstate": one.state,
        "constraint": one.constraint,
    }


def _at_once() -> None:
    """Settle outside a pipeline: every statement ends with its own Sync."""
