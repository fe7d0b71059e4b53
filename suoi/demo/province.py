"""What the demonstration sees of the province: its tables and its quarantine, as a reader."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from infra.postgres import Connection, classified, connect
from infra.queries import read_queries
from schemas.records import Row


class Item(NamedTuple):
    """One refusal as the officer sees it."""

    status: str
    problems: list[dict[str, str]]


class Province:
    """A reader of the provincial database; each question is a transaction of its own."""

    def __init__(self, dsn: str) -> None:
        """Connect as the role that *dsn* names.

        Raises:
            Transient: the server does not answer.
        """
        self._connection: Connection = connect("suoi demo", dsn)
        self._connection.autocommit = True
        self._queries = read_queries("demo")

    def visible(self, wanted: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
        """Return those of the wanted (dataset, key) that stand in their table now."""
        parts: list[sql.Composable] = []
        values: dict[str, list[str]] = {}
        for place, (dataset, keys) in enumerate(wanted.items()):
            name = f"keys{place}"
            names = {"tag": sql.Literal(dataset), "keys": sql.Placeholder(name)}
            parts.append(self._queries["visible"].format(table=_table(dataset), **names))
            values[name] = list(keys)
        if not parts:
            return set()
        rows = self._ask(sql.SQL(" union all ").join(parts), values)
        return {(dataset, key) for dataset, key in rows}

    def row(self, dataset: str, key: str, columns: tuple[str, ...]) -> Row | None:
        """Return columns of one live row; None where it is absent."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = self._queries["row"].format(columns=names, table=_table(dataset))
        rows = self._ask(query, {"key": key})
        return dict(zip(columns, rows[0], strict=True)) if rows else None

    def item(self, dataset: str, key: str) -> Item | None:
        """Return the newest quarantine item of a key."""
        rows = self._ask(self._queries["item"], {"dataset": dataset, "key": key})
        return Item(*rows[0]) if rows else None

    def reasons(self) -> dict[str, list[tuple[str, int]]]:
        """Return by dataset the reasons of open items, the most frequent first."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for dataset, code, count in self._ask(self._queries["reasons"], {}):
            found[dataset].append((code, count))
        return dict(found)

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _ask(
        self, query: sql.SQL | sql.Composed, values: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except psycopg.Error as error:
            raise classified(error) from error


def _table(dataset: str) -> sql.Identifier:
    return sql.Identifier("clean", dataset)
