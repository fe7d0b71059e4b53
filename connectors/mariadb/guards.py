"""What must hold of a MariaDB source before its connector may start: pure, over `facts`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.capture import HOUSE_TABLES
from connectors.guards import REGENERATE, RUN_SCRIPT, Refusal, about, contract_fits, no_table
from connectors.mariadb.facts import Facts
from connectors.sources import Source
from schemas import topics
from schemas.contract import Dataset

Offset = Mapping[str, Any]

_SETTINGS = {
    "log_bin": ("ON", "the server writes no binary log"),
    "binlog_format": ("ROW", "statements do not say what a row became"),
    "binlog_row_image": ("FULL", "an update would lack the columns it left alone"),
    "log_bin_compress": ("OFF", "compressed events may not be read"),
}
_LEAST_KEPT_S = 3 * 86_400


def refusals(
    facts: Facts, source: Source, datasets: Sequence[Dataset], offset: Offset | None
) -> Iterator[Refusal]:
    """Yield every reason not to start; *offset* is what Connect has committed, None before."""
    yield from _server(facts)
    yield from _kept(facts)
    for table in HOUSE_TABLES:
        yield from _captured(facts, source, table)
    if offset is not None:
        yield from log_holds(facts, offset)
    for dataset in datasets:
        yield from about(dataset, _dataset(facts, source, dataset))


def log_holds(facts: Facts, offset: Offset) -> Iterator[Refusal]:
    """Refuse a binlog that no longer holds, or never held, the position Connect has stored."""
    return binlog_gaps(facts.binlogs, offset)


def binlog_gaps(binlogs: Mapping[str, int], offset: Offset) -> Iterator[Refusal]:
    """See log_holds, over the files alone (name -> size in bytes)."""
    file, position = str(offset.get("file")), int(offset.get("pos") or 0)
    if file not in binlogs:
        yield Refusal(
            "log",
            f"binlog {file}, from which we must go on, is gone (expired, or the server was "
            f"reset); {REGENERATE}",
        )
    elif position > binlogs[file]:
        yield Refusal(
            "log",
            f"we have read {file} to {position} and it ends before that: the server was "
            f"restored; {REGENERATE}",
        )


def _server(facts: Facts) -> Iterator[Refusal]:
    for name, (wanted, why) in _SETTINGS.items():
        found = facts.variables.get(name, wanted)
        if found.upper() != wanted:
            yield Refusal("server", f"{name} is {found}: {why}; the DBA must set it to {wanted}.")
    if facts.variables.get("server_id") == "0":
        yield Refusal("server", "server_id is 0: no replica may follow; the DBA must set it.")


def _kept(facts: Facts) -> Iterator[Refusal]:
    """A weekend's outage must not outlive the log; 0 = kept for ever."""
    days = float(facts.variables.get("expire_logs_days") or 0)
    seconds = float(facts.variables.get("binlog_expire_logs_seconds") or 0) or days * 86_400
    if 0 < seconds < _LEAST_KEPT_S:
        yield Refusal(
            "server",
            f"binlogs are kept for {seconds / 3600:.0f} h; the DBA must keep them for 10 days, "
            "at the least for 3.",
        )


def _dataset(facts: Facts, source: Source, dataset: Dataset) -> Iterator[Refusal]:
    name = topics.qualified(dataset)
    yield from _captured(facts, source, name)
    if name in facts.tables:
        yield from contract_fits(dataset, name, facts.tables[name].columns)
        yield from _zero_dates(facts, name, dataset)


def _captured(facts: Facts, source: Source, name: str) -> Iterator[Refusal]:
    table = facts.tables.get(name)
    if table is None:
        yield no_table(name)
    elif not table.readable:
        yield Refusal("rights", f"user {source.role} may not read {name}; {RUN_SCRIPT}")


def _zero_dates(facts: Facts, name: str, dataset: Dataset) -> Iterator[Refusal]:
    """A zero date in a mandatory column arrives as 1970-01-01, a day like any other (FACTS 4)."""
    for column in facts.tables[name].zero_dates:
        if column in dataset.source_columns:
            yield Refusal(
                "zero_date",
                f"{name}.{column} is NOT NULL and holds 0000-00-00, which would arrive as "
                "1970-01-01; its owner must allow NULL there.",
            )
