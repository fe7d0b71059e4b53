"""How one field of a contract is judged, worked out once before any record is seen."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from schemas.codes import CodeLists
from schemas.contract import Field
from streams.notes import Pen, pen_of
from streams.text import TextRules

Refine = Callable[..., Any]
"""(raw value, notes, what the kind reads beside it) -> canonical value, None or BAD."""

_IDENTIFIERS = frozenset(
    (
        *("cccd", "id_paper", "mst", "mst_or_person", "bhxh", "bhyt", "geohash", "register_number"),
        *("phone", "plate", "time", "school_year", "vsic"),
    )
)
_WIRES = {
    "smallint": "integer",
    "integer": "integer",
    "int": "integer",
    "bigint": "integer",
    "tinyint": "integer",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "datetime": "timestamp",
    "timestamptz": "instant",
    "numeric": "decimal",
    "decimal": "decimal",
    "double": "double",
    "float": "double",
    "real": "double",
    "json number": "json number",
    "json boolean": "boolean",
    "xlsx number": "cell",
    "xlsx date or text": "date cell",
}


class Plan(NamedTuple):
    """One field, its pen, how its column reaches us, and the text rules that hold for it."""

    item: Field
    pen: Pen
    wire: str
    """text, integer, decimal, double, boolean, date, timestamp, instant, json number, cell or
    date cell."""
    text: TextRules
    nothing: frozenset[str]
    """The placeholders of this column, casefolded (DOMAIN.md 8)."""

    @property
    def mandatory(self) -> bool:
        """Whether null is a problem whatever the rest of the record says."""
        return self.item.requirement == "M"

    @property
    def identifier(self) -> bool:
        """Whether the canonical text, not the one sent, is measured (T13)."""
        return self.item.kind in _IDENTIFIERS

    def flag(self, name: str) -> str:
        """Return *name* as it stands in `_flags`."""
        return f"{name}:{self.item.name}"


def plan_field(item: Field, order: int, codes: CodeLists) -> Plan:
    """Return the Plan of *item*, number *order* of its contract."""
    measured = "text.too_long" in item.rules
    text = TextRules(
        kind=item.kind,
        encoding=item.options.encoding,
        max_length=item.max_length if measured and item.kind not in _IDENTIFIERS else None,
    )
    return Plan(
        item, pen_of(item, order), wire_of(item.source_type), text, placeholders(item, codes)
    )


def wire_of(source_type: str) -> str:
    """Return how a column of *source_type* arrives: by Debezium's JSON, a file or a push."""
    plain = source_type.lower()
    if plain in _WIRES:
        return _WIRES[plain]
    first = plain.split("(", maxsplit=1)[0].split(" ")[0]
    return _WIRES.get(first, "text")


def placeholders(item: Field, codes: CodeLists) -> frozenset[str]:
    """Return the words that mean "nothing" in the column of *item*, casefolded."""
    return _nothing(item.options.placeholders, codes)


@lru_cache(maxsize=256)  # one set for all columns that declare the same
def _nothing(declared: tuple[str, ...], codes: CodeLists) -> frozenset[str]:
    if "none" in declared:
        return frozenset()
    rows = codes.rows("codes/placeholder")
    default = [row["label"] for row in rows if row["note"] == "mặc định"]
    return frozenset(word.casefold() for word in (*default, *declared) if word != "default")
