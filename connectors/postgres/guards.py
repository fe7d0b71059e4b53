"""What must hold of a PostgreSQL source before its connector may start: pure, over `facts`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.capture import HOUSE_TABLES
from connectors.guards import REGENERATE, RUN_SCRIPT, Refusal, about, contract_fits, no_table
from connectors.postgres.facts import Facts, Slot, Table
from connectors.sources import Source
from schemas import topics
from schemas.contract import Dataset

Offset = Mapping[str, Any]

_OLDEST = 150_000


def refusals(
    facts: Facts, source: Source, datasets: Sequence[Dataset], offset: Offset | None
) -> Iterator[Refusal]:
    """Yield every reason not to start; *offset* is what Connect has committed, None before."""
    yield from _server(facts)
    yield from _publication(facts, source)
    for table in HOUSE_TABLES:
        yield from _captured(facts, source, table)
    yield from slot_holds(facts, source, offset)
    for dataset in datasets:
        yield from about(dataset, _dataset(facts, source, dataset))


def slot_holds(facts: Facts, source: Source, offset: Offset | None) -> Iterator[Refusal]:
    """Refuse a slot that has lost what we still need; also asked while running (trap 4).

    A slot `unreserved` is about to be lost, and a running connector is what saves it: that is an
    alarm of `suoi connector status`, not a refusal.
    """
    return slot_gaps(facts.slot, source, offset)


def slot_gaps(slot: Slot | None, source: Source, offset: Offset | None) -> Iterator[Refusal]:
    """See slot_holds, over the slot alone."""
    if slot is None:
        if offset is not None:
            yield Refusal("slot", f"slot {source.slot} is gone, and changes with it; {REGENERATE}")
        return
    if slot.wal_status == "lost":
        yield Refusal(
            "slot",
            f"slot {source.slot} is lost: the server removed log we had not read; {REGENERATE}",
        )
    if slot.plugin != "pgoutput" or slot.database != source.database:
        yield Refusal(
            "slot",
            f"slot {source.slot} belongs to {slot.plugin} on {slot.database}; "
            "choose another slot name in the source's file.",
        )
    if offset is not None and (slot.confirmed_lsn or 0) > newest_lsn(offset):
        yield Refusal(
            "slot",
            f"slot {source.slot} ran ahead of what Connect has stored: changes in between never "
            f"reached us; {REGENERATE}",
        )


def newest_lsn(offset: Offset) -> int:
    """Find the highest log position in a stored offset; 0 where it holds none."""
    found = [int(value) for key, value in offset.items() if key.startswith("lsn") and value]
    return max(found, default=0)


def _server(facts: Facts) -> Iterator[Refusal]:
    if facts.wal_level != "logical":
        yield Refusal(
            "server",
            f"wal_level is {facts.wal_level}; the DBA must set it to logical and restart.",
        )
    if facts.version < _OLDEST:
        major = facts.version // 10_000
        yield Refusal("server", f"PostgreSQL {major} is too old; 15 or newer is needed.")


def _publication(facts: Facts, source: Source) -> Iterator[Refusal]:
    if facts.publishes_all is None:
        yield Refusal("publication", f"publication {source.publication} is missing; {RUN_SCRIPT}")
    elif not facts.publishes_all:
        yield Refusal(
            "publication",
            f"publication {source.publication} leaves out some kinds of change; {RUN_SCRIPT}",
        )


def _dataset(facts: Facts, source: Source, dataset: Dataset) -> Iterator[Refusal]:
    name = topics.qualified(dataset)
    table = facts.tables.get(name)
    yield from _captured(facts, source, name)
    if table is not None:
        yield from contract_fits(dataset, name, table.columns)
        yield from _identity(name, table, dataset)
        yield from _published_columns(facts, name, table, dataset)


def _captured(facts: Facts, source: Source, name: str) -> Iterator[Refusal]:
    """Refuse a table whose changes, or some of them, would not reach us."""
    table = facts.tables.get(name)
    if table is None:
        yield no_table(name)
        return
    if not table.readable:
        yield Refusal("rights", f"role {source.role} may not read {name}; {RUN_SCRIPT}")
    if table.hidden_rows:
        yield Refusal(
            "rights", f"row security hides rows of {name}; the DBA must exempt {source.role}."
        )
    if table.kind != "r" or table.persistence != "p":
        yield Refusal("table", f"{name} is no ordinary logged table: the log lacks its changes.")
    # Trap 6: a wanted table outside the publication is silently never captured.
    if facts.publishes_all is not None and name not in facts.published:
        where = source.publication
        yield Refusal("publication", f"table {name} is not in publication {where}; {RUN_SCRIPT}")
    elif name in facts.published and facts.published[name].filtered:
        yield Refusal("publication", f"the publication filters rows of {name}; drop its WHERE.")


def _identity(name: str, table: Table, dataset: Dataset) -> Iterator[Refusal]:
    """Trap 2: an update that leaves a long value alone brings it only with FULL (invariant 7)."""
    long = [column for column in dataset.source_columns if column in table.toastable]
    if long and table.identity != "f":
        yield Refusal(
            "identity",
            f"table {name} can keep values of {', '.join(long)} outside their rows, and its "
            f"replica identity is not FULL; {RUN_SCRIPT}",
        )


def _published_columns(
    facts: Facts, name: str, table: Table, dataset: Dataset
) -> Iterator[Refusal]:
    if name not in facts.published:
        return
    for column in dataset.source_columns:
        if column in table.columns.names and column not in facts.published[name].columns:
            yield Refusal("publication", f"the publication leaves out {name}.{column}; add it.")
