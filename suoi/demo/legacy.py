"""TCVN3, the old way to type Vietnamese: what an OCOP clerk's keyboard still writes.

The letters are those of TCVN 5712:1993 VN3, which has accented capitals for Ă Â Đ Ê Ô Ơ Ư only.
"""

_PLAIN = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_TYPED = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"  # noqa: RUF001
_TABLE = str.maketrans(_PLAIN, _TYPED)
_LATIN_1 = 0x80


def tcvn3(text: str) -> str:
    """Type *text* in TCVN3: the characters its bytes show as in a latin1 column.

    Raises:
        ValueError: TCVN3 has no such letter (an accented capital like Ấ).
    """
    lost = [letter for letter in text if ord(letter) >= _LATIN_1 and letter not in _PLAIN]
    if lost:
        message = f"TCVN3 cannot write {lost[0]!r}; choose a text without it."
        raise ValueError(message)
    return text.translate(_TABLE)


def mojibake(text: str) -> str:
    """Spoil *text* for good: its UTF-8 read as windows-1252, as a careless import does."""
    return text.encode().decode("cp1252", errors="replace")
