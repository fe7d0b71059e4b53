"""From one contract to the next, in SQL: what runs before the code's upgrade and what after it.

`pre` only adds, so that the running code goes on; `post` takes away what nobody writes any more.
A column whose type changes cannot do both under one name: the old one steps aside, and its
dataset is paused meanwhile.
"""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.contract import Dataset
from schemas.ddl import comments, definitions, table_name
from schemas.evolution.fields import widened
from schemas.evolution.whole import column_renames


class Script(NamedTuple):
    """One migration file: NNNN_{pre,post}_slug.sql and its text."""

    name: str
    text: str


def scripts(old: Dataset, new: Dataset, number: int) -> tuple[Script, ...]:
    """Return the migration files from *old* to *new*; none where the table stays as it is.

    *number* is the first one free in infra/sql/migrations.
    """
    slug = f"{new.id}_r{new.revision}"
    phases = (("pre", [*_pre(old, new)]), ("post", [*_post(old, new)]))
    head = f"-- {new.id}: revision {old.revision} -> {new.revision}, made by `suoi contract diff`."
    return tuple(
        Script(f"{number:04}_{phase}_{slug}.sql", "\n".join((head, *lines)) + "\n")
        for phase, lines in phases
        if lines
    )


def _pre(old: Dataset, new: Dataset) -> Iterator[str]:
    table, held, wanted = table_name(new), definitions(old), definitions(new)
    aside = _retyped(old, new)
    for name in aside:
        yield f"-- {name} gets another type: run `suoi dataset pause {new.id}` before this."
        yield f'alter table {table} rename column "{name}" to "{_aside(name, old)}";'
    for name, said in wanted.items():
        if name not in held or name in aside:
            yield f'alter table {table} add column "{name}" {said};'
        elif held[name] != said:
            yield f'alter table {table} alter column "{name}" type {said};'
    before, after = comments(old), comments(new)
    for name, text in after.items():
        if name in aside or before.get(name) != text:
            yield text


def _post(old: Dataset, new: Dataset) -> Iterator[str]:
    table, renamed = table_name(new), column_renames(old, new)
    held, wanted = definitions(old), definitions(new)
    for before, after in renamed.items():
        if held[before] == wanted[after]:
            # Rows that the new code wrote are right already: null there is a value (invariant 7).
            copied = f'set "{after}" = "{before}" where _ruleset < {new.revision};'
            yield f"update {table} {copied}"
    for name in held:
        if name not in wanted:
            yield f'alter table {table} drop column "{name}";'
    for name in _retyped(old, new):
        yield f'alter table {table} drop column "{_aside(name, old)}";'


def _retyped(old: Dataset, new: Dataset) -> list[str]:
    """Name the columns whose values the new type cannot hold as they are."""
    former = {column.name: column for column in old.columns}
    return [
        column.name
        for column in new.columns
        if (before := former.get(column.name))
        and (before.type, before.precision, before.scale)
        != (column.type, column.precision, column.scale)
        and not widened(before, column)
    ]


def _aside(name: str, old: Dataset) -> str:
    return f"{name}_v{old.major}"
