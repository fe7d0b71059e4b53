"""What must hold before a connector may start, whatever the engine (invariant 10).

Each refusal is a sentence with its remedy. The guards are pure: they judge facts that an engine's
`facts` module has read.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connectors.capture import Config
from schemas.contract import Dataset

RUN_SCRIPT = "ask the DBA to run the script of `suoi connector dba` again."
REGENERATE = "a person must decide: `suoi source regenerate`, which loads everything anew."
_ABSENT = "does not exist there; correct the name in the contract, in a new revision."


class Refusal(NamedTuple):
    """One reason not to start: *guard* is stable, *sentence* says what is wrong and what to do."""

    guard: str
    sentence: str
    dataset: str = ""
    """The one dataset it concerns; empty where the whole source stands or falls with it."""


class Setting(NamedTuple):
    """One connector setting with the only values that lose nothing; none = it must be absent."""

    key: str
    allowed: tuple[str, ...]
    why: str


_MUST = (
    Setting("skipped.operations", ("none",), "its default leaves truncates out"),
    Setting("snapshot.mode", ("no_data",), "another load cannot be resumed after a kill"),
    Setting("event.converting.failure.handling.mode", ("fail",), "a value that fails becomes null"),
    Setting("decimal.handling.mode", ("string",), "numbers pass through binary floating point"),
    Setting("time.precision.mode", ("microseconds",), "times lose their precision"),
    Setting("transforms", ("generation",), "another transform can drop or change records"),
    Setting("errors.max.retries", ("0",), "a restored source is followed before anybody looks"),
)
_MAY = (
    Setting("errors.tolerance", ("none",), "a record that fails is dropped without a word"),
    Setting("publication.autocreate.mode", ("disabled",), "the publication is the DBA's"),
    Setting("key.converter.replace.null.with.default", ("false",), "NULL becomes the default"),
    Setting("value.converter.replace.null.with.default", ("false",), "NULL becomes the default"),
    Setting("event.processing.failure.handling.mode", ("fail",), "an event that fails is left out"),
    Setting("inconsistent.schema.handling.mode", ("fail",), "unknown tables' events are left out"),
    Setting("slot.drop.on.stop", ("false",), "what changes while it is stopped is lost"),
    Setting("offset.mismatch.strategy", (), "it hides that changes were lost"),
    Setting("lsn.flush.mode", (), "the slot could run ahead of what is stored"),
    Setting("message.key.columns", (), "the key of a record is the source's primary key"),
)
"""FACTS 3 and 4, traps 1, 3, 4, 12, 14: the first group must be there, the second may be absent."""


def losing_settings(config: Config) -> Iterator[Refusal]:
    """Refuse each setting of *config* that can lose or change data."""
    for setting in (*_MUST, *(item for item in _MAY if item.key in config)):
        value = config.get(setting.key)
        if value not in setting.allowed:
            found = "is not set" if value is None else f"is {value!r}"
            remedy = f"set it to {setting.allowed[0]}" if setting.allowed else "remove it"
            yield Refusal("settings", f"setting {setting.key} {found}: {setting.why}; {remedy}.")


class Columns(NamedTuple):
    """The columns of one source table as a guard needs them."""

    names: tuple[str, ...]
    generated: tuple[str, ...]
    key: tuple[str, ...]


def contract_fits(dataset: Dataset, table: str, columns: Columns) -> Iterator[Refusal]:
    """Refuse a table that is not what the contract of *dataset* says it is."""
    yield from _key(dataset, table, columns)
    for name in dataset.source_columns:
        if name not in columns.names:
            yield Refusal("column", f"contract {dataset.id} takes {table}.{name}, which {_ABSENT}")
        elif name in columns.generated:
            yield Refusal(
                "column",
                f"{table}.{name} is generated: a load would hold it, a change would not; "
                f"contract {dataset.id} must take the columns it is made of.",
            )
    for name in dataset.untaken:
        # A misspelt name here would let a column out of the department that no contract takes.
        if name not in columns.names:
            yield Refusal(
                "column", f"contract {dataset.id} excludes {table}.{name}, which {_ABSENT}"
            )


def _key(dataset: Dataset, table: str, columns: Columns) -> Iterator[Refusal]:
    """Without a key a row has no identity; with another key it has another one (DESIGN 2)."""
    if not columns.key:
        yield Refusal("key", f"table {table} has no primary key; its owner must give it one.")
    elif set(columns.key) != set(dataset.source_key):
        found, wanted = ", ".join(columns.key), ", ".join(dataset.source_key)
        yield Refusal(
            "key",
            f"the primary key of {table} is ({found}), contract {dataset.id} says ({wanted}); "
            "correct the contract's sourceKey, in a new revision.",
        )


def no_table(table: str) -> Refusal:
    """Refuse a table that is not there."""
    return Refusal(
        "table", f"table {table} does not exist, or is hidden from us; create it, then {RUN_SCRIPT}"
    )


def about(dataset: Dataset, refusals: Iterable[Refusal]) -> Iterator[Refusal]:
    """Mark *refusals* as those of *dataset* alone."""
    return (refusal._replace(dataset=dataset.id) for refusal in refusals)


def unique(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """All refusals in their order, each once."""
    return tuple(dict.fromkeys(refusals))
