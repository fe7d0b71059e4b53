"""Sources that were broken: seen before anything of them is followed, held, and begun anew."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.canary import open_reader
from support.products import insert_product, remove_products
from support.restoring import restore, snapshot
from support.rows import MANY_PARCELS
from support.stack import Stack
from support.waiting import until, until_equal

from infra import kafka_reader
from infra.local.home import Home

pytestmark = pytest.mark.timeout(600)
LAND, PARCELS = "vbdlis_sonla", "nnmt_thua_dat"
FARMS, PRODUCTS = "so_nnmt", "nnmt_ocop"
SLOT = "suoi_vbdlis_sonla"


class Land:
    """The land office's PostgreSQL, and what the province holds of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def run(self, statement: str, *values: object) -> None:
        """Run one statement as the server's superuser, on a connection of its own."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement, values)

    def wait_looked(self) -> None:
        """Wait until the watch has looked twice: what was so before now, it has seen."""
        begun = self._mark()
        until(lambda: self._mark() > begun + 1, 30)

    def _mark(self) -> int:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            [(mark,)] = connection.execute("select n from cdc.mark where id = 1").fetchall()
        return int(mark)

    def held(self) -> dict[int, str]:
        """Every parcel at the source: id -> its map sheet."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return dict(connection.execute("select id, so_to from dat_dai.thua_dat").fetchall())

    @property
    def dsn(self) -> str:
        """Data source name of its superuser."""
        return str(self.stack.env["sources"][LAND]["dsn"])


def province(stack: Stack) -> dict[int, str]:
    """Every living parcel in the province: id -> its map sheet."""
    rows = stack.all("select _key, so_to_ban_do from clean.nnmt_thua_dat where _deleted_at is null")
    return {json.loads(key)[0]: sheet for key, sheet in rows}


def captured(stack: Stack, topic: str = "raw.vbdlis_sonla.dat_dai.thua_dat") -> int:
    """How many raw records the topic has been given."""
    reader = open_reader(stack)
    try:
        return sum(kafka_reader.ends(reader, [topic]).values())
    finally:
        reader.close()


def standing(stack: Stack, dataset: str) -> tuple[str, str]:
    """State and cause of a dataset."""
    [one] = [one for one in stack.json("dataset", "list") if one["dataset"] == dataset]
    return one["state"], one["cause"]["code"] if one["cause"] else ""


def held(stack: Stack, dataset: str) -> bool:
    return standing(stack, dataset) == ("paused", "source.broken")


def regenerate(stack: Stack, source: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command; returns its exit code and its answer."""
    patience = ("--patience", "60")
    done = stack.suoi("source", "regenerate", source, *patience, "--json", *words, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


BEGIN = ("--reason", "máy chủ được khôi phục", "--yes")


@pytest.fixture
def land(stack: Stack) -> Iterator[Land]:
    """Thirty parcels, delivered; gone afterwards."""
    land = Land(stack)
    land.run("delete from dat_dai.thua_dat")
    land.run(MANY_PARCELS, 1, 30)
    until(lambda: province(stack) == land.held(), 60)
    yield land
    land.run("delete from dat_dai.thua_dat")
    until(lambda: province(stack) == {}, 60)


def test_a_restored_server_is_seen_held_and_begun_anew(
    stack: Stack, land: Land, tmp_path: Path
) -> None:
    place = snapshot_of(stack, tmp_path)
    land.run("update dat_dai.thua_dat set so_to = '99' where id = 1")
    land.run("delete from dat_dai.thua_dat where id = 2")
    land.run(MANY_PARCELS, 31, 33)
    until(lambda: province(stack) == land.held(), 60)
    before, raw = province(stack), captured(stack)
    land.wait_looked()  # what happened between two looks, only Connect's offset knows
    restore(stack, LAND, "postgres", place)
    until(lambda: held(stack, PARCELS), 60)  # Invariant 10
    land.run("update dat_dai.thua_dat set so_to = '7' where id = 5")
    assert (captured(stack), province(stack)) == (raw, before)
    assert "suoi source regenerate" in json.dumps(stack.json("status", check=False)["problems"])
    assert stack.suoi("connector", "apply", check=False).returncode == 1
    begin_anew(stack, land, vanished=3)


def begin_anew(stack: Stack, land: Land, vanished: int) -> None:
    """Show, begin, see nothing removed before that is said; then sweep."""
    code, shown = regenerate(stack, LAND)
    assert (code, shown["step"]) == (1, "shown")
    assert shown["problems"]
    code, loaded = regenerate(stack, LAND, *BEGIN)
    assert loaded["generation"] == shown["generation"] + 1
    if vanished:
        assert (code, loaded["outcome"]["vanished"]) == (1, {PARCELS: vanished})
        assert len(province(stack)) == len(land.held()) + vanished
        code, loaded = regenerate(stack, LAND, "--sweep", "--rows", str(vanished))
        assert loaded["outcome"]["removed"] == {PARCELS: vanished}
    assert (code, loaded["step"]) == (0, "done")
    until_equal(lambda: province(stack), land.held())
    assert standing(stack, PARCELS)[0] == "running"
    land.run("update dat_dai.thua_dat set so_to = '55' where id = 6")
    until_equal(lambda: province(stack), land.held())
    until(lambda: stack.suoi("ledger", "check", check=False).returncode == 0, 60)


def snapshot_of(stack: Stack, tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    place = Home(stack.home).server_data(LAND, "postgres").with_name("vbdlis.snapshot")
    snapshot(stack, LAND, "postgres", place)
    return place


def test_a_restored_server_that_overtook_its_log_is_followed_by_nobody_who_did_not_look(
    stack: Stack, land: Land, tmp_path: Path
) -> None:
    place = snapshot_of(stack, tmp_path)
    land.run("delete from dat_dai.thua_dat where id = 3")
    until(lambda: province(stack) == land.held(), 60)
    raw, before = captured(stack), log_end(land)
    land.wait_looked()
    watching = stack.signal("watch", signal.SIGSTOP)
    connecting = stack.signal("connect", signal.SIGSTOP)
    try:
        restore(stack, LAND, "postgres", place)
        until(lambda: overtaken(land, before), 60, pause=0)
        told = connect_log(stack)
        stack.signal("connect")
        stack.wait_restarted("connect", connecting)
        until(lambda: "Failed to start connector" in connect_log(stack)[len(told) :], 60)
        assert captured(stack) == raw  # it stands at the gate
    finally:
        os.killpg(os.getpgid(watching), signal.SIGCONT)
    until(lambda: held(stack, PARCELS), 60)
    assert captured(stack) == raw
    begin_anew(stack, land, vanished=0)


def test_a_slot_that_was_dropped_is_begun_anew_also_when_somebody_made_another(
    stack: Stack, land: Land
) -> None:
    for again in (False, True):
        watching = stack.signal("watch", signal.SIGSTOP)
        try:
            drop_slot(land)
            land.run("delete from dat_dai.thua_dat where id = %s", 4 + again)
            if again:
                land.run("select pg_create_logical_replication_slot(%s, 'pgoutput')", SLOT)
            raw, kept = captured(stack), province(stack)
        finally:
            os.killpg(os.getpgid(watching), signal.SIGCONT)
        until(lambda: held(stack, PARCELS), 60)
        land.run("update dat_dai.thua_dat set so_to = '8' where id = 9")
        assert (captured(stack), province(stack)) == (raw, kept)
        begin_anew(stack, land, vanished=1)


def test_a_regeneration_killed_after_each_step_is_finished_by_the_same_words(
    stack: Stack, land: Land
) -> None:  # Invariant 8
    before = generation(stack)
    words = BEGIN
    for point in STEPS:
        with stack.armed(f"regenerate.{point}", seconds=0):
            done = stack.suoi("source", "regenerate", LAND, *words, check=False)
            assert done.returncode == -signal.SIGKILL, done.stderr
        words = ()
    code, answer = regenerate(stack, LAND)
    assert (code, answer["step"], answer["generation"]) == (0, "done", before + 1)
    land.run("update dat_dai.thua_dat set so_to = '56' where id = 6")
    until_equal(lambda: province(stack), land.held())


def test_in_a_later_generation_an_altered_row_is_still_found(stack: Stack, land: Land) -> None:
    assert land.held()
    assert generation(stack) > 1
    put = "update clean.nnmt_thua_dat set so_to_ban_do = %s where _key = '[7]' returning _key"
    try:
        assert stack.all(put, "sai") == [("[7]",)]
        found = stack.json("reconcile", PARCELS, "--processes", "1", check=False)
    finally:
        stack.all(put, "12")
    assert (found["differs"], found["moving"], found["equal"]) == (1, 0, False)


STEPS = (
    *("after_intent", "after_stop", "after_offsets", "after_slot", "after_reset"),
    *("after_loading", "after_start"),
)


def test_a_binlog_that_was_reset_is_begun_anew(stack: Stack) -> None:
    with stack.agriculture() as farms:
        first = insert_product(farms, ma_sp="RM-1")
        gone = insert_product(farms, ma_sp="RM-2")
        until(lambda: products(stack) == {"RM-1", "RM-2"}, 60)
        raw_topic = "raw.so_nnmt.so_nnmt.ocop"
        watching = stack.signal("watch", signal.SIGSTOP)
        try:
            with farms.cursor() as cursor:
                cursor.execute("reset master")
                cursor.execute("delete from ocop where id = %s", (gone,))
            raw = captured(stack, raw_topic)
            # the numbers of the files begin again: the place we stored exists, with other things
            told = connect_log(stack)
            struck = stack.signal("connect")
            stack.wait_restarted("connect", struck)
            until(lambda: "Subquery returns more" in connect_log(stack)[len(told) :], 60)
            assert captured(stack, raw_topic) == raw  # it stands at the gate
        finally:
            os.killpg(os.getpgid(watching), signal.SIGCONT)
        until(lambda: held(stack, PRODUCTS), 60)
        assert captured(stack, raw_topic) == raw
        assert products(stack) == {"RM-1", "RM-2"}
        code, loaded = regenerate(stack, FARMS, *BEGIN)
        assert (code, loaded["outcome"]["vanished"]) == (1, {PRODUCTS: 1})
        code, swept = regenerate(stack, FARMS, "--sweep")
        assert (code, swept["outcome"]["removed"]) == (0, {PRODUCTS: 1})
        assert products(stack) == {"RM-1"}
        with farms.cursor() as cursor:
            cursor.execute("update ocop set ma_sp = 'RM-3' where id = %s", (first,))
        until(lambda: products(stack) == {"RM-3"}, 60)
        remove_products(farms, "RM-")
        until(lambda: products(stack) == set(), 60)


def products(stack: Stack) -> set[str]:
    """Codes of this file's living products in the province."""
    query = "select ma_san_pham from clean.nnmt_ocop where _deleted_at is null"
    return {code for (code,) in stack.all(query) if code and code.startswith("RM")}


def log_end(land: Land) -> int:
    with psycopg.connect(land.dsn, autocommit=True) as connection:
        found = connection.execute("select (pg_current_wal_lsn() - '0/0')::bigint").fetchone()
    assert found is not None
    return int(found[0])


def overtaken(land: Land, end: int) -> bool:
    """Write to the log until it is past *end*."""
    land.run("select pg_logical_emit_message(false, 'test', repeat('x', 100000))")
    return log_end(land) > end


def drop_slot(land: Land) -> None:
    def dropped() -> bool:
        with psycopg.connect(land.dsn, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots "
                "where slot_name = %s and active",
                (SLOT,),
            )
            try:
                connection.execute("select pg_drop_replication_slot(%s)", (SLOT,))
            except psycopg.errors.ObjectInUse:
                return False
        return True

    until(dropped)


def connect_log(stack: Stack) -> str:
    """What Connect has said until now."""
    return (stack.home / "logs" / "connect.log").read_text(errors="replace")


def generation(stack: Stack) -> int:
    """The generation in force, as the command shows it."""
    return int(regenerate(stack, LAND)[1]["generation"])
