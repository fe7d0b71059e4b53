"""PostgreSQL: how we open it, and which of its errors mean wait and which mean stop.

Host, port, database, user and password file are libpq's own (PGHOST, PGPASSFILE, …).
A message made here holds the SQLSTATE and names of the schema, never the server's text: its DETAIL
line quotes rows (invariant 6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import IdleInTransactionSessionTimeout, ProgramLimitExceeded

from infra.errors import Fatal, Refused, Transient, Trouble

Connection = psycopg.Connection[tuple[Any, ...]]

_LIVELY: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
REFUSALS = (psycopg.DataError, psycopg.IntegrityError, ProgramLimitExceeded)
"""Errors of a row's own: a value out of range (22), a constraint (23), a key longer than an index
holds (54000)."""
_TRANSIENT = (psycopg.OperationalError, IdleInTransactionSessionTimeout)


class Database:
    """One connection to one database, opened when asked for and opened anew once it broke."""

    def __init__(self, application: str, conninfo: str = "") -> None:
        """Remember how to connect: *application* is the name the server shows for us."""
        self._application = application
        self._conninfo = conninfo
        self._open: Connection | None = None

    def connection(self) -> Connection:
        """Give the open connection; a broken or closed one is replaced.

        Raises:
            Transient: the server does not answer or refuses us.
        """
        if self._open is None or self._open.closed:
            self._open = connect(self._application, self._conninfo)
        return self._open

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run one transaction; errors come out of it as Transient or Fatal, the work rolled back.

        After an error the connection is given up: nothing of it can still be under way here.
        """
        connection = self.connection()
        try:
            yield connection
            connection.commit()
        except psycopg.Error as error:
            self.close()
            raise classified(error) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back by the server."""
        if self._open is not None:
            self._open.close()
            self._open = None


def connect(application: str, conninfo: str = "") -> Connection:
    """Open a connection that notices a vanished server within about 11 s.

    Raises:
        Transient: the server does not answer or refuses us.
    """
    try:
        return psycopg.connect(conninfo, application_name=application, **_LIVELY)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        message = f"PostgreSQL cannot be reached: {reason}. Is the stack up (suoi status)?"
        raise Transient(message) from error


def classified(error: psycopg.Error) -> Trouble:
    """Say what *error* asks of us: Transient (server away, lock, deadlock, full) or Fatal."""
    state = error.sqlstate or "connection lost"
    place = _place(error)
    if isinstance(error, REFUSALS):
        return Refused(
            f"PostgreSQL refused a row ({state}{place}); nothing of its batch was written. "
            "Compare the contract with the table, then start again."
        )
    if isinstance(error, _TRANSIENT):
        return Transient(f"PostgreSQL could not finish a transaction ({state}); it is tried again.")
    if isinstance(error, psycopg.ProgrammingError):
        return Fatal(
            f"PostgreSQL refused a statement ({state}{place}): tables or rights differ from this "
            "release; run `suoi migrate`, then start again."
        )
    return Fatal(
        f"PostgreSQL cannot go on ({state}{place}); nothing of the batch was written. "
        "Look into its log, then start again."
    )


def _place(error: psycopg.Error) -> str:
    """Name table, column and constraint where the server gave them: names, never values."""
    names = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return "".join(f", {name}" for name in names if name)
