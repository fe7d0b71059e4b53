"""Fast paths of codes and booleans: tables of what the crosswalk spells."""

from streams.fast.block import Block, Path
from streams.lookups import UNDETERMINED, CodeTable
from streams.notes import Notes
from streams.plan import Plan, Refine
from streams.refine.codes import table_of


def code_path(block: Block) -> Path:
    """Codes that the crosswalk spells as they were sent."""
    table = table_of(block.plan, block.codes)
    if table.dated:
        return None
    meanings = block.bind("meaning", usual_codes(block.plan, table, block.refine))
    wanted = "int" if block.plan.wire == "integer" else "str"
    name = block.plan.item.name
    mapped = [f"    flags.append({block.plan.flag('CODE_MAPPED')!r})"]
    sent = "raw" if wanted == "str" else "str(raw)"
    differs = f"if {block.value} != {sent}:"
    return f"type(raw) is {wanted} and raw in {meanings}", [
        f"{block.value} = {meanings}[raw]",
        *(differs, *mapped, f"    originals[{name!r}] = {sent}"),
    ]


def usual_codes(plan: Plan, table: CodeTable, refine: Refine) -> dict[str | int, str]:
    """Return the crosswalk's values, in the usual cases, that the refiner maps and leaves else.

    They are found by asking the refiner, so that the fast path cannot disagree with it.
    """
    spelled = {form for text in table.spellings for form in _spelled(text)}
    raws: list[str | int] = sorted(spelled)
    if plan.wire == "integer":
        raws = [int(text) for text in raws if str(text).isdigit() and str(int(text)) == text]
    found: dict[str | int, str] = {}
    for raw in raws:
        notes = Notes(0)
        value = refine(raw, notes)
        plain = set(notes.flags) <= {plan.flag("CODE_MAPPED")} and not notes.faults
        if (
            plain
            and isinstance(value, str)
            and value != UNDETERMINED
            and _only_said(plan, raw, value, notes)
        ):
            found[raw] = value
    return found


def _spelled(text: str) -> tuple[str, ...]:
    return (text, text.lower(), text.upper(), text.title(), text.capitalize())


def _only_said(plan: Plan, raw: str | int, value: str, notes: Notes) -> bool:
    """Whether flag and original stand exactly where the value changed."""
    changed = str(raw) != value
    return changed == bool(notes.flags) == bool(notes.originals) and notes.originals in (
        {},
        {plan.item.name: str(raw)},
    )


def boolean_path(block: Block) -> Path:
    """Yes and no, typed or in the words of the crosswalk."""
    if block.plan.wire == "boolean":
        return "raw is True or raw is False", [f"{block.value} = raw"]
    if block.plan.wire == "integer" and block.plan.item.options.code_system == "01":
        return "type(raw) is int and (raw == 0 or raw == 1)", [f"{block.value} = raw == 1"]
    if block.plan.wire != "text" or block.plan.item.options.code_system is None:
        return None
    table = table_of(block.plan, block.codes)
    raws = [
        raw for text in table.spellings for raw in _spelled(text) if raw not in {"true", "false"}
    ]
    meanings = {raw: value for raw in raws if type(value := block.refine(raw, Notes(0))) is bool}
    name = block.bind("meaning", meanings)
    return f"type(raw) is str and raw in {name}", [
        *(f"{block.value} = {name}[raw]", f"originals[{block.plan.item.name!r}] = raw")
    ]
