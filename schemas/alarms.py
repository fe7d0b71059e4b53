"""What the watch finds wrong, or about to be, with a source that runs: values, with their evidence.

They are kept in `control.sources` under `<source>:alarms` (schemas.vitals), shown by `suoi status`
and told as metrics; none of them stops anything.
"""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How soon somebody must act."""

    WARN = "warn"
    CRITICAL = "critical"


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: *code* is stable, *sentence* says what is wrong, *next_step* what to do.

    *evidence* is figures by name, units in the names, and no value of a row (invariant 6);
    *dataset* is the one it concerns, empty where it is the whole source.
    """

    code: str
    source: str
    severity: Severity
    sentence: str
    next_step: str
    evidence: dict[str, str | int | float] = {}
    dataset: str = ""


class Alarms(msgspec.Struct, frozen=True, kw_only=True):
    """All that one round found: *at* is ISO 8601, *figures* what was measured, alarm or not."""

    source: str
    at: str
    alarms: tuple[Alarm, ...] = ()
    figures: dict[str, str | int | float] = {}
