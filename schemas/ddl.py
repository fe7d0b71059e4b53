"""Contract -> DDL: the table of a dataset in the provincial database (DESIGN.md 5)."""

from schemas.contract import Column, Dataset
from schemas.system import TARGET

SCHEMA = "clean"

_TYPES = {
    "text": "text",
    "integer": "bigint",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}
_PERSON = ' collate "vi-VN-x-icu"'
"""Names of people sort as a Vietnamese reader expects."""

_BYTES = ' collate "C"'
"""Keys are compared byte by byte: quicker, and no index ever depends on the server's locale."""

_NEEDED = frozenset({"_key", "_source", "_generation", "_position", "_step", "_ruleset", "_raw"})
"""Present in a tombstone too; every other column is emptied by one."""


def table_name(dataset: Dataset) -> str:
    """Return the qualified name of *dataset*'s table; ids are plain names and need no quotes."""
    return f"{SCHEMA}.{dataset.id}"


def target_columns(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """Return (name, PostgreSQL type) of each column of the target, canonical ones first."""
    canonical = ((column.name, _type(column)) for column in dataset.columns)
    return (*canonical, *((item.name, item.sql) for item in TARGET))


def target_table(dataset: Dataset) -> str:
    """Return the statements that make *dataset*'s table, with its comments in Vietnamese.

    Canonical columns are nullable: a tombstone empties them. The primary key is the source's
    identity alone: two rows that claim one register number must both be seen.
    """
    columns = [f'"{name}" {said}' for name, said in definitions(dataset).items()]
    body = ",\n".join(f"  {line}" for line in (*columns, "primary key (_key)"))
    table = f"create table {table_name(dataset)} (\n{body}\n);"
    return "\n".join((table, *comments(dataset).values())) + "\n"


def definitions(dataset: Dataset) -> dict[str, str]:
    """Return how each column of the target is declared: name -> type, collation, constraint."""
    extra = _extras(dataset)
    return {name: f"{kind}{extra.get(name, '')}" for name, kind in target_columns(dataset)}


def comments(dataset: Dataset) -> dict[str, str]:
    """Return the statement that titles each column; the table's own stands under ""."""
    table = table_name(dataset)
    titles = [(column.name, column.title) for column in dataset.columns]
    titles += [(item.name, item.title) for item in TARGET]
    whole = {"": f"comment on table {table} is {_literal(dataset.title)};"}
    return whole | {
        name: f'comment on column {table}."{name}" is {_literal(title)};' for name, title in titles
    }


def _extras(dataset: Dataset) -> dict[str, str]:
    """Collations and constraints by column."""
    people = {item.name: _PERSON for item in dataset.fields if item.kind == "name"}
    needed = dict.fromkeys(_NEEDED, " not null")
    return people | needed | {"_key": f"{_BYTES} not null"}


def _type(column: Column) -> str:
    if column.type == "decimal":
        return f"numeric({column.precision},{column.scale or 0})"
    return _TYPES[column.type]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
