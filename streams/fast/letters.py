"""Which letters no text rule touches: asked of `streams.text`, letter by letter, pair by pair.

What a rule says of a text of ours follows from its letters, from its ends and from any two that
stand together; the tests hold that against the rules themselves.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from streams.takers.letters import MOST_GROUPS, Alphabet, Nothing
from streams.text import cased, plain_name, plain_text

_LETTERS = "".join(map(chr, range(0x2000)))
_FRAME = "0"
"""A letter beside which any other may stand."""


class Told(NamedTuple):
    """An alphabet, as strings of letters."""

    inside: str
    first: str
    last: str
    apart: tuple[tuple[str, str], ...]
    """Letters, and those that may not follow them."""
    upper: str
    lower: str
    uncased: str
    """What is neither letter nor space: where a word of a name begins is then not simple."""
    cases: dict[str, tuple[str, str]]
    """Letter -> as it stands inside a name's part, and at its start (T14)."""


@lru_cache(maxsize=2)
def alphabet(*, named: bool) -> Alphabet:
    """Return the letters of text, or of names."""
    plain = _plain_name if named else _plain_text
    inside = "".join(one for one in _LETTERS if plain(f"{_FRAME}{one}{_FRAME}"))
    letters = [one for one in inside if one.isalpha()]
    return Alphabet(
        Told(
            inside=inside,
            first="".join(one for one in inside if plain(f"{one}{_FRAME}")),
            last="".join(one for one in inside if plain(f"{_FRAME}{one}")),
            apart=_apart(inside, plain),
            upper="".join(filter(str.isupper, inside)),
            lower="".join(filter(str.islower, inside)),
            uncased="".join(one for one in inside if not (one.isalpha() or one == " ")),
            cases={one: (_inside_a_part(one), cased(one.lower())) for one in letters},
        )
    )


def _plain_text(text: str) -> bool:
    return "  " not in text and plain_text(text) is not None


def _plain_name(text: str) -> bool:
    return "  " not in text and plain_name(text) is not None


def _inside_a_part(letter: str) -> str:
    return cased("A" + letter.upper())[1]


def _apart(inside: str, plain: Callable[[str], bool]) -> tuple[tuple[str, str], ...]:
    """Return the letters that may not stand together, by groups.

    Raises:
        LookupError: there are more groups than a taker holds.
    """
    found: dict[str, str] = {}
    for after in inside:
        refused = "".join(one for one in inside if not plain(f"{_FRAME}{one}{after}{_FRAME}"))
        if refused:
            found[refused] = found.get(refused, "") + after
    if len(found) > MOST_GROUPS:
        message = f"the text rules hold {len(found)} groups of letters apart"
        raise LookupError(message)
    return tuple(found.items())


@lru_cache(maxsize=64)  # one table for all columns that declare the same
def nothing(words: frozenset[str]) -> Nothing:
    """Return the placeholders *words*, casefolded."""
    return Nothing(words)
