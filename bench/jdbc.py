"""The rival: Debezium's JDBC sink on Kafka Connect, its settings in bench/rivals/*.properties."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from psycopg import sql

from bench.place import Place
from infra.errors import Fatal
from infra.local.access import CONNECT_USER, connect_client, connect_url
from infra.local.files import write_whole
from infra.local.ports import LOOPBACK
from schemas.contract import Dataset
from schemas.ddl import target_columns

SETTINGS = Path(__file__).parent / "rivals"
RIVALS = ("r1", "r2", "r3")
SCHEMA = "bench"
_OWN = ("_at", "_deleted_at")
"""Columns that our sink adds; no clean record carries them."""
_LEFT_OUT = ("_flags", "_originals")


def make_table(place: Place, dataset: Dataset) -> str:
    """Make the rival's table, equal to ours but for what it cannot write; return its name.

    A timestamp-micros reaches it as a plain long, so its column is bigint (FACTS.md 9).
    """
    columns = [
        (name, "bigint" if kind == "timestamptz" else kind)
        for name, kind in target_columns(dataset)
        if name not in (*_OWN, *_LEFT_OUT)
    ]
    collate = ' collate "C" not null primary key'
    body = ", ".join(f'"{name}" {kind}{collate * (name == "_key")}' for name, kind in columns)
    with place.province() as province:
        province.execute(f"create schema if not exists {SCHEMA}")
        province.execute(f"create table {SCHEMA}.{dataset.id} ({body})".encode())
    return dataset.id


def settings(name: str, shape: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return the connector settings of rival *name* for topics of *shape*, filled with *words*."""
    found: dict[str, str] = {}
    for part in ("common", shape, name):
        lines = (SETTINGS / f"{part}.properties").read_text().splitlines()
        pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
        found |= {key: value.format(**words) for key, value in pairs}
    found["connection.url"] += found.pop("url.suffix", "")
    return found


class Connector:
    """One connector under one name, created and deleted; nothing of it stays."""

    def __init__(self, place: Place, name: str, config: Mapping[str, str]) -> None:
        """Prepare connector *name*; `start` creates it."""
        self._place, self._name, self._config = place, name, config
        word = place.home.secret("connect_rest")
        self._connect = connect_client(place.home)
        self._client = httpx.Client(
            base_url=connect_url(place.home), auth=(CONNECT_USER, word), timeout=20.0
        )

    def start(self) -> None:
        """Create it, or let it go on, and wait until its task runs."""
        self._connect.configure(self._name, self._config)
        self._connect.resume(self._name)
        deadline = time.monotonic() + 60
        while not self.check():
            assert time.monotonic() < deadline, f"{self._name} does not run"
            time.sleep(0.05)

    def check(self) -> bool:
        """Say whether it runs.

        Raises:
            Fatal: it has failed.
        """
        state = self._connect.state(self._name)
        if state is not None and "FAILED" in state[:2]:
            trace = self._client.get(f"/connectors/{self._name}/status").text
            message = f"{self._name} has failed ({state.cause}): {trace[:2000]}"
            raise Fatal(message)
        return state is not None and state.running

    def stop(self) -> None:
        """Take its task away and keep its offsets."""
        self._connect.stop(self._name)
        deadline = time.monotonic() + 60
        while (state := self._connect.state(self._name)) and state.task != "UNASSIGNED":
            assert time.monotonic() < deadline, f"{self._name} does not stop"
            time.sleep(0.05)

    def delete(self) -> None:
        """Delete it and wait until it has gone."""
        deadline = time.monotonic() + 60
        while not self._client.delete(f"/connectors/{self._name}").is_success:
            if self._connect.state(self._name) is None or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        while self._connect.state(self._name) is not None:
            assert time.monotonic() < deadline, f"{self._name} does not go"
            time.sleep(0.05)

    def offset(self) -> dict[str, Any] | None:
        """Return the position it has committed."""
        return self._connect.offset(self._name)


def words(place: Place, topic: str, table: str) -> dict[str, str]:
    """Return what the settings of a rival that writes *topic* into *table* are filled with."""
    path = place.home.connect_secrets / "bench.properties"
    if not path.exists():
        write_whole(path, f"password={place.home.secret('pg_province_superuser')}\n")
    ports = place.home.ports
    return {
        "topic": topic,
        "table": f"{SCHEMA}.{table}",
        "url": f"jdbc:postgresql://{LOOPBACK}:{ports.province}/province",
        "password": f"${{file:{path}:password}}",
        "registry": f"http://{LOOPBACK}:{ports.registry}/apis/registry/v2",
    }


@contextmanager
def running(place: Place, name: str, config: Mapping[str, str]) -> Iterator[Connector]:
    """Run a connector until the block ends."""
    connector = Connector(place, name, config)
    try:
        connector.start()
        yield connector
    finally:
        connector.delete()


def identifier(table: str) -> sql.Identifier:
    """Return *table* of the rival's schema for a statement."""
    return sql.Identifier(SCHEMA, table)
