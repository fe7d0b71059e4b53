"""Fast paths of days and moments: typed ones, and those written in the usual forms."""

from streams.days import DAY_US, ZONE_US, day_text, days
from streams.fast.block import Block, Branch
from streams.fast.memory import remembered
from streams.fast.written import ISO_TAILS, YEARS, day_heads, part_heads
from streams.refine.dates import Bounds, day_bounds, instant_bounds

_ISO = "type(raw) is str and raw[:4] in YEARS and raw[4:] in ISO_TAILS"
_LONGEST = len("dd/mm/yyyy")
_LONGEST_MOMENT = len("2026-03-11T03:00:00.000001Z")


def date_branches(block: Block) -> list[Branch]:
    """Return the branches of days, typed or written, and of partial dates."""
    plan, bounds = block.plan, day_bounds(block.plan)
    if plan.wire == "date":
        test = f"type(raw) is int and {_within(bounds, 'raw')}"
        return [(test, [f"{block.value} = raw"])]
    if not (block.textual and block.wordy and block.holds(_LONGEST)):
        return []
    block.names |= {"YEARS": YEARS, "ISO_TAILS": ISO_TAILS}
    usual = _whole(block, bounds) if plan.item.kind == "date" else _partial(block, bounds)
    return [*usual, *remembered(block, "today")]  # words, and habits that come again


def _whole(block: Block, bounds: Bounds) -> list[Branch]:
    iso = f"{_ISO} and {_within(bounds, '(day := days(raw))')}"
    found: list[Branch] = [(iso, [f"{block.value} = day"])]
    if "dmy" not in block.plan.item.options.date_formats:
        return found
    heads = block.bind("heads", day_heads())
    test = f"type(raw) is str and raw[-4:] in YEARS and raw[:-4] in {heads}"
    day = f"(day := days(raw[-4:] + {heads}[raw[:-4]]))"
    return [(f"{test} and {_within(bounds, day)}", [f"{block.value} = day", block.kept]), *found]


def _partial(block: Block, bounds: Bounds) -> list[Branch]:
    """Return the branches of texts: they compare as their days do (`_text_bounds`)."""
    low, high = _text_bounds(bounds)
    heads = block.bind("heads", part_heads(block.plan.item.options.date_formats))
    written = f"type(raw) is str and raw[-4:] in YEARS and raw[:-4] in {heads}"
    text = f"(text := raw[-4:] + {heads}[raw[:-4]])"
    return [
        (
            f"{written} and {low}[:len{text}] <= text <= {high}",
            [
                f"{block.value} = text",
                *block.kept_if_other,
                *("if len(text) < 10:", f"    {block.flagged('PARTIAL_DATE')}"),
            ],
        ),
        (f"{_ISO} and {low} <= raw <= {high}", [f"{block.value} = raw"]),
    ]


def _text_bounds(bounds: Bounds) -> tuple[str, str]:
    """Return the bounds as ISO text.

    A partial date may lie inside if its first day is not after the upper bound, which is how the
    texts themselves compare, and its last day not before the lower one, which is how it compares
    with as much of that as it says.
    """
    low, high = ("today_text" if bound is None else repr(day_text(bound)) for bound in bounds)
    return low, high


def timestamp_branches(block: Block) -> list[Branch]:
    """Return the branch of typed moments: without a zone, or as Debezium writes those with one."""
    if block.plan.wire == "instant" and block.wordy and block.holds(_LONGEST_MOMENT):
        block.names["moment_of"] = moment_of
        within = _within(instant_bounds(block.plan), "micros", "now")
        test = "type(raw) is str and (micros := moment_of(raw)) is not None"
        return [(f"{test} and {within}", [f"{block.value} = micros"])]
    if block.plan.wire != "timestamp":
        return []
    within = _within(instant_bounds(block.plan), f"raw - {ZONE_US}", "now")
    done = [f"{block.value} = raw - {ZONE_US}", block.flagged("ZONE_ASSUMED")]
    return [(f"type(raw) is int and {within}", done)]


def _within(bounds: Bounds, value: str, moment: str = "today") -> str:
    low, high = (moment if bound is None else str(bound) for bound in bounds)
    return f"{low} <= {value} <= {high}"


_CLOCKS = {f"T{minute // 60:02}:{minute % 60:02}": minute * 60_000_000 for minute in range(24 * 60)}
_SECONDS = {f":{second:02}": second * 1_000_000 for second in range(60)}
_WHOLE = frozenset(("Z", ".000000Z"))
"""Behind a whole second: RFC 3339's, and what Debezium writes of a timestamptz."""


class _Starts(dict[str, int | None]):
    """A day as ISO text -> µs at its start; None for any other text, which is not kept."""

    def __missing__(self, day: str) -> int | None:
        if day[:4] not in YEARS or day[4:] not in ISO_TAILS:
            return None
        return self.setdefault(day, days(day) * DAY_US)


_STARTS = _Starts()


def moment_of(text: str) -> int | None:
    """Return the µs of an instant in UTC (RFC 3339, up to six decimals); None for other texts."""
    start, clock, second = _STARTS[text[:10]], _CLOCKS.get(text[10:16]), _SECONDS.get(text[16:19])
    if start is None or clock is None or second is None:
        return None
    tail = text[19:]
    if tail in _WHOLE:
        return start + clock + second
    decimals = tail[1:-1]
    if tail != f".{decimals}Z" or not (decimals.isascii() and decimals.isdigit()):
        return None
    if len(decimals) > len("ffffff"):
        return None
    return start + clock + second + int(decimals.ljust(6, "0"))
