"""Sources that were broken: seen before anything of them is followed, held, and begun anew."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from confluent_kafka import Consumer
from support.products import insert_product, remove_products
from support.restoring import restore, snapshot
from support.stack import Stack
from support.waiting import until, until_equal

from infra import kafka_reader
from infra.local.access import kafka_client
from infra.local.home import Home

LAND, PARCELS = "vbdlis_sonla", "nnmt_thua_dat"
FARMS, PRODUCTS = "so_nnmt", "nnmt_ocop"
SLOT = "suoi_vbdlis_sonla"
INSERT = (
    "insert into dat_dai.thua_dat (id, ma_xa, so_to, so_thua, dien_tich, dt_dat_o, loai_dat, "
    "thoi_han, loai_chu, ten_chu) select n, '03646', '12', n::text, 100, 50, 'ODT', 'Lâu dài', "
    "3, 'Hợp tác xã Ví Dụ' from generate_series(%s::bigint, %s) as n"
)


class Land:
    """The land office's PostgreSQL, and what the province holds of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def run(self, statement: str, *values: object) -> None:
        """Run one statement as the server's superuser, on a connection of its own."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement, values)

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
    rows = stack.all("select _key, so_to from clean.nnmt_thua_dat where _deleted_at is null")
    return {json.loads(key)[0]: sheet for key, sheet in rows}


def captured(stack: Stack, topic: str = "raw.vbdlis_sonla.dat_dai.thua_dat") -> int:
    """How many raw records the topic has been given."""
    reader = open_reader(stack)
    try:
        return sum(
            kafka_reader.bounds(reader, place)[1]
            for place in kafka_reader.partitions(reader, topic)
        )
    finally:
        reader.close()


def open_reader(stack: Stack) -> Consumer:
    home = Home(stack.home)
    return kafka_reader.Reader(
        kafka_client(home, "reader") | kafka_reader.ALONE | {"group.id": "reader"}
    )


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
    land.run(INSERT, 1, 30)
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
    land.run(INSERT, 31, 33)
    until(lambda: province(stack) == land.held(), 60)
    before, raw = province(stack), captured(stack)
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
