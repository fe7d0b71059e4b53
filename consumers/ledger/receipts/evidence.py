"""What the books say of a window: counts, and hashes over the lines of rows and of rejects.

All of a receipt is read in one snapshot, so that its parts agree with each other.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

import psycopg
from psycopg import sql

from consumers.ledger.receipts.document import Account, Count, Lines
from consumers.ledger.receipts.window import Span, instant, window
from infra.postgres import Connection, classified
from infra.queries import read_queries
from schemas import ddl
from schemas.contract import Dataset

STORED, REFUSED = "stored", "refused"
Copyist = Callable[[str, str, bytes], None]
"""Is shown each line that is hashed: dataset, part (stored or refused), the line with its end."""
_RULESET = 5
"""Which word of a line is the ruleset."""


class Reading(NamedTuple):
    """How one receipt's evidence is read: from where, of which day, until when it is proved."""

    connection: Connection
    day: date
    proved: Mapping[str, datetime]
    """Dataset -> the watermark, proved *before* the snapshot: all up to it is in the snapshot."""
    copyist: Copyist


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Let all that is read inside the block be of one moment.

    Raises:
        Transient: the database is away.
        Fatal: it lacks a table, or refuses its reader.
    """
    try:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read, read only")
            connection.execute(read_queries("receipt")["roomy"])
            yield
    except psycopg.Error as error:
        raise classified(error) from error


def account(reading: Reading, dataset: Dataset) -> Account:
    """Read what became of *dataset* in the window; run it inside `snapshot`."""
    span = window(reading.day)
    through = reading.proved.get(dataset.id)
    until = None if through is None else min(through, span.through)  # Invariant 9
    return Account(
        dataset=dataset.id,
        ruleset=dataset.revision,
        complete=until == span.through,
        complete_through=None if until is None else instant(until),
        counts=_counts(reading, dataset),
        refused=_hash(reading, dataset, span, REFUSED),
        stored=_hash(reading, dataset, span, STORED),
    )


def _counts(reading: Reading, dataset: Dataset) -> tuple[Count, ...]:
    asked = {"dataset": dataset.id, "day": reading.day}
    rows = reading.connection.execute(read_queries("receipt")["counts"], asked)
    return tuple(Count(op=op, outcome=outcome, records=int(n)) for op, outcome, n in rows)


def _hash(reading: Reading, dataset: Dataset, span: Span, part: str) -> Lines:
    """Hash the sorted lines as the server sends them; memory stays bounded."""
    whole, count, rulesets = hashlib.sha256(), 0, set[bytes]()
    query = read_queries("receipt")[part].format(
        dataset=sql.Literal(dataset.id),
        table=sql.Identifier(ddl.SCHEMA, dataset.id),
        after=sql.Literal(span.after),
        through=sql.Literal(span.through),
    )
    with reading.connection.cursor() as cursor, cursor.copy(query) as lines:
        for line in map(bytes, lines):
            whole.update(line)  # Invariant 6: a line names its key by a hash
            rulesets.add(line.split(b" ", _RULESET + 1)[_RULESET])
            reading.copyist(dataset.id, part, line)
            count += 1
    known = tuple(sorted(int(one) for one in rulesets - {b"-"}))
    return Lines(lines=count, rulesets=known, sha256=whole.hexdigest())
