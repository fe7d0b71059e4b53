"""Fast paths of whole numbers and decimals, typed or written; no value is made a binary float."""

import re

from streams.fast.block import Block, Branch
from streams.numbers import FORMAT, Limits
from streams.refine.numbers import limits_of, whole_bounds

_TYPED = frozenset(("double", "json number", "cell"))
_GROUP = 3
_LONGEST = 64


def integer_branches(block: Block) -> list[Branch]:
    """Return the branch of whole numbers in range."""
    plan = block.plan
    if not block.wordy:
        return []
    low, high = whole_bounds(plan)
    if plan.wire in {"integer", "json number", "cell"}:
        return [(f"type(raw) is int and {low} <= raw <= {high}", [f"{block.value} = raw"])]
    if not (plan.wire == "decimal" or (block.textual and FORMAT in plan.item.rules)):
        return []
    shape = block.bind("plain", re.compile("0|[1-9][0-9]{0,17}").fullmatch)
    test = f"type(raw) is str and {shape}(raw) and {low} <= (number := int(raw)) <= {high}"
    found: list[Branch] = [(test, [f"{block.value} = number"])]
    if plan.wire == "text" and plan.item.options.locale == "vi":
        groups = block.bind("groups", re.compile("[1-9][0-9]{0,2}(?:[.][0-9]{3}){1,5}").fullmatch)
        number = '(number := int(raw.replace(".", "")))'
        test = f"type(raw) is str and {groups}(raw) and {low} <= {number} <= {high}"
        found.append((test, [f"{block.value} = number", block.kept]))
    return found


def decimal_branches(block: Block) -> list[Branch]:
    """Return the branch of decimals, not below 0, that their field surely holds."""
    plan, limits = block.plan, limits_of(block.plan)
    whole, inside = _bounds(limits)
    if whole < 1 or not (block.worded and block.holds(_LONGEST)):
        return []
    block.names["shortest"] = shortest
    plain = block.bind("plain", re.compile(_shape(whole, limits, ("", "."))).fullmatch)
    if plan.wire in _TYPED:
        test = f"type(raw) is float and {plain}(text := repr(raw)){inside.format('raw')}"
        return [(test, [f"{block.value} = {_shortest('text')}"])]
    if plan.wire != "decimal" and not (block.textual and FORMAT in plan.item.rules):
        return []
    text, done = "raw", _shortest("raw")
    if plan.wire == "text" and plan.item.options.locale == "vi":
        plain = block.bind("plain", re.compile(_shape(whole, limits, (".", ","))).fullmatch)
        text = 'raw.replace(".", "").replace(",", ".")'
        done = f"shortest({text})"
    test = f"type(raw) is str and {plain}(raw){inside.format(text)}"
    return [(test, [f"{block.value} = {done}", *block.kept_if_other])]


def _bounds(limits: Limits) -> tuple[int, str]:
    """Return how many digits may stand before the mark, and the test for what they do not say.

    Floats only say that a number is surely inside: rounding keeps the order, so a float strictly
    inside the bound's is a number strictly inside.
    """
    whole = (limits.precision or 0) - (limits.scale or 0)
    low = "" if (limits.low or 0) <= 0 else f" and {float(limits.low or 0)!r} < float({{0}})"
    if limits.high is None or whole < 1:
        return whole, low
    above = 0 if limits.scale else 1
    said = len(str(max(int(limits.high), 0) + above)) - 1
    if whole <= said or set(str(int(limits.high))) == {"9"}:  # digits alone say enough
        return min(whole, said), low
    return whole, f"{low} and float({{0}}) < {float(limits.high)!r}"


def _shape(whole: int, limits: Limits, marks: tuple[str, str]) -> str:
    """Return the syntax of a decimal with at most *whole* digits before the mark; groups of 3."""
    group, point = map(re.escape, marks)
    forms = ["0", f"[1-9][0-9]{{0,{whole - 1}}}"]
    if group and whole > _GROUP:
        most = (whole - _GROUP) // _GROUP
        forms += [f"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){{1,{most}}}"] if most else []
    tail = f"(?:{point}[0-9]{{1,{limits.scale}}})?" if limits.scale else ""
    return f"(?:{'|'.join(forms)}){tail}"


def _shortest(text: str) -> str:
    return f'shortest({text}) if {text}[-1] == "0" else {text}'


def shortest(text: str) -> str:
    """Return a plain decimal without the zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text
