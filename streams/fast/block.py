"""What a fast path is made of: a field, its refiner, and the lines and names it adds."""

from dataclasses import dataclass, field
from typing import Any

from schemas.codes import CodeLists
from streams.plan import Plan, Refine

Branch = tuple[str, list[str]]
"""A test on `raw`, and the lines for a value that passes it."""


@dataclass(kw_only=True)
class Block:
    """The code of one field, and the objects it names."""

    plan: Plan
    codes: CodeLists
    refine: Refine
    beside: str = ""
    """What the refiner is given besides the value: ", born" and the like."""
    names: dict[str, Any] = field(default_factory=dict)

    def bind(self, word: str, value: object) -> str:
        """Give *value* a name in the generated module, and return the name."""
        name = f"{word}_{self.plan.item.name}"
        self.names[name] = value
        return name

    @property
    def value(self) -> str:
        """The local that holds the field's canonical value."""
        return f"v_{self.plan.item.name}"

    @property
    def kept(self) -> str:
        """The line that keeps the value as it was sent."""
        return f"originals[{self.plan.item.name!r}] = raw"

    @property
    def kept_if_other(self) -> list[str]:
        """The lines that keep the value as it was sent where the canonical one differs."""
        return [f"if {self.value} != raw:", f"    {self.kept}"]

    def flagged(self, flag: str) -> str:
        """Return the line that notes a repair."""
        return f"flags.append({self.plan.flag(flag)!r})"

    @property
    def textual(self) -> bool:
        """Whether the column is text of our own time, in which a number is no value."""
        options = self.plan.item.options
        plain = options.encoding == "utf-8" and not options.numeric_ok
        return self.plan.wire == "text" and plain

    @property
    def wordy(self) -> bool:
        """Whether no placeholder holds a digit, so that no number or date is one."""
        return not any(mark.isdigit() for word in self.plan.nothing for mark in word)

    @property
    def worded(self) -> bool:
        """Whether no placeholder is a number that is not below 0."""
        digits = [word for word in self.plan.nothing if any(mark.isdigit() for mark in word)]
        return all(word.startswith("-") for word in digits)

    def holds(self, length: int) -> bool:
        """Say whether a canonical text of *length* is never too long."""
        item = self.plan.item
        measured = "text.too_long" in item.rules and item.max_length is not None
        return not measured or length <= (item.max_length or 0)
