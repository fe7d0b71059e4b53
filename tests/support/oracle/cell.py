"""What is known of one field while its row is judged."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Cell:
    """One field: its canonical value, what else it derives, what is wrong, what was repaired."""

    value: Any = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Suffix of a derived column -> its value ("goc", "he")."""
    rejects: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    sent: Any = None
    """The value before conversion of units."""

    @property
    def bad(self) -> bool:
        """Whether the field was refused."""
        return bool(self.rejects)

    def refuse(self, *codes: str) -> "Cell":
        """Note *codes*, once each, and forget the value."""
        self.rejects += [code for code in codes if code not in self.rejects]
        self.value, self.extra = None, {}
        return self

    def warn(self, code: str) -> None:
        """Note a warning."""
        self.warnings.append(code)

    @property
    def empty(self) -> bool:
        """Whether the field is null; a place is judged by the code as sent (DOMAIN.md 6.2.6)."""
        return self.value is None and self.extra.get("goc") is None


class Refused(Exception):
    """A value that cannot be read: the reason code says why."""

    def __init__(self, code: str) -> None:
        """Hold the reason code."""
        super().__init__(code)
        self.code = code
