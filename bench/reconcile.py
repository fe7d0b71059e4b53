"""One deleted, one altered, one extra row among a million: how long `suoi reconcile` takes.

    PYTHONPATH=.:tests .venv/bin/python -m bench.reconcile [--rows 1000000] [--rounds 3] [--json]

Two PostgreSQL servers of its own: a department with dat_dai.thua_dat, a province with
clean.nnmt_thua_dat. Rows are the demo's parcels; distinct ones go through the judge and the
provincial sink, then both sides are multiplied by SQL. Timed: cutting the table, the sweep in
processes of their own (standardising included, start-up too), the sums, the verdicts. Not timed:
the wait for the watermark, which is that of the chain. The answer is asserted before a figure
counts. Beside the seconds stands what they were made of: CPU of our processes, of both servers, and
of whoever else was at work on the machine meanwhile.
"""

# ruff: noqa: S608  the statements hold names of our own

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from support.plain_postgres import Server, plain_postgres, plain_province
from support.reconciling import Chain, stored

from bench.machine import facts
from bench.records import REGISTERS, catalogue, codes, images
from connectors import dba
from connectors.sources import read_sources
from consumers.ledger.reconcile.report import Report, reconcile
from consumers.ledger.reconcile.sweep import Pace
from consumers.ledger.reconcile.verdicts import Inquiry
from infra.local.departments import DEPARTMENTS
from infra.source_database import Login
from schemas.ddl import target_columns
from schemas.records import Row
from streams.compiler import compile_dataset
from suoi.sweeping import Ways, open_sides, sweep_all

DATASET = "nnmt_thua_dat"
DISTINCT = 50_000
WITHIN_S = 90.0
EXPECTED = {("[3]", "missing"), ("[17]", "altered"), ("[999999999]", "extra")}
_MANY = 5000


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pause-ms", type=float, default=20.0)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    os.environ["SUOI_CCCD_PLACES"] = "099"
    machine = facts()
    with both(given.rows) as (source, province):
        ways = _ways(source, province, given.pause_ms / 1000)
        spoil(province)
        masters = [_postmaster(source), _postmaster(province)]
        rounds = [timed(ways, given.processes, masters) for _ in range(given.rounds)]
    said = {
        "machine": machine,
        "rows": rounds[0]["rows"],
        "processes": given.processes,
        "pause_ms": given.pause_ms,
        "rounds": rounds,
        "seconds": sorted(one["seconds"] for one in rounds)[len(rounds) // 2],
        "within_s": WITHIN_S,
    }
    sys.stdout.write(json.dumps(said, indent=None if given.json else 1) + "\n")


@contextmanager
def both(rows: int) -> Iterator[tuple[Server, Server]]:
    """Make a department and a province that hold the same *rows* parcels."""
    dataset = catalogue()[DATASET]
    source = read_sources()[dataset.source]
    with plain_postgres() as department, plain_province(dataset) as province:
        with psycopg.connect(department.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {source.database}")  # type: ignore[arg-type]
        script = DEPARTMENTS[source.id].script.read_text() + dba.script(source, [dataset], "bench")
        times = max(1, rows // DISTINCT)
        parcels = _distinct(min(rows, DISTINCT))
        kept = _deliver(province, parcels)
        with psycopg.connect(department.dsn(database=source.database)) as connection:
            connection.execute(script)  # type: ignore[arg-type]
            _fill(connection, [row for row in parcels if f"[{row['id']}]" in kept])
            _multiply(connection, "dat_dai.thua_dat", times, list(parcels[0]))
        with psycopg.connect(province.dsn()) as connection:
            names = [name for name, _ in target_columns(dataset)]
            _multiply(connection, f"clean.{DATASET}", times, names)
        for server, name in ((department, source.database), (province, "postgres")):
            with psycopg.connect(server.dsn(database=name), autocommit=True) as connection:
                connection.execute("vacuum analyze")
        yield department, province


def _distinct(rows: int) -> list[Row]:
    register = next(one for one in REGISTERS if one.dataset == DATASET)
    return [row | {"id": number} for number, row in enumerate(images(register, rows, 0.0), 1)]


def _deliver(province: Server, parcels: Sequence[Row]) -> set[str]:
    """Send *parcels* through judge and sink; return the keys that were accepted."""
    dataset = catalogue()[DATASET]
    chain = Chain(province, dataset, compile_dataset(dataset, codes()))
    for first in range(0, len(parcels), _MANY):
        chain.deliver_all(parcels[first : first + _MANY])
    chain.close()
    with psycopg.connect(province.dsn()) as connection:
        return {key for (key,) in connection.execute(f"select _key from clean.{DATASET}")}  # type: ignore[arg-type]


def _fill(connection: psycopg.Connection[Any], parcels: Sequence[Row]) -> None:
    dataset, names = catalogue()[DATASET], list(parcels[0])
    copy = f"copy dat_dai.thua_dat ({', '.join(names)}) from stdin"
    with connection.cursor().copy(copy) as into:  # type: ignore[arg-type]
        for row in parcels:
            into.write_row(list(stored(dataset, row).values()))


def _multiply(
    connection: psycopg.Connection[Any], table: str, times: int, names: Sequence[str]
) -> None:
    """Write every row *times* times: the copies' ids lie above one another."""
    step = "(n * 1000000)"
    new = {
        "id": f"id + {step}",
        "_key": f"'[' || (trim(both '[]' from _key)::bigint + {step}) || ']'",
    }
    into, given = ", ".join(names), ", ".join(new.get(name, name) for name in names)
    numbers = f"generate_series(1, {times - 1}) as n"
    connection.execute(f"insert into {table} ({into}) select {given} from {table}, {numbers}")  # type: ignore[arg-type]


def spoil(province: Server) -> None:
    """Take one row away, change one value of another, invent a third."""
    table, names = (
        f"clean.{DATASET}",
        "_source, _generation, _position, _step, _ruleset, _raw, _hash",
    )
    copied = f"'[999999999]', {names} from {table}"
    with psycopg.connect(province.dsn(), autocommit=True) as connection:
        for statement in (
            f"delete from {table} where _key = '[3]'",
            f"update {table} set so_thua = '0' where _key = '[17]'",
            f"insert into {table} (_key, {names}) select {copied} where _key = '[5]'",
        ):
            changed = connection.execute(statement).rowcount  # type: ignore[arg-type]
            assert changed == 1


def timed(ways: Ways, processes: int, masters: Sequence[int]) -> dict[str, Any]:
    """Reconcile once; the answer must be right before its time counts."""
    load = round(os.getloadavg()[0], 2)
    began, before = time.perf_counter(), _spent(masters)
    with open_sides(ways) as sides:
        inquiry = Inquiry(
            source=sides.images,
            province=sides.province,
            standardise=sides.standardise,
            settle=lambda _: True,
            rejudge=lambda _: {},
            generation=1,
            ruleset=sides.dataset.revision,
        )
        found = reconcile(inquiry, lambda: sweep_all(ways, sides.images.marks(processes)), DATASET)
    took = time.perf_counter() - began
    used = [round(now - then, 1) for now, then in zip(_spent(masters), before, strict=True)]
    _check(found)
    ours, servers, whole = used
    return {
        "seconds": round(took, 2),
        "rows": found.rows,
        "cpu_s": ours,
        "servers_cpu_s": servers,
        "others_cpu_s": round(whole - ours - servers, 1),
        "load_1m": load,
    }


def _check(found: Report) -> None:
    assert {(one.key, one.what) for one in found.differences} == EXPECTED, found.counts
    assert found.counts["differs"] == len(EXPECTED)


def _cpu() -> float:
    """CPU of this process and of those it has waited for, without the servers' (seconds)."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _spent(masters: Sequence[int]) -> tuple[float, float, float]:
    """CPU seconds so far of us, of the servers with these pids, and of the whole machine."""
    tick = os.sysconf("SC_CLK_TCK")
    user, nice, system, _idle, _wait, *interrupts = map(int, _words("/proc/stat")[1:8])
    return (
        _cpu(),
        sum(map(_server, masters)) / tick,
        (user + nice + system + sum(interrupts)) / tick,
    )


def _server(master: int) -> int:
    """Ticks of a postmaster, of the children it has buried, and of those that live."""
    found = 0
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended: its parent counts it
            continue
        mine = int(directory.name) == master
        if mine or int(words[1]) == master:
            found += sum(map(int, words[11:15] if mine else words[11:13]))
    return found


def _words(path: str) -> list[str]:
    return Path(path).read_text().split()


def _postmaster(server: Server) -> int:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    return int(_words(f"{row[0]}/postmaster.pid")[0])


def _ways(department: Server, province: Server, pause_s: float) -> Ways:
    source = read_sources()[catalogue()[DATASET].source]
    login = Login(
        host="127.0.0.1",
        port=department.port,
        database=source.database,
        user=source.role,
        password="bench",  # noqa: S106  a server of this run alone
        sslmode="disable",
    )
    return Ways(
        dataset=DATASET,
        source=source,
        login=login,
        province=province.dsn("province_reader"),
        pace=Pace(pause_s=pause_s),
    )


if __name__ == "__main__":
    main()
