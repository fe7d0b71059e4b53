"""Both ways of writing and both readers against a real PostgreSQL: one table, one ledger."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import NOON, OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers import cells, writing
from consumers.batch import Record
from consumers.province import Province
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

PLACE = Place(topics.clean(OCOP), 0)
ALWAYS, NEVER = 1, 1_000_000
_TABLES = "clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"
_STATE = (
    "select t::text from clean.nnmt_ocop t order by _key",
    "select topic, partition, next from ledger.progress",
    "select raw_topic, highest from ledger.seen",
    "select outcome, n from ledger.outcome order by 1",
    "select scope, day::text, op, outcome, n from ledger.count order by 1, 2, 3, 4",
)
Change = Callable[[Writer], Record]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"truncate {_TABLES}")  # type: ignore[arg-type]


def changes(seed: int) -> list[list[tuple[int, int, int, dict[str, Any] | None]]]:
    """Batches of (raw offset, number, position, facts or None for a delete), in order of raw."""
    chance, raw, batches = random.Random(seed), 0, []
    for _ in range(6):
        batch = []
        for _ in range(chance.randrange(1, 40)):
            again = chance.random() < 0.1 and raw > 0
            offset = chance.randrange(raw) if again else raw
            raw += not again
            number, position = chance.randrange(12), chance.randrange(1, 30)
            batch.append((offset, number, position, facts(chance)))
        batches.append(batch)
    return batches


def facts(chance: random.Random) -> dict[str, Any] | None:
    """What one version says: nothing, a null, or every kind of value; None is a delete."""
    if chance.random() < 0.2:
        return None
    amount = chance.choice([0, 5, -5, 10**4, 12_345_600, -(10**9)])
    said = {
        "ten": chance.choice(["Mận hậu", "", "Tên 'dài' " * 40, "\\N\t{}"]),
        "so_sao": chance.choice([0, -3, 2**40, 5]),
        "ngay_cong_nhan": chance.choice([0, -719_162, 19_000, 10_957]),
        "san_luong_nam": amount.to_bytes(5, "big", signed=True),
        "truy_xuat_nguon_goc": chance.choice([True, False]),
        "cap_nhat_luc": chance.choice([0, -1, NOON, 946_684_800_000_000]),
    }
    told = {name: value if chance.random() < 0.7 else None for name, value in said.items()}
    flags = chance.choice([[], ["CODE_MAPPED:ma_xa"], ['a"b', "c\\d", "{,}", ""]])
    return told | {"_flags": flags, "_originals": chance.choice([{}, {"ma_xa": '36 "46'}])}


def deliver(server: Server, seed: int) -> list[Any]:
    """Write the batches of *seed* through a sink that starts anew in the middle."""
    empty(server)
    writer = Writer()
    for part in (changes(seed)[:3], changes(seed)[3:]):
        database = Database("test", server.dsn("province_sink"))
        pen = Pen(Province(database, KnownSchemas(), [OCOP]))
        pen.begin(PLACE)
        for batch in part:
            pen.write(*(record(writer, *change) for change in batch))
        database.close()
    return [ask(server, query) for query in _STATE]


def record(
    writer: Writer, raw: int, number: int, position: int, said: dict[str, Any] | None
) -> Record:
    if said is None:
        return writer.clean_gone(number, position, raw)
    return writer.clean(number, position, raw=raw, **said)


def model(seed: int) -> tuple[dict[str, tuple[int, bool]], dict[str, int]]:
    """What must come out, computed record by record: key -> (position, live), and outcomes."""
    rows: dict[str, tuple[int, bool]] = {}
    ended: Counter[str] = Counter()
    highest = -1
    for batch in changes(seed):
        before = dict(rows)
        newest: dict[str, tuple[int, bool]] = {}
        for raw, number, position, said in batch:
            if raw <= highest:
                continue
            highest, key = raw, f"[{number}]"
            if key not in newest:
                newest[key] = (position, said is not None)
            elif newest[key][0] < position:
                ended["superseded"] += 1
                newest[key] = (position, said is not None)
            else:
                ended["replayed" if newest[key][0] == position else "superseded"] += 1
        for key, version in newest.items():
            if key not in before or before[key][0] < version[0]:
                rows[key] = version
                ended["applied"] += 1
            else:
                ended["replayed" if before[key][0] == version[0] else "superseded"] += 1
    return rows, dict(ended)


@pytest.mark.parametrize("seed", range(4))
def test_every_way_gives_the_table_and_the_ledger_of_the_model(
    server: Server, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:  # Invariants 2, 3, 4, 7
    def unknown(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(writing, "COPY_FROM", NEVER)
    by_arrays = deliver(server, seed)
    monkeypatch.setattr(writing, "COPY_FROM", ALWAYS)
    by_copy = deliver(server, seed)
    monkeypatch.setattr(cells, "compile_reader", unknown)
    by_fastavro = deliver(server, seed)
    assert by_copy == by_arrays == by_fastavro
    rows, ended = model(seed)
    query = "select _key, _position, _deleted_at is null from clean.nnmt_ocop"
    assert {key: (at, live) for key, at, live in ask(server, query)} == rows
    assert dict(by_copy[3]) == ended
    emptied = ask(server, "select ten, so_sao from clean.nnmt_ocop where _deleted_at is not null")
    assert set(emptied) <= {(None, None)}


@pytest.fixture
def pen(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pen]:
    empty(server)
    monkeypatch.setattr(writing, "COPY_FROM", 20)
    database = Database("test", server.dsn("province_sink"))
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(PLACE)
    yield pen
    database.close()


def written(server: Server) -> int:
    """Bytes of log so far."""
    ((place,),) = ask(server, "select pg_current_wal_lsn() - '0/0'")
    return int(place)


@pytest.mark.parametrize("rows", [10, 50], ids=["by arrays", "by copy"])
def test_rows_all_stale_are_counted_and_hardly_logged(server: Server, pen: Pen, rows: int) -> None:
    writer = Writer()
    pen.write(*(writer.clean(number, 20) for number in range(rows)))
    start = written(server)
    pen.write(*(writer.clean(number, 30) for number in range(rows)))
    first = written(server) - start
    for position in (30, 10, 25):  # the first of them is met without warning
        start = written(server)
        pen.write(*(writer.clean(number, position) for number in range(rows)))
    assert written(server) - start < first / 4
    ended = dict(ask(server, "select outcome, n from ledger.outcome"))
    assert ended == {"applied": 2 * rows, "replayed": rows, "superseded": 2 * rows}


def test_a_known_repeat_touches_no_row(server: Server, pen: Pen) -> None:
    writer = Writer()
    pen.write(*(writer.clean(number, 20, raw=number) for number in range(30)))
    (before,) = ask(server, "select sum(xmax::text::bigint), max(ctid) from clean.nnmt_ocop")
    again = [writer.clean(number, 20, raw=number) for number in range(30)]
    assert pen.write(*again) == {}
    (after,) = ask(server, "select sum(xmax::text::bigint), max(ctid) from clean.nnmt_ocop")
    assert after == before


def test_a_repeat_of_a_batch_still_under_way_is_known(server: Server, pen: Pen) -> None:
    writer, sink = Writer(), pen.sink
    assert isinstance(sink, Province)
    first = pen.batch(writer.clean(1, 10, raw=0), writer.clean(2, 11, raw=1))
    ready = sink.prepare(first, None)
    pen.places |= {place: move.next for place, move in first.moves.items()}
    second = pen.batch(writer.clean(2, 11, raw=1), writer.clean(3, 12, raw=2))
    behind = sink.prepare(second, ready)
    sink.deliver(ready)
    sink.deliver(behind)
    ended = dict(ask(server, "select outcome, n from ledger.outcome"))
    assert ended == {"applied": 3}  # Invariant 2
