"""`condition_expr` of fields.csv, read and evaluated as DOMAIN.md 0 says.

The expressions stand in tests/data/corpus/conditions.csv, word for word; the contracts name Python
predicates instead, so that the two readings are independent.
"""

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "data" / "corpus" / "conditions.csv"
_TOKEN = re.compile(r"'[^']*'|[\w.]+|!=|<=|>=|[=<>(),]")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
Values = Callable[[str], Any]


@cache
def table() -> dict[tuple[str, str], str]:
    """(dataset, field) -> its expression."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {(row["dataset"], row["field"]): row["condition"] for row in rows}


class Expression:
    """One expression: the fields it reads, and whether it holds of their values."""

    def __init__(self, text: str) -> None:
        """Split *text* into words."""
        self._words = _TOKEN.findall(text)

    @property
    def fields(self) -> list[str]:
        """Names that are read."""
        known = {"and", "or", "not", "in", "is", "null", "true", "false"}
        return [w for w in self._words if re.fullmatch(r"[a-z]\w*", w) and w not in known]

    def holds(self, values: Values) -> bool:
        """Evaluate over *values*, by name."""
        left = list(self._words)
        found = self._either(left, values)
        assert not left, f"not understood: {left}"
        return found

    def _either(self, left: list[str], values: Values) -> bool:
        found = self._both(left, values)
        while left and left[0] == "or":
            left.pop(0)
            found = self._both(left, values) or found
        return found

    def _both(self, left: list[str], values: Values) -> bool:
        found = self._one(left, values)
        while left and left[0] == "and":
            left.pop(0)
            found = self._one(left, values) and found
        return found

    def _one(self, left: list[str], values: Values) -> bool:
        if left[0] == "not":
            left.pop(0)
            return not self._one(left, values)
        if left[0] == "(":
            left.pop(0)
            found = self._either(left, values)
            assert left.pop(0) == ")"
            return found
        return self._comparison(left, values)

    def _comparison(self, left: list[str], values: Values) -> bool:
        value, word = values(left.pop(0)), left.pop(0)
        if word == "is":
            wanted = left.pop(0) == "null"
            if not wanted:
                assert left.pop(0) == "null"
            return (value is None) == wanted
        if word in ("in", "not"):
            if word == "not":
                assert left.pop(0) == "in"
            found = value in self._literals(left)
            return value is not None and found == (word == "in")
        literal = _literal(left.pop(0))
        return value is not None and _COMPARE[word](value, literal)

    def _literals(self, left: list[str]) -> list[Any]:
        assert left.pop(0) == "("
        found = []
        while (word := left.pop(0)) != ")":
            if word != ",":
                found.append(_literal(word))
        return found


def _literal(word: str) -> Any:  # noqa: ANN401
    if word.startswith("'"):
        return word[1:-1]
    return {"true": True, "false": False}[word] if word in ("true", "false") else int(word)
