# ruff: noqa: RUF001  the look-alikes are what the rules are about
"""The families of bad text, each whole: T2 to T12 of DOMAIN.md 2."""

from unicodedata import category, normalize

import pytest

from streams.identifiers import raised
from streams.legacy.shown import SHOWN
from streams.text import TextRules, refine_text

KINDS = ("text", "name", "ident", "code", "commune_name", "cccd", "plate", "date")
_VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
LETTERS = [letter for letter in _VOWELS + _VOWELS.upper() if not letter.isascii()]
SPACES = [c for c in map(chr, range(0x80, 0x10000)) if category(c) == "Zs"]
UNSEEN = frozenset("ÀÂÃÈÉÊÌÒÓÔÕÙÚĂĨĩŨũƠƯàèéìí")
"""Letters whose UTF-8, read as windows-1252, T3 does not know; after a small letter T4 knows most.

Á Í Ý Đ hold a byte that windows-1252 leaves empty, so they are control characters.
"""


def _codes(text: str, kind: str = "text") -> list[str]:
    return list(refine_text(text, TextRules(kind=kind)).codes)


def _spoilt(text: str) -> str:
    """The UTF-8 of *text*, read as windows-1252."""
    return "".join(SHOWN[byte] for byte in text.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_nul_and_lone_surrogates_are_refused_wherever_they_stand(kind: str) -> None:
    for text in ("\0", "a\0b", "\0a", "a\0", " \0 "):
        assert "text.nul" in _codes(text, kind)
    for surrogate in ("\ud800", "\udbff", "\udc00", "\udfff", "\ufffd"):
        assert "text.encoding" in _codes(f"a{surrogate}b", kind)


def test_mojibake_of_a_letter_is_refused_but_for_those_the_rule_does_not_know() -> None:
    passed = {letter for letter in LETTERS if not _codes(_spoilt(letter))}
    assert passed == UNSEEN
    assert {letter for letter in LETTERS if _codes(_spoilt(letter)) == ["text.control"]} == set(
        "ÁÍÝĐ"
    )


def test_mojibake_after_a_small_letter_is_refused_but_for_seven_letters() -> None:
    passed = {letter for letter in LETTERS if not _codes(_spoilt(f"b{letter}"))}
    assert passed == set("ĂĨĩŨũƠƯ")


def test_mojibake_of_a_name_of_many_letters_is_refused() -> None:
    for name in ("Nguyễn Thị Hường", "Lò Văn Tượng", "Quàng Thị Xuân", "Phường Tô Hiệu"):
        assert "text.encoding" in _codes(_spoilt(name))


def test_every_letter_may_come_decomposed() -> None:
    for letter in LETTERS:
        for kind in ("text", "name", "commune_name"):
            found = refine_text(f"B{normalize('NFD', letter)}", TextRules(kind=kind))
            expected = () if letter in "đĐ" else ("NFC",)
            assert found == (f"B{letter}", (), expected), letter


def test_a_decomposed_letter_is_suspect_where_the_composed_one_is() -> None:
    for text in ("Chieàng", "bÀ", "TaÂy"):
        assert _codes(text) == _codes(normalize("NFD", text)) == ["text.legacy_suspect"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_seen_is_taken_out_and_told(kind: str) -> None:
    for unseen in "\ufeff\u200b\u200c\u200d\u2060\u00ad\u180e":
        found = refine_text(f"{unseen}1{unseen}{unseen}2", TextRules(kind=kind))
        assert found == ("12", (), ("INVISIBLE_REMOVED",))


@pytest.mark.parametrize("kind", KINDS)
def test_every_space_of_unicode_is_a_space(kind: str) -> None:
    for space in SPACES:
        found = refine_text(f"{space}1{space} {space}2{space}", TextRules(kind=kind))
        assert found[:2] == ("1 2", ())
        assert set(found.flags) - {"NFC"} == {"TRIMMED"}  # U+2000 and U+2001 are others' twins


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_that_turns_the_writing_is_refused(kind: str) -> None:
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    for control in turning:
        assert "text.bidi" in _codes(f"12{control}34", kind)
        assert "text.bidi" in _codes(f"{control}1234", kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_control_is_refused_but_for_the_blanks_a_kind_keeps(kind: str) -> None:
    kept = {"text": "\t\n\r", "plate": "\n"}.get(kind, "")
    for control in map(chr, (*range(1, 0x20), *range(0x7F, 0xA0))):
        expected = [] if control in kept else ["text.control"]
        assert _codes(f"1{control}2", kind) == expected, ascii(control)


def test_right_to_left_letters_are_data_in_prose_and_nowhere_else() -> None:
    for text in ("שלום", "سلام"):
        assert _codes(text) == []
        assert _codes(text, "name") == ["text.homoglyph"]


def test_look_alikes_of_other_scripts_are_refused_outside_prose() -> None:
    for letter in "АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧονаԁԛԝ":
        assert _codes(f"B{letter}n") == []
        for kind in ("name", "ident", "code", "commune_name", "cccd", "plate"):
            assert _codes(f"1{letter}1", kind) == ["text.homoglyph"], letter


def test_marks_may_be_heaped_three_high_and_no_higher() -> None:
    low, high = "b" + "\u0324\u0325\u0326", "b" + "\u0324\u0325\u0326\u0329"
    for kind in KINDS:
        assert _codes(low, kind) == []
        assert _codes(high, kind) == ["text.control"]
        assert _codes(f"{low}\u200b\u0329", kind) == ["text.control"]  # what parts them is unseen


@pytest.mark.parametrize("kind", ["ident", "code", "cccd", "plate", "commune_name", "date"])
def test_every_full_width_form_is_ascii_outside_prose(kind: str) -> None:
    for wide in map(chr, range(0xFF01, 0xFF5F)):
        found = refine_text(f"1{wide}1", TextRules(kind=kind))
        assert found == (f"1{normalize('NFKC', wide)}1", (), ("FULLWIDTH",))
    assert refine_text("１２", TextRules(kind="text")).text == "１２"


def test_every_apostrophe_between_letters_of_a_name_is_one() -> None:
    for mark in "'‘ʼ´`":
        for kind in ("name", "commune_name", "province", "district"):
            found = refine_text(f"Ea H{mark}leo", TextRules(kind=kind))
            assert found == ("Ea H’leo", (), ("APOSTROPHE",))
        assert refine_text(f"Ea H{mark}leo", TextRules(kind="text")).text == f"Ea H{mark}leo"
        assert refine_text(f"1{mark}2", TextRules(kind="commune_name")).text == f"1{mark}2"
    assert refine_text("Ea H＇leo", TextRules(kind="commune_name")).text == "Ea H’leo"


def test_a_letter_without_a_capital_of_its_own_stays() -> None:
    assert raised("c0000123đơ") == "C0000123ĐƠ"
    assert raised("aßŉẚ\u0345") == "Aßŉẚ\u0345"


def test_signs_beyond_the_first_plane_are_data_and_count_as_one() -> None:
    for text in ("😀", "👨\u200d👩", "𠀋", "🇻🇳", "e😀"):
        found = refine_text(text, TextRules(kind="text", max_length=2))
        assert found.codes == ()
        assert "\u200d" not in found.text
    assert _codes("Lò 😀", "name") == []
    assert _codes("Lò 𝐀", "name") == ["text.homoglyph"]  # a mathematical A is no Latin letter


def test_old_tables_in_a_unicode_column_are_suspect() -> None:
    for text in ("S¬n La", "ChiÒng LÒ", "Chieàng", "CHIEÀNG SINH"):
        assert _codes(text, "name") == ["text.legacy_suspect"], text
    # in prose capitals stay as they are, and the rule knows small letters alone
    assert _codes("CHIEÀNG SINH") == []


def test_no_letter_of_the_alphabet_is_suspect_after_any_other() -> None:
    vowels = [letter for letter in _VOWELS if letter != "đ"]
    spelt = {f"{first}{second}" for first in "ioquy" for second in vowels}
    for pair in sorted(spelt):
        for text in (f"th{pair}n", f"TH{pair.upper()}N", f"Th{pair}"):
            for kind in ("text", "name"):
                assert _codes(text, kind) == [], text


@pytest.mark.parametrize("kind", KINDS)
def test_a_book_in_one_field_is_read_in_bounded_time_and_refused_where_measured(kind: str) -> None:
    for part in ("a", " ", "é", "e\u0301", "\u200b", "'", "S¬n ", "\u0301"):
        found = refine_text(part * 20_000, TextRules(kind=kind, max_length=100))
        assert found.codes or len(found.text) <= 100
