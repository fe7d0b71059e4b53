"""Connect killed in the middle of a load, while rows already read are deleted at the source."""

import json

from confluent_kafka import Consumer
from support.canary import open_reader
from support.registers import DEATH, insert
from support.stack import Stack
from support.waiting import until, until_equal

from infra import kafka_reader
from infra.kafka_reader import Place

ROWS = 60_000
OURS = "select uuid::text from ho_tich.khai_tu where uuid >= '00000000-0000-4000-9000-000000000000'"
MINE = "_deleted_at is null and _key like '[\"00000000-0000-4000-9000-%%'"
"""The rows of this test: others may hold rows whose table was truncated at the source."""
LIVING = f"select count(*) from clean.tp_khai_tu where {MINE}"  # noqa: S608  our own text


def rows_read(kafka: Consumer, since: dict[Place, int]) -> int:
    """How many raw records came after *since*."""
    return sum(kafka_reader.bounds(kafka, place)[1] - low for place, low in since.items())


def test_a_load_cut_by_a_kill_goes_on_and_forgets_no_delete(stack: Stack) -> None:
    kafka = open_reader(stack)
    raw = kafka_reader.partitions(kafka, "raw.so_tu_phap.ho_tich.khai_tu")
    with stack.justice() as clerk:
        first = insert(clerk, "ho_tich.khai_tu", DEATH | {"uuid": _uuid(0)})
        columns = ", ".join(name for name in DEATH)
        clerk.execute(
            f"insert into ho_tich.khai_tu (uuid, {columns}) "  # noqa: S608  our own names
            f"select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, {columns} "
            "from ho_tich.khai_tu, generate_series(1, %s) n where uuid = %s",
            (ROWS, first),
        )
        until(lambda: (stack.one(LIVING) or (0,))[0] >= ROWS, 120)
        before = {place: kafka_reader.bounds(kafka, place)[1] for place in raw}
        load = json.dumps({"data-collections": ["ho_tich.khai_tu"], "type": "incremental"})
        clerk.execute("insert into cdc.signal values ('cut', 'execute-snapshot', %s)", (load,))
        until(lambda: rows_read(kafka, before) > ROWS // 20, 60, pause=0.01)
        struck = stack.signal("connect")
        read = rows_read(kafka, before)
        assert read < ROWS, "the load had ended before it was struck"
        # rows with small keys were read first; they go now, while nobody listens
        clerk.execute("delete from ho_tich.khai_tu where uuid < %s", (_uuid(ROWS // 20),))
        stack.wait_restarted("connect", struck)
        left = {key for (key,) in clerk.execute(OURS)}
        until(lambda: rows_read(kafka, before) >= ROWS, 90)
        until_equal(lambda: stack.one(LIVING), (len(left),), 90)
        assert living(stack) == left  # Invariant 8: none lost, none come back
        until(lambda: stack.suoi("ledger", "check", check=False).returncode == 0, 60)
        clerk.execute("delete from ho_tich.khai_tu")
        until_equal(lambda: stack.one(LIVING), (0,), 90)
    kafka.close()


def living(stack: Stack) -> set[str]:
    """Source keys of the live provincial deaths."""
    rows = stack.all(f"select _key from clean.tp_khai_tu where {MINE}")  # noqa: S608
    return {json.loads(key)[0] for (key,) in rows}


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-9000-{number:012}"
