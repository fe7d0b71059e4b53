"""Why a record is refused or flagged: the closed vocabulary of reasons.csv.

One code has one severity, always, and one Vietnamese sentence that an officer understands
(invariant 5). The sentence holds no personal value: whoever fills it leaves out the value of fields
that are not pii N, and `HIDDEN` stands in its place.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from schemas.records import Problem, Severity

HIDDEN = "(đã che)"
"""Stands in a sentence where a personal value would (DOMAIN.md 1)."""

_GAP = re.compile(r"\{(field|value|expected)\}")
_UNNAMED = {"field": "trường này", "value": HIDDEN, "expected": "giá trị theo hợp đồng dữ liệu"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One line of reasons.csv: a stable code and what it says to an officer."""

    code: str
    severity: Severity
    scope: str
    """envelope, record or field: which stage of judgement gives it (DOMAIN.md 1)."""
    meaning: str
    """In English, for operators and developers."""
    sentence_vi: str

    def sentence(
        self, *, field: str | None = None, value: str | None = None, expected: str | None = None
    ) -> str:
        """Fill the sentence; what is not given is replaced by words that still read well.

        *field* is the Vietnamese title, *value* what was sent (never of a personal field),
        *expected* what would have been right.
        """
        given = {"field": field, "value": value, "expected": expected}
        said = _UNNAMED | {name: words for name, words in given.items() if words is not None}
        # One pass: a value that itself holds "{expected}" stays as it was sent.
        text = _GAP.sub(lambda gap: said[gap[1]], self.sentence_vi)
        return text[:1].upper() + text[1:]

    def problem(
        self, field: str, title: str, *, value: str | None = None, expected: str | None = None
    ) -> Problem:
        """Return the Problem of *field*, whose Vietnamese title is *title*."""
        said = self.sentence(field=title, value=value, expected=expected)
        return Problem(code=self.code, field=field, severity=self.severity, message=said)


def read_reasons(path: Path) -> Mapping[str, Reason]:
    """Read the vocabulary at *path*, in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = [_reason(row) for row in csv.DictReader(lines)]
    return MappingProxyType({reason.code: reason for reason in found})


def _reason(row: dict[str, str]) -> Reason:
    return Reason(
        code=row["code"],
        severity=Severity(row["severity"]),
        scope=row["scope"],
        meaning=row["meaning_en"],
        sentence_vi=row["sentence_vi"],
    )


REASONS: Mapping[str, Reason] = read_reasons(Path(__file__).with_name("reasons.csv"))


def sentence_of(code: str) -> str:
    """Return what *code* says of any field; a code that nobody knows is said as it is."""
    return REASONS[code].sentence() if code in REASONS else code
