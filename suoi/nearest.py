"""What a person may have meant: the names nearest to one that nobody knows."""

from collections.abc import Collection
from difflib import get_close_matches

_MOST = 3


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return the sentence that refuses *name*: there is no such *what*, and what comes near."""
    near = get_close_matches(name, list(known), _MOST, 0.5)
    if near:
        return f"there is no {what} {name!r}; did you mean {' or '.join(near)}?"
    return f"there is no {what} {name!r}; known are {', '.join(sorted(known)) or 'none'}."
