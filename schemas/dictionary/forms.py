"""How an officer writes each field: meaning, form and example, from its kind and its options."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from schemas.contract import Field

_DATES = {
    "iso": ("năm-tháng-ngày", "2026-03-05"),
    "dmy": ("ngày/tháng/năm", "05/03/2026"),
    "my": ("tháng/năm", "03/2026"),
    "y": ("năm", "2026"),
    "ymd8": ("năm, tháng, ngày viết liền 8 chữ số", "20260305"),
    "ymd8z": ("viết liền 8 chữ số, phần chưa rõ ghi 00", "20260300"),
    "ym6": ("năm và tháng viết liền 6 chữ số", "202603"),
    "excel_serial": ("ô kiểu ngày của Excel", "05/03/2026"),
    "ymdhm12": ("năm, tháng, ngày, giờ, phút viết liền 12 chữ số", "202603050715"),
    "iso_offset": ("ngày giờ có múi giờ", "2026-03-05T07:15:00+07:00"),
}
_TYPED = {
    "date": ("ngày, trong cột kiểu ngày", "05/03/2026"),
    "timestamp": ("ngày và giờ, trong cột kiểu ngày giờ", "05/03/2026 07:15"),
}
_LOCALES = {"plain": "1234.5", "vi": "1.234,5"}
_MOVING = {"today": "hôm nay", "now": "lúc ghi nhận"}


class Form(NamedTuple):
    """What a field is and how it is written, in Vietnamese."""

    meaning: str
    words: str
    example: str


def form_of(item: Field) -> Form:
    """Return the form of *item*."""
    plain = _kinds()[item.kind]
    if item.kind in {"date", "partial_date", "timestamp"}:
        words, example = _dated(item)
        return Form(plain.meaning, words, example)
    if item.kind == "decimal":
        how = "dấu phẩy thập phân" if item.options.locale == "vi" else "dấu chấm thập phân"
        return Form(plain.meaning, f"{plain.words}, {how}", _LOCALES[item.options.locale])
    return plain


def limits_of(item: Field) -> str:
    """Say which values are in range and how long a text may be; empty where nothing limits."""
    said = [
        f"từ {_bound(item.minimum)}" if item.minimum else "",
        f"đến {_bound(item.maximum)}" if item.maximum else "",
    ]
    range_ = " ".join(filter(None, said))
    length = f"không quá {item.max_length} ký tự" if item.max_length else ""
    return "; ".join(filter(None, (range_, length)))


def _dated(item: Field) -> tuple[str, str]:
    formats = item.options.date_formats
    if not formats:
        return _TYPED.get(item.kind, _DATES["iso"])
    words, examples = zip(*(_DATES[name] for name in formats), strict=True)
    return " hoặc ".join(words), " · ".join(examples)


def _bound(bound: str) -> str:
    parts = bound[:10].split("-")
    is_day = len(parts) == len(("year", "month", "day")) and bound[:4].isdigit()
    return "/".join(reversed(parts)) if is_day else _MOVING.get(bound, bound)


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, Form]:
    with Path(__file__).with_name("kinds.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["kind"]: Form(row["meaning"], row["form"], row["example"])
            for row in csv.DictReader(lines)
        }
