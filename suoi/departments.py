"""The sample departments of the local stack: tables, clerk, the DBA's part; and our way in.

What an administrator of a real department does by hand from the script of `suoi connector dba` is
done here with the same script.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import NamedTuple

from confluent_kafka import Consumer

from connectors import dba
from connectors.desk import Desk
from connectors.mariadb.script import native_hash
from connectors.place import Place
from connectors.postgres.script import scram_verifier
from connectors.sources import MARIADB, Source, read_sources
from infra import kafka_reader
from infra.connect import Connect
from infra.errors import Usage
from infra.local.access import SUPERUSER, connect_client, environment
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from infra.local.ports import LOOPBACK
from infra.memory import Memory, MemoryReader
from infra.settings import read_number, read_settings
from infra.source_database import Login, SourceDatabase, open_mariadb, open_postgres
from schemas.catalogue import Catalogue

CLERK = "clerk"
"""Role of the people who keep a department's registers; its secret is clerk_<source>."""

_POSTGRES_CLERK = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{clerk}') THEN
    CREATE ROLE {clerk};
  END IF;
END $$;
ALTER ROLE {clerk} LOGIN NOSUPERUSER PASSWORD '{password}';
ALTER ROLE {clerk} IN DATABASE {database} SET timezone = 'Asia/Ho_Chi_Minh';
GRANT CONNECT ON DATABASE {database} TO {clerk};
GRANT USAGE ON SCHEMA {schemas} TO {clerk};
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA {schemas} TO {clerk};
"""
_MARIADB_CLERK = """
CREATE USER IF NOT EXISTS {clerk};
SET PASSWORD FOR {clerk} = '{password}';
GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO {clerk};
"""


def prepare_departments(home: Home, catalogue: Catalogue) -> None:
    """Make the sample departments' tables, clerks and all that capture needs, once or again.

    Raises:
        Transient: a department's server cannot be reached.
        Fatal: it refuses a statement.
    """
    for source in sources_of(catalogue):
        password = home.secret(f"cdc_{source.id}")
        database = open_source(source, _administrator(home, source))
        try:
            database.run(DEPARTMENTS[source.id].script.read_text(encoding="utf-8"))
            database.run(_clerk(source, home.secret(f"clerk_{source.id}")))
            database.run(dba.script(source, catalogue.of_source(source.id), password))
        finally:
            database.close()
        home.connect_secret(source.id)


def sources_of(catalogue: Catalogue) -> list[Source]:
    """The sources that *catalogue*'s datasets come from.

    Raises:
        Usage: a contract names a source that has no file in connectors/sources.
    """
    known = read_sources()
    for name in catalogue.sources:
        if name not in known:
            message = (
                f"a contract names the source {name}; there is no connectors/sources/{name}.toml."
            )
            raise Usage(message)
    return [known[name] for name in catalogue.sources]


def open_source(source: Source, login: Login) -> SourceDatabase:
    """Open the database of *source*.

    Raises:
        Transient: it cannot be reached, or refuses the login.
    """
    return (open_mariadb if source.engine == MARIADB else open_postgres)(source.id, login)


def open_captured(home: Home, source: Source) -> SourceDatabase:
    """Open the database of *source* as its CDC role, which sees what Debezium sees.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: it cannot be reached, or refuses the login.
    """
    home.refuse_absent()
    return open_source(source, capture_login(home, source))


def place_of(home: Home, source: Source) -> Place:
    """Where *source* and Kafka are in the local stack; SUOI_SOURCE_HEARTBEAT_MS sets the beat."""
    beat = int(read_number(os.environ, "SUOI_SOURCE_HEARTBEAT_MS", 0))
    return Place(
        host=LOOPBACK,
        port=home.ports.of(source.id),
        password_file=home.connect_secret(source.id),
        # The sample departments' servers have no certificate and listen on loopback alone.
        sslmode="disable",
        kafka_bootstrap=f"{LOOPBACK}:{home.ports.kafka}",
        kafka_ca=home.ca,
        kafka_jaas_file=home.connect_kafka_secret(),
        gate_file=home.connect_gate(source.id),
        heartbeat_ms=beat or None,
    )


@contextmanager
def open_desks(
    home: Home, catalogue: Catalogue, names: Sequence[str] = (), patience_s: float = 30.0
) -> Iterator[list[Desk]]:
    """Open a desk for each source of the stack at *home*, or for those in *names*.

    *patience_s* bounds every question to Connect.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: a department cannot be reached.
    """
    home.refuse_absent()
    with ExitStack() as stack:
        chosen = [source for source in sources_of(catalogue) if not names or source.id in names]
        rest = connect_client(home, patience_s)
        stack.callback(rest.close)
        memory = MemoryReader(_reader(home, stack)).read()
        yield [_desk(home, catalogue, one, memory, Rest(rest, stack)) for one in chosen]


def remembered(home: Home) -> Memory:
    """What is known of every source of the stack at *home*.

    Raises:
        Transient: Kafka does not answer.
    """
    with ExitStack() as stack:
        return MemoryReader(_reader(home, stack)).read()


class Rest(NamedTuple):
    """Connect's REST face, and what closes all that is opened beside it."""

    connect: Connect
    stack: ExitStack


def _desk(home: Home, catalogue: Catalogue, source: Source, memory: Memory, rest: Rest) -> Desk:
    """Open the source's database and a reader of Kafka, in the generation that is in force."""
    numbered = replace(source, generation=memory.generation(source.id, source.generation))
    database = open_source(source, capture_login(home, source))
    rest.stack.callback(database.close)
    return Desk(
        source=numbered,
        datasets=catalogue.of_source(source.id),
        place=place_of(home, source),
        database=database,
        connect=rest.connect,
        reader=_reader(home, rest.stack),
        seen=memory.seen(source.id, numbered.generation),
        resetting=memory.resetting(source.id),
    )


def _reader(home: Home, stack: ExitStack) -> Consumer:
    kafka = read_settings(environment(home, "reader")).kafka
    assert kafka is not None  # noqa: S101  `reader` has Kafka
    reader = kafka_reader.open_reader(kafka)
    stack.callback(reader.close)
    return reader


def capture_login(home: Home, source: Source) -> Login:
    """As the CDC role: the guards see what Debezium will see."""
    return _login(home, source, source.role, home.secret(f"cdc_{source.id}"))


def _administrator(home: Home, source: Source) -> Login:
    if source.engine == MARIADB:
        return _login(home, source, "root", home.secret("mariadb_root"))
    return _login(home, source, SUPERUSER, home.secret(f"pg_{source.id}_superuser"))


def _login(home: Home, source: Source, user: str, password: str) -> Login:
    database = source.database
    port = home.ports.of(source.id)
    return Login(
        host=LOOPBACK, port=port, database=database, user=user, password=password, sslmode="disable"
    )


def _clerk(source: Source, password: str) -> str:
    words = {"clerk": CLERK, "database": source.database}
    if source.engine == MARIADB:
        return _MARIADB_CLERK.format(**words, password=native_hash(password))
    verifier = scram_verifier(password)
    return _POSTGRES_CLERK.format(**words, schemas=", ".join(source.schemas), password=verifier)
