"""DOMAIN.md 6.1 and 8: code lists, crosswalks and the words for "missing"."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from schemas.codes import CodeLists, CsvRow
from support.oracle.text import fold

BY_FOLD = ("free_text", "vi_name", "co_khong")
THE_CODE_ITSELF = ("canonical", "alpha2")


def key_of(text: str, system: str, code_list: str) -> str:
    """How *text* is compared in *system*."""
    if code_list == "unit":  # section 5
        text = unicodedata.normalize("NFKC", text).casefold()
        return text.replace(" ", "")
    if system in BY_FOLD:
        return fold(text)
    return unicodedata.normalize("NFC", text).casefold()


@cache
def listed(codes: CodeLists, code_list: str) -> Mapping[str, CsvRow]:
    """Code -> its line in the list."""
    return {row["code"]: row for row in codes.rows(f"codes/{code_list}")}


@cache
def crosswalk(codes: CodeLists, code_list: str, system: str) -> Mapping[str, CsvRow]:
    """Key of the source's value -> line of the crosswalk (or of the list itself)."""
    if system in THE_CODE_ITSELF:
        found = listed(codes, code_list)
        return {key_of(code, system, code_list): row for code, row in found.items()}
    lines = (row for row in codes.rows(f"crosswalks/{code_list}") if row["system"] == system)
    return {key_of(row["source_value"], system, code_list): row for row in lines}


@cache
def words_for_missing(codes: CodeLists, declared: tuple[str, ...]) -> frozenset[str]:
    """The placeholders in force, casefolded."""
    if declared == ("none",):
        return frozenset()
    lines = codes.rows("codes/placeholder")
    default = [row["label"] for row in lines if row["note"].startswith("mặc định")]
    named = [word for word in declared if word != "default"]
    return frozenset(word.casefold() for word in (*default, *named))
