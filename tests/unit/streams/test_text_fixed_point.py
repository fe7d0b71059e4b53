# ruff: noqa: RUF001  the look-alikes are what the rules are about
"""What the workshop makes of a text it makes again of its own work; what it changed, it keeps.

"Running the standardiser on its own output with canonical options changes nothing" (DOMAIN.md 1);
"the original text is kept wherever the canonical one differs".
"""

from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.contracts import a_dataset, a_field
from support.judging import CODES, NOW

from schemas.contract import Options
from schemas.records import Severity
from streams.compiler import Validator, compile_dataset
from streams.days import day_text, instant_text
from streams.judgement import Judgement
from streams.legacy import DECODERS
from streams.text import TextRules, cased, refine_text

TEXTS = ("text", "name", "ident", "commune_name", "province", "district", "code", "unit", "date")
IDENTIFIERS = (
    *("cccd", "id_paper", "mst", "bhxh", "bhyt", "geohash", "register_number"),
    *("phone", "plate", "time", "school_year"),
)
_ODD = (
    *"aAeEiyđĐdDKS1-(.,;' \"",
    *("\u0301", "\u0300", "\u0302", "\u0323", "\u031b", "\u0309", "\u0345"),  # marks
    *("\u200b", "\u200d", "\ufeff", "\u00ad", "\u00a0", "\u2003", "\u180e"),  # unseen and spaces
    *("\n", "\r", "\t", "\u2028", "\x85", "\0", "\u202e", "\ud800"),
    *("Ａ", "ａ", "＇", "｀", "．", "；", "０", "’", "‘", "ʼ", "´", "`"),
    *("Ð", "ð", "Ɖ", "Æ", "°", "¡", "Ã", "º", "¬", "¸", "à", "À", "®", "µ"),  # T3, T4, T5
    *("\u1fef", "\u0387", "\u212a", "\u1ffd", "\u037e"),  # NFC makes another character of them
    *("ß", "ŉ", "ǰ", "İ", "ﬁ", "ẖ", "ẚ", "Ⅷ", "ǆ", "ſ", "ı"),
    *("014", "2026", "/2026", "0100233488", "+84", "0912000001", "7h30", "26A", "2026-2027"),
    *("không", "N/A", "Lò Thị", "LÒ ", "aà", "EÀ", "Ê"),
)
odd_text = st.lists(st.sampled_from(_ODD), max_size=6).map("".join) | st.text(max_size=8)


@cache
def _judge(kind: str, **options: Any) -> Validator:  # noqa: ANN401
    facts: dict[str, Any] = {"max_length": 12} if kind in {"text", "name", "ident"} else {}
    return compile_dataset(a_dataset(a_field(kind, **facts, options=Options(**options))), CODES)


def _clean(found: Judgement) -> bool:
    return all(problem.severity is not Severity.REJECT for problem in found.problems)


few = settings(max_examples=30)


@pytest.mark.parametrize("kind", TEXTS)
@few
@given(text=odd_text)
@example(text="e\u200b\u0301")  # T7 brings a mark to its letter
@example(text="ａ\u0301")  # and so does T11
@example(text="O＇Ê")  # T11 makes an apostrophe for T10
@example(text="Æ\u00ad°")  # T7 brings together what T3 knows
@example(text="aa\u0300")  # and T6 what T4 knows
@example(text="İA")  # T14 would part the letter from its dot
def test_a_text_the_rules_have_made_they_leave_alone(kind: str, text: str) -> None:
    rules = TextRules(kind=kind, max_length=6)
    once = refine_text(text, rules)
    if not once.codes:
        stored = cased(once.text) if kind == "name" else once.text
        assert refine_text(stored, rules) == (stored, (), ())
        assert cased(stored) == stored or kind != "name"


@pytest.mark.parametrize("kind", ["text", "name", "ident", *IDENTIFIERS])
@few
@given(text=odd_text)
@example(text="- .")  # without its dot it stands for nothing
@example(text="Æ.°")  # or holds mojibake
@example(text="e.\u0301")
@example(text="ẚßŉ")  # capitals of two letters, some of them no letter of Latin
@example(text="i\u0307")  # whose capital is another letter
def test_a_value_that_was_stored_is_stored_again_as_it_is(kind: str, text: str) -> None:
    judge = _judge(kind)
    once = judge.judge({"f": text}, NOW)
    if _clean(once) and once.values[0] is not None:
        again = judge.judge({"f": once.values[0]}, NOW)
        assert (again.values, again.originals) == (once.values, {})
        assert again.problems == once.problems  # warnings stay
        assert {flag for flag in again.flags if flag.isupper()} == set()


@pytest.mark.parametrize("encoding", DECODERS)
@few
@given(text=odd_text)
def test_what_was_converted_is_unicode_for_good(encoding: str, text: str) -> None:
    once = _judge("text", encoding=encoding).judge({"f": text}, NOW)
    if _clean(once) and once.values[0] is not None:
        again = _judge("text").judge({"f": once.values[0]}, NOW)
        # T4 speaks only of columns declared utf-8: a converted text may look like another's table
        assert again.values == once.values or not _clean(again)
        assert again.originals == {}


@pytest.mark.parametrize("kind", ["text", "name", "ident", *IDENTIFIERS])
@few
@given(text=odd_text)
def test_the_text_as_sent_is_kept_exactly_where_it_was_changed(kind: str, text: str) -> None:
    found = _judge(kind).judge({"f": text}, NOW)
    if _clean(found):
        changed = found.values[0] != text
        assert found.originals == ({"f": text} if changed else {})
        if kind in {"text", "name", "ident"}:
            assert changed == bool(found.flags)  # no repair is silent


_OTHERS: dict[str, dict[str, Any]] = {
    "date": {"type": "date", "options": Options(date_formats=("dmy", "excel_serial"))},
    "partial_date": {"type": "partial_date", "options": Options(date_formats=("dmy", "my", "y"))},
    "timestamp": {"type": "timestamp", "options": Options(date_formats=("iso_offset", "ymdhm12"))},
    "integer": {"type": "integer"},
    "decimal": {"type": "decimal", "options": Options(locale="vi"), "scale": 3},
    "gender": {"code_list": "gender", "options": Options(code_system="vi_name")},
    "ethnic": {"code_list": "ethnic_group", "options": Options(code_system="vi_name")},
    "country": {"code_list": "country", "options": Options(code_system="vi_name")},
}
_SENT = st.sampled_from(
    (
        *(
            "5/3/2026",
            "05/03/2026",
            " 05-03-2026",
            "2026-03-05",
            "45000",
            "03/2026",
            "2026",
            "không",
        ),
        *("202603050715", "2026-03-05T07:15:00Z", "2026-03-05t00:15:00.5+07:00", "0000-00-00"),
        *("1.234,5", "１２", "0012", "-0", "7", "12,50", "-", "1.000.000", "20.0", "0.0", "20,0"),
        *("Nam", "NỮ", " nữ ", "Việt Nam", "H'Mông", "THÁI", "Tha\u0301i", "Thái\u200b", "VN"),
    )
)


def _written(kind: str, value: Any) -> str:  # noqa: ANN401
    match kind:
        case "date":
            return day_text(value)
        case "timestamp":
            return instant_text(value)
    return str(value)


@pytest.mark.parametrize("kind", _OTHERS)
@few
@given(text=_SENT | odd_text)
def test_the_text_of_a_date_number_or_code_is_kept_too(kind: str, text: str) -> None:
    item = a_field(kind, **({"source_type": "varchar(40)"} | _OTHERS[kind]))
    found = _compiled(kind, item).judge({"f": text}, NOW)
    if _clean(found):
        stored = None if found.values[0] is None else _written(kind, found.values[0])
        assert found.originals == ({} if stored == text else {"f": text})


_MADE: dict[str, Validator] = {}


def _compiled(kind: str, item: Any) -> Validator:  # noqa: ANN401
    return _MADE.setdefault(kind, compile_dataset(a_dataset(item), CODES))


_LETTERS = "aAeEđĐÀÂÙàâùảẢơƠÃãỳỲýÝ nN-(1'"


@pytest.mark.parametrize("kind", ["text", "name", "ident"])
@settings(max_examples=300)
@given(text=st.text(st.sampled_from(_LETTERS), max_size=8))
def test_the_short_way_of_a_text_ends_where_the_long_one_does(kind: str, text: str) -> None:
    short, long = (_judge(kind).judge({"f": raw}, NOW) for raw in (text, f"{text}\u00a0"))
    assert (short.values, short.problems) == (long.values, long.problems)
    assert {*short.flags} | {"TRIMMED:f"} == {*long.flags} | {"TRIMMED:f"}


def test_a_name_whose_capitals_hide_an_old_table_is_suspect() -> None:
    for name in ("CHIEÀNG LEÀ", "LÒ VAÂN"):
        found = _judge("name").judge({"f": name}, NOW)
        assert [problem.code for problem in found.problems] == ["text.legacy_suspect"], name
    assert _judge("name").judge({"f": "LÒ THỊ ÊNG"}, NOW).values == ("Lò Thị Êng",)
