"""The fields of a form: what they take, and one sentence for each that is filled wrongly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from suoi.console.refusal import Fault, Refusal

LONGEST_LINE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field; *choices* (value -> what people read) empty = any one line of text."""

    name: str
    kind: str = "line"
    """line, choice, number, password or hidden."""
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    longest: int = LONGEST_LINE
    value: str = ""
    """What stands in it at first."""

    def fault(self, given: str) -> Fault | None:
        """Return what is wrong with *given*; None = nothing."""
        if not given:
            return Fault("missing") if self.required else None
        if len(given) > self.longest or not given.isprintable():
            return Fault("line", {"longest": self.longest})
        if self.choices and given not in self.choices:
            known = ", ".join(list(self.choices)[:20])
            return Fault("choice", {"given": given[:80], "known": known})
        if self.kind == "number" and not (given.isascii() and given.isdecimal()):
            return Fault("number", {"given": given[:80]})
        return None


def read_form(fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each of *fields*, trimmed.

    Raises:
        Refusal: naming each that is wrong.
    """
    values = {one.name: given.get(one.name, "").strip() for one in fields}
    faults = {one.name: one.fault(values[one.name]) for one in fields}
    wrong = {name: fault for name, fault in faults.items() if fault is not None}
    if wrong:
        raise Refusal(422, "form", wrong)
    return values
