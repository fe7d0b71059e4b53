"""The real stack, started once a test run by the same command a person types."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pymysql

from support.waiting import until
from support.witness import Witness

ROOT = Path(__file__).parents[2]
SHORT_TIMES = {
    "SUOI_SESSION_TIMEOUT_S": "6",
    "SUOI_HEARTBEAT_S": "1",
    "SUOI_COMMIT_S": "0.5",
    "SUOI_CLOSE_ITEMS_S": "0.5",
    "SUOI_WATCH_S": "2",
    "SUOI_SAMPLE_S": "2",
    "SUOI_STANDSTILL_S": "600",  # tests freeze workers that they thaw; one test runs its own
    "SUOI_TASK_RESTARTS": "100000",
    "SUOI_METRICS_S": "5",
    "SUOI_CONSOLE_SAMPLE_S": "4",
    "SUOI_PATIENCE_S": "60",
    "SUOI_CONNECT_OFFSET_FLUSH_MS": "500",
    "SUOI_SOURCE_HEARTBEAT_MS": "1000",
    "SUOI_RESTARTS": "100000",  # the tests kill more often than anything that is ill would die
}


class Stack:
    """A running stack and the ways into it."""

    witness: Witness
    """Reads what so_tu_phap commits, from before the first test on."""

    def __init__(self, home: Path) -> None:
        """Choose *home*; nothing is started yet."""
        self.home = home
        self.contracts = home / "contracts"
        self.faults = home / "faults"
        self._opened = ExitStack()
        self.faults.mkdir(parents=True)
        shutil.copytree(ROOT / "schemas" / "datasets", self.contracts)

    @property
    def environment(self) -> dict[str, str]:
        """The environment our commands run in."""
        return {
            **os.environ,
            **SHORT_TIMES,
            "SUOI_HOME": str(self.home),
            "SUOI_CONTRACTS": str(self.contracts),
            "SUOI_FAULTS": str(self.faults),
            "SUOI_CCCD_PLACES": "099",
        }

    def suoi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one `suoi` command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "suoi", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"suoi {words}: {done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str, check: bool = True) -> Any:  # noqa: ANN401  a JSON document
        """Run one command with --json and read its answer."""
        done = self.suoi(*words, "--json", check=check)
        assert done.stdout, f"suoi {words} gave no answer: {done.stderr}"
        return json.loads(done.stdout)

    @cached_property
    def env(self) -> dict[str, Any]:
        """The answer of `suoi env --json`."""
        answer: dict[str, Any] = self.json("env")
        return answer

    def state(self) -> dict[str, Any]:
        """Read the supervisor's components."""
        answer: dict[str, Any] = json.loads((self.home / "run" / "state.json").read_text())
        return answer["components"]

    def pid(self, component: str) -> int:
        """Process id of a component; one between two lives is waited for."""
        return int(until(lambda: self.state()[component]["pid"]))

    def signal(self, component: str, chosen: signal.Signals = signal.SIGKILL) -> int:
        """Signal a component's process group; returns the pid that was struck."""
        pid = self.pid(component)
        os.killpg(os.getpgid(pid), chosen)
        return pid

    def restart(self, component: str) -> None:
        """Kill a component and wait until the supervisor has another one ready."""
        struck = self.signal(component)
        self.wait_restarted(component, struck)

    def wait_restarted(self, component: str, struck: int, seconds: float = 60) -> None:
        """Wait until *component* is ready again under another pid than *struck*."""

        def again() -> bool:
            state = self.state()[component]
            return state["pid"] not in {None, struck} and state["state"] == "ready"

        until(again, seconds)

    def tell_connect(self, source: str, word: str) -> None:
        """Tell Connect to *word* (stop, pause, resume) the connector of *source*."""
        connect = self.env["connect"]
        url = f"{connect['url']}/connectors/{source}/{word}"
        answer = httpx.put(url, auth=(connect["user"], connect["password"]), timeout=20)
        assert answer.status_code < 300, answer.text

    def wait_decided(self, dataset: str) -> None:
        """Wait until every raw record of *dataset* has a verdict that a kill would not repeat."""
        until(lambda: self.json("lag")[dataset]["raw_to_verdict"]["messages"] == 0)

    @contextmanager
    def armed(self, point: str, chosen: str = "KILL", seconds: float = 30) -> Iterator[None]:
        """Strike the next process that reaches *point*; left once it has, and disarmed if not."""
        armed, struck = self.faults / point, self.faults / f"{point}.struck"
        armed.write_text(chosen)
        try:
            yield
            until(struck.exists, seconds)
        finally:
            armed.unlink(missing_ok=True)
            struck.unlink(missing_ok=True)

    def strike_at(self, point: str, chosen: str = "KILL", seconds: float = 30) -> None:
        """Wait until a process was struck at *point*."""
        with self.armed(point, chosen, seconds):
            pass

    def province(self) -> psycopg.Connection:
        """Open the provincial database as its superuser."""
        return self._kept_open(psycopg.connect(self.env["province"]["dsn"], autocommit=True))

    def justice(self) -> psycopg.Connection:
        """Open the department's PostgreSQL as its superuser."""
        return self._kept_open(psycopg.connect(self.justice_dsn, autocommit=True))

    @property
    def justice_dsn(self) -> str:
        """Data source name of so_tu_phap."""
        return str(self.env["sources"]["so_tu_phap"]["dsn"])

    def agriculture(self) -> pymysql.Connection:
        """Open the department's MariaDB."""
        url = self.env["sources"]["so_nnmt"]
        return pymysql.connect(
            host=url["host"],
            port=url["port"],
            user=url["user"],
            password=url["password"],
            database="so_nnmt",
            autocommit=True,
            charset="utf8mb4",
        )

    def one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """First row of a query on the provincial database."""
        rows = self.all(query, *values)
        return rows[0] if rows else None

    def all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Every row of a query on the provincial database; one that is down is waited for."""

        def ask() -> tuple[list[tuple[Any, ...]]] | None:
            try:
                return (self._asking.execute(query, values).fetchall(),)
            except psycopg.OperationalError:
                self.__dict__.pop("_asking", None)
                return None

        (rows,) = until(ask, 60) or ([],)
        return rows

    def close(self) -> None:
        """Close every connection that was opened here."""
        self._opened.close()

    def _kept_open(self, connection: psycopg.Connection) -> psycopg.Connection:
        self._opened.callback(connection.close)
        return connection

    @cached_property
    def _asking(self) -> psycopg.Connection:
        return self.province()
