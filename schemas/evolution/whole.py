"""Two contracts of one dataset compared: its own words, its fields, and the columns they give."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.contract import Column, Dataset, Field
from schemas.evolution.change import Aspect, Change, always, never
from schemas.evolution.fields import compare_columns, compare_fields

_IDENTITY = "a row's identity and order change: old and new versions of a row cannot be told apart"


def compare(old: Dataset, new: Dataset) -> tuple[Change, ...]:
    """Return every change from *old* to *new*, the dataset's own first, then by field.

    Raises:
        ValueError: they are contracts of two datasets.
    """
    if old.id != new.id:
        message = f"{old.id} and {new.id} are two datasets"
        raise ValueError(message)
    return (*_own(old, new), *_fields(old, new), *_columns(old, new), *_public(old, new))


def renames(old: Dataset, new: Dataset) -> dict[str, str]:
    """Return old name -> new name of each field that only changed its name.

    It is one when the same source columns give a field of the same kind, under one other name.
    """
    gone = {_origin(item): item.name for item in old.fields if item.name not in _names(new)}
    come = {_origin(item): item.name for item in new.fields if item.name not in _names(old)}
    return {gone[origin]: come[origin] for origin in gone.keys() & come.keys()}


def column_renames(old: Dataset, new: Dataset) -> dict[str, str]:
    """Return old name -> new name of each column of a renamed field, derived ones included."""
    names, held = renames(old, new), {column.name for column in new.columns}
    pairs = {
        column.name: names[column.field] + column.name.removeprefix(column.field)
        for column in old.columns
        if column.field in names
    }
    return {before: after for before, after in pairs.items() if after in held}


def _own(old: Dataset, new: Dataset) -> Iterator[Change]:
    for aspect in _ASPECTS:
        if change := aspect.compare("", old, new):
            yield change


def _fields(old: Dataset, new: Dataset) -> Iterator[Change]:
    renamed = renames(old, new)
    former = {renamed.get(item.name, item.name): item for item in old.fields}
    kept = _names(new)
    for name, item in former.items():
        if name not in kept:
            yield _removed(item)
    for item in new.fields:
        before = former.get(item.name)
        if before is None:
            yield _added(item)
            continue
        if before.name != item.name:
            yield _renamed(before, item)
        yield from compare_fields(before, item)
    yield from _moved(former, new)


def _columns(old: Dataset, new: Dataset) -> Iterator[Change]:
    """Yield what changes in the columns of fields that stay: types, and derived ones."""
    renamed = column_renames(old, new)
    former = {renamed.get(column.name, column.name): column for column in old.columns}
    present = {column.name: column for column in new.columns}
    stayed = _names(new) & {renames(old, new).get(name, name) for name in _names(old)}
    for name, column in present.items():
        if name in former and (change := compare_columns(former[name], column)):
            yield change
        if name not in former and column.field in stayed:
            yield _derived(column, come=True)
    for name, column in former.items():
        if name not in present and column.field in _names(new):
            yield _derived(column, come=False)


def _public(old: Dataset, new: Dataset) -> Iterator[Change]:
    """Yield what changes in the type of a public column alone."""
    former = {column.name: column for column in old.open_columns}
    held = {column.name: column for column in old.columns}
    for column in new.open_columns:
        before = former.get(column.name)
        if before and (before.transform or column.transform) and column.name in held:
            change = compare_columns(before, column)
            yield from () if change is None else (replace(change, what="open_type.changed"),)


def _added(item: Field) -> Change:
    why = "stored rows have null there, which would claim that the source has null"
    return Change(
        what="field.added", field=item.name, before=None, after=item.title, why=why, rows=False
    )


def _removed(item: Field) -> Change:
    why = "a reader that uses it would find null for ever"
    return Change(
        what="field.removed", field=item.name, before=item.title, after=None, why=why, meaning=False
    )


def _renamed(old: Field, new: Field) -> Change:
    return Change(
        what="field.renamed",
        field=new.name,
        before=old.name,
        after=new.name,
        why="a reader that uses the old name would find null for ever",
        meaning=False,
    )


def _derived(column: Column, *, come: bool) -> Change:
    said = column.title or column.name
    return Change(
        what="column.added" if come else "column.removed",
        field=column.name,
        before=None if come else said,
        after=said if come else None,
        why="a column that its field derives comes or goes",
        meaning=come,
        rows=not come,
    )


def _moved(former: dict[str, Field], new: Dataset) -> Iterator[Change]:
    """Tell of another order of the fields that stay, once."""
    kept = [item.name for item in new.fields if item.name in former]
    before = [name for name in former if name in set(kept)]
    if before != kept:
        why = "columns are found by name; only the order of problems and the row's hash change"
        yield Change(
            what="fields.moved",
            field="",
            before=", ".join(before),
            after=", ".join(kept),
            why=why,
            rows=False,
        )


def _names(dataset: Dataset) -> set[str]:
    return {item.name for item in dataset.fields}


def _origin(item: Field) -> tuple[tuple[str, ...], str]:
    return (item.columns, item.kind)


def _not_from_row(before: str, _after: str) -> bool:
    return before != "row"


def _only_widened(before: str | None, after: str | None) -> bool:
    """A filter that goes lets more out; one that comes, or another one, may hold rows back."""
    return after is None or before == after


_ASPECTS = (
    Aspect("title.changed", lambda d: d.title, always, always, "only its name for people changes"),
    Aspect("source.changed", lambda d: (d.source, d.source_kind, d.table), never, never, _IDENTITY),
    Aspect("key.changed", lambda d: d.source_key, never, never, _IDENTITY),
    Aspect("business_key.changed", lambda d: d.business_key, always, always,
           "duplicates are looked for by other fields"),
    Aspect("untaken.changed", lambda d: frozenset(d.untaken), always, always,
           "other columns stay in the department"),
    Aspect("event_date.changed", lambda d: d.event_date, always, never,
           "findings are ordered by another date"),
    Aspect("scope.changed", lambda d: d.scope_field, always, always,
           "rows count for another commune from now on; the books are not rewritten"),
    Aspect("record_rules.changed", lambda d: frozenset(d.record_rules), always,
           lambda before, after: after <= before, "other problems are named"),
    Aspect("open_mode.changed", lambda d: d.open_mode, _not_from_row, always,
           "the public reads another thing, or nothing"),
    Aspect("open_when.changed", lambda d: d.open_when, _only_widened, always,
           "other rows are public; what is held back now must leave the old topic and cache"),
    Aspect("partitions.changed", lambda d: d.partitions, never, always,
           "a key would move to another partition and its order be lost"),
    Aspect("owner.changed", lambda d: d.owner_unit, always, always, "another unit answers for it"),
    Aspect("sharing.changed", lambda d: d.sharing_mode, always, always,
           "it is shared in another way; its access must be reviewed"),
    Aspect("cadence.changed", lambda d: (d.update_frequency, d.deadline), always, always,
           "it is due at other times"),
    Aspect("internal.changed", lambda d: d.internal, always, always,
           "it is counted among the datasets that are owed, or no longer"),
    Aspect("sensitivity.changed", lambda d: d.sensitivity, always, always,
           "it is of another level of sensitivity; its access must be reviewed"),
    Aspect("words.changed",
           lambda d: tuple(filter(None, (d.title_en, d.purpose, d.legal_basis, d.limitations))),
           always, always, "only what is told about it changes"),
    Aspect("completeness.changed", lambda d: (d.completeness_min, d.reject_share), always, always,
           "it counts as complete at another share"),
)  # fmt: skip
"""What a dataset says beside its id, version, revision and fields."""
