"""How each component, and each person, reaches the parts of one stack.

Passwords travel as names of files only (mode 0600): never in an environment, never in arguments.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from psycopg import conninfo

from infra.connect import Connect, open_connect
from infra.local.departments import DEPARTMENTS, MARIADB, Department
from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.ports import LOOPBACK

PROVINCE = "province"
SUPERUSER = "postgres"
CONNECT_USER = "suoi"


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """What one component may reach, and as whom; None = not at all."""

    kafka: str | None = None
    postgres: str | None = None
    redis: str | None = None
    registry: bool = False
    open_key: bool = False
    quarantine_keys: bool = False


_ADMIN = Access(kafka="admin", postgres=SUPERUSER, redis="admin", registry=True)

ACCESS: Mapping[str, Access] = MappingProxyType(
    {
        # Beside these it enters each department as the CDC role does, and Connect (suoi/watch.py)
        "watch": Access(kafka="capture"),
        "streams": Access(kafka="streams", registry=True, open_key=True),
        "province_sink": Access(kafka="province", postgres="province_sink", registry=True),
        "quarantine_sink": Access(
            kafka="quarantine",
            postgres="province_quarantine",
            registry=True,
            quarantine_keys=True,
        ),
        "findings": Access(kafka="findings", postgres="province_findings"),
        # It reads what a duty is judged by as `reader` does, and enters Connect (suoi/obligations)
        "obligations": Access(kafka="reader", postgres="province_obligations", redis="portal"),
        "portal_cache": Access(kafka="portal", redis="sink", registry=True),
        # The web process reads Redis and nothing else: no database, no Kafka (DESIGN.md 7)
        "portal": Access(redis="portal"),
        # It reads as `reader` does; what its users do, it does as the commands do, by the home
        "console": Access(kafka="reader", postgres="province_reader", redis="portal"),
        "reader": Access(kafka="reader", postgres="province_reader", redis="portal", registry=True),
        "sentinel": Access(kafka="reader", postgres="province_reader", redis="portal"),
        # Beside these it asks Connect, and each department as the CDC role does (suoi/metrics.py)
        "metrics": Access(kafka="reader", postgres="province_reader", redis="portal"),
        "prepare_kafka": _ADMIN,
        "prepare_province": _ADMIN,
        "prepare_departments": _ADMIN,
        "prepare_registry": _ADMIN,
        "prepare_connectors": _ADMIN,
    }
)
"""`reader` is whoever asks: `suoi status`, `suoi lag`, `suoi ledger check`."""

_SECRETS = MappingProxyType(
    {
        SUPERUSER: "pg_province_superuser",
        "province_sink": "pg_province_sink",
        "province_quarantine": "pg_province_quarantine",
        "province_findings": "pg_province_findings",
        "province_reader": "pg_province_reader",
        "province_receipt": "pg_province_receipt",
        "province_obligations": "pg_province_obligations",
        "province_operator": "pg_province_operator",
    }
)
"""Role of the provincial cluster -> the name of its secret."""


def environment(home: Home, name: str) -> dict[str, str]:
    """Return the variables (`infra.settings`, libpq's own) that component *name* is given."""
    access = ACCESS[name]
    found = {"SUOI_HOME": str(home.root)}
    if access.kafka:
        found |= _kafka(home, access.kafka)
    if access.postgres:
        found |= postgres_environment(home, access.postgres, name)
    if access.redis:
        found |= _redis(home, access.redis)
    if access.registry:
        found["SUOI_REGISTRY_URL"] = registry_url(home)
    if access.open_key:
        found["SUOI_OPEN_KEY_FILE"] = str(home.secret_file("open_key"))
    if access.quarantine_keys:
        found["SUOI_QUARANTINE_KEY_FILE"] = str(home.quarantine_keys)
    if name == "console":
        found |= {"SUOI_CONSOLE_HOST": LOOPBACK, "SUOI_CONSOLE_PORT": str(home.ports.console)}
    if name == "portal":
        found |= {"SUOI_PORTAL_HOST": LOOPBACK, "SUOI_PORTAL_PORT": str(home.ports.portal)}
    if name == "metrics":
        found |= {"SUOI_METRICS_HOST": LOOPBACK, "SUOI_METRICS_PORT": str(home.ports.metrics)}
    return found


def postgres_environment(home: Home, role: str, name: str) -> dict[str, str]:
    """Return libpq's variables for *role* in the province; the password file is *name*'s own."""
    secret = home.secret(_SECRETS[role])
    port = str(home.ports.province)
    passfile = home.secrets / f"pgpass_{name}"
    write_whole(passfile, f"{LOOPBACK}:{port}:{PROVINCE}:{role}:{secret}\n")
    return {
        "PGHOST": LOOPBACK,
        "PGPORT": port,
        "PGDATABASE": PROVINCE,
        "PGUSER": role,
        "PGPASSFILE": str(passfile),
    }


def postgres_conninfo(home: Home, role: str, database: str = PROVINCE) -> str:
    """Return libpq's line with which *role* enters the provincial cluster, password included.

    It is for a process that keeps it in memory; a worker is given `postgres_environment`.
    """
    return conninfo.make_conninfo(
        host=LOOPBACK,
        port=home.ports.province,
        dbname=database,
        user=role,
        password=home.secret(_SECRETS[role]),
    )


def registry_url(home: Home) -> str:
    """Return the address of the registry's Confluent face."""
    return f"http://{LOOPBACK}:{home.ports.registry}/apis/ccompat/v7"


def connect_url(home: Home) -> str:
    """Return the address of Connect's REST face (user CONNECT_USER, secret `connect_rest`)."""
    return f"http://{LOOPBACK}:{home.ports.connect}"


def connect_client(home: Home, patience_s: float = 30.0) -> Connect:
    """Open a client of Connect at *home*; *patience_s* bounds every question. It must be closed."""
    return open_connect(connect_url(home), CONNECT_USER, home.secret("connect_rest"), patience_s)


def kafka_client(home: Home, user: str) -> dict[str, str]:
    """Return the settings of a librdkafka client that enters as *user*, its password included."""
    return {
        "bootstrap.servers": f"{LOOPBACK}:{home.ports.kafka}",
        "security.protocol": "SASL_SSL",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": home.secret(f"kafka_{user}"),
        "ssl.ca.location": str(home.ca),
    }


def dsn(home: Home, cluster: str, database: str) -> str:
    """Return how the superuser of the PostgreSQL *cluster* enters *database*, password included."""
    password = home.secret(f"pg_{cluster}_superuser")
    return _url("postgresql", SUPERUSER, password, home.ports.of(cluster), database)


def reach(home: Home) -> dict[str, Any]:
    """Return the answer of `suoi env --json` (DESIGN.md 9): administrators' ways in."""
    ports = home.ports
    return {
        "province": {"dsn": dsn(home, PROVINCE, PROVINCE)},
        "sources": {name: _source(home, item) for name, item in DEPARTMENTS.items()},
        "kafka": kafka_client(home, "admin"),
        "registry": {"url": registry_url(home)},
        "redis": {"url": _url("redis", "admin", home.secret("redis_admin"), ports.redis, "0")},
        "connect": {
            "url": connect_url(home),
            "user": CONNECT_USER,
            "password": home.secret("connect_rest"),
        },
        "portal": {"url": f"http://{LOOPBACK}:{ports.portal}"},
        "console": {"url": f"http://{LOOPBACK}:{ports.console}"},
    }


def _source(home: Home, department: Department) -> dict[str, Any]:
    name = department.name
    if department.engine == MARIADB:
        return {**_mariadb(home, name), "engine": "mariadb"}
    return {"dsn": dsn(home, name, name), "engine": "postgresql"}


def _mariadb(home: Home, source: str) -> dict[str, Any]:
    password, port = home.secret("mariadb_root"), home.ports.of(source)
    return {
        "url": _url("mysql", "root", password, port, source),
        "host": LOOPBACK,
        "port": port,
        "user": "root",
        "password": password,
        "database": source,
    }


def write_reach(home: Home) -> Path:
    """Keep the answer of `suoi env --json` in the home (mode 0600) and return its file."""
    path = home.root / "env.json"
    write_whole(path, json.dumps(reach(home), indent=2) + "\n")
    return path


def _kafka(home: Home, user: str) -> dict[str, str]:
    return {
        "SUOI_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{home.ports.kafka}",
        "SUOI_KAFKA_USER": user,
        "SUOI_KAFKA_PASSWORD_FILE": str(home.secret_file(f"kafka_{user}")),
        "SUOI_KAFKA_CA": str(home.ca),
    }


def _redis(home: Home, user: str) -> dict[str, str]:
    return {
        "SUOI_REDIS_HOST": LOOPBACK,
        "SUOI_REDIS_PORT": str(home.ports.redis),
        "SUOI_REDIS_USER": user,
        "SUOI_REDIS_PASSWORD_FILE": str(home.secret_file(f"redis_{user}")),
    }


def _url(scheme: str, user: str, password: str, port: int, path: str) -> str:
    return f"{scheme}://{user}:{quote(password, safe='')}@{LOOPBACK}:{port}/{path}"
