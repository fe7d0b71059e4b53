"""Migrations of the provincial database: numbered files, `pre` or `post` the code's upgrade.

`clean.*` tables are not in files: they follow from the contracts (schemas.ddl).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from infra.errors import Fatal
from infra.postgres import Connection, classified
from infra.queries import SQL_DIRECTORY, read_queries, statement
from schemas import ddl
from schemas.contract import Dataset

_DIRECTORY = SQL_DIRECTORY / "migrations"
_LONG_NAMES = {"timestamptz": "timestamp with time zone"}
_NAME = re.compile(r"(\d{4})_(pre|post)_(\w+)\.sql")


class Migration(NamedTuple):
    """One file of infra/sql/migrations: NNNN_{pre,post}_slug.sql."""

    number: int
    phase: str
    slug: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text: an applied migration never changes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(directory: Path = _DIRECTORY) -> list[Migration]:
    """Read every migration of *directory* in the order of its number.

    Raises:
        Fatal: a file's name is not NNNN_{pre,post}_slug.sql, or two share number and phase.
    """
    found = sorted(map(_read, directory.glob("*.sql")))
    places = [(one.number, one.phase) for one in found]
    if len(set(places)) < len(places):
        message = f"Two migrations in {directory.name}/ share one number and phase; renumber one."
        raise Fatal(message)
    return found


def _read(path: Path) -> Migration:
    match = _NAME.fullmatch(path.name)
    if match is None:
        message = f"Migration {path.name} must be named NNNN_pre_slug.sql or NNNN_post_slug.sql."
        raise Fatal(message)
    number, phase, slug = match.groups()
    return Migration(int(number), phase, slug, path.read_text(encoding="utf-8"))


def migrate(connection: Connection, phase: str, directory: Path = _DIRECTORY) -> list[str]:
    """Apply what *phase* ("pre" or "post") still misses, all in one transaction; name what was.

    Raises:
        Fatal: an applied migration's file has changed, or the database refuses a statement.
        Transient: the server went away; nothing was applied.
    """
    queries = read_queries("migration")
    wanted = [one for one in read_migrations(directory) if one.phase == phase]
    with _one_transaction(connection):
        connection.execute(queries["one_at_a_time"])
        connection.execute(queries["prepare_ledger"])
        applied = {(row[0], row[1]): str(row[2]) for row in connection.execute(queries["applied"])}
        missing = list(_missing(wanted, applied))
        for one in missing:
            connection.execute(statement(one.text))
            facts = {"number": one.number, "phase": one.phase, "slug": one.slug}
            connection.execute(queries["record"], facts | {"sha256": one.sha256})
    return [f"{one.number:04}_{one.phase}_{one.slug}" for one in missing]


def _missing(wanted: list[Migration], applied: dict[tuple[int, str], str]) -> Iterator[Migration]:
    for one in wanted:
        known = applied.get((one.number, one.phase))
        if known is None:
            yield one
        elif known != one.sha256:
            message = (
                f"Migration {one.number:04}_{one.phase}_{one.slug} was changed after it was "
                "applied; restore the file and write a new migration instead."
            )
            raise Fatal(message)


def make_tables(connection: Connection, datasets: Iterable[Dataset]) -> list[str]:
    """Make each dataset's table in `clean`, or add the columns it misses; name what was done.

    A column is never dropped or retyped here: that takes a migration.

    Raises:
        Fatal: a column has another type than the contract says.
        Transient: the server went away; nothing was done.
    """
    done: list[str] = []
    with _one_transaction(connection):
        connection.execute(read_queries("migration")["one_at_a_time"])
        for dataset in datasets:
            done += _make_table(connection, dataset)
    return done


def _make_table(connection: Connection, dataset: Dataset) -> list[str]:
    table = sql.Identifier(ddl.SCHEMA, dataset.id)
    name = table.as_string(connection)
    if connection.execute("select to_regclass(%s)", [name]).fetchone() == (None,):
        connection.execute(statement(ddl.target_table(dataset)))
        return [ddl.table_name(dataset)]
    held = _columns(connection, table)
    wanted = dict(ddl.target_columns(dataset))
    for column, kind in wanted.items():
        _refuse_other_type(dataset, column, held.get(column, kind), kind)
    new = [column for column in wanted if column not in held]
    for column in new:
        _add_column(connection, table, (column, wanted[column]))
    return [f"{ddl.table_name(dataset)}.{column}" for column in new]


def _refuse_other_type(dataset: Dataset, column: str, held: str, wanted: str) -> None:
    if _LONG_NAMES.get(wanted, wanted) != _LONG_NAMES.get(held, held):
        message = (
            f"Column {column} of {ddl.table_name(dataset)} is {held}, the contract says {wanted}; "
            "write a migration that converts it."
        )
        raise Fatal(message)


def _columns(connection: Connection, table: sql.Identifier) -> dict[str, str]:
    asked = {"table": table.as_string(connection)}
    rows = connection.execute(read_queries("migration")["columns"], asked)
    return {str(name): str(kind) for name, kind in rows}


def _add_column(connection: Connection, table: sql.Identifier, column: tuple[str, str]) -> None:
    name, kind = column
    query = read_queries("migration")["add_column"]
    connection.execute(query.format(table=table, column=sql.Identifier(name), type=statement(kind)))


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    try:
        with connection.transaction():
            yield
    except psycopg.Error as error:
        raise classified(error) from error
