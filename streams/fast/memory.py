"""Fast path of columns with few different values: what the refiner said of each is remembered.

A code list, a yes or no, a time of day: the same words come all day, the wrong ones too. The
refiner itself judges each once, so the fast path cannot disagree with it. Where a day decides too
(a code that expires, a date that may not be after today), value and day are remembered together.
"""

from typing import Any, Final, NamedTuple

from streams.fast.block import Block, Branch
from streams.fast.written import YEARS, day_heads
from streams.lookups import CodeTable, code_table
from streams.notes import Fault, Notes
from streams.plan import Plan, Refine
from streams.refine.codes import table_of

MOST: Final = 1024
"""How many values of one field are remembered; beyond, memory begins anew."""
FEW: Final = 64
"""The same of texts: only odd ones are, and most of those never come again."""
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
    """Return the branch of a value met before; for codes that expire, with the day of the event."""
    plan = block.plan
    if plan.item.kind in _CODES and _table(block).dated:
        return remembered(block, block.beside.removeprefix(", ") or "today")
    return [*remembered(block), *_dates(block)]


def _dates(block: Block) -> list[Branch]:
    """Return the branch of a day where the list has one code for any (`<date>`).

    All days are judged alike, so what the refiner says of one holds for the others.
    """
    plan = block.plan
    table = _table(block) if plan.item.kind == "code" else None
    if table is None or table.a_date is None or "dmy" not in plan.item.options.date_formats:
        return []
    if not (block.textual and block.wordy) or any(word[-4:] in YEARS for word in table.spellings):
        return []
    notes = Notes(0)
    value = block.refine("11/03/2026", notes)
    said = block.bind("said_of_days", tuple(notes.flags))
    block.names["YEARS"] = YEARS
    test = (
        f"type(raw) is str and raw[-4:] in YEARS and raw[:-4] in {block.bind('heads', day_heads())}"
    )
    return [(test, [f"{block.value} = {value!r}", f"flags += {said}", block.kept])]


def remembered(block: Block, day: str = "", most: int = MOST) -> list[Branch]:
    """Return the branch of a value met before; *day* is the expression of a day that decides."""
    plan = block.plan
    known: dict[Any, Known] = {}
    wanted = _TYPES.get(plan.wire, str)
    block.refine = learning(plan, block.refine, known, Wanted(wanted, bool(day), most))
    name = block.bind("known", known)
    key = f"(raw, {day})" if day else "raw"
    if day not in {"", "today"}:
        key = f"(raw, ({day}))"
    met = f"(met := {key}) in {name}" if day else f"raw in {name}"
    return [
        (
            f"type(raw) is {wanted.__name__} and {met}",
            [
                f"{block.value}, said, kept, wrong = {name}[{'met' if day else 'raw'}]",
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


class Wanted(NamedTuple):
    """What is remembered: values of a type, alone or with the day that decides beside them."""

    type: type
    dated: bool
    most: int


def learning(plan: Plan, refine: Refine, known: dict[Any, Known], wanted: Wanted) -> Refine:
    """Return *refine*, which now writes into *known* what it says of each *wanted* value."""
    name, kind, dated, most = plan.item.name, *wanted

    def learn(raw: object, notes: Notes, *beside: object) -> Any:  # noqa: ANN401
        faults, flags = len(notes.faults), len(notes.flags)
        value = refine(raw, notes, *beside)
        if type(raw) is kind and not (isinstance(raw, str) and len(raw) > LONGEST):
            if len(known) >= most:
                known.clear()
            said, wrong = tuple(notes.flags[flags:]), tuple(notes.faults[faults:])
            key = (raw, *(beside or (notes.today,))) if dated else raw
            known[key] = Known(value, said, notes.originals.get(name), wrong)
        return value

    return learn
