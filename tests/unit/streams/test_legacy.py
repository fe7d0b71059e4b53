# ruff: noqa: RUF001  the look-alikes are what the tables are about
"""Text of before Unicode: every letter of every table, there and back, and what is refused.

`legacy_alphabet.csv` has the bytes of each letter from other sources than the product's tables:
glibc's TCVN5712-1, UniKey's VNI-WIN, the viscii of Perl's Encode, xvnkb's VPS (its capitals in
control positions from Wikipedia), Python's cp1258 with each tone after its letter.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.odcs.words import ENCODINGS
from streams.legacy import DECODERS, TABLES, decode_legacy
from streams.legacy.shown import SHOWN
from streams.legacy.vni import LETTERS
from streams.text import Refined, TextRules, refine_text

_FILE = Path(__file__).parents[2] / "data" / "legacy_alphabet.csv"
with _FILE.open(encoding="utf-8") as _rows:
    ALPHABET = {row.pop("letter"): row for row in csv.DictReader(_rows)}
LEGACY = tuple(DECODERS)
_SENTENCES = (
    "Hợp tác xã nông nghiệp Chiềng Lề, bản Nà Ngần",
    "Phường Tô Hiệu - tỉnh Sơn La",
    "đường Hoàng Quốc Việt; số 12/3 (tầng 2), 50% + 7 = 57",
    "kỹ thuật nuôi cá lồng ở lòng hồ, mỡ màng, quỵ lụy, ngoằn ngoèo",
)
_CAPITALS = "NGUYỄN THỊ ÁNH, ẤP ẴM Ở ỸA, Ỵ Ỷ Ỳ"


def typed(text: str, encoding: str) -> str:
    """*text* as its bytes in *encoding* look when read as windows-1252."""
    return "".join(
        "".join(SHOWN[byte] for byte in bytes.fromhex(ALPHABET[letter][encoding]))
        if letter in ALPHABET
        else letter
        for letter in text
    )


def _prose(text: str, encoding: str) -> Refined:
    return refine_text(text, TextRules(kind="text", encoding=encoding))


def test_a_contract_may_name_just_the_encodings_that_can_be_read() -> None:
    assert set(ENCODINGS) == {"utf-8", *LEGACY}


def test_the_alphabet_is_whole() -> None:
    vowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
    accented = {letter for letter in vowels + vowels.upper() if not letter.isascii()}
    assert ALPHABET.keys() == accented
    assert len(accented) == 134


@pytest.mark.parametrize("encoding", LEGACY)
def test_every_letter_of_the_alphabet_goes_there_and_back(encoding: str) -> None:
    written = {letter: typed(letter, encoding) for letter, of in ALPHABET.items() if of[encoding]}
    assert len(written) == (74 if encoding == "tcvn3" else 134)
    assert len(set(written.values())) == len(written)
    for letter, shown in written.items():
        found = _prose(f"x{shown}x", encoding)
        assert (found.text, tuple(found.codes)) == (f"x{letter}x", ())
        assert ("ENCODING_CONVERTED" in found.flags) == (shown != letter)


@pytest.mark.parametrize("encoding", LEGACY)
def test_sentences_are_read_as_they_were_typed(encoding: str) -> None:
    capitals = () if encoding == "tcvn3" else (_CAPITALS, *map(str.upper, _SENTENCES))
    for sentence in (*_SENTENCES, *capitals):
        assert _prose(typed(sentence, encoding), encoding)[:2] == (sentence, ())


@pytest.mark.parametrize("encoding", LEGACY)
def test_what_already_is_unicode_is_refused_and_not_converted_twice(encoding: str) -> None:
    for sentence in (*_SENTENCES, "ơ", "Ư", "đ"):
        found = _prose(sentence, encoding)
        assert found.text == sentence
        assert "text.legacy_suspect" in found.codes
    # ă ĩ ũ tell nothing by the rule, but no byte of windows-1252 shows them.
    assert list(_prose("Hà Văn Chũm", encoding).codes) == ["text.encoding"]


@pytest.mark.parametrize("encoding", LEGACY)
@pytest.mark.parametrize("foreign", ["日", "Ж", "\ud800", "\u0301", "\u0080", "😀"])
def test_what_no_byte_shows_is_refused(encoding: str, foreign: str) -> None:
    assert decode_legacy(f"a{foreign}", encoding) is None
    assert "text.encoding" in _prose(f"a{foreign}", encoding).codes


@pytest.mark.parametrize(
    ("encoding", "meaningless"),
    [
        ("tcvn3", "\u0081€‚“”…–ŸŒ°±²³´ÀÁÂÃÄÅÍÙÚÛàðÿ"),
        ("viscii", ""),
        ("vps", ""),
        ("windows-1258", "\u0081\u008d\u008f\u0090\u009dŠŽšž"),
        ("vni", "\u0081\u008d\u008f\u0090\u009d¡¨©®µ¸ÐðÝýÞþ×÷ßÿçÙøÛõÏâá"),
    ],
)
def test_a_byte_without_meaning_is_refused(encoding: str, meaningless: str) -> None:
    for character in meaningless:
        assert decode_legacy(f"- {character} -", encoding) is None, character
        assert "text.encoding" in _prose(f"- {character} -", encoding).codes


@pytest.mark.parametrize("encoding", LEGACY)
def test_ascii_means_itself_but_for_capitals_in_control_positions(encoding: str) -> None:
    moved = {"viscii": 6, "vps": 14}.get(encoding, 0)
    changed = [chr(n) for n in range(128) if decode_legacy(chr(n), encoding) != chr(n)]
    assert len(changed) == moved
    for letter, control in zip("ẲẴẪỶỸỴ", "\x02\x05\x06\x14\x19\x1e", strict=True):
        if encoding == "viscii":  # not text.control: it is a letter
            assert _prose(f"B{control}", encoding) == (f"B{letter}", (), ["ENCODING_CONVERTED"])
    assert "text.control" in _prose("a\x07", encoding).codes
    assert "text.nul" in _prose("a\x00b", encoding).codes


def test_windows_1258_is_python_s_and_takes_a_letter_in_either_spelling() -> None:
    table = TABLES["windows-1258"]
    known = {n: bytes([n]).decode("cp1258", "ignore") for n in range(256)}
    assert {ord(SHOWN[n]): meant for n, meant in known.items() if meant} == table
    assert _prose("á \u0061\u00ec é", "windows-1258") == (
        "á á é",
        (),
        ("ENCODING_CONVERTED", "NFC"),
    )


def test_vni_takes_a_mark_only_after_its_vowel_and_of_its_case() -> None:
    assert len(LETTERS) == 134
    assert _prose("Chieàng Leà, NGUYEÃN THÒ AÙNH, oâ oåi", "vni").text == (
        "Chiềng Lề, NGUYỄN THỊ ÁNH, ô ổi"
    )
    for text in ("bù", "ù", "Aù", "aÙ", "aùù", "iù", "yï", "uâ", "eê"):
        assert decode_legacy(text, "vni") is None, text


def test_typographic_marks_of_vni_are_those_of_windows() -> None:
    assert decode_legacy("“Baûn” – ‘moät’…\u00a0", "vni") == "“Bản” – ‘một’…\u00a0"


@given(
    encoding=st.sampled_from(LEGACY),
    text=st.text(st.sampled_from([*ALPHABET, *"abc xyz ĐĂ,.-019"]), max_size=20),
)
def test_any_text_of_the_alphabet_goes_there_and_back(encoding: str, text: str) -> None:
    if all(ALPHABET[c][encoding] for c in text if c in ALPHABET):
        plain = " ".join(text.split(" ")).strip()
        found = _prose(typed(plain, encoding), encoding)
        assert found.text == " ".join(plain.split())
        assert not found.codes


@given(encoding=st.sampled_from(LEGACY), text=st.text(st.sampled_from(SHOWN), max_size=12))
def test_no_bytes_of_any_table_escape_as_an_error(encoding: str, text: str) -> None:
    found = _prose(text, encoding)
    if not found.codes:
        assert refine_text(found.text, TextRules(kind="text")).text == found.text
