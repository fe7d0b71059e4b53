"""Where a benchmark runs: a stack of its own in a temporary home, gone on every way out.

It is made of the parts of the local stack (infra.local), secure as that is, the same for both
sides; only Connect differs: Java's usual settings in place of ours for a quick start, the rival's
plugins beside Debezium's, and the right to change a client's settings, which the rival's need.
A sentinel process ends it all when ours ends, even by kill -9.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import psycopg
from confluent_kafka.admin import AdminClient

from bench.artefacts import PLUGINS, install
from bench.machine import quiet
from infra.local import connect, kafka, postgres, programs, registry, workers
from infra.local.access import dsn, kafka_client
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home, jaas, java_artefacts
from infra.local.java import log_flag
from infra.local.stack import Stack

ROOT = Path(__file__).parents[1]
SOURCE = "so_tu_phap"
_HEAP = "-Xmx2g"
_READY_S = 280.0
"""How long Connect may take to start: the machine may be busy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A stack that runs."""

    root: Path
    home: Home

    @property
    def contracts(self) -> Path:
        """The directory of every contract the stack was made with."""
        return self.root / "contracts"

    def province(self) -> psycopg.Connection:
        """Open the provincial database as its superuser."""
        return psycopg.connect(dsn(self.home, "province", "province"), autocommit=True)

    def department(self) -> psycopg.Connection:
        """Open the department's database as its superuser."""
        return psycopg.connect(dsn(self.home, SOURCE, SOURCE), autocommit=True)

    def admin(self) -> AdminClient:
        """Open Kafka as its administrator."""
        return AdminClient({**kafka_client(self.home, "admin"), "log_level": 2})

    def pid(self, component: str) -> int:
        """Return the process number of *component*."""
        return Stack(self.home).pid(component)


@contextmanager
def placed(plan: str, contracts: Path) -> Iterator[Place]:
    """Run the stack that the function *plan* of this module describes, with *contracts*."""
    signal.signal(signal.SIGTERM, _leave)
    install()
    root = Path(tempfile.mkdtemp(prefix="suoi-bench-"))
    root.chmod(0o755)  # the databases run as users of their own
    place = Place(root=root, home=Home(root / "home"))
    with _sentinel(place.home.root, root):
        shutil.copytree(contracts, place.contracts)
        os.environ |= {
            "PYTHONPATH": str(ROOT),
            "SUOI_CONTRACTS": str(place.contracts),
            "SUOI_CCCD_PLACES": "099",
            "SUOI_SESSION_TIMEOUT_S": "6",
            "SUOI_HEARTBEAT_S": "1",
        }
        place.home.make()
        stack = Stack(place.home, f"bench.place:{plan}")
        stack.start(lambda word: quiet(f"  {word}"))
        yield place


def sink_plan(home: Home) -> list[Component]:
    """Return what the sinks need: the province, Kafka, the registry and Connect."""
    names = ("kafka", "province", "registry")
    return [
        postgres.province(home),
        kafka.broker(home),
        registry.registry(home),
        _connect(home),
        *(workers.task(home, name) for name in names),
    ]


def chain_plan(home: Home) -> list[Component]:
    """Return what the whole chain needs: a department besides."""
    tables = replace(workers.task(home, "departments"), needs=(SOURCE,))
    return [*sink_plan(home), postgres.department(home, SOURCE), tables]


def _connect(home: Home) -> Component:
    usual = connect.worker(home)
    settings, logs = home.run / "connect.properties", home.run / "connect.log4j2.properties"

    def make() -> None:
        usual.make()
        write_whole(settings, _settings(home))

    login = f"-Djava.security.auth.login.config={home.run / 'connect.jaas'}"
    main = ("-cp", usual.command[usual.command.index("-cp") + 1], *usual.command[-2:])
    command = (str(programs.java()), _HEAP, log_flag(logs), login, *main)
    return replace(usual, command=command, make=make, ready_s=_READY_S)


def _settings(home: Home) -> str:
    text = connect.worker_settings(home)
    ours, theirs = java_artefacts() / "plugins", PLUGINS
    for was, becomes in (
        (f"plugin.path={ours}", f"plugin.path={ours},{theirs}"),
        ("config.override.policy=None", "config.override.policy=All"),
        (jaas("connect", home.secret("kafka_connect")), jaas("admin", home.secret("kafka_admin"))),
    ):
        assert was in text, was
        text = text.replace(was, becomes)
    return text


@contextmanager
def _sentinel(home: Path, root: Path) -> Iterator[None]:
    """Have the stack at *home* stopped and *root* removed when this block, or process, ends."""
    command = [sys.executable, "-m", "bench.sentinel", str(home), str(root)]
    watching = subprocess.Popen(  # noqa: S603  ours
        command, stdin=subprocess.PIPE, cwd=ROOT, start_new_session=True
    )
    try:
        yield
    finally:
        assert watching.stdin is not None
        watching.stdin.close()
        watching.wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
