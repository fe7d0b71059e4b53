"""The values that flow: a Change comes in, a Verdict goes out.

They are msgspec structs, not dataclasses, because one of each is made for every record on the hot
path and a frozen dataclass costs five times as much to make.
"""

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

Row = dict[str, Any]
"""A row image as Debezium's JSON has it: source column -> wire value (DESIGN.md 9, `suoi
validate`)."""


UNASSIGNED = "unassigned"
"""The scope of a change that counts for no commune."""


class OrderKey(NamedTuple):
    """The place of a change in the history of its row; compared as a tuple, never a clock."""

    generation: int
    position: int
    step: int
    ruleset: int


class Origin(NamedTuple):
    """Where in Kafka a raw record lies."""

    topic: str
    partition: int
    offset: int


class Severity(StrEnum):
    """How a problem weighs: a reject stops the row, a warning travels with it as a flag."""

    REJECT = "reject"
    WARN = "warn"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one field.

    *code* is of reasons.csv; *message* is Vietnamese and holds no personal value (invariant 6).
    """

    code: str
    field: str
    severity: Severity
    message: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One committed change of one source row, decoded from a raw record.

    *op* is c, u, d or r. *key* is the row's `_key`: a JSON array of the source key without spaces.
    *row* is the image after (None for d); *before* the image before, where the source gave one.
    Times are µs since the epoch, UTC.
    """

    dataset: str
    op: str
    key: str
    row: Row | None
    before: Row | None
    source: str
    order: OrderKey
    source_ts: int
    captured_ts: int
    origin: Origin


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A change that passed.

    *values* are canonical and wire-typed, in the order of Dataset.columns; None = deleted.

    Wire types: text, partial date and code = str; int; bool; date = days since the epoch;
    timestamp = µs since the epoch, UTC; decimal = canonical text.
    *flags* are "CODE:field" (repairs in capitals, warnings by reason code); *originals* keeps the
    text as sent of each field whose canonical form differs. *scope* is the DVHC-2025 commune or
    "unassigned".
    """

    change: Change
    values: tuple[Any, ...] | None
    flags: tuple[str, ...]
    originals: dict[str, str]
    scope: str


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A raw record that was refused, with every problem it has (invariant 5).

    *change* is None where the envelope did not decode; *dataset* is known from the topic.
    """

    dataset: str
    origin: Origin
    change: Change | None
    problems: tuple[Problem, ...]
    scope: str
    step: str = "judge"


class Filtered(msgspec.Struct, frozen=True, kw_only=True):
    """A raw record that carries no change of a dataset.

    *rule* names why: heartbeat, signal, tombstone or message.
    """

    origin: Origin
    rule: str


Verdict = Accepted | Rejected | Filtered
