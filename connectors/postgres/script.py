"""The DBA's part on PostgreSQL: role, publication, heartbeat and signal tables, in one script."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence

from connectors.capture import HOUSE_TABLES
from connectors.sources import Source
from schemas.contract import Dataset

_ITERATIONS = 4096
PASSWORD_VARIABLE = ":'password'"  # noqa: S105  psql's name for it, not the secret

_HEAD = """\
-- {source}: what Suối needs of this PostgreSQL (>= 15). Harmless to run again.
-- Beforehand, in postgresql.conf: wal_level = logical, max_slot_wal_keep_size = a few GB, and a
-- free place in max_replication_slots and max_wal_senders; then restart the server.
{how}"""
_HOW = """\
-- Run as the owner of the tables or a superuser, with the role's password in the environment:
--   SUOI_CDC_PASSWORD=... psql -X -v ON_ERROR_STOP=1 -d {database} -f FILE
\\getenv password SUOI_CDC_PASSWORD
"""

_ROLE = """
-- The role reads the tables below and follows the log; it changes nothing of the department's.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role};
  END IF;
END $$;
ALTER ROLE {role} LOGIN REPLICATION NOSUPERUSER PASSWORD {password};
GRANT CONNECT ON DATABASE {database} TO {role};
"""

_HOUSE = """
-- Suối's own corner: a heart that beats through the log, and a letter box for loads.
CREATE SCHEMA IF NOT EXISTS cdc;
CREATE TABLE IF NOT EXISTS cdc.heartbeat(id int PRIMARY KEY, ts timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS cdc.signal(id text PRIMARY KEY, type text NOT NULL, data text);
-- Neither published nor captured: a number that only grows, unless this database is restored.
CREATE TABLE IF NOT EXISTS cdc.mark(id int PRIMARY KEY, n bigint NOT NULL);
INSERT INTO cdc.mark VALUES (1, 0) ON CONFLICT DO NOTHING;
GRANT SELECT, UPDATE ON cdc.mark TO {role};
GRANT USAGE ON SCHEMA cdc TO {role};
GRANT SELECT, INSERT, UPDATE ON cdc.heartbeat TO {role};
GRANT SELECT, INSERT, DELETE ON cdc.signal TO {role};
"""

_PUBLICATION = """
-- Debezium sees nothing of a table outside the publication, and says nothing.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = '{publication}') THEN
    CREATE PUBLICATION {publication};
  END IF;
END $$;
ALTER PUBLICATION {publication} SET (publish = 'insert, update, delete, truncate');
"""

_PUBLISHED = """\
DO $$ BEGIN
  IF to_regclass('{table}') IS NOT NULL
     AND NOT EXISTS (SELECT FROM pg_publication_tables WHERE pubname = '{publication}'
                     AND schemaname || '.' || tablename = '{table}') THEN
    ALTER PUBLICATION {publication} ADD TABLE ONLY {table};
  END IF;
END $$;
"""

_TABLE = """
DO $$ BEGIN
  IF to_regclass('{table}') IS NULL THEN
    RAISE WARNING 'table {table} does not exist; run this again once it does';
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA {schema} TO {role};
  GRANT SELECT ON {table} TO {role};
  -- A long value kept outside its row reaches us on an unrelated update only with this identity.
  IF (SELECT reltoastrelid <> 0 AND relreplident <> 'f' FROM pg_class
      WHERE oid = '{table}'::regclass) THEN
    ALTER TABLE {table} REPLICA IDENTITY FULL;
  END IF;
END $$;
"""


def script(source: Source, datasets: Sequence[Dataset], password: str | None = None) -> str:
    """Write the script for *source*'s DBA; *datasets* are those of this source.

    *password* goes in as the verifier the server stores, so that no log of its can hold the secret;
    without one, psql takes it from the environment.
    """
    return "".join(_parts(source, sorted({dataset.table for dataset in datasets}), password))


def _parts(source: Source, tables: Sequence[str], password: str | None) -> Iterator[str]:
    how = _HOW.format(database=source.database) if password is None else ""
    names = {"role": source.role, "database": source.database, "publication": source.publication}
    yield _HEAD.format(source=source.id, how=how)
    yield _ROLE.format(**names, password=_password(password))
    yield _HOUSE.format(**names)
    yield _PUBLICATION.format(**names)
    for table in (*HOUSE_TABLES, *tables):
        yield _PUBLISHED.format(**names, table=table)
    for table in tables:
        yield _TABLE.format(**names, table=table, schema=table.partition(".")[0])


def _password(password: str | None) -> str:
    if password is None:
        return PASSWORD_VARIABLE
    return f"'{scram_verifier(password)}'"


def scram_verifier(password: str) -> str:
    """Make what PostgreSQL stores of *password*, which must be ASCII: RFC 5803, SCRAM-SHA-256."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    client, server = (
        hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key")
    )
    stored = hashlib.sha256(client).digest()
    words = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *words)
