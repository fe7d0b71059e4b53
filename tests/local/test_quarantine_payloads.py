"""What the quarantine sink keeps of a refused record itself, and of one without an order key."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.batch import Record
from consumers.payloads import LARGEST, Identity, Payload, unseal
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.errors import Fatal
from infra.kafka_reader import Place
from infra.postgres import Database
from infra.sealing import Keys, Sealed
from schemas import topics
from schemas.records import Origin

KEYS = Keys({"thu": bytes(range(32))})
RAW = topics.raw(OCOP)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, quarantine.payload restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )


@pytest.fixture
def pen(server: Server) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_quarantine"))
    pen = Pen(Quarantine(database, [OCOP], KEYS))
    pen.begin(Place(topics.reject(OCOP), 0))
    yield pen
    database.close()


@pytest.fixture
def province(server: Server) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_sink"))
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(Place(topics.clean(OCOP), 0))
    yield pen
    database.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def statuses(server: Server) -> list[str]:
    return [row[0] for row in ask(server, "select status from quarantine.item order by id")]


def outcomes(server: Server) -> dict[str, int]:
    return dict(ask(server, "select outcome, n from ledger.outcome"))  # type: ignore[arg-type]


def undecodable(writer: Writer, number: int, raw: int | None = None, judged: int = 1) -> Record:
    """A reject of product *number* whose envelope did not decode: a key, and no order."""
    record = writer.reject(None, 0, raw=raw)
    record.headers["suoi.ruleset"] = str(judged)
    record.headers["suoi.generation"] = "1"
    return replace(record, key=f'{{"id":{number}}}'.encode())


def again(record: Record) -> Record:
    """The same as a replay gives it."""
    return replace(record, headers=record.headers | {"suoi.again": "1"})


def test_the_payload_is_sealed_beside_its_item(pen: Pen, server: Server) -> None:
    pen.write(Writer().reject(1, 10), Writer(partition=0).reject(2, 11, raw=9))
    rows = ask(
        server,
        "select raw_offset, judged, payload_bytes, key_id, nonce, sealed from quarantine.item"
        " join quarantine.payload on item = id order by id",
    )
    assert len(rows) == 2
    for (offset, judged, size, *sealed), number in zip(rows, (1, 2), strict=True):
        identity = Identity(OCOP.id, Origin(RAW, 0, offset), judged)
        payload = unseal(KEYS, identity, Sealed(*sealed))
        assert payload == Payload(f'{{"id": {number}}}'.encode(), b"{raw bytes}")
        assert size == payload.size
        assert b"raw" not in sealed[2]
    other = Identity(OCOP.id, Origin(RAW, 0, 9), 1)
    with pytest.raises(Fatal):
        unseal(KEYS, other, Sealed(*rows[0][3:]))


def test_a_payload_above_the_limit_stays_in_reject_alone(pen: Pen, server: Server) -> None:
    writer = Writer()
    large = replace(writer.reject(1, 10), value=b"x" * LARGEST)
    just = writer.reject(2, 11)
    pen.write(large, replace(just, value=b"x" * (LARGEST - len(just.key or b""))))
    assert ask(server, "select item from quarantine.payload") == [(2,)]
    assert ask(server, "select payload_bytes > 1048576 from quarantine.item where id = 1") == [
        (True,)
    ]


def test_a_payload_is_written_with_its_item_or_not_at_all(pen: Pen, server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("alter table quarantine.payload add constraint shut check (item < 0)")
        with pytest.raises(Fatal):
            pen.write(Writer().reject(1, 10))
        connection.execute("alter table quarantine.payload drop constraint shut")
    assert statuses(server) == []  # Invariant 1
    assert outcomes(server) == {}


@pytest.mark.parametrize("role", ["province_quarantine", "province_reader", "province_sink"])
def test_no_role_but_the_operator_reads_payloads(server: Server, role: str) -> None:
    with (
        psycopg.connect(server.dsn(role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select sealed from quarantine.payload")
    with psycopg.connect(server.dsn("province_operator")) as connection:
        connection.execute("select sealed from quarantine.payload")


def test_the_audit_is_added_to_and_never_changed(server: Server) -> None:
    with psycopg.connect(server.dsn("province_operator"), autocommit=True) as connection:
        connection.execute(
            "insert into quarantine.audit (item, action, by_user, reason)"
            " values (1, 'opened', 'thu', 'thử')"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from quarantine.audit")
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        for statement in (
            "delete from quarantine.audit",
            "update quarantine.audit set reason = 'khác'",
            "truncate quarantine.audit",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(statement)  # type: ignore[arg-type]


def test_a_record_without_order_is_closed_by_a_later_change_of_its_row(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(undecodable(writer, 1, raw=5), undecodable(writer, 2, raw=6))
    province.write(writer.clean(1, 10, raw=4), writer.clean(2, 11, raw=7))
    pen.sink.close_items()
    assert statuses(server) == ["open", "fixed_at_source"]
    province.write(writer.clean_gone(1, 12, raw=9))
    pen.sink.close_items()
    assert statuses(server) == ["fixed_at_source", "fixed_at_source"]


def test_a_record_without_order_is_superseded_by_a_later_refusal_of_its_row(
    pen: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(undecodable(writer, 1, raw=5), undecodable(writer, 2, raw=6))
    pen.write(writer.reject(1, 10, raw=7), undecodable(writer, 2, raw=8))
    assert statuses(server) == ["superseded", "superseded", "open", "open"]


def test_of_many_records_without_order_one_a_row_stays_open(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(*(again(undecodable(writer, 1 + raw % 2, raw)) for raw in (4, 7, 5, 6, 9, 8)))
    pen.write(again(undecodable(writer, 1, raw=2)), undecodable(writer, 2, raw=11))
    left = "select named_key, raw_offset from quarantine.item where status = 'open' order by id"
    assert ask(server, left) == [("[1]", 8), ("[2]", 11)]


def test_a_record_without_order_is_replayed_when_its_own_raw_record_is_stored(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(undecodable(writer, 1, raw=5))
    province.write(writer.clean(1, 10, raw=5, _ruleset=2))
    pen.sink.close_items()
    assert statuses(server) == ["replayed"]


def test_a_later_generation_closes_an_item_of_an_earlier_one(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 900))
    province.write(writer.clean(1, 3, _generation=2))
    pen.sink.close_items()
    assert statuses(server) == ["fixed_at_source"]
    pen.write(again(writer.reject(1, 901, raw=30)))
    assert statuses(server) == ["fixed_at_source", "fixed_at_source"]


def test_refused_again_under_newer_rules_it_is_a_new_item_and_no_new_count(
    pen: Pen, server: Server
) -> None:  # Invariant 2
    writer = Writer()
    pen.write(writer.reject(1, 10, raw=5), writer.reject(2, 11, raw=6))
    replay = again(writer.reject(1, 10, raw=5, ruleset=2))
    pen.write(replay)
    pen.write(again(writer.reject(1, 10, raw=5, ruleset=2)))
    assert statuses(server) == ["superseded", "open", "open"]
    assert outcomes(server) == {"quarantined": 2}
    assert ask(server, "select count(*) from quarantine.payload") == [(3,)]
    pen.write(writer.reject(3, 12, raw=7))
    assert outcomes(server) == {"quarantined": 3}


def test_refused_again_without_order_it_takes_the_place_of_its_item_once(
    pen: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(undecodable(writer, 1, raw=5))
    pen.write(again(undecodable(writer, 1, raw=5, judged=2)))
    pen.write(again(undecodable(writer, 1, raw=5, judged=2)))
    assert statuses(server) == ["superseded", "open"]
    decoded = again(writer.reject(1, 10, raw=5, ruleset=3))
    pen.write(decoded)
    assert statuses(server) == ["superseded", "superseded", "open"]
    assert outcomes(server) == {"quarantined": 1}


def test_what_was_replayed_and_has_a_newer_row_is_released(
    pen: Pen, province: Pen, server: Server
) -> None:  # Invariant 4
    writer = Writer()
    pen.write(writer.reject(1, 10), undecodable(writer, 2, raw=6))
    with psycopg.connect(server.dsn("province_operator"), autocommit=True) as connection:
        connection.execute("update quarantine.item set asked_at = now(), asked_ruleset = 2")
    province.write(writer.clean(1, 20, raw=8), writer.clean(2, 21, raw=9))
    pen.sink.close_items()
    assert statuses(server) == ["released_superseded", "released_superseded"]
