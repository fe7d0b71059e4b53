"""The rules of nnmt_ocop as a pydantic v2 model with validators: what one would write without us.

It is given our own primitives (text rules, code tables, places, days), so it pays for none of them
twice; what differs is the machine around them. It keeps no flags and no originals, which ours does.
A problem is a PydanticCustomError whose type is the reason code.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, NoReturn

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bench.records import catalogue, codes
from schemas.records import Row
from streams.communes import Place, read_communes
from streams.days import REFORM_DAY, ZONE_US, day_of_instant, days, instant
from streams.identifiers import phone
from streams.lookups import code_table
from streams.numbers import Limits, convert, decimal_text, fit, parse_number, units
from streams.plan import placeholders, wire_of
from streams.rules import RULES
from streams.text import TextRules, cased, refine_text

_CODES = codes()
_FIELDS = {item.columns[0]: item for item in catalogue()["nnmt_ocop"].fields}
_NOTHING = placeholders(_FIELDS["ten_sp"], _CODES)
_COMMUNES = read_communes(_CODES, "14")
_UNITS = units(_CODES.rows("codes/unit"))
_FIRST, _LAST = days("2018-01-01"), days("2099-12-31")
_FIRST_MICROS = instant("2000-01-01T00:00:00Z")
_LIMITS = Limits(14, 3, Decimal(0), Decimal(99_999_999_999))
_MARK = "|"
_TERM_BROKEN = lru_cache(4096)(next(r.broken for r in RULES if r.reason == "rule.ocop_term"))


def _refuse(*reasons: str) -> NoReturn:
    raise PydanticCustomError(_MARK.join(reasons), "refused")  # type: ignore[arg-type]


def _text(column: str) -> Callable[[Any], str | None]:
    item = _FIELDS[column]
    measured = item.max_length if "text.too_long" in item.rules and item.kind != "phone" else None
    rules = TextRules(kind=item.kind, encoding=item.options.encoding, max_length=measured)
    needed, name = item.requirement == "M", item.kind == "name"

    def read(raw: Any) -> str | None:  # noqa: ANN401
        if raw is not None and type(raw) is not str:
            _refuse("type.invalid")
        text, reasons, _ = refine_text(raw, rules) if raw is not None else ("", (), ())
        if reasons:
            _refuse(*reasons)
        if not text or text.casefold() in _NOTHING:
            if needed:
                _refuse("field.missing")
            return None
        return cased(text) if name else text

    return read


def _code(column: str) -> Callable[[Any], str | None]:
    item = _FIELDS[column]
    table = code_table(_CODES, item.code_list or "", item.options.code_system or "canonical")
    known = {text: found.code for text in table.spellings if (found := table.find(text)).code}
    text_of = _text(column)

    def read(raw: Any) -> str | None:  # noqa: ANN401
        if type(raw) is int and wire_of(item.source_type) == "integer":
            raw = str(raw)
        if type(raw) is str and raw in known:
            return known[raw]
        text = text_of(raw)
        code = text and table.find(text).code
        if text and code is None:
            _refuse("code.unknown")
        return code

    return read


def _phone(raw: Any) -> str | None:  # noqa: ANN401
    text = _text_of_phone(raw)
    return phone(text).text if text else None


_text_of_phone = _text("sdt")


def _amount(raw: Any) -> str | None:  # noqa: ANN401
    text = _text_of_amount(raw)
    if text is None:
        return None
    number = parse_number(text, "vi")
    number = number if number.code else fit(number.value, _LIMITS)
    if number.code:
        _refuse(number.code)
    return decimal_text(number.value)


_text_of_amount = _text("san_luong")


def _yes(raw: Any) -> bool:  # noqa: ANN401
    if raw is None:
        _refuse("field.missing")
    if type(raw) is not int or raw not in {0, 1}:
        _refuse("type.invalid")
    return raw == 1


def _day(raw: Any) -> int:  # noqa: ANN401
    if raw is None or raw in {"0000-00-00", "0000-00-00 00:00:00"}:
        _refuse("field.missing")
    if type(raw) is not int:
        _refuse("type.invalid")
    return raw


def _moment(raw: Any, info: ValidationInfo) -> int:  # noqa: ANN401
    if raw is None:
        _refuse("field.missing")
    if type(raw) is not int:
        _refuse("type.invalid")
    micros = raw - ZONE_US
    if not _FIRST_MICROS <= micros <= info.context:
        _refuse("date.range")
    return micros


def _stars(raw: Any) -> int:  # noqa: ANN401
    if raw is None:
        _refuse("field.missing")
    return int(raw)


@lru_cache(maxsize=4096)
def _commune(raw: int, name: str | None, after: bool | None) -> tuple[str | None, ...]:  # noqa: FBT001
    told = refine_text(name, TextRules(kind="commune_name")).text if name else None
    told = None if told is None or told.casefold() in _NOTHING else told
    found = _COMMUNES.resolve(Place(str(raw).zfill(5), None, told, after))
    if found.reason and found.reason != "code.not_yet_valid":
        _refuse(found.reason)
    return found.code, found.original, found.system


class Product(BaseModel):
    """One OCOP product as the department's table has it."""

    model_config = ConfigDict(extra="ignore")

    ma_sp: Annotated[str, BeforeValidator(_text("ma_sp"))]
    ten_sp: Annotated[str, BeforeValidator(_text("ten_sp"))]
    chu_the: Annotated[str, BeforeValidator(_text("chu_the"))]
    loai_ct: Annotated[str, BeforeValidator(_code("loai_ct"))]
    nguoi_dd: Annotated[str | None, BeforeValidator(_text("nguoi_dd"))]
    sdt: Annotated[str | None, BeforeValidator(_phone)]
    nhom: Annotated[str, BeforeValidator(_code("nhom"))]
    sao: Annotated[int, BeforeValidator(_stars), Field(ge=3, le=5)]
    so_qd: Annotated[str, BeforeValidator(_text("so_qd"))]
    ngay_cn: Annotated[int, BeforeValidator(_day), Field(ge=_FIRST)]
    ngay_hh: Annotated[int, BeforeValidator(_day), Field(ge=_FIRST, le=_LAST)]
    ten_xa: str | None
    ma_xa: Any
    san_luong: Annotated[str | None, BeforeValidator(_amount)]
    dvt: Annotated[str | None, BeforeValidator(_code("dvt"))]
    truy_xuat: Annotated[bool, BeforeValidator(_yes)]
    trang_thai: Annotated[str, BeforeValidator(_code("trang_thai"))]
    cap_nhat: Annotated[int, BeforeValidator(_moment)]

    @field_validator("ngay_cn")
    @classmethod
    def not_in_the_future(cls, day: int, info: ValidationInfo) -> int:
        """Refuse a day after the commit."""
        if day > day_of_instant(info.context):
            _refuse("date.range")
        return day

    @field_validator("ma_xa", mode="before")
    @classmethod
    def commune(cls, raw: Any, info: ValidationInfo) -> tuple[str | None, ...]:  # noqa: ANN401
        """Resolve the commune by code, name and the day of the event."""
        if raw is None:
            _refuse("field.missing")
        if type(raw) is not int:
            _refuse("type.invalid")
        day = info.data.get("ngay_cn")
        return _commune(raw, info.data.get("ten_xa"), None if day is None else day >= REFORM_DAY)

    @model_validator(mode="after")
    def whole(self) -> "Product":
        """Convert the output to its canonical unit, and judge the fields together."""
        wrong = []
        if self.dvt is None:
            wrong += ["don_vi_san_luong:field.missing_conditional"] if self.san_luong else []
        else:
            unit = _UNITS[self.dvt]
            if unit.factor != 1 and self.san_luong is not None:
                fitted = fit(convert(Decimal(self.san_luong), unit), _LIMITS, rounds=True)
                self.san_luong = decimal_text(fitted.value)
            self.dvt = unit.canonical
            counted = self.dvt in {"kg", "l", "cai"}
            wrong += [] if counted else ["don_vi_san_luong:rule.unit_mismatch"]
        if self.ngay_hh < self.ngay_cn:
            wrong.append("ngay_het_han:rule.date_order")
        if _TERM_BROKEN(self.ngay_cn, self.ngay_hh):
            wrong.append("ngay_het_han:rule.ocop_term")
        if wrong:
            _refuse(*wrong)
        return self


def judge(row: Row, source_ts: int) -> Product | list[tuple[str, str]]:
    """Return the validated product, or its problems as (field, reason code), sorted."""
    try:
        return Product.model_validate(row, context=source_ts)
    except ValidationError as error:
        return sorted(_problems(error.errors(include_url=False, include_input=False)))


def _problems(errors: list[Any]) -> Iterator[tuple[str, str]]:
    for error in errors:
        for said in error["type"].split(_MARK):
            field, _, code = said.rpartition(":")
            item = _FIELDS.get(error["loc"][0]) if error["loc"] else None
            if code.endswith("_than_equal"):  # pydantic's own word for a number out of bounds
                code = "date.range" if item and item.kind == "date" else "number.range"
            yield field or (item.name if item else ""), code
