# ruff: noqa: RUF001  the look-alikes are what the rules are about
"""Rules T1 to T14, fold and core, one sentence each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judging import tcvn3

from streams.fold import core, fold, fold_place
from streams.legacy import decode_legacy
from streams.text import TextRules, cased, plain_name, plain_text, refine_text

PROSE = TextRules(kind="text")
NAME = TextRules(kind="name")
CODE = TextRules(kind="code")
_WORDS = [
    "Lò",
    "Thị",
    "Chiềng",
    "Ơn",
    "Đặng",
    "H’Mông",
    "à",
    "ê",
    "Ô",
    "S¬n",
    "eà",
    "  ",
    " ",
    "\u00a0",
    "a\u0301",
    "P.",
    "xã",
]


@pytest.mark.parametrize(
    ("sent", "rules", "code"),
    [
        ("Lò\x00Mẩu", NAME, "text.nul"),
        ("abc\ufffd", PROSE, "text.encoding"),
        ("abc\ud800", PROSE, "text.encoding"),  # noqa: PT014  not U+FFFD
        ("PhÆ°á»ng", PROSE, "text.encoding"),
        ("S¬n La", PROSE, "text.legacy_suspect"),
        ("Chieàng", NAME, "text.legacy_suspect"),
        ("abc\u202edef", PROSE, "text.bidi"),
        ("a\x07b", PROSE, "text.control"),
        ("a\nb", NAME, "text.control"),
        ("a\tb", CODE, "text.control"),
        ("a\u0324\u0325\u0326\u0329", PROSE, "text.control"),
        ("Lò Thị \u0410n", NAME, "text.homoglyph"),
        ("µg", CODE, "text.homoglyph"),
        ("Ａn", NAME, "text.homoglyph"),
    ],
)
def test_a_text_that_no_rule_may_repair_is_refused(sent: str, rules: TextRules, code: str) -> None:
    assert list(refine_text(sent, rules).codes) == [code]


@pytest.mark.parametrize(
    ("sent", "rules", "meant", "flag"),
    [
        ("Ðỗ Văn", NAME, "Đỗ Văn", "ETH_FIXED"),
        ("Phu\u031bo\u031b\u0300ng", PROSE, "Phường", "NFC"),
        ("\ufeffLò\u200b", NAME, "Lò", "INVISIBLE_REMOVED"),
        ("  Lò   Thị ", NAME, "Lò Thị", "TRIMMED"),
        ("Lò\u00a0Thị", NAME, "Lò Thị", "TRIMMED"),
        ("a\r\nb", PROSE, "a\nb", "TRIMMED"),
        ("H'Mông", NAME, "H’Mông", "APOSTROPHE"),
        ("０１４", CODE, "014", "FULLWIDTH"),
        (
            tcvn3("Chiềng Lề"),
            TextRules(kind="text", encoding="tcvn3"),
            "Chiềng Lề",
            "ENCODING_CONVERTED",
        ),
    ],
)
def test_each_silent_repair_leaves_its_flag(
    sent: str, rules: TextRules, meant: str, flag: str
) -> None:
    assert refine_text(sent, rules) == (meant, (), (flag,)) or refine_text(sent, rules) == (
        meant,
        (),
        [flag],
    )


def test_every_fault_of_a_text_is_named() -> None:
    limited = TextRules(kind="name", max_length=3)
    found = refine_text("a\x00\u202e\x07\u0410", limited).codes
    assert set(found) == {
        "text.nul",
        "text.bidi",
        "text.control",
        "text.homoglyph",
        "text.too_long",
    }


def test_length_is_counted_in_composed_code_points_and_nothing_is_cut() -> None:
    assert refine_text("o\u0302\u0300" * 5, TextRules(kind="text", max_length=5)).codes == ()
    assert refine_text("abcdef", TextRules(kind="text", max_length=5)) == (
        "abcdef",
        ("text.too_long",),
        (),
    )


def test_unicode_in_a_legacy_column_is_refused_and_not_converted() -> None:
    found = refine_text("Chiềng Lề", TextRules(kind="text", encoding="tcvn3"))
    assert found.text == "Chiềng Lề"
    assert list(found.codes) == ["text.legacy_suspect"]


def test_a_byte_without_meaning_in_the_legacy_table_is_refused() -> None:
    assert decode_legacy("€", "tcvn3") is None
    assert decode_legacy("日", "tcvn3") is None
    assert list(refine_text("x€", TextRules(kind="text", encoding="tcvn3")).codes) == [
        "text.encoding"
    ]


def test_every_letter_of_tcvn3_goes_there_and_back() -> None:
    letters = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    assert decode_legacy(tcvn3(letters), "tcvn3") == letters


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("LÒ THỊ ÊNG", "Lò Thị Êng"),
        ("lò thị êng", "Lò Thị Êng"),
        ("H’HEN NIÊ", "H’Hen Niê"),
        ("NGUYỄN-VĂN A", "Nguyễn-Văn A"),
        ("Lò THỊ Êng", "Lò THỊ Êng"),
        ("Y", "Y"),
    ],
)
def test_only_names_of_one_case_are_cased(sent: str, meant: str) -> None:
    assert cased(sent) == meant


def test_formulas_and_markup_are_plain_text() -> None:
    for text in ('=HYPERLINK("x")', "<script>", "${x}", "'; drop table"):
        assert refine_text(text, PROSE) == (text, (), ())


@given(st.lists(st.sampled_from(_WORDS), max_size=6).map("".join) | st.text(max_size=12))
def test_what_looks_plain_is_what_the_rules_leave_alone(text: str) -> None:
    padded = f" {text}"  # the space takes the long way round
    for rules, plain in ((PROSE, plain_text), (NAME, plain_name)):
        if plain(text) and "  " not in text and text:
            found = refine_text(padded, rules)
            assert (found.text, tuple(found.codes)) == (text, ())


@given(st.lists(st.sampled_from(_WORDS), max_size=6).map("".join))
def test_a_refined_text_is_refined_to_itself(text: str) -> None:
    for rules in (PROSE, NAME, CODE):
        once = refine_text(text, rules)
        if not once.codes:
            assert refine_text(once.text, rules).text == once.text


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("H'Mông", "hmong"),
        ("Khơ-mú", "khơ mu"),
        ("  ĐẮK  LẮK ", "dak lak"),
        ("P. Tô Hiệu", "p to hieu"),
    ],
)
def test_fold_keeps_ascii_letters_and_digits_only(sent: str, key: str) -> None:
    assert fold(sent) == key.replace("ơ", "o")


def test_a_leading_kind_word_is_no_part_of_the_core() -> None:
    assert fold_place("P. Chiềng Lề") == fold_place("Phường Chiềng Lề")
    assert fold_place("X. Mường La") == "xa muong la"
    assert core("thi tran hat lot") == core("xa hat lot") == "hat lot"
    assert core("xam") == "xam"
