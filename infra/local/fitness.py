"""Is this machine fit for the stack, and running sources for capture: `suoi doctor`."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from infra.errors import Trouble
from infra.local import programs
from infra.local.access import dsn
from infra.local.departments import DEPARTMENTS, POSTGRES
from infra.local.home import LEAST_FREE, Home, java_artefacts
from infra.local.ports import is_free
from infra.local.state import read_state

_VERSION = re.compile(r"\d+(\.\d+)+")
_LEAST_MEMORY_MB = 3000
_OLDEST_PYTHON = (3, 11)
_SLOT_HINTS = {
    "unreserved": "it loses changes soon: run `suoi connector apply`, so that capture follows "
    "again, or raise max_slot_wal_keep_size and reload the server",
    "lost": "it has lost changes: the source must be loaded anew in a new generation; what the "
    "province holds stays as it is until then",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing looked at: what it is, whether it is as it must be, what was found, what to do."""

    what: str
    ok: bool
    found: str
    hint: str = ""


def examine(home: Home) -> list[Check]:
    """Look at the machine, the home and the departments' running servers; changes nothing."""
    checks = [*_programs(), _clock(), _memory(), _disk(home), _home(home)]
    if read_state(home.state_file).runs():
        return [*checks, *_sources(home)]
    return [*checks, *_ports(home)]


def _programs() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    fit = sys.version_info[:2] >= _OLDEST_PYTHON
    yield Check(
        what="python", ok=fit, found=version, hint="" if fit else "use Python 3.11 or newer"
    )
    yield _looked("postgresql", lambda: _said(programs.postgres() / "postgres", "--version"))
    yield _looked("mariadb", lambda: _said(programs.mariadb(), "--version"))
    yield _looked("redis", lambda: _said(programs.redis(), "--version"))
    yield _looked("java", lambda: str(programs.java_major(programs.java())))
    yield _looked("java artefacts", lambda: str(java_artefacts()))


def _looked(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what=what, ok=True, found=look())
    except Trouble as error:
        return Check(what=what, ok=False, found="missing", hint=str(error))


def _said(program: Path, word: str) -> str:
    done = subprocess.run([program, word], check=False, capture_output=True, text=True)
    version = _VERSION.search(done.stdout)
    return version[0] if version else done.stdout.strip()


def _clock() -> Check:
    """A clock behind this very file is wrong: source and capture times would lie."""
    behind = Path(__file__).stat().st_mtime - time.time()
    hint = "set the clock; times of capture would be wrong" if behind > 0 else ""
    return Check(
        what="clock", ok=behind <= 0, found=time.strftime("%FT%TZ", time.gmtime()), hint=hint
    )


def _memory() -> Check:
    mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    fit = mb >= _LEAST_MEMORY_MB
    hint = "" if fit else f"the stack needs about {_LEAST_MEMORY_MB} MB"
    return Check(what="memory", ok=fit, found=f"{mb} MB", hint=hint)


def _disk(home: Home) -> Check:
    place = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    hint = "" if free >= LEAST_FREE else "free some space: the stack needs 1 GB"
    return Check(what="disk", ok=free >= LEAST_FREE, found=f"{free // 2**20} MB free", hint=hint)


def _home(home: Home) -> Check:
    """Nothing is made to find out: the nearest directory that exists must take what we write."""
    place = next(path for path in (home.root, *home.root.parents) if path.exists())
    fit = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    hint = "" if fit else f"{place} cannot be written; give another home with --home"
    return Check(what="home", ok=fit, found=str(home.root), hint=hint)


def _ports(home: Home) -> Iterator[Check]:
    if not (home.root / "ports.json").exists():
        return  # they will be found free when the home is made
    for name, port in home.ports.whole().items():
        hint = (
            ""
            if is_free(port)
            else f"end the program that has it, or change {home.root}/ports.json"
        )
        yield Check(what=f"port {name}", ok=not hint, found=str(port), hint=hint)


def _sources(home: Home) -> Iterator[Check]:
    for department in DEPARTMENTS.values():
        if department.engine == POSTGRES:
            yield from _source(home, department.name)


def _source(home: Home, source: str) -> Iterator[Check]:
    """What logical capture needs of a department's PostgreSQL (FACTS 3, trap 5)."""
    try:
        with psycopg.connect(dsn(home, source, source), connect_timeout=3) as connection:
            yield from _capture(source, connection)
    except psycopg.Error:
        hint = f"read {home.logs / source}.log"
        yield Check(what=source, ok=False, found="does not answer", hint=hint)


def _capture(source: str, connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[Check]:
    (level,) = connection.execute("show wal_level").fetchone() or ("?",)
    hint = "" if level == "logical" else "set wal_level = logical and restart the server"
    yield Check(what=f"{source} wal_level", ok=not hint, found=str(level), hint=hint)
    slots = connection.execute(
        "select slot_name, coalesce(wal_status, '?') from pg_replication_slots"
    ).fetchall()
    for name, status in slots:
        sound = status in ("reserved", "extended")
        hint = "" if sound else _SLOT_HINTS.get(str(status), "see `suoi connector status`")
        yield Check(what=f"{source} slot {name}", ok=sound, found=str(status), hint=hint)
    query = "select pubname, count(*) from pg_publication_tables group by 1"
    for name, count in connection.execute(query).fetchall():
        yield Check(what=f"{source} publication {name}", ok=True, found=f"{count} tables")


def as_document(checks: list[Check]) -> dict[str, object]:
    """Return the answer of `suoi doctor --json`."""
    return {"fit": all(check.ok for check in checks), "checks": [asdict(check) for check in checks]}
