"""Fast path of columns with few different values: what the refiner said of each is remembered.

A code list, a yes or no, a time of day: the same words come all day, the wrong ones too. The
refiner itself judges each once, so the fast path cannot disagree with it. Only kinds whose value
alone decides are here: no day, no other field.
"""

from typing import Any, Final, NamedTuple

from streams.fast.block import Block, Branch
from streams.lookups import CodeTable, code_table
from streams.notes import Fault, Notes
from streams.plan import Plan, Refine
from streams.refine.codes import table_of

MOST: Final = 1024
"""How many values of one field are remembered; beyond, memory begins anew."""
LONGEST: Final = 64
_CODES: Final = frozenset(("code", "gender", "ethnic", "country", "vsic"))
_TYPES: Final = {"integer": int, "json number": int, "cell": int, "boolean": bool}


class Known(NamedTuple):
    """What a value became; the text to keep (None = none), and the reasons against it."""

    value: Any
    flags: tuple[str, ...]
    kept: str | None
    faults: tuple[Fault, ...]


def known_branches(block: Block) -> list[Branch]:
    """Return the branch of a value met before; none for codes whose validity has an end."""
    plan = block.plan
    if plan.item.kind in _CODES and _table(block).dated:
        return []
    known: dict[Any, Known] = {}
    wanted = _TYPES.get(plan.wire, str)
    block.refine = learning(plan, block.refine, known, wanted)
    name = block.bind("known", known)
    return [
        (
            f"type(raw) is {wanted.__name__} and raw in {name}",
            [
                f"{block.value}, said, kept, wrong = {name}[raw]",
                *("if said:", "    flags += said"),
                *("if kept is not None:", f"    originals[{plan.item.name!r}] = kept"),
                *("if wrong:", "    faults += wrong"),
            ],
        )
    ]


def _table(block: Block) -> CodeTable:
    if block.plan.item.kind == "vsic":  # judged by its division alone
        return code_table(block.codes, block.plan.item.code_list or "", "canonical")
    return table_of(block.plan, block.codes)


def learning(plan: Plan, refine: Refine, known: dict[Any, Known], wanted: type) -> Refine:
    """Return *refine*, which now writes into *known* what it says of each *wanted* value."""
    name = plan.item.name

    def learn(raw: object, notes: Notes, *beside: object) -> Any:  # noqa: ANN401
        faults, flags = len(notes.faults), len(notes.flags)
        value = refine(raw, notes, *beside)
        if type(raw) is wanted and not (isinstance(raw, str) and len(raw) > LONGEST):
            if len(known) >= MOST:
                known.clear()
            said, wrong = tuple(notes.flags[flags:]), tuple(notes.faults[faults:])
            known[raw] = Known(value, said, notes.originals.get(name), wrong)
        return value

    return learn
