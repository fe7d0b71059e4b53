"""What a defect is, and the ways of spoiling that several registers share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.records import Row
from suoi.demo.desk import Desk
from suoi.demo.legacy import mojibake, tcvn3

_CYRILLIC_A = "\u0430"

Spoil = Callable[[Row, Desk], None]
Found = tuple[str, str]
"""A reason code, and the field it is found on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """One way to spoil an ordinary entry of *dataset*; *share* is of its rows, in thousandths."""

    name: str
    dataset: str
    share: int
    code: str
    field: str
    spoil: Spoil
    also: tuple[Found, ...] = ()
    """What else is found, where one mistake has two sides."""
    in_key: bool = False
    """It spoils the source's key: corrected, it would be another row."""

    @property
    def problems(self) -> tuple[Found, ...]:
        """Return all that is found of it."""
        return ((self.code, self.field), *self.also)


def of(dataset: str, entries: Mapping[str, tuple[str, str, Spoil]]) -> tuple[Defect, ...]:
    """Build the defects of one dataset: two rows in a thousand each."""
    return tuple(
        Defect(name=name, dataset=dataset, share=2, code=code, field=field, spoil=spoil)
        for name, (code, field, spoil) in entries.items()
    )


def puts(**columns: object) -> Spoil:
    """Make a defect that overwrites columns with the same values in every row."""

    def spoil(row: Row, _desk: Desk) -> None:
        row.update(columns)

    return spoil


def lookalike(column: str) -> Spoil:
    """Make a defect that puts one Cyrillic letter into a name."""

    def spoil(row: Row, _desk: Desk) -> None:
        row[column] = f"L{_CYRILLIC_A}n {row[column]}"

    return spoil


def texts(column: str, field: str) -> dict[str, tuple[str, str, Spoil]]:
    """Spoil a text in each way that a register of ours meets (DOMAIN.md 2, T3 to T8)."""
    spoilt = {
        "mojibake": ("text.encoding", mojibake("Lò Thị Lan")),
        "TCVN3 in a Unicode column": ("text.legacy_suspect", tcvn3("Bản Bó, Chiềng Lề")),
        "letters turned round": ("text.bidi", "Bản \u202ebó"),
        "control character": ("text.control", "Bản\u0007 bó"),
    }
    return {name: (code, field, puts(**{column: text})) for name, (code, text) in spoilt.items()}
