"""A real Debezium on a real PostgreSQL: the same table twice, as our JSON and as the rival's Avro.

Two connectors of the same settings (connectors.capture); the rival's differs in names, in slot and
in its converters.
"""

import time
from collections.abc import Mapping, Sequence

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from psycopg import sql

from bench.clones import ORIGINAL
from bench.jdbc import SCHEMA, Connector, identifier
from bench.ours import until
from bench.place import SOURCE, Place
from connectors.engines import wanted_config
from connectors.sources import read_sources
from infra.kafka_admin import ensure_topics
from infra.local.ports import LOOPBACK
from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from schemas.records import Row
from suoi.departments import place_of

THEIRS = "rival"
"""Topic prefix, connector and slot of the rival's capture."""
TABLE = sql.Identifier("bo_tro", "hanh_nghe")
_AVRO = "io.apicurio.registry.utils.converter.AvroConverter"
_DEADLINE_S = 240.0


def raw_topics(place: Place) -> tuple[Dataset, str]:
    """Return our dataset, and the name of the rival's topic, made here like ours."""
    dataset = read_catalogue(place.contracts)[ORIGINAL]
    theirs = f"{THEIRS}.{topics.qualified(dataset)}"
    names = (theirs, *(f"{THEIRS}.{one}" for one in (topics.HEARTBEAT_TABLE, topics.SIGNAL_TABLE)))
    names += (f"__debezium-heartbeat.{THEIRS}", f"notifications.{THEIRS}", THEIRS)
    counts = {theirs: dataset.partitions}
    ensure_topics(
        place.admin(),
        [topics.Topic(name=one, partitions=counts.get(one, 1), config={}) for one in names],
    )
    return dataset, theirs


def make_table(place: Place) -> sql.Identifier:
    """Make the rival's table in the province: the source's columns, its key."""
    query = sql.SQL(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = {}::regclass and attnum > 0 and not attisdropped order by attnum"
    ).format(sql.Literal("bo_tro.hanh_nghe"))
    with place.department() as department, place.province() as province:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
            for name, kind in department.execute(query)
        )
        province.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)))
        made = sql.SQL("create table {} ({}, primary key (id))")
        province.execute(made.format(identifier("hanh_nghe"), columns))
    return identifier("hanh_nghe")


def connectors(place: Place, dataset: Dataset) -> Sequence[Connector]:
    """Return both captures, not started: ours, then the rival's."""
    source = read_sources()[SOURCE]
    ours = wanted_config(source, (dataset,), place_of(place.home, source))
    registry = f"http://{LOOPBACK}:{place.home.ports.registry}/apis/registry/v2"
    theirs = ours | {
        "topic.prefix": THEIRS,
        "slot.name": f"suoi_{THEIRS}",
        "notification.sink.topic.name": f"notifications.{THEIRS}",
    }
    for side in ("key", "value"):
        theirs |= {
            f"{side}.converter": _AVRO,
            f"{side}.converter.apicurio.registry.url": registry,
            f"{side}.converter.apicurio.registry.auto-register": "true",
            f"{side}.converter.apicurio.registry.find-latest": "true",
            f"{side}.converter.apicurio.registry.as-confluent": "true",
            f"{side}.converter.apicurio.registry.use-id": "contentId",
        }
    return Connector(place, SOURCE, ours), Connector(place, THEIRS, theirs)


def await_slots(place: Place) -> None:
    """Wait until both captures follow the log: what was committed before is seen by neither."""
    query = "select count(*) from pg_replication_slots where active"
    with place.department() as department:
        until(lambda: department.execute(query).fetchone() == (2,), _DEADLINE_S)


def insert(place: Place, rows: Sequence[Row], records: int) -> None:
    """Have the department commit *records* rows, made of *rows*, ten thousand at a time."""
    at_once = 10_000
    with place.department() as department, department.cursor() as cursor:
        names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
        made = sql.SQL("create table bench_rows as select {} from {} with no data")
        cursor.execute(made.format(names, TABLE))
        with cursor.copy(sql.SQL("copy bench_rows ({}) from stdin").format(names)) as copy:
            for row in rows:
                copy.write_row([row[name] for name in rows[0]])
        query = sql.SQL(
            "insert into {} ({names}) select {names} from bench_rows"
            " cross join generate_series(1, %s) limit %s"
        ).format(TABLE, names=names)
        for first in range(0, records, at_once):
            wanted = min(at_once, records - first)
            cursor.execute(query, (-(-wanted // len(rows)), wanted))


def await_records(admin: AdminClient, wanted: Mapping[str, int]) -> None:
    """Wait until each topic holds as many records as *wanted* says."""
    deadline = time.monotonic() + _DEADLINE_S
    for topic, count in wanted.items():
        while (held := length(admin, topic)) < count:
            assert time.monotonic() < deadline, f"{topic} holds {held}, not {count}"
            time.sleep(0.2)
        assert held == count, f"{topic} holds {held}, not {count}"


def length(admin: AdminClient, topic: str) -> int:
    """Return how many records *topic* holds: the sum of its ends (nothing was removed)."""
    known = admin.list_topics(topic, timeout=10).topics[topic]
    asked = {TopicPartition(topic, number): OffsetSpec.latest() for number in known.partitions}
    return sum(future.result(10).offset for future in admin.list_offsets(asked).values())
