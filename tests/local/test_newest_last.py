"""The last record of a key is the newest, whatever came in whatever order (DESIGN.md 2).

The provincial sink stands before a real PostgreSQL; the topic is a list in memory, so that a test
may interleave versions, flush borders, kills and late owners at will.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import NOON, OCOP, Pen, Registered, Writer
from support.log_of_topic import TopicLog
from support.plain_postgres import Server, plain_province
from support.struck import Killed, strike_at

from consumers.batch import Record, order_key
from consumers.decoding import Decoder
from consumers.province import Province
from consumers.reemitted import HEADER, Means
from infra import faults
from infra.errors import NotOwner, Transient
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from schemas.records import OrderKey
from schemas.system import ORDER_KEY

Sinks = Callable[[], Pen]
TOPIC = topics.clean(OCOP)
PLACES = Place(TOPIC, 0), Place(TOPIC, 1)
DECODER = Decoder(Registered())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    empty(server)


def empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )


@pytest.fixture
def log() -> TopicLog:
    return TopicLog()


@pytest.fixture
def sink(server: Server, log: TopicLog) -> Iterator[Sinks]:
    """Makes sinks of one group, before one topic."""
    databases: list[Database] = []

    def make() -> Pen:
        databases.append(Database("test", server.dsn("province_sink")))
        means = Means(Registered(), log)
        pen = Pen(Province(databases[-1], Registered(), [OCOP], means))
        pen.begin(*PLACES)
        return pen

    yield make
    for database in databases:
        database.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def order_of(record: Record) -> OrderKey:
    if record.value is None:
        return order_key(record.headers)
    fields = DECODER.decode(record.value)
    return OrderKey(*(fields[name] for name in ORDER_KEY))


def lasts(log: TopicLog) -> dict[bytes, int]:
    """Position of the last record of each key."""
    return {key: order_of(record).position for key, record in log.last().items()}


def ats(server: Server) -> dict[str, str]:
    return dict(ask(server, "select _key, _at from clean.nnmt_ocop"))


def flush(pen: Pen, log: TopicLog, size: int = 1_000) -> int:
    """Give *pen* the next records of each partition, at most *size*; say how many."""
    taken = [
        record
        for place in PLACES
        for record in log.records.get(place.partition, [])[pen.places[place] :][:size]
    ]
    if taken:
        pen.write(*taken)
    return len(taken)


def drain(pen: Pen, log: TopicLog, size: int = 1_000) -> None:
    while flush(pen, log, size):
        pass


def test_records_in_order_ask_for_nothing(sink: Sinks, log: TopicLog) -> None:
    pen, writer = sink(), Writer()
    for position in range(10, 14):
        log.put(writer.clean(1, position))
        log.put(writer.clean(2, position))
    flush(pen, log, 3)
    drain(pen, log)
    assert log.sent == 0


@pytest.mark.parametrize("size", [1, 9])
def test_the_same_version_sent_twice_asks_for_nothing(
    sink: Sinks, log: TopicLog, size: int
) -> None:
    pen, writer = sink(), Writer()
    for _ in range(3):
        log.put(writer.clean(1, 20))
    drain(pen, log, size)
    assert log.sent == 0


def test_an_older_record_in_the_same_flush_is_followed_by_the_newest_again(
    server: Server, sink: Sinks, log: TopicLog
) -> None:
    pen, writer = sink(), Writer()
    newest = log.put(writer.clean(1, 20, ten="Chè", so_sao=5))
    log.put(writer.clean(1, 10))
    flush(pen, log)
    again = log.records[0][2]
    assert (again.key, again.value) == (newest.key, newest.value)
    assert again.headers == newest.headers | {HEADER: "1"}
    assert ats(server) == {"[1]": "0:2"}
    drain(pen, log)
    assert log.sent == 1


def test_an_older_record_of_a_later_flush_is_followed_by_the_stored_row(
    server: Server, sink: Sinks, log: TopicLog
) -> None:
    pen, writer = sink(), Writer()
    kilos = (-1_234_500).to_bytes(3, "big", signed=True)
    facts = {"san_luong_nam": kilos, "ngay_cong_nhan": -5, "cap_nhat_luc": NOON + 1}
    facts |= {"truy_xuat_nguon_goc": False, "_flags": ["CODE_MAPPED:ma_xa", '"\\ ,{}:x']}
    newest = log.put(writer.clean(1, 20, **facts, _originals={"ten": "", "ma_xa": "3646"}))
    flush(pen, log)
    log.put(writer.clean(1, 10))
    drain(pen, log)
    again = log.records[0][2]
    assert again.value == newest.value
    assert again.headers == newest.headers | {HEADER: "1"}
    assert (log.sent, ats(server)) == (1, {"[1]": "0:2"})


def test_a_deleted_row_is_written_again_as_its_tombstone(
    server: Server, sink: Sinks, log: TopicLog
) -> None:
    pen, writer = sink(), Writer()
    gone = log.put(writer.clean_gone(1, 20))
    flush(pen, log)
    log.put(writer.clean(1, 10))
    drain(pen, log)
    again = log.records[0][2]
    assert (again.value, again.headers) == (None, gone.headers | {HEADER: "1"})
    assert ask(server, "select outcome, n from ledger.outcome order by 1") == [
        ("applied", 1),
        ("superseded", 1),
    ]


def test_old_records_before_the_one_written_again_ask_for_nothing(
    sink: Sinks, log: TopicLog
) -> None:
    pen, writer = sink(), Writer()
    log.put(writer.clean(1, 20))
    flush(pen, log)
    log.put(writer.clean(1, 10))
    log.put(writer.clean(1, 11))  # both lie before what the first one is followed by
    drain(pen, log, 1)
    assert lasts(log) == {b"[1]": 20}
    assert log.sent == 1


def test_a_newer_version_that_came_meanwhile_is_written_again_in_its_turn(
    server: Server, sink: Sinks, log: TopicLog
) -> None:
    pen, writer = sink(), Writer()
    log.put(writer.clean(1, 20))
    flush(pen, log)
    log.put(writer.clean(1, 10))
    log.put(writer.clean(1, 30))  # before the sink has met the one behind
    flush(pen, log, 1)
    drain(pen, log)
    assert lasts(log) == {b"[1]": 30}
    assert ask(server, "select outcome, n from ledger.outcome order by 1") == [
        ("applied", 2),
        ("superseded", 1),
    ]


def test_a_run_that_streams_writes_again_ends_with_the_newest(sink: Sinks, log: TopicLog) -> None:
    pen, writer = sink(), Writer()
    run = [
        writer.clean(1, 20, raw=0),
        writer.clean(1, 10, raw=1),  # its order key went back, and it was met behind
        writer.clean(2, 11, raw=2),
        writer.clean(2, 12, raw=3),
    ]
    for _ in range(2):
        for record in run:
            log.put(record)
        drain(pen, log)
    assert lasts(log) == {b"[1]": 20, b"[2]": 12}
    assert log.sent == 2  # product 1 alone, once for each run


@pytest.mark.parametrize("point", ["before_reemission", "after_reemission", "before_commit"])
def test_a_kill_around_the_acknowledgement_leaves_the_law_true(
    server: Server, sink: Sinks, log: TopicLog, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:  # Invariant 8
    pen, writer = sink(), Writer()
    log.put(writer.clean(1, 20))
    flush(pen, log)
    log.put(writer.clean(1, 10))
    strike_at(f"province.{point}", monkeypatch)
    with pytest.raises(Killed):
        flush(pen, log)
    drain(sink(), log)
    assert lasts(log) == {b"[1]": 20}
    assert ask(server, "select outcome, n from ledger.outcome order by 1") == [
        ("applied", 1),
        ("superseded", 1),
    ]


def test_a_broker_that_does_not_acknowledge_lets_nothing_be_committed(
    sink: Sinks, log: TopicLog
) -> None:  # Invariant 1
    pen, writer = sink(), Writer()
    log.put(writer.clean(1, 20))
    log.put(writer.clean(1, 10))

    def away() -> None:
        message = "the broker is away"
        raise Transient(message)

    log.strike = away
    with pytest.raises(Transient):
        flush(pen, log)
    assert sink().places == dict.fromkeys(PLACES, 0)
    log.strike = lambda: None
    flush(pen, log)
    assert lasts(log) == {b"[1]": 20}


@pytest.mark.parametrize("calm", [False, True])
def test_a_late_owner_writes_nothing_again(sink: Sinks, log: TopicLog, *, calm: bool) -> None:
    late, writer = sink(), Writer()
    if calm:  # then it asks for nothing before it writes
        log.put(writer.clean(2, 5))
        drain(late, log)
    log.put(writer.clean(1, 20))
    log.put(writer.clean(1, 10))
    drain(sink(), log)
    sent = log.sent
    with pytest.raises(NotOwner):
        flush(late, log)
    assert log.sent == sent


def test_what_a_late_owner_had_on_its_way_is_followed_by_its_successor(
    sink: Sinks, log: TopicLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen, writer = sink(), Writer()
    log.put(writer.clean(1, 20))
    flush(frozen, log)
    log.put(writer.clean(1, 10))
    caught: list[Any] = []
    send = log.send
    monkeypatch.setattr(log, "send", lambda letters: caught.extend(letters) or _freeze())
    with pytest.raises(Killed):
        flush(frozen, log)
    monkeypatch.setattr(log, "send", send)
    successor = sink()
    log.put(writer.clean(1, 30))
    drain(successor, log)
    log.send(caught)  # it thaws, and its client sends the letter after all
    assert lasts(log) == {b"[1]": 20}
    drain(successor, log)
    assert lasts(log) == {b"[1]": 30}


def _freeze() -> list[int]:
    raise Killed


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_order_the_borders_and_the_kills_the_last_is_the_newest(
    server: Server, sink: Sinks, log: TopicLog, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    writers = {partition: Writer(partition) for partition in (0, 1)}
    newest: dict[bytes, int] = {}
    pen, runs, decided = sink(), {0: [], 1: []}, 0  # type: dict[int, list[Record]]
    for position in chance.sample(range(10, 60), 40):
        number = chance.randrange(8)
        writer = writers[number % 2]
        change = writer.clean_gone if chance.random() < 0.2 else writer.clean
        record = log.put(change(number, position))
        runs[number % 2].append(record)
        decided += 1
        key = record.key or b""
        newest[key] = max(newest.get(key, 0), position)
        if chance.random() < 0.1:  # streams was killed: a whole stretch comes again
            for again in runs[number % 2][-chance.randrange(1, 12) :]:
                log.put(again)
        if chance.random() < 0.4:
            pen = _maybe_killed(chance, monkeypatch, sink, pen, log)
    drain(pen, log, chance.randrange(1, 9))
    assert lasts(log) == newest
    counted = ask(server, "select sum(n)::int from ledger.outcome")
    assert counted == [(decided,)]  # Invariant 2
    for key, record in log.last().items():
        at = ats(server)[key.decode()]
        partition, offset = map(int, at.split(":"))
        assert log.records[partition][offset].value == record.value


def _maybe_killed(
    chance: random.Random, monkeypatch: pytest.MonkeyPatch, sink: Sinks, pen: Pen, log: TopicLog
) -> Pen:
    if chance.random() < 0.3:
        point = chance.choice(["before_reemission", "after_reemission", "before_commit"])
        strike_at(f"province.{point}", monkeypatch)
    try:
        flush(pen, log, chance.randrange(1, 9))
    except Killed:
        return sink()
    finally:
        monkeypatch.setattr(faults, "point", lambda _: None)
    return pen
