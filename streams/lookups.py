"""Code lists and what a source's own values mean in them: DOMAIN.md 6.1, 6.3.

A `CodeTable` is made once for each list and system. `free_text`, `vi_name` and `co_khong` match by
fold, units by NFKC without spaces, everything else exactly after casefold; `canonical` and `alpha2`
are the codes themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from schemas.codes import CodeLists
from streams.days import days
from streams.fold import fold
from streams.text import casefolded

UNKNOWN = "code.unknown"
AMBIGUOUS = "code.ambiguous"
EXPIRED = "code.expired"
NOT_YET = "code.not_yet_valid"
UNDETERMINED = "khong_xac_dinh"
"""Ethnic group 56, "not determined": no answer where one is needed (DOMAIN.md 9b)."""

_FOLDED = frozenset(("free_text", "vi_name", "co_khong"))
_THE_CODES = frozenset(("canonical", "alpha2"))
_A_DATE = "<date>"
_ETHNIC_SYSTEMS = ("DM-1979", "NSO")


class Found(NamedTuple):
    """What a value means: its code, or the reason why it has none."""

    code: str | None = None
    reason: str = UNKNOWN


NOTHING = Found()


class CodeTable(NamedTuple):
    """The meaning of a source's values, by the key under which they are compared."""

    key: Callable[[str], str]
    codes: Mapping[str, Found]
    dated: Mapping[str, tuple[int, int]]
    """Code -> first and last day of validity; only codes that have one."""
    spellings: tuple[str, ...]
    """The values as the crosswalk writes them."""
    a_date: str | None = None
    """The code that any declared date stands for (`<date>` in a crosswalk)."""

    def find(self, text: str) -> Found:
        """Return the meaning of *text*."""
        return self.codes.get(self.key(text), NOTHING)


@lru_cache(maxsize=512)  # one table for all fields that are written alike
def code_table(codes: CodeLists, code_list: str, system: str) -> CodeTable:
    """Return the table of *code_list* for values written in *system*."""
    rows = codes.rows(f"codes/{code_list}")
    if code_list == "ethnic_group" and system == "unknown":
        return _table(_exact, _ethnic_unknown(codes), rows)
    pairs = _pairs(codes, code_list, system)
    a_date = dict(pairs).get(_A_DATE)
    meanings = [(value, Found(code)) for value, code in pairs if value != _A_DATE]
    return _table(_key(code_list, system), meanings, rows)._replace(a_date=a_date)


def _table(
    key: Callable[[str], str],
    meanings: Iterable[tuple[str, Found]],
    rows: Iterable[Mapping[str, str]],
) -> CodeTable:
    meanings = list(meanings)
    return CodeTable(
        key,
        {key(value): found for value, found in meanings},
        {row["code"]: _validity(row) for row in rows if row["valid_from"] or row["valid_to"]},
        tuple(value for value, _ in meanings),
    )


def _validity(row: Mapping[str, str]) -> tuple[int, int]:
    return (days(row["valid_from"] or "0001-01-01"), days(row["valid_to"] or "9999-12-31"))


def _pairs(codes: CodeLists, code_list: str, system: str) -> list[tuple[str, str]]:
    if system in _THE_CODES:
        return [(row["code"], row["code"]) for row in codes.rows(f"codes/{code_list}")]
    rows = codes.rows(f"crosswalks/{code_list}")
    return [(row["source_value"], row["code"]) for row in rows if row["system"] == system]


def _key(code_list: str, system: str) -> Callable[[str], str]:
    if code_list == "unit" and system not in _THE_CODES:
        return _unit_key
    return fold if system in _FOLDED else _exact


def _exact(text: str) -> str:
    return casefolded(text)


def _unit_key(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


def _ethnic_unknown(codes: CodeLists) -> list[tuple[str, Found]]:
    """Judge each number either list knows: same checked key, or ambiguous (DOMAIN.md 6.3)."""
    rows = codes.rows("crosswalks/ethnic_group")
    first, second = (
        {row["source_value"]: (row["code"], row["status"]) for row in rows if row["system"] == name}
        for name in _ETHNIC_SYSTEMS
    )
    return [(number, _agreed(first.get(number), second.get(number))) for number in first | second]


def _agreed(first: tuple[str, str] | None, second: tuple[str, str] | None) -> Found:
    if first is not None and first == second and first[1] == "checked":
        return Found(first[0])
    return Found(reason=AMBIGUOUS)
