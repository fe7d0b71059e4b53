"""The DBA's part on MariaDB: user, grants, heartbeat and signal tables, in one script."""

import hashlib
from collections.abc import Iterator, Sequence

from connectors.sources import Source
from schemas.contract import Dataset

_HEAD = """\
-- {source}: what Suối needs of this MariaDB (>= 10.11). Harmless to run again.
-- Beforehand, in the server's configuration: log_bin, binlog_format = ROW, binlog_row_image = FULL,
-- server_id > 0, binlogs kept for 10 days; then restart the server.
{how}"""
_HOW = """\
-- Run as an administrator. In the client, first give the user's password, then this file:
--   SET @hash = PASSWORD('...');  SOURCE FILE;
"""

_USER = """
-- The user reads the tables below and follows the log; it changes nothing of the department's.
CREATE USER IF NOT EXISTS {role};
{password}
GRANT RELOAD, SHOW DATABASES, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO {role};
-- The structure of every table belongs in the connector's history, its rows do not: REFERENCES
-- shows the one without the other (measured on 10.11).
GRANT REFERENCES, LOCK TABLES ON {database}.* TO {role};
"""

_HOUSE = """
-- Suối's own corner: a heart that beats through the log, and a letter box for loads.
CREATE DATABASE IF NOT EXISTS cdc CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS cdc.heartbeat(id int PRIMARY KEY, ts timestamp(6) NOT NULL);
CREATE TABLE IF NOT EXISTS
  cdc.signal(id varchar(64) PRIMARY KEY, type varchar(32) NOT NULL, data text);
-- Not captured: a number that only grows, unless this database is restored.
CREATE TABLE IF NOT EXISTS cdc.mark(id int PRIMARY KEY, n bigint NOT NULL);
INSERT IGNORE INTO cdc.mark VALUES (1, 0);
GRANT SELECT, UPDATE ON cdc.mark TO {role};
GRANT LOCK TABLES ON cdc.* TO {role};
GRANT SELECT, INSERT, UPDATE ON cdc.heartbeat TO {role};
GRANT SELECT, INSERT, DELETE ON cdc.signal TO {role};
"""

_TABLE = """
-- Where {table} does not exist yet, nothing is granted: run this again once it does.
SET @grant = (SELECT IF(count(*) = 0, 'DO 0', 'GRANT SELECT ON {database}.{table} TO {role}')
              FROM information_schema.tables
              WHERE table_schema = '{database}' AND table_name = '{table}');
EXECUTE IMMEDIATE @grant;
"""


def script(source: Source, datasets: Sequence[Dataset], password: str | None = None) -> str:
    """Write the script for *source*'s DBA; *datasets* are those of this source.

    *password* goes in as the server's own hash of it; without one, the DBA sets @hash first.
    """
    return "".join(_parts(source, sorted({dataset.table for dataset in datasets}), password))


def native_hash(password: str) -> str:
    """Hash *password* as mysql_native_password stores it: `*` and SHA-1 of SHA-1, in hex."""
    once = hashlib.sha1(password.encode()).digest()  # noqa: S324  the server's own scheme
    return "*" + hashlib.sha1(once).hexdigest().upper()  # noqa: S324


def _parts(source: Source, tables: Sequence[str], password: str | None) -> Iterator[str]:
    names = {"role": source.role, "database": source.database}
    yield _HEAD.format(source=source.id, how=_HOW if password is None else "")
    yield _USER.format(**names, password=_password(source.role, password))
    yield _HOUSE.format(**names)
    for table in tables:
        yield _TABLE.format(**names, table=table)


def _password(role: str, password: str | None) -> str:
    if password is None:
        return f"EXECUTE IMMEDIATE CONCAT('SET PASSWORD FOR {role} = ', QUOTE(@hash));"
    return f"SET PASSWORD FOR {role} = '{native_hash(password)}';"
