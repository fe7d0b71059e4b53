"""The last record of an open key is the newest: the portal sink before a real Redis."""

import random
from collections.abc import Callable, Iterator

import pytest
from support.deliveries import NOON, OCOP, Pen, Registered, Writer
from support.log_of_topic import TopicLog
from support.plain_redis import RedisServer, plain_redis
from support.struck import Killed, strike_at

from consumers.batch import Record, order_key
from consumers.decoding import Decoder
from consumers.portal_cache import PortalCache
from consumers.reemitted import HEADER, Means
from infra import faults
from infra.errors import NotOwner, Transient
from infra.kafka_reader import Place
from infra.redis_client import open_redis
from schemas import topics

Sinks = Callable[[], Pen]
PLACE = Place(topics.open_(OCOP), 0)
DECODER = Decoder(Registered())


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with plain_redis() as running:
        yield running


@pytest.fixture
def log() -> TopicLog:
    return TopicLog()


@pytest.fixture
def sink(server: RedisServer, log: TopicLog) -> Iterator[Sinks]:
    with server.admin() as admin:
        admin.flushall()
    with open_redis(server.access("sink"), "test-sink") as client:

        def make() -> Pen:
            pen = Pen(PortalCache(client, Registered(), [OCOP], Means(Registered(), log)))
            pen.begin(PLACE)
            return pen

        yield make


def flush(pen: Pen, log: TopicLog, size: int = 1_000) -> int:
    taken = log.records.get(0, [])[pen.places[PLACE] :][:size]
    if taken:
        pen.write(*taken)
    return len(taken)


def drain(pen: Pen, log: TopicLog, size: int = 1_000) -> None:
    while flush(pen, log, size):
        pass


def lasts(log: TopicLog) -> dict[bytes, int]:
    """Position of the last record of each key."""
    return {key: position(record) for key, record in log.last().items()}


def position(record: Record) -> int:
    if record.value is None:
        return order_key(record.headers).position
    return int(DECODER.decode(record.value)["_position"])


def test_records_in_order_ask_for_nothing(sink: Sinks, log: TopicLog) -> None:
    pen, writer = sink(), Writer()
    for version in range(10, 14):
        log.put(writer.open(1, version))
        log.put(writer.open_gone(2, version))
    flush(pen, log, 3)
    drain(pen, log)
    assert log.sent == 0


@pytest.mark.parametrize("size", [1, 2])
def test_an_older_record_is_followed_by_the_row_that_stands(
    sink: Sinks, log: TopicLog, size: int
) -> None:
    pen, writer = sink(), Writer()
    kilos = (-1_234_500).to_bytes(3, "big", signed=True)
    newest = log.put(
        writer.open(1, 20, san_luong_nam=kilos, ngay_cong_nhan=-5, cap_nhat_luc=NOON + 1)
    )
    log.put(writer.open(1, 10))
    log.put(writer.open_gone(1, 11))
    drain(pen, log, size)
    again = log.records[0][3]
    assert (again.value, again.headers) == (newest.value, {"suoi.op": "u", HEADER: "1"})
    assert lasts(log) == {newest.key: 20}
    assert log.sent == 1


def test_a_closed_row_is_followed_by_its_tombstone(sink: Sinks, log: TopicLog) -> None:
    pen, writer = sink(), Writer()
    gone = log.put(writer.open_gone(1, 20))
    log.put(writer.open(1, 10))
    drain(pen, log, 1)
    again = log.records[0][2]
    assert (again.value, again.headers) == (None, gone.headers | {HEADER: "1"})


@pytest.mark.parametrize("point", ["before_reemission", "after_reemission", "after_write"])
def test_a_kill_around_the_acknowledgement_leaves_the_law_true(
    sink: Sinks, log: TopicLog, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:  # Invariant 8
    pen, writer = sink(), Writer()
    log.put(writer.open(1, 20))
    flush(pen, log)
    log.put(writer.open(1, 10))
    strike_at(f"portal.{point}", monkeypatch)
    with pytest.raises(Killed):
        flush(pen, log)
    drain(sink(), log)
    assert list(lasts(log).values()) == [20]


def test_a_broker_that_does_not_acknowledge_moves_nothing(sink: Sinks, log: TopicLog) -> None:
    pen, writer = sink(), Writer()  # Invariant 1
    log.put(writer.open(1, 20))
    log.put(writer.open(1, 10))

    def away() -> None:
        message = "the broker is away"
        raise Transient(message)

    log.strike = away
    with pytest.raises(Transient):
        flush(pen, log)
    assert sink().places == {PLACE: 0}
    log.strike = lambda: None
    flush(pen, log)
    assert list(lasts(log).values()) == [20]


def test_a_late_owner_writes_nothing_again(sink: Sinks, log: TopicLog) -> None:
    late, writer = sink(), Writer()
    log.put(writer.open(1, 20))
    log.put(writer.open(1, 10))
    drain(sink(), log)
    sent = log.sent
    with pytest.raises(NotOwner):
        flush(late, log)
    assert log.sent == sent


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_order_the_borders_and_the_kills_the_last_is_the_newest(
    sink: Sinks, log: TopicLog, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance, writer, pen = random.Random(seed), Writer(), sink()
    newest: dict[bytes, int] = {}
    for version in chance.sample(range(10, 90), 60):
        change = writer.open_gone if chance.random() < 0.2 else writer.open
        record = log.put(change(chance.randrange(6), version))
        key = record.key or b""
        newest[key] = max(newest.get(key, 0), version)
        if chance.random() < 0.1:
            for again in log.records[0][-chance.randrange(1, 9) :]:
                log.put(again)
        if chance.random() < 0.4:
            pen = _maybe_killed(chance, monkeypatch, sink, pen, log)
    drain(pen, log, chance.randrange(1, 9))
    assert lasts(log) == newest


def _maybe_killed(
    chance: random.Random, monkeypatch: pytest.MonkeyPatch, sink: Sinks, pen: Pen, log: TopicLog
) -> Pen:
    if chance.random() < 0.3:
        point = chance.choice(["before_reemission", "after_reemission", "after_write"])
        strike_at(f"portal.{point}", monkeypatch)
    try:
        flush(pen, log, chance.randrange(1, 9))
    except Killed:
        return sink()
    finally:
        monkeypatch.setattr(faults, "point", lambda _: None)
    return pen
