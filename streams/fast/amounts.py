"""Fast paths of whole numbers, days and moments."""

from streams.dates import MONTH_DAYS, YEARS
from streams.days import ZONE_US, day_text, year_of
from streams.fast.block import Block, Path
from streams.refine.dates import Bounds, day_bounds, instant_bounds
from streams.refine.numbers import whole_bounds


def integer_path(block: Block) -> Path:
    """Whole numbers in range."""
    plan = block.plan
    if plan.wire not in {"integer", "json number", "cell"} or plan.item.options.placeholders != (
        "default",
    ):
        return None
    low, high = whole_bounds(plan)
    return f"type(raw) is int and {low} <= raw <= {high}", [f"{block.value} = raw"]


def date_path(block: Block) -> Path:
    """Typed days, and days written day/month/year."""
    plan, bounds = block.plan, day_bounds(block.plan)
    low, high = _literal(bounds.low, "today"), _literal(bounds.high, "today")
    if plan.wire == "date":
        return f"type(raw) is int and {low} <= raw <= {high}", [f"{block.value} = raw"]
    if "dmy" not in plan.item.options.date_formats or plan.item.options.placeholders != (
        "default",
    ):
        return None
    test = "type(raw) is str and len(raw) == 10 and raw[:6] in MONTH_DAYS and raw[6:] in YEARS"
    day = "days(raw[6:] + MONTH_DAYS[raw[:6]])"
    block.names |= {"MONTH_DAYS": MONTH_DAYS, "YEARS": YEARS}
    kept = f"originals[{plan.item.name!r}] = raw"
    if plan.item.kind == "date":
        return f"{test} and {low} <= (day := {day}) <= {high}", [f"{block.value} = day", kept]
    low, high = (bound if bound == "today_text" else repr(bound) for bound in _texts(bounds))
    return f"{test} and {low} <= raw[6:] + MONTH_DAYS[raw[:6]] <= {high}", [
        *(f"{block.value} = raw[6:] + MONTH_DAYS[raw[:6]]", kept)
    ]


def _texts(bounds: Bounds) -> tuple[str, str]:
    low, high = ("today_text" if bound is None else day_text(bound) for bound in bounds)
    return low, high


def year_path(block: Block) -> list[str]:
    """Return the lines for a bare year, where `y` is declared and surely inside the bounds."""
    bounds = day_bounds(block.plan)
    low = "year" if bounds.low is None else year_of(bounds.low)
    high = "year" if bounds.high is None else year_of(bounds.high)
    return [
        f"elif type(raw) is str and raw in YEARS and {low} <= int(raw) <= {high}:",
        f"    {block.value} = raw",
        f"    flags.append({block.plan.flag('PARTIAL_DATE')!r})",
    ]


def timestamp_path(block: Block) -> Path:
    """Typed moments without a zone."""
    if block.plan.wire != "timestamp":
        return None
    bounds = instant_bounds(block.plan)
    low, high = _literal(bounds.low, "now"), _literal(bounds.high, "now")
    return f"type(raw) is int and {low} <= raw - {ZONE_US} <= {high}", [
        f"{block.value} = raw - {ZONE_US}",
        f"flags.append({block.plan.flag('ZONE_ASSUMED')!r})",
    ]


def _literal(bound: int | None, moment: str) -> str:
    return moment if bound is None else str(bound)
