"""One raw record in, one verdict out; what is open of it goes with it."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
import structlog

from schemas import topics
from schemas.contract import Dataset
from schemas.reasons import REASONS
from schemas.records import (
    UNASSIGNED,
    Accepted,
    Change,
    Filtered,
    Origin,
    Problem,
    Rejected,
    Row,
    Severity,
    Verdict,
)
from streams.conditions import Condition
from streams.envelope import RawRecord
from streams.judgement import UNKNOWN_COLUMN
from streams.projection import Opening, Projector
from streams.reading import reader

_log = structlog.get_logger()


class Judgement(Protocol):
    """What a validator says of one row (streams.compiler)."""

    @property
    def values(self) -> tuple[Any, ...]:
        """Canonical values in the order of Dataset.columns."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, sorted."""

    @property
    def flags(self) -> tuple[str, ...]:
        """Repairs and warnings, "CODE:field"."""

    @property
    def originals(self) -> dict[str, str]:
        """Text as sent of each field whose canonical form differs."""


class Validator(Protocol):
    """The generated function of one dataset (streams.compiler, streams.lazy)."""

    def judge(self, row: Row, source_ts: int) -> Judgement:
        """Judge *row*, committed at *source_ts* (µs).

        Raises:
            Unjudged: no judge can be made of the contract.
        """


class Unjudged(Exception):
    """No judge can be made of a contract that seemed right: its dataset stops (invariant 10)."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A verdict, and what the open topic is to be told (None = nothing)."""

    verdict: Verdict
    opening: Opening | None = None


class Judge:
    """Judges the records of one dataset."""

    def __init__(
        self, dataset: Dataset, validator: Validator, condition: Condition | None = None
    ) -> None:
        """*validator* is compiled from *dataset*; *condition* is the predicate of `open_when`."""
        self.dataset = dataset
        self.read = reader(dataset)
        self._validator = validator
        self._projector = Projector(dataset, condition) if dataset.open_columns else None
        names = [column.name for column in dataset.columns]
        self._scope = names.index(dataset.scope_field) if dataset.scope_field else None
        self._told: set[str] = set()

    def judge(self, record: RawRecord) -> Judged:
        """Return the verdict on *record*; a fault of ours is a reject too, never a loss.

        Raises:
            Unjudged: no judge can be made of the contract.
        """
        return self.decide(self.read(record))

    def decide(self, change: Change | Rejected | Filtered) -> Judged:
        """Return the verdict on what was read of a record; see `judge`.

        Raises:
            Unjudged: no judge can be made of the contract.
        """
        if not isinstance(change, Change):
            return Judged(change, self._after_refusal(change))
        try:
            return self._deleted(change) if change.row is None else self._refined(change)
        except Unjudged:
            raise
        except Exception as error:  # noqa: BLE001  a rule of ours failed: the record waits, we go on
            return self.failed(change, error)

    def failed(self, change: Change, error: Exception) -> Judged:
        """Refuse what our own code could not handle, and say so loudly; never lose it."""
        _log.error(
            "rule.failed",
            dataset=change.dataset,
            origin=place(change.origin),
            **fault(error),
        )
        refused = Rejected(
            dataset=change.dataset,
            origin=change.origin,
            change=change,
            problems=(REASONS["envelope.undecodable"].problem("", ""),),
            scope=UNASSIGNED,
        )
        return Judged(refused, self._projector and self._projector.unjudged())

    def _refined(self, change: Change) -> Judged:
        found = self._validator.judge(change.row or {}, change.source_ts)
        if found.problems:
            self._tell_unknown(found.problems)
        scope = self._scope_of(found.values)
        # Invariant 5: all problems, or none.
        if found.problems and any(item.severity is Severity.REJECT for item in found.problems):
            refused = Rejected(
                dataset=change.dataset,
                origin=change.origin,
                change=change,
                problems=found.problems,
                scope=scope,
            )
            projector = self._projector
            return Judged(refused, projector and projector.rejected(found.values, found.problems))
        return self._clean(change, found, scope)

    def _clean(self, change: Change, found: Judgement, scope: str) -> Judged:
        accepted = Accepted(
            change=change,
            values=found.values,
            flags=found.flags,
            originals=found.originals,
            scope=scope,
        )
        projector = self._projector
        return Judged(accepted, projector and projector.accepted(found.values, found.flags))

    def _tell_unknown(self, problems: tuple[Problem, ...]) -> None:
        """Tell operators once of each column that no contract declares; every row flags it.

        The flag stands on each row so that a record judged again gives the same bytes, whoever
        judges it and whatever came before (invariant 3).
        """
        for item in problems:
            if item.code == UNKNOWN_COLUMN and item.field not in self._told:
                self._told.add(item.field)
                facts = {"column": item.field, "revision": self.dataset.revision}
                _log.warning("column.unknown", dataset=self.dataset.id, **facts)

    def _deleted(self, change: Change) -> Judged:
        """Accept a delete: it needs only a valid key (DOMAIN.md 1)."""
        accepted = Accepted(
            change=change, values=None, flags=(), originals={}, scope=self._scope_before(change)
        )
        return Judged(accepted, self._projector and self._projector.accepted(None, ()))

    def _scope_before(self, change: Change) -> str:
        if self._scope is None or not change.before:
            return UNASSIGNED
        try:
            return self._scope_of(self._validator.judge(change.before, change.source_ts).values)
        except Exception:  # noqa: BLE001  a delete needs only its key: an odd image costs its scope
            return UNASSIGNED

    def _scope_of(self, values: tuple[Any, ...]) -> str:
        found = values[self._scope] if self._scope is not None else None
        return found or UNASSIGNED

    def _after_refusal(self, verdict: Rejected | Filtered) -> Opening | None:
        """Close what an unreadable row of a known key leaves unjudged; a truncate waits."""
        if self._projector is None or isinstance(verdict, Filtered) or verdict.change is None:
            return None
        codes = {item.code for item in verdict.problems}
        if codes & {"envelope.truncate", "envelope.key_mismatch"}:
            return None
        return self._projector.unjudged()


def filtered_topics(sources: tuple[str, ...]) -> Mapping[str, str]:
    """Topics that carry no dataset, and the rule that filters each (invariant 2)."""
    beats = {topics.heartbeat(source): "heartbeat" for source in sources}
    return beats | {topics.signal(source): "signal" for source in sources}


def fault(error: Exception) -> dict[str, str]:
    """What a log may say of a fault: its class and line, never its text, which may hold a value."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return {"error": type(error).__name__, "at": f"{Path(frame.filename).name}:{frame.lineno}"}


def place(origin: Origin) -> str:
    """*origin* as headers and `_raw` write it: topic:partition:offset."""
    return f"{origin.topic}:{origin.partition}:{origin.offset}"
