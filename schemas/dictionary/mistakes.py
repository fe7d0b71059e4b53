"""What goes wrong with a field, in the very sentences an officer will read (reasons.csv)."""

from typing import NamedTuple

from schemas.contract import Field
from schemas.dictionary.forms import form_of, limits_of
from schemas.reasons import REASONS

SHOWN = 3
"""As many as an officer reads; the rest is common to all fields."""

_FAMILIES = ("id.", "code.", "date.", "number.", "field.", "type.", "phone.", "geo.", "rule.")
"""Families of reasons, the likeliest first; those of text are told once for all fields."""

_SAID = {
    "rule.date_order": "việc xảy ra trước phải có ngày trước",
    "rule.count_order": "phần không được lớn hơn tổng",
    "rule.unit_mismatch": "đơn vị thuộc đúng loại",
    "rule.all_or_nothing": "của cùng một nhóm",
    "id.mst_shape": "",
}
_PLACES = frozenset({"commune", "commune_name", "province", "district"})


class Mistake(NamedTuple):
    """One reason, its sentence, and whether the row is refused or only marked."""

    code: str
    sentence: str
    refused: bool


def mistakes_of(item: Field) -> list[Mistake]:
    """Return what goes wrong with *item* most: up to `SHOWN`, the likeliest first."""
    codes = [code for family in _FAMILIES for code in item.rules if code.startswith(family)]
    long = [code for code in item.rules if code == "text.too_long"]
    return [_mistake(item, code) for code in (*codes, *long)[:SHOWN]]


def common_mistakes(fields: tuple[Field, ...]) -> list[Mistake]:
    """Return what can go wrong with any text, each reason once."""
    codes = {code: None for item in fields for code in item.rules if code.startswith("text.")}
    codes.pop("text.too_long", None)
    return [_sentence(code, field="Trường") for code in codes]


def _mistake(item: Field, code: str) -> Mistake:
    return _sentence(code, field=item.title, expected=_expected(item, code))


def _sentence(code: str, *, field: str, expected: str | None = None) -> Mistake:
    reason = REASONS[code]
    said = reason.sentence(field=field, value="…", expected=expected)
    return Mistake(code, said, reason.severity == "reject")


def _expected(item: Field, code: str) -> str | None:
    if code in _SAID:
        own = ", hoặc 12 số của cá nhân" if item.kind == "mst_or_person" else ""
        return own if code == "id.mst_shape" else _SAID[code]
    if code == "text.too_long":
        return str(item.max_length)
    if code in {"date.range", "number.range"}:
        return limits_of(item) or "giá trị vừa với kiểu dữ liệu"
    if code == "field.missing_conditional":
        return item.condition_words
    if code.startswith("code."):
        return "đơn vị hành chính" if item.kind in _PLACES else f"“{item.title}”"
    form = form_of(item)
    return form.words + (f", ví dụ {form.example}" if form.example else "")
