"""Words that stand for nothing, in all their spellings (DOMAIN.md 8)."""

from itertools import product

import pytest
from support.contracts import a_field
from support.judging import CODES, judge_one

from schemas.contract import Options

_ROWS = CODES.rows("codes/placeholder")
ALWAYS = sorted(row["label"] for row in _ROWS if row["note"] == "mặc định")
DECLARED = sorted(row["label"] for row in _ROWS if row["note"] != "mặc định")
TEXT_KINDS = ("text", "name", "ident", "cccd", "id_paper", "mst", "phone", "plate", "date")
_TYPES = {"date": "date"}


def _spellings(word: str) -> set[str]:
    """Every casing of a short word, the usual ones of a long one."""
    usual = {word, word.lower(), word.upper(), word.title(), word.capitalize(), word.swapcase()}
    if len(word) <= 4:
        usual |= {"".join(p) for p in product(*((c.lower(), c.upper()) for c in word))}
    return usual


def _judged(kind: str, raw: str, **options: tuple[str, ...]) -> tuple[object, list[str]]:
    item = a_field(kind, type=_TYPES.get(kind, "string"), options=Options(**options))  # type: ignore[arg-type]
    found = judge_one(item, raw)
    return found.values[0], [*found.flags, *(problem.code for problem in found.problems)]


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_every_spelling_of_every_default_placeholder_is_null(kind: str) -> None:
    assert len(ALWAYS) >= 12
    for word in ALWAYS:
        for raw in _spellings(word):
            assert _judged(kind, raw) == (None, ["PLACEHOLDER_NULL:f"]), raw


def test_a_placeholder_is_one_with_blanks_around_it_too() -> None:
    for word, blank in product(ALWAYS, (" {} ", "\u00a0{}", "{}\u200b", "\t{}\n")):
        value, told = _judged("text", blank.format(word))
        assert value is None
        assert "PLACEHOLDER_NULL:f" in told


def test_the_word_as_sent_is_kept() -> None:
    for word in ALWAYS:
        found = judge_one(a_field("text"), word.upper())
        assert found.originals == {"f": word.upper()}


@pytest.mark.parametrize("word", DECLARED)
def test_a_word_that_is_not_declared_is_data(word: str) -> None:
    assert _judged("ident", word)[0] == word
    for raw in _spellings(word):
        assert _judged("ident", raw, placeholders=("default", word))[0] is None


def test_a_column_may_have_no_placeholders_at_all() -> None:
    for word in filter(None, ALWAYS):
        assert _judged("text", word, placeholders=("none",))[0] == word


def test_a_placeholder_inside_a_longer_text_is_data() -> None:
    for word in filter(None, ALWAYS):
        raw = f"Bản {word} Nà"
        assert _judged("text", raw)[0] == raw
