"""kill -9 of the provincial sink at each of its steps: nothing is lost, nothing counted twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP
from support.plain_postgres import Server, plain_province
from support.sink_process import REFUSED, history

ROOT = Path(__file__).parents[2]
POINTS = ("before_write", "after_copy", "after_merge", "after_refusal", "before_commit")
POINTS += ("after_commit",)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        with psycopg.connect(running.dsn(), autocommit=True) as connection:
            connection.execute("alter table clean.nnmt_ocop add check (so_sao < 1000000)")
        yield running


def run(server: Server, faults: Path) -> int:
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    surroundings = os.environ | {"PYTHONPATH": paths, "SUOI_FAULTS": str(faults)}
    command = [sys.executable, "-m", "support.sink_process", server.dsn("province_sink")]
    return subprocess.run(command, env=surroundings, cwd=ROOT, timeout=120, check=False).returncode


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


@pytest.mark.parametrize("point", POINTS)
def test_a_sink_killed_at_a_named_point_loses_nothing(
    server: Server, tmp_path: Path, point: str
) -> None:  # Invariants 1, 2, 3, 8
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, ledger.progress, ledger.seen,"
            " ledger.outcome, ledger.count"
        )
    armed = tmp_path / f"province.{point}"
    armed.write_text("KILL")
    assert run(server, tmp_path) == -signal.SIGKILL
    assert armed.with_name(armed.name + ".struck").exists()
    assert run(server, tmp_path) == 0
    records = history()
    ended_as = dict(ask(server, "select outcome, n from ledger.outcome"))
    assert sum(ended_as.values()) == len(records)
    assert ended_as["quarantined"] == 1
    assert ask(server, "select raw_offset from quarantine.item") == [(REFUSED,)]
    assert ask(server, "select next from ledger.progress") == [(len(records),)]
    newest = Counter({(one.key or b"").decode(): one.offset for one in records})
    held = ask(server, "select _key, _position from clean.nnmt_ocop")
    assert dict(held) == newest
