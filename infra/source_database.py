"""A department's database as we touch it: ask, run a script; PostgreSQL and MariaDB alike.

A message made here never holds the server's text: its detail may quote a row (invariant 6).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pymysql
from pymysql.constants import CLIENT

from infra.errors import Fatal, Transient, Unfit
from infra.queries import statement

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]
"""Ask(query, values): all rows of one question; values go in by name, as %(name)s."""

_CONNECT_S = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """Where a department's database is, and as whom we enter it."""

    host: str
    port: int
    database: str
    user: str
    password: str
    sslmode: str = "prefer"


class SourceDatabase:
    """One open connection; each question and each script is a transaction of its own."""

    def __init__(
        self, name: str, ask: Ask, run: Callable[[str], None], close: Callable[[], None]
    ) -> None:
        """Take the three things we do with a connection to the source *name*."""
        self.name = name
        self._ask, self._run, self._close = ask, run, close

    def ask(self, query: str, values: dict[str, Any] | None = None) -> Rows:
        """Return all rows of *query*.

        Raises:
            Transient: the server went away.
            Unfit: a value is none of its column's type.
            Fatal: it refuses the question.
        """
        with _sentences(self.name):
            return self._ask(query, values or {})

    def run(self, script: str) -> None:
        """Run the statements of *script* in their order.

        Raises:
            Transient: the server went away.
            Fatal: it refuses a statement.
        """
        with _sentences(self.name):
            self._run(script)

    def close(self) -> None:
        """Close the connection."""
        with suppress(psycopg.Error, pymysql.Error):
            self._close()


def open_postgres(name: str, login: Login) -> SourceDatabase:
    """Open a PostgreSQL source.

    Raises:
        Transient: it cannot be reached, or refuses the login.
    """
    with _sentences(name, f" at {login.host}:{login.port}"):
        connection = psycopg.connect(
            host=login.host,
            port=login.port,
            dbname=login.database,
            user=login.user,
            password=login.password,
            sslmode=login.sslmode,
            connect_timeout=_CONNECT_S,
            application_name="suoi connector",
            autocommit=True,
        )

    def ask(query: str, values: dict[str, Any]) -> Rows:
        # No values, no placeholders: a % in the text is then a plain sign.
        cursor = connection.execute(statement(query), values or None)
        return cursor.fetchall() if cursor.description else []

    def run(script: str) -> None:
        connection.execute(statement(script))

    return SourceDatabase(name, ask, run, connection.close)


def open_mariadb(name: str, login: Login) -> SourceDatabase:
    """Open a MariaDB source.

    Raises:
        Transient: it cannot be reached, or refuses the login.
    """
    with _sentences(name, f" at {login.host}:{login.port}"):
        connection = pymysql.connect(
            host=login.host,
            port=login.port,
            database=login.database or None,
            user=login.user,
            password=login.password,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=_CONNECT_S,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def ask(query: str, values: dict[str, Any]) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall())

    def run(script: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass

    return SourceDatabase(name, ask, run, connection.close)


@contextmanager
def _sentences(name: str, where: str = "") -> Iterator[None]:
    """Turn a driver's error into a sentence about the source *name*."""
    try:
        yield
    except (psycopg.OperationalError, pymysql.OperationalError, pymysql.InterfaceError) as error:
        message = f"source {name}{where} cannot be reached or refuses us ({_code(error)}). {_NEXT}"
        raise Transient(message) from error
    except (psycopg.DataError, pymysql.DataError) as error:
        message = f"source {name} cannot read a value we asked for ({_code(error)}). {_NEXT}"
        raise Unfit(message) from error
    except (psycopg.Error, pymysql.Error) as error:
        message = f"source {name} refused a statement ({_code(error)}). {_NEXT}"
        raise Fatal(message) from error


_NEXT = "Is its server up, and has its DBA run the script of `suoi connector dba`?"


def _code(error: BaseException) -> str:
    """Number of the error, as its server's manual lists it."""
    if isinstance(error, psycopg.Error):
        return f"SQLSTATE {error.sqlstate}" if error.sqlstate else type(error).__name__
    numbers: Sequence[Any] = error.args
    return f"error {numbers[0]}" if numbers else type(error).__name__
