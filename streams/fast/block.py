"""What a fast path is made of: a field, its refiner, and the lines and names it adds."""

from dataclasses import dataclass, field
from typing import Any

from schemas.codes import CodeLists
from streams.plan import Plan, Refine


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


Path = tuple[str, list[str]] | None
"""A test on `raw`, and the lines for a value that passes it; None = always the refiner."""
