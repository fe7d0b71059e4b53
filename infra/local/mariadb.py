"""The MariaDB server of a sample department: made whole or not at all, loopback only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymysql

from infra.local import programs
from infra.local.accounts import run_as
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.making import run_maker, whole
from infra.local.ports import LOOPBACK

ACCOUNT = "mysql"
_FORGET_OTHERS = (
    "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys' "
    "AND Host NOT IN ('localhost', '127.0.0.1')"
)


def department(home: Home, source: str) -> Component:
    """Return the server of a sample department, which has one database of the department's name."""
    data = home.server_data(source, ACCOUNT)
    port = home.ports.of(source)
    password = home.secret("mariadb_root")
    settings = data.parent / f"{source}.cnf"

    def make() -> None:
        write_whole(settings, _settings(port), 0o644)
        if not data.exists():
            _initialise(data, settings, _statements(password, source))

    def probe() -> None:
        words: dict[str, Any] = {
            "host": LOOPBACK,
            "port": port,
            "user": "root",
            "connect_timeout": 2,
        }
        with pymysql.connect(**words, password=password) as connection:
            connection.ping(reconnect=False)

    return Component(
        name=source,
        command=(
            *run_as(ACCOUNT),
            str(programs.mariadb()),
            f"--defaults-file={settings}",
            f"--datadir={data}",
        ),
        port=port,
        make=make,
        probe=probe,
        directory=data.parent,
    )


def _settings(port: int) -> str:
    lines = (
        "[mariadbd]",
        f"port={port}",
        f"bind-address={LOOPBACK}",
        "socket=mariadb.sock",  # below the data directory: a whole path may be too long
        "pid-file=mariadb.pid",
        "skip-name-resolve",
        "log-bin=binlog",
        "binlog-format=ROW",
        "binlog-row-image=FULL",
        "expire-logs-days=10",
        "server-id=7",
        "sql-mode=",  # the department's server takes zero dates, as old ones do
        "character-set-server=utf8mb4",
        "collation-server=utf8mb4_unicode_ci",
        "innodb-buffer-pool-size=64M",
        "sync-binlog=1",
    )
    return "\n".join(lines) + "\n"


def _statements(password: str, source: str) -> Sequence[str]:
    return (
        "FLUSH PRIVILEGES",  # --bootstrap starts without accounts
        f"ALTER USER root@localhost IDENTIFIED BY '{password}'",
        f"CREATE OR REPLACE USER root@'{LOOPBACK}' IDENTIFIED BY '{password}'",
        f"GRANT ALL ON *.* TO root@'{LOOPBACK}' WITH GRANT OPTION",
        # accounts without a password that the installer makes for other names of this machine
        _FORGET_OTHERS,
        f"CREATE DATABASE `{source}`",
    )


def _initialise(data: Path, settings: Path, statements: Sequence[str]) -> None:
    with whole(data, ACCOUNT) as place:
        where = (f"--defaults-file={settings}", f"--datadir={place}")
        quietly = ("--skip-test-db", "--auth-root-authentication-method=normal", "--skip-log-bin")
        run_maker((str(programs.mariadb_installer()), *where, *quietly), place, ACCOUNT)
        bootstrap = (str(programs.mariadb()), *where, "--bootstrap", "--skip-log-bin")
        run_maker(bootstrap, place, ACCOUNT, "".join(f"{line};\n" for line in statements))
