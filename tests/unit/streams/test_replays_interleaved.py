"""Invariant 4: live changes and replays, however they interleave, leave each row at its newest.

A model draws changes of few rows, some refused until rules are corrected, some for ever; rules
change at any moment; any refused change is replayed at any moment, any number of times; what is
sent of both is delivered in any interleaving that keeps the order of each.
"""

import dataclasses
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from support.raw import MARIADB, PRODUCTS, Raw, change
from support.workshops import CLEAN_ROW, IDS, a_workshop

from consumers.arrays import NULL
from consumers.arrivals import Arrival, Reader
from consumers.batch import Record
from consumers.decoding import Decoder
from consumers.record_code import raw_origin
from consumers.table import Table
from schemas import avro, topics
from schemas.records import OrderKey, Origin
from schemas.replay import replay_headers
from streams.output import Message

CLEAN, REJECT = topics.clean(PRODUCTS), topics.reject(PRODUCTS)
OLD, NEW = a_workshop(PRODUCTS), a_workshop(dataclasses.replace(PRODUCTS, revision=2))
NEVER = 9


class Schemas:
    """The registry's double."""

    def schema(self, number: int) -> dict[str, Any]:
        """Give the clean schema."""
        assert number == IDS[CLEAN]
        return avro.clean_schema(PRODUCTS)


READER = Reader(PRODUCTS, Table(PRODUCTS), Decoder(Schemas()))


class Step(NamedTuple):
    """One change of row *key*: refused by rules older than *clean_from*, deleted if that is 0."""

    key: int
    clean_from: int


STEPS = st.builds(Step, st.integers(1, 2), st.sampled_from((0, 1, 1, 2, 2, NEVER)))


def raw_of(place: int, step: Step) -> Raw:
    """The raw record of the *place*-th change; its position in the source's log rises."""
    source = MARIADB | {"pos": 1000 + place}
    row = CLEAN_ROW | {"id": step.key, "clean_from": step.clean_from}
    row["values"] = {"so_sao": place}  # says which change it was
    op, image = ("u", row) if step.clean_from else ("d", None)
    return change(PRODUCTS, op, image, before=row, source=source, offset=place)


def replay_of(refused: Raw, ruleset: int) -> Raw:
    """*refused* as `suoi reject replay` hands it over."""
    origin = Origin(refused.topic, refused.partition, refused.offset)
    headers = replay_headers(origin, 1, ruleset, 1)
    coded = [(name, str(value).encode()) for name, value in headers]
    return Raw(topics.REPLAY, 0, 0, refused.key, refused.value, coded)


def arrivals(messages: list[Message]) -> list[Arrival]:
    """Read what the provincial sink would read of *messages*."""
    found = []
    for message in messages:
        if message.topic == CLEAN:
            headers = {name: str(value) for name, value in message.headers}
            record = Record(CLEAN, 0, 0, message.key, message.value, headers, 0)
            found.append(READER.read(record, raw_origin(record)))
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data(), steps=st.lists(STEPS, min_size=1, max_size=8))
def test_any_interleaving_leaves_each_row_at_its_newest_verdict(
    data: st.DataObject, steps: list[Step]
) -> None:
    bump = data.draw(st.integers(0, len(steps)))
    live: list[Arrival] = []
    verdicts: dict[OrderKey, tuple[str, int, bool]] = {}
    refused: list[tuple[int, int]] = []
    for place, step in enumerate(steps):
        workshop, ruleset = (OLD, 1) if place < bump else (NEW, 2)
        found = arrivals(workshop.refine([raw_of(place, step)]).messages)
        live += found
        if not found:
            refused.append((place, ruleset))
        note(verdicts, found, place, step)
    chosen = data.draw(st.lists(st.sampled_from(refused), max_size=6)) if refused else []
    again: list[Arrival] = []
    for place, ruleset in chosen:
        found = arrivals(NEW.refine([replay_of(raw_of(place, steps[place]), ruleset)]).messages)
        assert bool(found) is (ruleset == 1 and steps[place].clean_from == 2)
        again += found
        note(verdicts, found, place, steps[place])
    table = delivered(data, live, again)
    assert {key: (one.order, shown(one)) for key, one in table.items()} == newest(verdicts)


def note(
    verdicts: dict[OrderKey, tuple[str, int, bool]], found: list[Arrival], place: int, step: Step
) -> None:
    """Remember what *found* of the change at *place* should leave behind, if it is the newest."""
    for one in found:
        verdicts[one.order] = (one.key, place, step.clean_from == 0)


def newest(verdicts: dict[OrderKey, tuple[str, int, bool]]) -> dict[str, tuple[OrderKey, Any]]:
    """The newest clean verdict of each row, by order key."""
    expected: dict[str, tuple[OrderKey, Any]] = {}
    for order in sorted(verdicts):
        key, place, deleted = verdicts[order]
        expected[key] = (order, None if deleted else place)
    return expected


def delivered(data: st.DataObject, live: list[Arrival], again: list[Arrival]) -> dict[str, Arrival]:
    """The table after both were delivered, each in its order, under the guard of the row."""
    queues = [list(live), list(again), list(again)]  # a replay may be delivered twice
    table: dict[str, Arrival] = {}
    while any(queues):
        queue = data.draw(st.sampled_from([one for one in queues if one]))
        arrival = queue.pop(0)
        held = table.get(arrival.key)
        if held is None or held.order < arrival.order:  # infra/sql/province.sql
            table[arrival.key] = arrival
    return table


def shown(arrival: Arrival) -> int | None:
    """Which change the row shows; None where it is deleted."""
    value = arrival.row[list(Table(PRODUCTS).kinds).index("so_sao")]
    return None if value == NULL else int.from_bytes(value[-2:], "big", signed=True)
