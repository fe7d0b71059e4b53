"""A stored row's open record is the one streams wrote of it; what was refused since is closed."""

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.deliveries import CLEAN_ID, NOON, OCOP, OPEN_ID, Registered
from support.plain_postgres import Server, plain_province
from support.wire_rows import canonical

from consumers.arrays import register
from consumers.arrivals import Reader
from consumers.batch import Record
from consumers.decoding import Decoder
from consumers.filling import Filling, Refusal
from consumers.reemitted import MARK
from consumers.stored import StoredRow, StoredRows
from consumers.table import Table
from infra.posting import Letter
from schemas import topics
from schemas.records import Accepted, Change, OrderKey, Origin
from streams.conditions import CONDITIONS
from streams.envelope import RawRecord
from streams.judge import Judged
from streams.output import Message, keyed_hash
from streams.output import Writer as Streams
from streams.projection import Projector
from suoi.open_filling import OpenRows

SECRET = b"an invented secret"
IDS = {topics.clean(OCOP): CLEAN_ID, topics.open_(OCOP): OPEN_ID}
PROJECTOR = Projector(OCOP, CONDITIONS[OCOP.open_when or ""])
OPENED = OpenRows(OCOP, IDS, SECRET)
TABLE = Table(OCOP)
READER = Reader(OCOP, TABLE, Decoder(Registered()))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


def judged(number: int, values: tuple[Any, ...] | None, flags: tuple[str, ...]) -> Judged:
    change = Change(
        dataset=OCOP.id,
        op="u" if values else "d",
        key=f"[{number}]",
        row={},
        before=None,
        source=OCOP.source,
        order=OrderKey(1, 50 + number, 2, 3),
        source_ts=NOON + number,
        captured_ts=NOON + 9,
        origin=Origin(topics.raw(OCOP), 1, number),
    )
    accepted = Accepted(change=change, values=values, flags=flags, originals={}, scope="03646")
    return Judged(accepted, PROJECTOR.accepted(values, flags))


def open_values(drawn: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    """Values of a row that the contract opens."""
    values = dict.fromkeys((one.name for one in OCOP.columns), None)
    values |= dict(zip(values, drawn or values.values(), strict=True))
    return tuple((values | {"ma_san_pham": "SP1", "loai_chu_the": "htx"}).values())


def sent(found: Judged) -> list[Message]:
    return Streams(OCOP, IDS, SECRET).messages(cast("RawRecord", None), found)


def stored(connection: Any, messages: list[Message]) -> dict[str, StoredRow]:  # noqa: ANN401
    rows = []
    for one in messages:
        texts = {name: str(text) for name, text in one.headers}
        record = Record(one.topic, 0, 1, one.key, one.value, texts, 0)
        rows.append(READER.read(record, Origin("raw", 0, 0)).row)
    register(connection.adapters)
    TABLE.upsert(connection, rows)
    reader = StoredRows(OCOP, Registered())
    found = reader.ask_before(connection, {one.key.decode(): (9, 0) for one in messages})
    return {row.key: row for row in map(reader.read, found)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_row_gives_the_open_record_that_streams_wrote_of_it(
    server: Server, data: st.DataObject
) -> None:
    flags = st.sampled_from([(), ("CODE_MAPPED:ma_xa",), ("rule.invented",), ("schema.unknown",)])
    drawn = [data.draw(canonical(OCOP.columns)) for _ in range(3)]
    rows_ = [None, drawn[0], open_values(drawn[1]), open_values(drawn[2])]
    verdicts = [judged(number, row, data.draw(flags)) for number, row in enumerate(rows_)]
    both = [sent(one) for one in verdicts]
    with psycopg.connect(server.dsn()) as connection:
        rows = stored(connection, [clean for clean, _ in both])
        connection.rollback()
    for clean, live in both:
        letter = OPENED.letter(rows[clean.key.decode()], None)
        assert letter == Letter(live.topic, -1, live.key, live.value, [*live.headers, MARK])


def test_a_row_refused_since_is_closed_where_a_condition_opens_rows(server: Server) -> None:
    values = open_values()
    clean, opened = sent(judged(1, values, ()))
    assert opened.value is not None
    with psycopg.connect(server.dsn()) as connection:
        [row] = stored(connection, [clean]).values()
        connection.rollback()
    refused = Refusal(OrderKey(1, 60, 0, 3), NOON + 77)
    letter = OPENED.letter(row, refused)  # Invariant 6
    assert (letter.key, letter.value) == (keyed_hash(SECRET)("[1]"), None)
    assert ("suoi.position", "60") in letter.headers
    assert ("suoi.source_ts", str(NOON + 77)) in letter.headers


def test_the_fill_knows_what_was_refused_of_a_row_since(server: Server) -> None:
    values = open_values()
    letters: list[Letter] = []

    class Caught:
        def deliver(self, found: list[Letter]) -> list[tuple[int, int]]:
            letters.extend(found)
            return [(0, number) for number, _ in enumerate(found)]

    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        stored(connection, [sent(judged(number, values, ()))[0] for number in (1, 2, 3)])
        connection.execute("update clean.nnmt_ocop set _at = null")
        for number, position in ((1, 70), (1, 80), (2, 10)):  # the last is older than its row
            connection.execute(
                "insert into quarantine.item (dataset, key, op, problems, owner_unit, generation,"
                " position, step, ruleset, source_ts, raw_topic, raw_partition, raw_offset,"
                " reject_topic, reject_partition, reject_offset, status, closed_at) values"
                " (%s, %s, 'u', '[]', 'so_nnmt', 1, %s, 0, 3, '2024-10-04T00:00:01Z', 'r', 0, %s,"
                " 'r', 0, 0, 'waived', now())",
                (OCOP.id, f"[{number}]", position, position),
            )
        project = OPENED.letter
        filling = Filling(OCOP, connection, Registered(), Caught(), project)  # type: ignore[arg-type]
        filling._end = ":v2"  # noqa: SLF001  as the version after this one has it
        assert list(filling.fill()) == [3]
        connection.execute("truncate clean.nnmt_ocop, quarantine.item cascade")
    opened = {one.key: one for one in letters if one.topic == topics.open_(OCOP)}
    closed = {key for key, one in opened.items() if one.value is None}
    assert closed == {keyed_hash(SECRET)("[1]")}
    assert ("suoi.position", "80") in opened[keyed_hash(SECRET)("[1]")].headers
    assert ("suoi.source_ts", str(NOON + 1_000_000)) in opened[keyed_hash(SECRET)("[1]")].headers
