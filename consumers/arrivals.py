"""Clean records on their way into a table: decoded, known repeats left out, one winner a key."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from consumers.again import is_again
from consumers.arrays import sized
from consumers.batch import Record, malformed, order_key
from consumers.cells import CellReader
from consumers.decoding import Decoder, Malformed
from consumers.ledger.counts import APPLIED, REPLAYED, SUPERSEDED, Account, Counts, window_day
from consumers.places import ending
from consumers.reemitted import is_reemitted
from consumers.table import Row, Table
from infra.errors import Fatal
from schemas.contract import Dataset
from schemas.records import UNASSIGNED, OrderKey, Origin

_NOT_OURS = (Malformed, KeyError, ValueError)


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """One clean record: its key, its place in the row's history, where it counts, and its row."""

    key: str
    order: OrderKey
    account: Account
    read: Row
    """Empty where it was only glanced at."""
    source_ts: int
    record: Record
    reader: "Reader"

    @property
    def row(self) -> Row:
        """Its row; read now where it was only glanced at.

        Raises:
            Fatal: it is not one of ours.
        """
        return self.read or self.reader.row(self.record)


class Reader:
    """Reads the clean records of one dataset."""

    def __init__(
        self, dataset: Dataset, table: Table, decoder: Decoder, major: int | None = None
    ) -> None:
        """Take the dataset's *table*, which knows its columns.

        *major* is the topic's version; default: the one in force.
        """
        self._dataset = dataset
        self._end = ending(major or dataset.major).encode()
        self._table = table
        self._cells = CellReader(dataset, table, decoder)

    def read(self, record: Record, raw: Origin, *, lightly: bool = False) -> Arrival:
        """Decode one record; *lightly*, its row is read only when it is asked for.

        Raises:
            Fatal: it is not one of ours.
            Transient: the registry does not give its schema.
        """
        try:
            if record.value is None:
                return self._deleted(record, raw)
            return self._live(record, raw, lightly=lightly)
        except _NOT_OURS as error:
            raise _malformed(record) from error

    def row(self, record: Record) -> Row:
        """Decode the row of a record that was read lightly; the errors are those of `read`."""
        try:
            return self._cells.read(record.value or b"", self._at(record)).fields
        except _NOT_OURS as error:
            raise _malformed(record) from error

    def _live(self, record: Record, raw: Origin, *, lightly: bool) -> Arrival:
        value = record.value or b""
        read = self._cells.glance(value) if lightly else self._cells.read(value, self._at(record))
        key, order, source_ts, scope, row = read
        account = self._account(record, raw, scope or UNASSIGNED, source_ts)
        return Arrival(key, order, account, row, source_ts, record, self)

    def _deleted(self, record: Record, raw: Origin) -> Arrival:
        headers = record.headers
        order = order_key(headers)
        source_ts = int(headers["suoi.source_ts"])
        key = (record.key or b"").decode()
        system = _order_columns(order) | {
            "_key": key,
            "_source": headers["suoi.source"],
            "_source_ts": source_ts,
            "_captured_ts": int(headers["suoi.captured_ts"]),
            "_raw": headers["suoi.raw"],
            "_deleted_at": source_ts,
        }
        account = self._account(record, raw, headers["suoi.scope"], source_ts)
        row = self._table.row(system, self._at(record))
        return Arrival(key, order, account, row, source_ts, record, self)

    def _account(self, record: Record, raw: Origin, scope: str, source_ts: int) -> Account:
        day, op = window_day(source_ts), record.headers["suoi.op"]
        return Account(raw, self._dataset.id, scope, day, op, is_again(record))

    def _at(self, record: Record) -> bytes:
        return sized(b"%d:%d%b" % (record.partition, record.offset, self._end))


def winners(
    arrivals: Iterable[Arrival], counts: Counts, late: dict[str, Arrival] | None = None
) -> dict[str, Arrival]:
    """Choose the newest arrival of each key; count the others as superseded, or replayed if equal.

    ON CONFLICT would fail on the second hit of a row (FACTS.md 7). *late* is given the last arrival
    of each key whose last one is older than the chosen one.
    """
    chosen: dict[str, Arrival] = {}
    late = {} if late is None else late
    for arrival in arrivals:
        held = chosen.get(arrival.key)
        if held is None:
            chosen[arrival.key] = arrival
            continue
        if held.order < arrival.order:  # Invariant 4
            count(held, SUPERSEDED, counts)
            chosen[arrival.key] = arrival
        else:
            count(arrival, outcome_behind(arrival.order, held.order), counts)
        if arrival.order < held.order:
            late[arrival.key] = arrival
        else:
            late.pop(arrival.key, None)
    return chosen


def count_winners(
    chosen: Mapping[str, Arrival], held: Mapping[str, OrderKey], counts: Counts
) -> None:
    """Count each winner as applied, unless its row was not older and *held* its order key."""
    for key, arrival in chosen.items():
        order = held.get(key)
        outcome = APPLIED if order is None else outcome_behind(arrival.order, order)
        count(arrival, outcome, counts)


def count(arrival: Arrival, outcome: str, counts: Counts) -> None:
    """Count how *arrival* ended, unless it was written again by a sink."""
    if not is_reemitted(arrival.record):  # Invariant 2: it was counted when it first came
        counts.add(arrival.account, outcome)


def outcome_behind(order: OrderKey, held: OrderKey) -> str:
    """Say how a record ended whose row holds an order key that is not older."""
    return REPLAYED if order == held else SUPERSEDED


def _malformed(record: Record) -> Fatal:
    return malformed(record, "cannot be read as a clean record")


def _order_columns(order: OrderKey) -> dict[str, Any]:
    return {f"_{name}": value for name, value in order._asdict().items()}
