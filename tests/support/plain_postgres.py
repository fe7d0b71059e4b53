"""A PostgreSQL cluster for one test run: loopback, trust, gone when the test is."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from consumers.findings.members import columns_read
from consumers.findings.rules import rules_of
from infra.migrations import make_tables, migrate
from infra.roles import ROLES, grant_columns, set_roles
from schemas.contract import Dataset
from support.waiting import until

_BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"))
_AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
_CONF = "fsync = off\nunix_socket_directories = ''\nlisten_addresses = '127.0.0.1'\nport = {port}\n"


class Server:
    """The running cluster; `kill` and `start` are for the tests that strike it."""

    def __init__(self, data: Path, port: int) -> None:
        self._data = data
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def dsn(self, user: str = "postgres", database: str = "postgres") -> str:
        """How *user* reaches *database*."""
        return f"host=127.0.0.1 port={self.port} user={user} dbname={database} sslmode=disable"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_postgres(), str(_BINARIES / "postgres"), "-D", str(self._data)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Signal the whole server and wait for its end."""
        assert self._process is not None
        os.killpg(self._process.pid, number)
        self._process.wait(20)

    @property
    def pid(self) -> int:
        """Number of the process that every other one of the server descends from."""
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _as_postgres() -> list[str]:
    return _AS if os.geteuid() == 0 else []


@contextlib.contextmanager
def plain_postgres(more: str = "") -> Iterator[Server]:
    """Run a fresh cluster until the block ends, with *more* settings; nothing is synced."""
    root = Path(tempfile.mkdtemp(prefix="suoi-pg-"))
    data = root / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        for path in (root, data):
            shutil.chown(path, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    making = ["initdb", "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
    making += ["--auth=trust", "--no-sync"]
    making[0] = str(_BINARIES / "initdb")
    making = [*_as_postgres(), *making]
    subprocess.run(making, check=True, capture_output=True)
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(_CONF.format(port=port) + more)
    server = Server(data, port)
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.kill()
        shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def plain_province(*datasets: Dataset) -> Iterator[Server]:
    """A cluster with the books, the tables of *datasets* and our roles, as in the province."""
    with plain_postgres() as running, psycopg.connect(running.dsn()) as connection:
        migrate(connection, "pre")
        make_tables(connection, datasets)
        set_roles(connection, dict.fromkeys(ROLES, "only-a-test"))
        catalogue = {one.id: one for one in datasets}
        grant_columns(connection, columns_read(rules_of(catalogue), catalogue))
        yield running
