"""`suoi reject` against a real PostgreSQL and a real broker: the workers between are not there.

What the commands write to Kafka is read back, and given to sinks where a test needs its effect.
"""

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_broker import make_topic, plain_broker
from support.plain_postgres import Server, plain_province
from support.raw import change
from support.workshops import CLEAN_ROW, Rules, a_workshop
from typer.testing import CliRunner, Result

from consumers.batch import Record
from consumers.payloads import LARGEST
from consumers.province import Province
from consumers.quarantine import Quarantine
from consumers.record_code import read_record
from infra import kafka_reader
from infra.errors import Fatal, Transient, Usage
from infra.kafka_reader import Place
from infra.local.home import Home
from infra.postgres import Database
from infra.sealing import make_keys, read_keys
from schemas import control, topics
from schemas.catalogue import Catalogue
from suoi import judging, payload_reading, quarantine, reject, reject_approve, reject_replay
from suoi.command import build

NEW = dataclasses.replace(OCOP, revision=2)
REJECT, CLEAN = topics.reject(OCOP), topics.clean(OCOP)
BY = ("--reason", "kiểm tra", "--approver", "lãnh đạo")
POINTS = ("reject.before_settle", "reject.before_mark", "reject.after_mark")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        for name in (REJECT, CLEAN, topics.open_(OCOP), topics.REPLAY, topics.CONTROL):
            make_topic(address, name, 1)
        yield address


@pytest.fixture(autouse=True)
def home(server: Server, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose province and Kafka are the plain servers, and nothing in the tables."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, quarantine.payload restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )
    made = Home(tmp_path / "home")
    for path in (made.secrets, made.run):
        path.mkdir(mode=0o700, parents=True)
    make_keys(made.quarantine_keys)
    monkeypatch.setenv("SUOI_HOME", str(made.root))
    plug(monkeypatch, server.dsn("province_operator"), broker)
    return made


def plug(monkeypatch: pytest.MonkeyPatch, dsn: str, broker: str) -> None:
    """Let the commands reach the plain servers."""
    client = {"bootstrap.servers": broker}
    monkeypatch.setattr(quarantine, "postgres_conninfo", lambda *_: dsn)
    monkeypatch.setattr(quarantine, "read_captured", lambda: Catalogue({NEW.id: NEW}))
    for module in (quarantine, payload_reading):
        monkeypatch.setattr(module, "kafka_client", lambda *_: client)
    monkeypatch.setattr(reject_replay, "standings", lambda _: {})
    monkeypatch.setattr(reject_approve, "settled", lambda *_: None)


@pytest.fixture
def pen(server: Server, home: Home) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_quarantine"))
    pen = Pen(Quarantine(database, [OCOP], read_keys(home.quarantine_keys)))
    pen.begin(Place(REJECT, 0))
    yield pen
    database.close()


@pytest.fixture
def province(server: Server) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_sink"))
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(Place(CLEAN, 0))
    yield pen
    database.close()


def ask(*words: object) -> Result:
    return CliRunner().invoke(build(["reject"]), ["reject", *map(str, words)])


def answer(*words: object) -> Any:  # noqa: ANN401  a JSON document
    done = ask(*words, "--json")
    assert done.stdout, done.output or done.exception
    return json.loads(done.stdout)


def told(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def statuses(server: Server) -> list[str]:
    return [row[0] for row in told(server, "select status from quarantine.item order by id")]


def written(broker: str, topic: str, since: int = 0) -> list[Record]:
    """Records of *topic* from offset *since* on."""
    reader = kafka_reader.Reader(
        {"bootstrap.servers": broker, "group.id": "test", **kafka_reader.ALONE}
    )
    try:
        place = Place(topic, 0)
        end = kafka_reader.bounds(reader, place)[1]
        return [read_record(one) for one in kafka_reader.read(reader, {place: (since, end)})]
    finally:
        reader.close()


def end(broker: str, topic: str) -> int:
    return len(written(broker, topic))


def refused(writer: Writer, number: int, position: int, *, clean: bool = True) -> Record:
    """A reject whose payload the rules of `support.workshops` accept from revision 2 on."""
    row = CLEAN_ROW | {"id": number, "clean_from": 2 if clean else 9}
    raw = change(OCOP, "u", row)
    record = writer.reject(number, position)
    return replace(record, key=raw.key, value=raw.value)


def truncate(writer: Writer, position: int) -> Record:
    """A truncate as streams refuses it."""
    record = writer.reject(None, 0)
    order = {"generation": 1, "position": position, "step": 0, "ruleset": 1, "source_ts": 7_000_000}
    headers = {f"suoi.{name}": str(value) for name, value in order.items()}
    return replace(record, key=b"", headers=record.headers | headers | {"suoi.op": "t"})


# -- looking --


def test_a_list_shows_age_place_and_unit_and_no_key(
    pen: Pen, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen.write(Writer().reject(1, 10))
    monkeypatch.setattr(reject, "open_books", lambda _: books(server))
    (found,) = answer("list")
    assert (found["owner_unit"], found["position"], found["op"]) == (OCOP.owner_unit, 10, "u")
    assert 0 <= found["age_seconds"] < 60
    assert "[1]" not in json.dumps(found)  # Invariant 6
    assert "key" not in found
    assert ask("list").exit_code == 0
    assert json.loads(ask("show", 1, "--json").stdout)["history"] == []


@contextmanager
def books(server: Server) -> Iterator[SimpleNamespace]:
    """The books as far as `list` and `show` ask them."""
    with psycopg.connect(server.dsn("province_reader")) as connection:
        yield SimpleNamespace(catalogue=Catalogue({OCOP.id: OCOP}), province=connection)


def test_opening_shows_the_record_and_is_written_down(pen: Pen, server: Server) -> None:
    pen.write(refused(Writer(), 1, 10))
    found = answer("open", 1, "--reason", "người dân khiếu nại")
    assert (found["item"], found["key"], found["value"]["after"]["id"]) == (1, {"id": 1}, 1)
    (entry,) = told(
        server,
        "select id, item, action, by_user, by_role, reason from quarantine.audit order by id",
    )[-1:]
    assert entry == (
        found["audit"], 1, "opened", quarantine.who(), "province_operator", "người dân khiếu nại",
    )  # fmt: skip
    assert "Chè" in ask("open", 1, "--reason", "x").stdout


def test_who_looks_is_written_down_before_anything_is_shown(
    pen: Pen, server: Server, broker: str, home: Home, tmp_path: Path
) -> None:
    pen.write(refused(Writer(), 1, 10))
    before = told(server, "select count(*) from quarantine.audit")[0][0]
    armed = tmp_path / "reject.before_show"
    armed.write_text("KILL")
    words = ("open", "1", "--reason", "x")
    assert child(server, broker, home, armed, *words) == -signal.SIGKILL
    assert told(server, "select count(*) from quarantine.audit") == [(before + 1,)]


@pytest.mark.parametrize("reason", ["", "  ", "a\nb", "x" * 501])
def test_without_a_reason_nothing_is_opened(pen: Pen, reason: str) -> None:
    pen.write(Writer().reject(1, 10))
    assert isinstance(ask("open", 1, "--reason", reason).exception, Usage)


def test_an_unknown_item_is_wrong_usage(server: Server) -> None:
    before = told(server, "select count(*) from quarantine.audit")
    for words in (("open", 7, "--reason", "x"), ("waive", 7, *BY), ("approve", 7, *BY)):
        assert isinstance(ask(*words).exception, Usage)
    assert told(server, "select count(*) from quarantine.audit") == before


def test_a_payload_moved_to_another_item_is_not_shown(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10), writer.reject(2, 11))
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("delete from quarantine.payload where item = 1")
        connection.execute("update quarantine.payload set item = 1 where item = 2")
    done = ask("open", 1, "--reason", "x")
    assert isinstance(done.exception, Fatal)
    assert "raw bytes" not in done.stdout


def test_after_a_rotation_both_open_and_a_lost_key_is_named(pen: Pen, home: Home) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10))
    assert ask("rotate").exit_code == 0
    assert len(read_keys(home.quarantine_keys).ids) == 2
    assert ask("open", 1, "--reason", "x").exit_code == 0
    home.quarantine_keys.unlink()
    make_keys(home.quarantine_keys)
    assert "backup" in str(ask("open", 1, "--reason", "x").exception)


def test_a_large_or_older_payload_is_read_from_its_reject_record(
    pen: Pen, broker: str, server: Server
) -> None:
    at = end(broker, REJECT)
    writer = Writer()
    writer.skip_to(REJECT, at)
    record = replace(writer.reject(1, 10), value=b'"' + b"x" * LARGEST + b'"')
    config = {"bootstrap.servers": broker, "message.max.bytes": 2**24, "compression.type": "lz4"}
    producer = Producer(config)
    producer.produce(
        REJECT, key=record.key, value=record.value, headers=list(record.headers.items())
    )
    assert producer.flush(20) == 0
    pen.places = {Place(REJECT, 0): 0}
    pen.write(record)
    assert told(server, "select * from quarantine.payload") == []
    assert len(answer("open", 1, "--reason", "x")["value"]) == LARGEST
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("update quarantine.item set reject_offset = 999999")
    done = ask("open", 1, "--reason", "x")
    assert (done.exit_code, done.stdout) == (1, "")


# -- waiving --


def test_a_waived_item_is_closed_with_reason_and_approver(pen: Pen, server: Server) -> None:
    pen.write(Writer().reject(1, 10))
    assert ask("waive", 1, *BY).exit_code == 0
    assert statuses(server) == ["waived"]
    (entry,) = told(server, "select item, action, reason, approver from quarantine.audit")[-1:]
    assert entry == (1, "waived", "kiểm tra", "lãnh đạo")
    assert ask("waive", 1, *BY).exit_code == 0  # once more changes nothing
    pen.write(Writer().reject(2, 11, raw=4))
    assert told(server, "select count(*) from quarantine.item") == [(2,)]  # nothing was deleted


def test_nobody_waives_alone(pen: Pen, server: Server) -> None:
    pen.write(Writer().reject(1, 10))
    done = ask("waive", 1, "--reason", "x", "--approver", quarantine.who())
    assert isinstance(done.exception, Usage)
    assert statuses(server) == ["open"]


def test_what_is_closed_otherwise_is_not_waived(pen: Pen, province: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10))
    province.write(writer.clean(1, 20))
    pen.sink.close_items()
    assert ask("waive", 1, *BY).exit_code == 1
    assert statuses(server) == ["fixed_at_source"]


# -- replaying --


def test_a_dry_run_says_what_would_become_and_changes_nothing(
    pen: Pen, province: Pen, server: Server, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "compiled", Rules)
    writer, at = Writer(), end(broker, topics.REPLAY)
    pen.write(
        *(refused(writer, number, 10 + number) for number in (1, 2, 3)),
        refused(writer, 4, 14, clean=False),
        writer.reject(6, 16, ruleset=2),
        truncate(writer, 2),
    )
    province.write(writer.clean(3, 99))
    before = told(server, "select * from quarantine.item order by id")
    found = answer("replay", "--dry-run")
    expected = {"clean": 2, "reject": 1, "superseded": 1, "same_rules": 1, "items": 4}
    assert {name: found[name] for name in expected} == expected
    assert found["dry_run"] is True
    assert told(server, "select * from quarantine.item order by id") == before
    assert end(broker, topics.REPLAY) == at
    assert answer("replay", "--dry-run", 1, 4)["items"] == 2
    assert answer("replay", "--dry-run", "--code", "field.missing")["items"] == 4
    assert answer("replay", "--dry-run", "--code", "code.unknown")["items"] == 0


def test_a_replay_hands_over_what_streams_judges_under_its_place_of_then(
    pen: Pen, province: Pen, server: Server, broker: str
) -> None:
    writer, at = Writer(), end(broker, topics.REPLAY)
    pen.write(*(refused(writer, number, 10 + number) for number in (1, 2)))
    pen.write(refused(writer, 3, 13, clean=False))
    province.write(writer.clean(2, 99))
    found = answer("replay")
    assert (found["sent"], found["superseded"]) == (2, 1)
    assert statuses(server) == ["open", "released_superseded", "open"]
    records = written(broker, topics.REPLAY, at)
    assert [one.headers["suoi.item"] for one in records] == ["1", "3"]
    assert records[0].headers["suoi.generation"] == "1"
    workshop = a_workshop(NEW)
    coded = [
        replace(one, headers=[(name, value.encode()) for name, value in one.headers.items()])  # type: ignore[arg-type]
        for one in records
    ]
    made = workshop.refine(coded)  # type: ignore[arg-type]
    assert made.counts == {"again:clean": 1, "again:reject": 1}
    clean = next(one for one in made.messages if one.topic == CLEAN)
    assert ("suoi.raw", f"{topics.raw(OCOP)}:0:0") in clean.headers
    assert told(server, "select count(asked_at) from quarantine.item") == [(2,)]
    assert answer("replay") == found | {
        "items": 0, "sent": 0, "superseded": 0, "under_way": 2,
    }  # fmt: skip
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("update quarantine.item set asked_at = asked_at - interval '2 min'")
    assert answer("replay")["sent"] == 2  # none is forgotten


def test_named_items_are_handed_over_at_once_and_only_open_ones_are(
    pen: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(refused(writer, 1, 10), truncate(writer, 2))
    assert answer("replay", 1)["sent"] == 1
    assert answer("replay", 1)["sent"] == 1
    assert isinstance(ask("replay", 2).exception, Usage)
    assert ask("waive", 1, *BY).exit_code == 0
    assert isinstance(ask("replay", 1).exception, Usage)
    assert isinstance(ask("replay", "--dataset", "la").exception, Usage)
    assert statuses(server) == ["waived", "open"]


def test_a_paused_dataset_is_not_replayed(
    pen: Pen, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen.write(refused(Writer(), 1, 10))
    at = end(broker, topics.REPLAY)
    standing = control.paused(OCOP.id, control.decided("bảo trì"), "lan")
    monkeypatch.setattr(reject_replay, "standings", lambda _: {OCOP.id: standing})
    done = ask("replay", "--json")
    assert (done.exit_code, json.loads(done.stdout)["paused"]) == (1, 1)
    assert end(broker, topics.REPLAY) == at


def test_a_limit_is_kept_and_the_rest_follows(pen: Pen) -> None:
    writer = Writer()
    pen.write(*(refused(writer, number, 10 + number) for number in range(120)))
    assert answer("replay", "--limit", 70)["sent"] == 70
    assert answer("replay")["sent"] == 50


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_a_replay_is_run_again_and_forgets_none(
    pen: Pen, server: Server, broker: str, home: Home, tmp_path: Path, point: str
) -> None:  # Invariant 8
    writer, at = Writer(), end(broker, topics.REPLAY)
    pen.write(*(refused(writer, number, 10 + number) for number in range(60)))
    armed = tmp_path / point
    armed.write_text("KILL")
    assert child(server, broker, home, armed, "replay") == -signal.SIGKILL
    assert armed.with_name(f"{point}.struck").exists()
    marked = told(server, "select count(asked_at) from quarantine.item")[0][0]
    assert marked == (50 if point == "reject.after_mark" else 0)
    found = answer("replay")
    assert found["sent"] == 60 - marked
    items = [int(one.headers["suoi.item"]) for one in written(broker, topics.REPLAY, at)]
    assert set(items) == set(range(1, 61))
    assert told(server, "select count(asked_at) from quarantine.item") == [(60,)]


def child(server: Server, broker: str, home: Home, armed: Path, *words: str) -> int:
    """Run one command in a process of its own, with a fault armed; its exit code."""
    code = (
        "import sys; from test_reject_command import in_child; in_child(sys.argv[1], sys.argv[2],"
        " sys.argv[3:])"
    )
    here = Path(__file__).parent
    path = os.pathsep.join(map(str, (here, here.parent, here.parents[1])))
    environment = os.environ | {
        "PYTHONPATH": path,
        "SUOI_HOME": str(home.root),
        "SUOI_FAULTS": str(armed.parent),
    }
    dsn = server.dsn("province_operator")
    done = subprocess.run(
        [sys.executable, "-c", code, dsn, broker, *words],
        env=environment,
        check=False,
        timeout=60,
        capture_output=True,
    )
    return done.returncode


def in_child(dsn: str, broker: str, words: list[str]) -> None:
    """Be the command, reaching the plain servers."""
    plug(pytest.MonkeyPatch(), dsn, broker)
    build(["reject"])(["reject", *words], standalone_mode=False)


def test_what_is_older_than_a_truncate_waits_for_its_decision(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(refused(writer, 1, 10), truncate(writer, 17), refused(writer, 2, 20))
    found = answer("replay")
    assert (found["sent"], found["before_truncate"]) == (1, 1)
    assert ask("waive", 2, *BY).exit_code == 0
    assert answer("replay")["sent"] == 1
    assert statuses(server) == ["open", "waived", "open"]


# -- a truncate --


def test_a_truncate_says_what_it_would_remove_and_removes_exactly_that(
    pen: Pen, province: Pen, server: Server, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reject, "open_books", lambda _: books(server))
    writer, at = Writer(), end(broker, CLEAN)
    open_at = end(broker, topics.open_(OCOP))
    province.write(*(writer.clean(number, 10 + number) for number in range(1, 5)))
    province.write(writer.clean_gone(4, 16), writer.clean(5, 30))
    pen.write(writer.reject(8, 12), truncate(writer, 20), writer.reject(9, 40))
    shown = answer("show", 2)
    assert (shown["would_remove"], shown["op"]) == (3, "t")
    assert [one["would_remove"] for one in answer("list")] == [None, 3, None]
    found = answer("approve", 2, *BY)
    assert found["removed"] == 3
    records = written(broker, CLEAN, at)
    assert [(one.key, one.value) for one in records] == [
        (f"[{number}]".encode(), None) for number in (1, 2, 3)
    ]
    headers = records[0].headers
    assert (headers["suoi.position"], headers["suoi.op"]) == ("20", "t")
    assert (headers["suoi.again"], headers["suoi.audit"]) == ("1", str(found["audit"]))
    assert headers["suoi.source_ts"] == "7000000"
    assert len(written(broker, topics.open_(OCOP), open_at)) == 3
    assert statuses(server) == ["fixed_at_source", "approved", "open"]
    (entry,) = told(server, "select action, approver, facts from quarantine.audit")[-1:]
    assert entry == ("approved", "lãnh đạo", {"dataset": OCOP.id, "rows": 3})
    done = ask("approve", 2, *BY)
    assert isinstance(done.exception, Fatal)


@pytest.mark.parametrize("point", ["reject.after_page", "reject.before_close"])
def test_killed_in_the_middle_approving_again_finishes_it(
    pen: Pen, province: Pen, server: Server, broker: str, home: Home, tmp_path: Path, point: str
) -> None:  # Invariant 8
    writer, at = Writer(), end(broker, CLEAN)
    province.write(*(writer.clean(number, 10) for number in range(1200)))
    pen.write(truncate(writer, 20))
    armed = tmp_path / point
    armed.write_text("KILL")
    assert child(server, broker, home, armed, "approve", "1", *BY) == -signal.SIGKILL
    assert statuses(server) == ["open"]
    assert answer("approve", 1, *BY)["removed"] == 1200
    assert len({one.key for one in written(broker, CLEAN, at)}) == 1200
    assert statuses(server) == ["approved"]


def test_a_truncate_is_approved_by_a_second_person_and_other_items_are_not(
    pen: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(truncate(writer, 20), writer.reject(1, 30))
    alone = ("approve", 1, "--reason", "x", "--approver", quarantine.who())
    assert isinstance(ask(*alone).exception, Usage)
    assert isinstance(ask("approve", 2, *BY).exception, Usage)
    assert statuses(server) == ["open", "open"]


def test_while_a_sink_is_behind_nothing_is_removed(
    pen: Pen, province: Pen, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behind(*_: object) -> None:
        message = "the provincial sink is behind"
        raise Transient(message)

    writer = Writer()
    province.write(writer.clean(1, 10))
    pen.write(truncate(writer, 20))
    monkeypatch.setattr(reject_approve, "settled", behind)
    assert isinstance(ask("approve", 1, *BY).exception, Transient)
    assert statuses(server) == ["open"]
