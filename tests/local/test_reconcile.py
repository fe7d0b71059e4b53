"""Reconciliation on real databases: what was lost, altered or invented is found, nothing else.

The province is filled by the product's judge and sinks; the source's rows are written by SQL. The
chain's proof that it is complete (`settle`) is the test's own.
"""

# ruff: noqa: S608  the statements hold names of our own

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
import pytest
from support.judging import CLEAN
from support.more_rows import MORE
from support.plain_mariadb import MariaDB, plain_mariadb
from support.plain_postgres import Server, plain_province
from support.reconciling import Chain, insert, stored

from connectors import dba
from connectors.sources import MARIADB, read_sources
from consumers.ledger.reconcile.buckets import key_hash
from consumers.ledger.reconcile.report import Report, document, reconcile, record
from consumers.ledger.reconcile.sweep import Pace
from consumers.ledger.reconcile.verdicts import Inquiry
from infra.errors import Fatal
from infra.local.departments import DEPARTMENTS
from infra.source_database import Login
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from streams.compiler import Validator, compile_dataset
from suoi.sweeping import Sides, Ways, open_sides, sweep_all, sweep_part

CATALOGUE = read_catalogue()
LAND, OCOP = CATALOGUE["nnmt_thua_dat"], CATALOGUE["nnmt_ocop"]
ROWS = CLEAN | MORE
PACE = Pace(rows=7, pause_s=0)
FAR = 99_999 << 32
"""A position no log of a test reaches."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(LAND, OCOP) as running:
        source = read_sources()["vbdlis_sonla"]
        with psycopg.connect(running.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {source.database}")  # type: ignore[arg-type]
        script = DEPARTMENTS[source.id].script.read_text() + dba.script(source, [LAND], "test")
        with psycopg.connect(running.dsn(database=source.database)) as connection:
            connection.execute(script)  # type: ignore[arg-type]
        yield running


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDB]:
    source = read_sources()["so_nnmt"]
    with plain_mariadb() as running:
        running.run("create database so_nnmt")
        script = DEPARTMENTS[source.id].script.read_text() + dba.script(source, [OCOP], "test")
        running.run(script, source.database)
        yield running


@pytest.fixture(scope="module")
def validators() -> dict[str, Validator]:
    codes = read_codes(("099",))
    return {dataset.id: compile_dataset(dataset, codes) for dataset in (LAND, OCOP)}


class World:
    """One dataset, its source and its province."""

    def __init__(self, server: Server, ways: Ways, chain: Chain, source: Any) -> None:  # noqa: ANN401
        self.server, self.ways, self.chain, self._source = server, ways, chain, source
        self.dataset, self.image = chain.dataset, ROWS[chain.dataset.id]
        self.settled: Callable[[int], bool] = lambda _: True
        self.delivered: dict[int, dict[str, Any]] = {}

    def at_source(self, statement: str, values: Any = None) -> None:  # noqa: ANN401
        """Run a statement at the source."""
        with self._source() as connection:
            connection.cursor().execute(statement, values)

    def change(self, number: int, **facts: object) -> None:
        """Change a row at the source alone, and no other column of it."""
        kept = ["cap_nhat = cap_nhat"] if self.dataset is OCOP else []
        changes = ", ".join([*(f"{name} = %({name})s" for name in facts), *kept])
        table = self.dataset.table
        self.at_source(
            f"update {table} set {changes} where id = %(number)s", {"number": number, **facts}
        )

    def in_province(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement in the province."""
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def seed(self, numbers: Iterable[int]) -> None:
        """Rows on both sides, at once."""
        self.delivered |= {number: self.image | {"id": number} for number in numbers}
        with self._source() as connection:
            for image in self.delivered.values():
                row = stored(self.dataset, image)
                connection.cursor().execute(insert(self.dataset.table, row), row)
        self.chain.deliver_all(self.delivered.values())

    def put(self, number: int, *, deliver: bool = True, **facts: Any) -> None:  # noqa: ANN401
        """A row at the source; in the province too, unless the chain is to be cut."""
        image = self.image | {"id": number} | facts
        row = stored(self.dataset, image)
        self.at_source(insert(self.dataset.table, row), row)
        if deliver:
            self.chain.deliver(image)
        self.delivered[number] = image

    def compare(self, *, processes: int = 0) -> Report:
        """Reconcile, in this process alone or in *processes* of their own."""
        with open_sides(self.ways) as sides:
            return reconcile(self.inquiry(sides), lambda: self._swept(sides, processes), "d")

    def inquiry(self, sides: Sides) -> Inquiry:
        """The product's, with our own proof and our own raw records."""
        return Inquiry(
            source=sides.images,
            province=sides.province,
            standardise=sides.standardise,
            settle=self.settled,
            rejudge=lambda held: {
                key: sides.standardise.raw(self.chain.raws[one.raw], one.source_ts)
                for key, one in held.items()
                if one.raw in self.chain.raws
            },
            generation=1,
            ruleset=self.dataset.revision,
        )

    def _swept(self, sides: Sides, processes: int) -> Any:  # noqa: ANN401
        if processes:
            return sweep_all(self.ways, sides.images.marks(processes))
        return sweep_part(self.ways, (None, None))


@pytest.fixture(params=["nnmt_thua_dat", "nnmt_ocop"])
def world(
    request: pytest.FixtureRequest,
    server: Server,
    mariadb: MariaDB,
    validators: dict[str, Validator],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    monkeypatch.setenv("SUOI_CCCD_PLACES", "099")
    monkeypatch.setattr("suoi.sweeping.compiled", lambda one: validators[one.id])
    monkeypatch.setattr("suoi.sweeping.read_law", lambda: CATALOGUE)
    dataset = CATALOGUE[request.param]
    source = read_sources()[dataset.source]
    on_maria = source.engine == MARIADB
    login = Login(
        host="127.0.0.1",
        port=mariadb.port if on_maria else server.port,
        database=source.database,
        user=source.role,
        password="test",  # noqa: S106  a server of this run alone
        sslmode="disable",
    )
    ways = Ways(
        dataset=dataset.id,
        source=source,
        login=login,
        province=server.dsn("province_reader"),
        pace=PACE,
    )

    def opened() -> Any:  # noqa: ANN401  either driver's connection
        if on_maria:
            return mariadb.connect(source.database)
        return psycopg.connect(server.dsn(database=source.database))

    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            f"truncate clean.{dataset.id}, quarantine.item, ledger.progress, ledger.seen,"  # type: ignore[arg-type]
            " ledger.outcome, ledger.count, ledger.reconciliation"
        )
    chain = Chain(server, dataset, validators[dataset.id])
    made = World(server, ways, chain, opened)
    made.at_source(f"delete from {dataset.table}")
    made.seed(range(1, 23))
    yield made
    chain.close()


def found(report: Report) -> dict[str, tuple[str, str]]:
    return {one.key: (one.kind.value, one.what) for one in report.differences}


def table(world: World) -> str:
    return f"clean.{world.dataset.id}"


def column(world: World) -> str:
    """A text column of the source that no rule reads, and that is canonical."""
    return "so_gcn" if world.dataset is LAND else "ten_sp"


def test_equal_sides_are_equal_and_verified_through_the_moment_before(world: World) -> None:
    report = world.compare()
    assert found(report) == {}
    assert report.equal
    assert report.rows == 22
    assert report.verified_through is not None
    assert document(report)["differs"] == 0


def test_one_deleted_one_altered_and_one_extra_row_are_found_by_two_processes(
    world: World,
) -> None:
    name = table(world)
    world.in_province(f"delete from {name} where _key = '[3]'")
    canonical = "ten" if world.dataset is OCOP else "so_thua"
    world.in_province(f"update {name} set {canonical} = 'X' where _key = '[17]'")
    columns = "_key, _source, _generation, _position, _step, _ruleset, _raw, _hash"
    world.in_province(
        f"insert into {name} ({columns}) select '[999]', _source, _generation, _position, _step,"
        f" _ruleset, _raw, _hash from {name} where _key = '[5]'"
    )
    if world.dataset is LAND:
        world.at_source("analyze dat_dai.thua_dat")
    report = world.compare(processes=2)
    assert found(report) == {
        "[3]": ("differs", "missing"),
        "[17]": ("differs", "altered"),
        "[999]": ("differs", "extra"),
    }
    assert not report.equal
    assert report.verified_through is None
    shown = document(report)
    assert {one["key"] for one in shown["differences"]} == {
        key_hash(key) for key in ("[3]", "[17]", "[999]")
    }
    assert "[17]" not in str(shown)  # Invariant 6


def test_a_change_the_chain_lost_is_found_at_the_source_too(world: World) -> None:
    world.change(4, **{column(world): "AB 1"})
    world.at_source(f"delete from {world.dataset.table} where id = 9")
    assert found(world.compare()) == {
        "[4]": ("differs", "altered"),
        "[9]": ("differs", "extra"),
    }


def test_a_change_to_null_that_was_lost_is_found(world: World) -> None:  # Invariant 7
    optional, value = (
        ("thua_goc", "w7cckf8bxg4j") if world.dataset is LAND else ("sdt", "0912000001")
    )
    world.put(50, **{optional: value})
    assert found(world.compare()) == {}
    world.change(50, **{optional: None})
    assert found(world.compare()) == {"[50]": ("differs", "altered")}


def test_a_tombstone_is_equal_to_no_row_and_different_from_a_live_one(world: World) -> None:
    world.at_source(f"delete from {world.dataset.table} where id = 6")
    world.chain.deliver(None, gone=world.delivered[6])
    assert found(world.compare()) == {}
    world.chain.deliver(None, gone=world.delivered[7])  # deleted here, alive there
    assert found(world.compare()) == {"[7]": ("differs", "deleted")}


def test_a_key_that_changed_leaves_a_tombstone_and_a_row(world: World) -> None:
    world.change(6, id=1006)
    assert found(world.compare()) == {
        "[6]": ("differs", "extra"),
        "[1006]": ("differs", "missing"),
    }
    world.chain.deliver(None, gone=world.delivered[6])
    world.chain.deliver(world.delivered[6] | {"id": 1006})
    assert found(world.compare()) == {}


BAD = {"nnmt_thua_dat": {"so_to": "x" * 10, "dien_tich": "-5.00"}, "nnmt_ocop": {"sao": 9}}


def test_a_refused_row_is_explained_by_its_open_item_and_by_nothing_else(world: World) -> None:
    bad = BAD[world.dataset.id]
    world.put(60, **bad)
    report = world.compare()
    assert found(report) == {"[60]": ("quarantined", "refused")}
    assert report.equal
    world.change(8, **bad)
    world.chain.deliver(world.delivered[8] | bad)  # the last clean version stays in the province
    assert found(world.compare())["[8]"] == ("quarantined", "refused")
    world.in_province("update quarantine.item set status = 'waived', closed_at = now()")
    assert found(world.compare()) == {
        "[8]": ("differs", "refused"),
        "[60]": ("differs", "refused"),
    }


def test_a_version_beyond_the_place_we_began_at_is_moving(world: World) -> None:
    world.in_province(f"delete from {table(world)} where _key = '[5]'")
    asked = []

    def settle(_: int) -> bool:
        asked.append(_)
        if len(asked) == 2:  # the row comes and changes between two readings of the source
            world.change(6, id=6)
            world.put(70)  # the log goes on
            world.at_source(f"delete from {world.dataset.table} where id = 70")
            with open_sides(world.ways) as sides:
                place = sides.images.place().position
            changed = world.delivered[5] | {column(world): "AB 2"}
            world.chain.deliver(changed, position=place)
            world.chain.deliver(None, gone=world.delivered[70])
        return True

    world.settled = settle
    report = world.compare()
    assert found(report) == {"[5]": ("moving", "altered")}
    assert report.equal


def test_a_version_no_log_of_the_source_reaches_is_not_excused(world: World) -> None:
    world.chain.deliver(world.delivered[5] | {column(world): "AB 2"}, position=FAR)
    world.chain.deliver(world.delivered[6] | {"id": 71}, position=FAR)  # as before a restore
    report = world.compare()
    assert found(report) == {"[5]": ("differs", "altered"), "[71]": ("differs", "extra")}
    assert report.verified_through is None


def test_rows_that_a_waiting_truncate_would_remove_are_explained_by_it(world: World) -> None:
    world.at_source(f"delete from {world.dataset.table} where id in (7, 8)")
    world.in_province(f"delete from {table(world)} where _key = '[9]'")
    truncate = (
        "insert into quarantine.item (dataset, op, problems, owner_unit, generation, position,"
        " step, ruleset, raw_topic, raw_partition, raw_offset, reject_topic, reject_partition,"
        " reject_offset, status) select %s, 't', '[]', 'x', 1, _position, _step, 1, 'r', 0, 0,"
        f" 'j', 0, 0, 'open' from {table(world)} where _key = '[8]'"
    )
    world.in_province(truncate, world.dataset.id)  # after row 7, before row 8
    assert found(world.compare()) == {
        "[7]": ("quarantined", "extra"),
        "[8]": ("differs", "extra"),
        "[9]": ("differs", "missing"),
    }


def test_a_key_that_no_row_of_the_source_can_have_is_extra(world: World) -> None:
    odd = ["[1,2]", '["\\u0000"]', '["no number"]', "no JSON", "[[1]]", "[null]", "[1e999]", "[]"]
    columns = "_source, _generation, _position, _step, _ruleset, _raw, _hash"
    for key in odd:
        world.in_province(
            f"insert into {table(world)} (_key, {columns}) select %s, {columns}"
            f" from {table(world)} where _key = '[5]'",
            key,
        )
    assert found(world.compare()) == dict.fromkeys(odd, ("differs", "extra"))


def test_a_row_that_changes_while_it_is_judged_is_moving_and_what_arrives_late_is_equal(
    world: World,
) -> None:
    text = column(world)
    world.change(10, **{text: "AB 3"})
    world.change(11, **{text: "AB 4"})
    asked = []

    def settle(_: int) -> bool:
        asked.append(_)
        if len(asked) == 2:  # the second proof is waited for between two readings of the source
            world.chain.deliver(world.delivered[10] | {text: "AB 3"})
            world.change(11, **{text: "AB 5"})
        return True

    world.settled = settle
    assert found(world.compare()) == {"[11]": ("moving", "altered")}
    assert asked == sorted(asked)


def test_where_the_chain_is_not_proved_complete_nothing_is_called_equal_or_lost(
    world: World,
) -> None:  # Invariant 9
    world.in_province(f"delete from {table(world)} where _key = '[3]'")
    world.settled = lambda _: False
    report = world.compare()
    assert (report.equal, report.verified_through, report.rows) == (False, None, 0)
    assert "not proved" in document(report)["reason"]
    answers = iter([True, False])
    world.settled = lambda _: next(answers)
    report = world.compare()
    assert found(report) == {"[3]": ("moving", "missing")}
    assert (report.equal, report.verified_through) == (False, None)


def test_a_row_judged_by_older_rules_is_no_difference_if_our_rules_would_agree(
    world: World,
) -> None:
    name = table(world)
    world.in_province(
        f"update {name} set _ruleset = _ruleset - 1, _hash = repeat('0', 64)"
        " where _key in ('[2]', '[12]', '[22]')"
    )
    world.change(12, **{column(world): "AB 6"})  # its raw record says something else
    raw = world.in_province(f"select _raw from {name} where _key = '[22]'")[0][0]
    del world.chain.raws[raw]  # Kafka no longer has it: nothing is proved
    report = world.compare()
    assert found(report) == {
        "[2]": ("older_ruleset", "altered"),
        "[12]": ("differs", "altered"),
        "[22]": ("differs", "altered"),
    }


def test_what_was_proved_is_kept_and_never_beside_a_difference(world: World) -> None:
    report = world.compare()
    with psycopg.connect(world.server.dsn()) as connection:
        record(connection, report)
    kept = world.in_province(
        "select dataset, rows, differs, verified_through from ledger.reconciliation"
    )
    assert kept == [("d", 22, 0, report.verified_through)]
    with (
        psycopg.connect(world.server.dsn()) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute("update ledger.reconciliation set differs = 1")


def test_a_process_that_cannot_read_says_so_and_nothing_counts(world: World) -> None:
    world.in_province(f"revoke select on {table(world)} from province_reader")
    try:
        with pytest.raises(Fatal, match="42501"):
            sweep_all(world.ways, [])
    finally:
        world.in_province(f"grant select on {table(world)} to province_reader")
