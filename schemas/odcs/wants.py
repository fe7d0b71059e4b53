"""What a value of a contract may be: a Want says what was expected where a value does not fit."""

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Want = Callable[[object], str | None]
"""Takes a value; returns None where it fits, else the words of the fault."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILE = re.compile(r"[a-z][a-z0-9_]*\.(xlsx|csv)")
_SHARE = re.compile(r"0\.[0-9]+|1(\.0+)?")
_MANY = 12


def text(value: object) -> str | None:
    """Want a text that is not empty."""
    return (
        None
        if isinstance(value, str) and value
        else f"must be a text in quotes, not {shown(value)}"
    )


def name(value: object) -> str | None:
    """Want a name as Python and SQL have them: lower case ASCII, digits, underscores."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return None
    return f"must be a name of a-z, 0-9 and _, not {shown(value)}"


def source(value: object) -> str | None:
    """Want the id of a department database or of a way in, or the name of a file."""
    if isinstance(value, str) and (_NAME.fullmatch(value) or _FILE.fullmatch(value)):
        return None
    return f"must be a name of a-z, 0-9 and _, or of a file.xlsx, not {shown(value)}"


def flag(value: object) -> str | None:
    """Want true or false."""
    return None if isinstance(value, bool) else f"must be true or false, not {shown(value)}"


def share(value: object) -> str | None:
    """Want a share between 0 and 1 as text, so that no binary fraction is involved."""
    if isinstance(value, str) and _SHARE.fullmatch(value):
        return None
    return f'must be a share in quotes such as "0.95", not {shown(value)}'


def zone(value: object) -> str | None:
    """Want the name of a time zone."""
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return f'must be a time zone such as "Asia/Ho_Chi_Minh", not {shown(value)}'
    return None


def integer(least: int) -> Want:
    """Want a whole number of at least *least*."""

    def want(value: object) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return None
        return f"must be a whole number of at least {least}, not {shown(value)}"

    return want


def one_of(words: Collection[str]) -> Want:
    """Want one of *words*."""

    def want(value: object) -> str | None:
        return None if isinstance(value, str) and value in words else _choice(value, words)

    return want


def list_of(item: Want) -> Want:
    """Want a list whose every item fits *item*, none twice."""

    def want(value: object) -> str | None:
        if not isinstance(value, list):
            return f"must be a list in brackets, not {shown(value)}"
        faults = [words for words in map(item, value) if words]
        if not faults and len(set(value)) < len(value):
            return "names something twice"
        return faults[0] if faults else None

    return want


def mapping_of(wants: dict[str, Want]) -> Want:
    """Want a mapping with exactly the keys of *wants*, each value fitting its own."""

    def want(value: object) -> str | None:
        if not isinstance(value, dict) or set(value) != set(wants):
            return f"must be a mapping of {', '.join(wants)}, not {shown(value)}"
        return next(
            (f"{key} {words}" for key, fits in wants.items() if (words := fits(value[key]))), None
        )

    return want


def mapping_to(item: Want) -> Want:
    """Want a mapping, not empty, whose every value fits *item*."""

    def want(value: object) -> str | None:
        if not isinstance(value, dict) or not value:
            return f"must be a mapping, not {shown(value)}"
        return next(
            (f"{key!r} {words}" for key, held in value.items() if (words := item(held))), None
        )

    return want


def mapping(value: object) -> str | None:
    """Want a mapping, whatever it holds."""
    return None if isinstance(value, dict) else f"must be a mapping, not {shown(value)}"


def shown(value: object) -> str:
    """Say what a value is, so that a bare number is told from its digits in quotes."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return repr(value)
        case list():
            return "a list"
        case _:
            return "a mapping"


def _choice(value: object, words: Collection[str]) -> str:
    near = get_close_matches(value, words, 1) if isinstance(value, str) else []
    if near:
        return f"is {shown(value)}, which is not known; did you mean {near[0]!r}?"
    choice = ", ".join(sorted(words)) if len(words) <= _MANY else f"one of {len(words)} known words"
    return f"must be {'one of ' if len(words) <= _MANY else ''}{choice}, not {shown(value)}"
