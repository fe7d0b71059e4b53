"""Our own workers in a benchmark: the real processes, started and stopped like the supervisor's."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from confluent_kafka import KafkaException
from psycopg import sql

from bench.place import ROOT, Place
from infra.errors import Fatal
from infra.local.access import environment

_COMPONENT = {"province": "province_sink", "quarantine": "quarantine_sink", "streams": "streams"}
"""Word of `suoi run` -> the component whose access it is given."""
_DEADLINE_S = 60.0


def only(place: Place, *datasets: str) -> Path:
    """Return a directory that holds the contracts of *datasets* alone."""
    directory = place.root / "only" / "-".join(datasets)
    if not directory.exists():
        directory.mkdir(parents=True)
        for name in datasets:
            (path,) = place.contracts.rglob(f"{name}.odcs.yaml")
            shutil.copy(path, directory)
    return directory


@contextmanager
def working(
    place: Place, words: Sequence[str], environ: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run `suoi run WORD` for each of *words* until the block ends; they read every topic anew.

    Raises:
        Fatal: one ended, or was not ready in time; its last words are in the message.
    """
    await_empty_groups(place)
    with ExitStack() as stack:
        yield [
            stack.enter_context(_worker(place, word, number, environ))
            for number, word in enumerate(words)
        ]


@contextmanager
def _worker(
    place: Place, word: str, number: int, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    ready, log = place.home.run / f"bench-{number}.ready", place.home.logs / f"bench-{word}.log"
    ready.unlink(missing_ok=True)
    component = _COMPONENT[word]
    given = os.environ | environment(place.home, component) | {"SUOI_READY_FILE": str(ready)}
    # ends with us, also when we are killed
    command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "suoi", "run", word]
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603  ours
            command, env={**given, **environ}, cwd=ROOT, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def refuse_ended(place: Place, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Look whether all still run.

    Raises:
        Fatal: one has ended.
    """
    if any(process.poll() is not None for process in processes):
        said = "".join(
            f"\n{path.name}: {path.read_text()[-1500:]}" for path in place.home.logs.glob("bench-*")
        )
        message = f"a worker of ours ended in the middle of a measurement.{said}"
        raise Fatal(message)


def members(place: Place, group: str) -> list[int]:
    """Return how many partitions each member of *group* holds."""
    admin = place.admin()  # its answers die with it
    (future,) = admin.describe_consumer_groups([group]).values()
    try:
        found = future.result(10).members
    except KafkaException:  # there is no such group
        return []
    return [len(one.assignment.topic_partitions) if one.assignment else 0 for one in found]


def until(holds: Callable[[], object], seconds: float) -> None:
    """Wait until *holds* says so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s"
        time.sleep(0.1)


def await_empty_groups(place: Place) -> None:
    """Wait until the broker has given up whoever sat in our groups, and forget their offsets.

    Our members keep their seats over a restart; another subscription would wait for them.
    """
    admin = place.admin()
    deadline = time.monotonic() + _DEADLINE_S
    for group in _COMPONENT:
        while members(place, group):
            assert time.monotonic() < deadline, f"{group} does not empty"
            time.sleep(0.2)
        for future in admin.delete_consumer_groups([group]).values():
            future.exception(10)  # a group that never was is as good


def forget(place: Place, *tables: sql.Identifier) -> None:
    """Empty *tables* and all our books, then write everything to disk: the start of a lap."""
    with place.province() as province:
        books = province.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname in ('ledger', 'quarantine') and tablename <> 'migration'"
            " and not hastriggers"  # a receipt is never removed
        ).fetchall()
        every = [*(sql.Identifier(*one) for one in books), *tables]
        province.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(every)))
        province.execute("checkpoint")
