"""A PostgreSQL cluster of the stack: made once, whole or not at all, then served on loopback."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from infra.local import programs
from infra.local.access import PROVINCE, SUPERUSER
from infra.local.accounts import run_as
from infra.local.component import Component
from infra.local.home import Home
from infra.local.making import run_maker, whole
from infra.local.ports import LOOPBACK

ACCOUNT = "postgres"
REGISTRY = "registry"
_SHARED = (
    f"listen_addresses = '{LOOPBACK}'",
    "unix_socket_directories = ''",  # a socket's path may be too long
    "max_connections = 100",
    "password_encryption = 'scram-sha-256'",
    "timezone = 'UTC'",
    "log_min_error_statement = panic",  # a statement holds rows; invariant 6
    "log_parameter_max_length_on_error = 0",
    "log_error_verbosity = terse",  # DETAIL quotes rows
)
_ENTRANCES = (
    f"host all all {LOOPBACK}/32 scram-sha-256\nhost replication all {LOOPBACK}/32 scram-sha-256\n"
)
_PROVINCE = (
    "shared_buffers = '128MB'",
    "wal_level = replica",
    "client_connection_check_interval = '2s'",
)
_DEPARTMENT = (
    "shared_buffers = '16MB'",  # there are several, and none holds much
    "wal_level = logical",
    "max_replication_slots = 20",
    "max_wal_senders = 20",
    "max_slot_wal_keep_size = '2GB'",
)


def province(home: Home) -> Component:
    """Return the province's own cluster: its database, and the registry's beside it."""
    statements = (
        f"create database {PROVINCE}",
        f"create role {REGISTRY} login password '{home.secret('pg_registry')}'",
        f"create database {REGISTRY} owner {REGISTRY}",
        f"revoke all on database {REGISTRY} from public",
    )
    return _cluster(home, PROVINCE, _PROVINCE, statements)


def department(home: Home, source: str) -> Component:
    """Return the cluster of a sample department: one database of the department's name."""
    return _cluster(home, source, _DEPARTMENT, (f"create database {source}",))


def _cluster(
    home: Home, name: str, settings: Sequence[str], statements: Sequence[str]
) -> Component:
    binaries = programs.postgres()
    data = home.server_data(name, ACCOUNT)
    port = home.ports.of(name)
    password = home.secret(f"pg_{name}_superuser")
    identify = f"alter role {SUPERUSER} password '{password}'"

    def make() -> None:
        if not data.exists():
            _initialise(binaries, data, (identify, *statements))
        lines = (f"port = {port}", *_SHARED, *settings)
        (data / "suoi.conf").write_text("\n".join(lines) + "\n")

    def probe() -> None:
        words: dict[str, Any] = {
            "host": LOOPBACK,
            "port": port,
            "user": SUPERUSER,
            "dbname": "postgres",
        }
        with psycopg.connect(**words, password=password, connect_timeout=2) as connection:
            connection.execute("select 1")

    return Component(
        name=name,
        command=(*run_as(ACCOUNT), str(binaries / "postgres"), "-D", str(data)),
        port=port,
        make=make,
        probe=probe,
        directory=data.parent,
        stop_signal=signal.SIGINT,  # a fast shutdown: sessions end, a checkpoint is written
    )


def _initialise(binaries: Path, data: Path, statements: Sequence[str]) -> None:
    with whole(data, ACCOUNT) as place:
        initdb = (
            *(str(binaries / "initdb"), "-D", str(place), "-U", SUPERUSER, "--encoding=UTF8", "-k"),
            *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=vi-VN"),
            *("--auth=reject", "--no-instructions"),  # nobody enters before pg_hba.conf is ours
        )
        run_maker(initdb, place, ACCOUNT)
        (place / "pg_hba.conf").write_text(_ENTRANCES)
        with (place / "postgresql.conf").open("a") as file:
            file.write("include_if_exists 'suoi.conf'\n")
        # The single-user server reads statements from its input
        single = (str(binaries / "postgres"), "--single", "-D", str(place), "-j", "postgres")
        run_maker(single, place, ACCOUNT, "".join(f"{line};\n\n" for line in statements))
