"""What is measured agrees with what the servers hold: a broker, a ledger, a Redis, a source."""

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from support.measured import SOURCE, alike, make_topics, measured_ground
from support.plain_broker import plain_broker
from support.plain_postgres import Server, plain_postgres, plain_province
from support.plain_redis import plain_redis

from connectors.guards.alarms import figures_of
from connectors.postgres.pressure import read_pressure
from connectors.sources import read_sources
from infra.errors import Transient
from infra.kafka_glance import Glance
from infra.kafka_reader import ALONE, Place
from infra.metrics.family import Sample
from infra.metrics.server import open_server
from infra.postgres import Database
from infra.settings import RedisAccess
from infra.source_database import Login, open_postgres
from schemas import topics
from schemas.alarms import Alarms
from suoi.measuring import guards, ledger, offsets, pauses, portal
from suoi.measuring.ground import Ground
from suoi.measuring.through import Through

SLOT = read_sources()[SOURCE].slot
CATALOGUE = alike(3)
FIRST, SECOND = CATALOGUE["ds_0"], CATALOGUE["ds_1"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as bootstrap:
        make_topics(bootstrap, CATALOGUE)
        producer = Producer({"bootstrap.servers": bootstrap})
        for _ in range(10):
            producer.produce(topics.raw(FIRST), b"{}")
        producer.flush()
        commit(bootstrap, "streams", topics.raw(FIRST), 4)
        commit(bootstrap, "streams", topics.raw(SECOND), 0)
        yield bootstrap


@pytest.fixture(scope="module")
def province() -> Iterator[Server]:
    with plain_province() as server:
        yield server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisAccess]:
    with plain_redis() as server:
        yield server.access("portal")


@pytest.fixture
def ground(broker: str, province: Server, redis: RedisAccess, tmp_path: Path) -> Iterator[Ground]:
    dsn = province.dsn("province_reader")
    with measured_ground(tmp_path, broker, dsn, redis, CATALOGUE) as opened:
        yield opened


def commit(bootstrap: str, group: str, topic: str, offset: int) -> None:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
    consumer.close()


def told(samples: Iterator[Sample]) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family, labels, value in samples:
        found.setdefault(family.name, {})[labels] = value
    return found


def test_a_glance_sees_what_single_questions_see(broker: str) -> None:
    glance = Glance({"bootstrap.servers": broker, "group.id": "reader"} | ALONE)
    glance.look()
    plain = Consumer({"bootstrap.servers": broker, "group.id": "reader"})
    assert glance.ends
    for place in glance.places():
        low, end = plain.get_watermark_offsets(TopicPartition(*place), timeout=10)
        assert (glance.lows[place], glance.ends[place]) == (low, end)
        assert glance.get_watermark_offsets(TopicPartition(*place)) == (low, end)
    assert glance.list_topics("raw.never.was").topics["raw.never.was"].partitions == {}
    raw, beats = topics.raw(FIRST), topics.heartbeat("so_tu_phap")
    found = glance.bounds_of([raw, beats, "raw.never.was"])
    assert set(found) == {raw, beats}
    assert found[raw][Place(raw, 0)] == (0, 10)
    glance.close()
    plain.close()


def test_a_sample_is_never_older_than_its_question(broker: str) -> None:
    glance = Glance({"bootstrap.servers": broker, "group.id": "reader"} | ALONE)
    topic = topics.raw(CATALOGUE["ds_2"])
    before = glance.sample({"x": [topic]})
    producer = Producer({"bootstrap.servers": broker})
    producer.produce(topic, b"{}")
    producer.flush()
    after = glance.sample({"x": [topic]})
    place = Place(topic, 0)
    assert after["x"][place] == before["x"][place] + 1  # Invariant 9: no proof from an old end
    glance.close()


def test_a_broker_that_is_away_is_unknown() -> None:
    glance = Glance({"bootstrap.servers": "127.0.0.1:1", "group.id": "reader"} | ALONE)
    with pytest.raises(Transient):
        glance.look()
    glance.close()


def test_offsets_are_told_by_the_names_of_kafka_exporter(ground: Ground) -> None:
    found, raw = told(offsets.measure(ground)), topics.raw(FIRST)
    assert found["kafka_topic_partition_current_offset"][raw, "0"] == 10
    assert found["kafka_topic_partition_oldest_offset"][raw, "0"] == 0
    assert found["kafka_consumergroup_current_offset"]["streams", raw, "0"] == 4
    assert found["kafka_consumergroup_lag"]["streams", raw, "0"] == 6
    assert found["kafka_consumergroup_lag_sum"]["streams", raw] == 6
    assert found["suoi_captured_total"]["ds_0",] == 10
    # nothing was ever committed there: unknown, not 0 (invariant 9)
    assert ("province", topics.clean(FIRST), "0") not in found["kafka_consumergroup_lag"]


def test_what_does_not_follow_is_not_proved_and_what_was_proved_grows_old(ground: Ground) -> None:
    measure = Through()
    found = told(measure(ground))
    assert found["suoi_complete_through_known"]["ds_0",] == 0  # six records are not judged
    assert ("ds_0",) not in found["suoi_complete_through_timestamp_seconds"]
    assert found["suoi_complete_through_known"]["ds_1",] == 1
    commit(str(ground_address(ground)), "streams", topics.raw(FIRST), 10)
    try:
        once = told(measure(ground))["suoi_complete_through_timestamp_seconds"]["ds_0",]
    finally:
        commit(str(ground_address(ground)), "streams", topics.raw(FIRST), 4)
    again = told(measure(ground))["suoi_complete_through_timestamp_seconds"]["ds_0",]
    assert again == once


def ground_address(ground: Ground) -> str:
    (broker,) = ground.books.reader.list_topics(timeout=10).brokers.values()
    return f"{broker.host}:{broker.port}"


def test_pauses_and_portal_are_told(ground: Ground) -> None:
    assert told(pauses.measure(ground))["suoi_dataset_paused"] == dict.fromkeys(
        [("ds_0",), ("ds_1",), ("ds_2",)], 0.0
    )
    assert told(portal.measure(ground)) == {}  # none of them is open


@pytest.fixture
def book(province: Server) -> Iterator[ledger.Ledger]:
    database = Database("test", province.dsn("province_reader"))
    yield ledger.Ledger(database, CATALOGUE)
    database.close()


def test_outcomes_never_fall_when_a_later_verdict_moves_one(
    book: ledger.Ledger, province: Server
) -> None:
    raw = topics.raw(FIRST)
    with psycopg.connect(province.dsn(), autocommit=True) as admin:
        admin.execute(
            "insert into ledger.outcome values ('reject', %s, 0, 'quarantined', 7),"
            " ('clean', %s, 0, 'applied', 5)",
            [raw, raw],
        )
        before = told(ledger.outcomes(book))["suoi_outcomes_total"]
        admin.execute("update ledger.outcome set n = n - 1 where outcome = 'quarantined'")
        admin.execute("update ledger.outcome set n = n + 1 where outcome = 'applied'")
        admin.execute(
            "insert into ledger.refused (raw_topic, raw_partition, raw_offset, verdict, dataset,"
            " moved) values (%s, 0, 3, 'reject', 'ds_0', 'applied'),"
            " (%s, 0, 4, 'reject', 'ds_0', null)",
            [raw, raw],
        )
    after = told(ledger.outcomes(book))["suoi_outcomes_total"]
    assert before == {("ds_0", "quarantined"): 7, ("ds_0", "applied"): 5}
    assert after == {("ds_0", "quarantined"): 7, ("ds_0", "applied"): 6}


def test_open_items_are_counted_by_class_and_no_key_is_told(
    book: ledger.Ledger, province: Server
) -> None:
    with psycopg.connect(province.dsn(), autocommit=True) as admin:
        for number, problems in enumerate(
            ('[{"code":"field.missing"},{"code":"field.missing"}]', '[{"code":"id.cccd_shape"}]')
        ):
            admin.execute(
                "insert into quarantine.item (dataset, key, problems, owner_unit, generation,"
                " position, step, ruleset, raw_topic, raw_partition, raw_offset, reject_topic,"
                " reject_partition, reject_offset, status, opened_at) values ('ds_0', %s, %s,"
                " 'so_tu_phap', 1, 1, 1, 1, 'r', 0, %s, 'r', 0, 1, 'open',"
                " now() - interval '1 hour')",
                [f'["09900000000{number}"]', problems, number],
            )
    samples = list(ledger.quarantine(book))
    found = told(iter(samples))
    assert found["suoi_quarantine_open_items"]["ds_0",] == 2
    assert found["suoi_quarantine_open_items"]["ds_1",] == 0
    assert found["suoi_quarantine_open_items_by_code"] == {
        ("ds_0", "field"): 1,
        ("ds_0", "id"): 1,
    }
    assert 3600 <= found["suoi_quarantine_oldest_seconds"]["ds_0",] < 3700
    assert ("ds_1",) not in found["suoi_quarantine_oldest_seconds"]
    assert "099" not in str([one.labels for one in samples])  # Invariant 6


def test_a_province_that_is_away_is_unknown_and_is_asked_again(province: Server) -> None:
    database = Database("test", province.dsn("province_reader"))
    book = ledger.Ledger(database, CATALOGUE)
    province.kill()
    try:
        with pytest.raises(Transient):
            list(ledger.outcomes(book))
    finally:
        province.start()
    assert list(ledger.quarantine(book))
    database.close()


@pytest.mark.parametrize(("cap", "wanted"), [("64MB", 64 * 2**20), ("-1", None)])
def test_a_source_tells_its_slot_its_cap_and_its_clock(cap: str, wanted: float | None) -> None:
    settings = f"wal_level = logical\nmax_slot_wal_keep_size = {cap}\n"
    with (
        plain_postgres(settings) as server,
        psycopg.connect(server.dsn(), autocommit=True) as admin,
    ):
        admin.execute("create schema cdc")
        admin.execute("create table cdc.heartbeat (id int primary key, ts timestamptz)")
        admin.execute("insert into cdc.heartbeat values (1, now() - interval '5 s')")
        absent = pressed(server)
        admin.execute(f"select pg_create_logical_replication_slot('{SLOT}', 'pgoutput')")
        admin.execute("create table t as select generate_series(1, 100000) as n")
        present = pressed(server)
    assert absent["suoi_slot_present"] == {(SOURCE,): 0}
    assert absent["suoi_slot_active"] == {(SOURCE,): 0}
    assert absent.get("suoi_slot_cap_bytes") == (None if wanted is None else {(SOURCE,): wanted})
    assert "suoi_slot_lag_bytes" not in absent
    assert 5 <= absent["suoi_heartbeat_written_age_seconds"][SOURCE,] < 15
    assert abs(absent["suoi_clock_skew_seconds"][SOURCE,]) < 1
    assert present["suoi_slot_present"] == {(SOURCE,): 1}
    assert present["suoi_slot_active"] == {(SOURCE,): 0}
    assert present["suoi_slot_wal_status"] == {(SOURCE, "reserved"): 1}
    assert present["suoi_slot_lag_bytes"][SOURCE,] > 100_000


def pressed(server: Server) -> dict[str, dict[tuple[str, ...], float]]:
    """What /metrics tells of *server*, by way of the guards' own reading."""
    login = Login(
        host="127.0.0.1",
        port=server.port,
        database="postgres",
        user="postgres",
        password="none",  # noqa: S106  it trusts whoever comes
        sslmode="disable",
    )
    database = open_postgres("test", login)
    try:
        found = read_pressure(database, read_sources()[SOURCE], (), lambda: None)
    finally:
        database.close()
    figures = figures_of(found, found.source_s - time.time())
    return told(guards.told(Alarms(source=SOURCE, at="", figures=figures)))


def test_the_page_is_served_at_its_path_alone_and_on_loopback() -> None:
    server = open_server("127.0.0.1", 0, lambda: b"suoi_x 1\n")
    assert server.server_address[0] == "127.0.0.1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        asked = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        for path, status in (("/metrics", 200), ("/metrics?x=1", 200), ("/", 404), ("/etc", 404)):
            asked.request("GET", path)
            answer = asked.getresponse()
            assert answer.status == status
            answer.read()
        asked.close()
    finally:
        server.shutdown()
        server.server_close()
