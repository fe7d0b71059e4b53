"""The headers of records that are judged or written again: `replay.raw`, and what comes of it.

A record of `replay.raw` says under Kafka Connect's names where its raw record lay, as a reject
does; `suoi.generation` is that of the raw record, `suoi.ruleset` the one it was refused under.
Whatever streams makes of a record that had a verdict before carries `suoi.again`: sinks let it
reach the row under its guard, and count it outside the sum (invariant 2).
"""

from typing import Final

from schemas.records import Origin

AGAIN: Final = "suoi.again"
"""Header of outputs whose raw record had a verdict before; its value is "1"."""

REEMITTED: Final = "suoi.reemitted"
"""Header of what a sink, or `suoi topic fill`, wrote once more: it counts nowhere."""

AUDIT: Final = "suoi.audit"
"""Header of what a person had written (an approved truncate): the number of the audit entry."""

ORIGIN: Final = tuple(f"__connect.errors.{name}" for name in Origin._fields)
GENERATION: Final = "suoi.generation"
RULESET: Final = "suoi.ruleset"
ITEM: Final = "suoi.item"

_Headers = list[tuple[str, str | bytes | None]]


def replay_headers(origin: Origin, generation: int | None, ruleset: int, item: int) -> _Headers:
    """Return the headers of one record of `replay.raw`; *item* is the number in quarantine."""
    headers: _Headers = list(zip(ORIGIN, map(str, origin), strict=True))
    if generation is not None:
        headers.append((GENERATION, str(generation)))
    return [*headers, (RULESET, str(ruleset)), (ITEM, str(item))]
