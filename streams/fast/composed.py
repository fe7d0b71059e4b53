"""Fast path of a field made of several columns: all there, all of their type, then one text."""

import re

from streams.plan import Plan

_WHOLE = frozenset(("smallint", "integer", "bigint", "int"))
_SPEAKABLE = 10**18
"""As in `streams.refine.texts`: a longer number is left to the composer."""
_GAP = re.compile(r"\{(\w+)\}")


def composed(plan: Plan, parts: list[str], compose: str) -> list[str]:
    """Return the lines that set `raw` from *parts*, the locals of the columns of *plan*'s field.

    *compose* names the composer, which also knows nulls, absence and other types.
    """
    item = plan.item
    types = item.source_type.lower().split("+")
    template = item.options.compose or "".join(f"{{{name}}}" for name in item.columns)
    slow = f"{compose}(({', '.join(parts)},), notes)"
    if len(types) != len(parts) or "{" in _GAP.sub("", template):
        return [f"raw = {slow}"]
    named = dict(zip(item.columns, parts, strict=True))
    tests = [_usual(part, kind in _WHOLE) for part, kind in zip(parts, types, strict=True)]
    text = _GAP.sub(lambda gap: f"{{{named[gap[1]]}}}", template)
    return [f"raw = f{text!r} if {' and '.join(tests)} else {slow}"]


def _usual(part: str, whole: bool) -> str:  # noqa: FBT001  a type of column
    if whole:
        return f"type({part}) is int and {-_SPEAKABLE} < {part} < {_SPEAKABLE}"
    return f"type({part}) is str"
