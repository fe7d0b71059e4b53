"""The desk of `suoi reject`: one connection as the operator's role, and the audit kept on it.

Whatever a person does here is written down with who, when and why, and committed, before its effect
can be seen (docs/quarantine.md).
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from psycopg import sql

from consumers.payloads import Identity
from infra.errors import Usage
from infra.kafka import Headers, Outbox, producer_config
from infra.local.access import kafka_client, postgres_conninfo
from infra.local.home import Home
from infra.postgres import Connection, Database
from infra.queries import read_queries
from infra.sealing import Sealed
from schemas.catalogue import Catalogue
from schemas.control import decided
from schemas.records import OrderKey, Origin
from suoi.dataset import who
from suoi.law import read_captured

OPERATOR = "operator"
"""The Kafka principal of these commands; their role in the province is `province_operator`."""

TRUNCATE = "t"
_PATIENCE_S = 30.0
_QUIET: dict[str, Any] = {"log_level": 2}


class Kept(NamedTuple):
    """One item as its work needs it; keys and problems stay where they are."""

    id: int
    dataset: str
    op: str | None
    status: str
    order: OrderKey | None
    generation: int | None
    identity: Identity
    reject: Origin
    """Where its record lies in reject.*; in clean.*, where the database refused it."""
    sealed: Sealed | None
    source_ts: int
    """When it was committed at the source, µs since the epoch; 0 = not known."""

    @property
    def was_rejected(self) -> bool:
        """Whether rules refused it, not the database."""
        return self.reject.topic.startswith("reject.")


class Act(NamedTuple):
    """What a person does, as the audit has it."""

    action: str
    reason: str
    item: int | None = None
    approver: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the commands need: where the stack is, the contracts in force, the database."""

    home: Home
    catalogue: Catalogue
    database: Database
    by: str | None = None
    """On whose behalf; None = the user of the operating system."""

    def ask(
        self, name: str, values: Mapping[str, object], table: str | None = None
    ) -> list[tuple[Any, ...]]:
        """Run the query *name* in a transaction of its own; *table* is the dataset it looks at.

        Raises:
            Transient: the database is away; Fatal: it refuses.
        """
        with self.database.transaction() as connection:
            return run(connection, name, values, table)

    def note(self, act: Act, **facts: object) -> int:
        """Write *act* down, committed on return; its number in the audit."""
        with self.database.transaction() as connection:
            return note(connection, act, facts, self.by)

    def find(self, item: int) -> Kept:
        """Read item number *item*.

        Raises:
            Usage: there is none.
        """
        found = self.ask("find", {"item": item})
        if not found:
            message = (
                f"there is no quarantine item {item}; `suoi reject list` shows those there are."
            )
            raise Usage(message)
        return kept(found[0])


@contextmanager
def opened_desk(home: Path, by: str | None = None) -> Iterator[Desk]:
    """Open the desk of the stack at *home*, on behalf of *by* where that is not who types.

    Raises:
        Fatal: there is no stack at *home*.
    """
    place = Home(home)
    place.refuse_absent()
    database = Database("suoi reject", postgres_conninfo(place, "province_operator"))
    try:
        yield Desk(home=place, catalogue=read_captured(), database=database, by=by)
    finally:
        database.close()


def run(
    connection: Connection, name: str, values: Mapping[str, object], table: str | None = None
) -> list[tuple[Any, ...]]:
    """Run the query *name* of quarantine_work.sql in the caller's transaction."""
    query: sql.SQL | sql.Composed = read_queries("quarantine_work")[name]
    if table is not None:
        query = read_queries("quarantine_work")[name].format(table=sql.Identifier("clean", table))
    cursor = connection.execute(query, values)
    return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def note(connection: Connection, act: Act, facts: dict[str, object], by: str | None = None) -> int:
    """Write *act* of *by* into the audit, in the caller's transaction; returns its number."""
    values = {**act._asdict(), "by_user": by or who(), "facts": orjson.dumps(facts).decode()}
    return int(run(connection, "note", values)[0][0])


def kept(row: tuple[Any, ...]) -> Kept:
    """Read one row of `find` or `candidates`."""
    number, dataset, op, status, *order, generation, judged = row[:10]
    raw, reject, sealed = Origin(*row[10:13]), Origin(*row[13:16]), row[16:19]
    return Kept(
        number,
        dataset,
        op,
        status,
        None if None in order else OrderKey(*order),
        generation,
        Identity(dataset, raw, judged),
        reject,
        None if sealed[0] is None else Sealed(*sealed),
        row[19] or 0,
    )


def words(name: str, text: str) -> str:
    """Check the words a person gives for *name*.

    Raises:
        Usage: they are empty, too long or not one line.
    """
    try:
        return decided(text).en
    except ValueError as error:
        message = f"--{name} does not do: {error}."
        raise Usage(message) from None


def approver(name: str) -> str:
    """Check who approves: somebody else than who types.

    Raises:
        Usage: nobody, or the same person.
    """
    given = words("approver", name)
    if given == who():
        message = "--approver names you; a second person approves what you do here."
        raise Usage(message)
    return given


class Sender:
    """Sends records as the operator, and waits for the broker."""

    def __init__(self, home: Home) -> None:
        """Open the producer at the first record."""
        self._config = kafka_client(home, OPERATOR) | producer_config() | _QUIET
        self._outbox: Outbox | None = None

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Hand one record over.

        Raises:
            Transient: an earlier record has failed.
        """
        if self._outbox is None:
            self._outbox = Outbox(self._config, _PATIENCE_S)
        self._outbox.send(topic, key, value, headers)

    def settle(self) -> None:
        """Wait until the broker has all of them (invariant 1).

        Raises:
            Transient: it did not take them.
        """
        if self._outbox is not None:
            asyncio.run(self._outbox.settle())
