"""What a sentence to an officer says was expected; never drawn from a value that was sent."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from schemas.contract import Field

_BY_TYPE = {
    "string": "văn bản, không phải kiểu số",
    "code": "mã hoặc tên trong danh mục",
    "integer": "số nguyên",
    "decimal": "số",
    "boolean": "có hoặc không",
    "date": "ngày",
    "partial_date": "ngày, tháng/năm hoặc năm",
    "timestamp": "ngày và giờ",
}
_BY_KIND = {
    "time": "giờ dạng HH:MM, ví dụ 07:30",
    "school_year": "năm học dạng 2026-2027",
    "boolean": "có hoặc không",
}
_FORMS = {
    "iso": "năm-tháng-ngày, ví dụ 2026-03-05",
    "dmy": "ngày/tháng/năm, ví dụ 05/03/2026",
    "my": "tháng/năm, ví dụ 03/2026",
    "y": "năm, ví dụ 2026",
    "ymd8": "yyyymmdd, ví dụ 20260305",
    "ymd8z": "yyyymmdd, phần chưa rõ ghi 00",
    "ym6": "yyyymm, ví dụ 202603",
    "excel_serial": "ô ngày của Excel",
    "ymdhm12": "yyyymmddHHMM, ví dụ 202603050715",
    "iso_offset": "ngày giờ có múi giờ, ví dụ 2026-03-05T07:15:00+07:00",
}
_LOCALES = {"plain": "1234.5", "vi": "1.234,5"}
_WHOLE = {"plain": "1234", "vi": "1.234"}
_MOVING = {"today": "hôm nay", "now": "lúc ghi nhận"}
_LISTS = {
    "boolean": "có/không",
    "card_status": "tình trạng thẻ",
    "case_status": "trạng thái hồ sơ",
    "country": "quốc gia",
    "enterprise_status": "tình trạng hoạt động",
    "enterprise_type": "loại hình doanh nghiệp",
    "ethnic_group": "dân tộc",
    "gender": "giới tính",
    "identity_paper": "loại giấy tờ",
    "insurance_group": "nhóm đối tượng bảo hiểm y tế",
    "judicial_record_kind": "loại phiếu lý lịch tư pháp",
    "land_owner_kind": "loại chủ sử dụng đất",
    "land_term": "thời hạn sử dụng đất",
    "land_use": "loại đất",
    "licence_status": "trạng thái giấy phép",
    "marriage_record_status": "tình trạng hôn nhân",
    "monitor_flag": "cờ chất lượng số liệu",
    "monitor_parameter": "thông số quan trắc",
    "ocop_group": "nhóm sản phẩm OCOP",
    "ocop_owner_kind": "loại chủ thể OCOP",
    "ocop_status": "trạng thái công nhận OCOP",
    "parcel_status": "trạng thái thửa đất",
    "personal_id_status": "tình trạng cấp số định danh",
    "practice_kind": "loại hành nghề",
    "practice_status": "trạng thái hành nghề",
    "register_type": "loại sổ hộ tịch",
    "registration_kind": "loại đăng ký hộ tịch",
    "school_level": "cấp học",
    "school_type": "loại hình trường",
    "transport_badge": "loại phù hiệu",
    "transport_kind": "loại hình vận tải",
    "transport_owner_kind": "loại đơn vị vận tải",
    "unit": "đơn vị tính",
    "vsic_division": "ngành kinh tế (VSIC)",
}
_LEVELS = {"commune": "xã", "district": "huyện", "province": "tỉnh"}
CCCD_YEAR = "năm sinh thể hiện trong số này không được sau năm xảy ra sự kiện"
COMMUNE_LISTS = "đơn vị hành chính trước và từ 01/7/2025"
ETHNIC_LISTS = "dân tộc năm 1979 và của Tổng cục Thống kê"
GROUPS = {"cha": "về người cha"}
"""Name of a group of fields that stand or fall together (rules.csv, rule.all_or_nothing)."""


def of_type(item: Field) -> str:
    """Say what type *item* has."""
    return _BY_KIND.get(item.kind, _BY_TYPE.get(item.type, "giá trị theo hợp đồng dữ liệu"))


def of_dates(formats: Iterable[str]) -> str:
    """Say how a date may be written."""
    return " hoặc ".join(_FORMS[name] for name in formats) or _FORMS["iso"]


def of_number(item: Field) -> str:
    """Show a number as the locale of *item* writes it, whole where *item* takes no other."""
    shown = _WHOLE if item.type == "integer" else _LOCALES
    return shown[item.options.locale]


def of_list(code_list: str | None) -> str:
    """Name a code list."""
    level = _LEVELS.get((code_list or "").partition("_")[0])
    if level:
        return f"đơn vị hành chính cấp {level}"
    return _LISTS.get(code_list or "", (code_list or "").replace("_", " "))


def of_days(item: Field) -> str:
    """Say which days *item* takes."""
    return (
        " ".join(filter(None, (_bound("từ", item.minimum), _bound("đến", item.maximum))))
        or "ngày có thật"
    )


def of_range(item: Field) -> str:
    """Say which numbers *item* takes."""
    return _range(item.minimum, item.maximum, item.scale, item.options.locale)


@lru_cache(maxsize=256)
def _range(low: str | None, high: str | None, scale: int | None, locale: str) -> str:
    said = [_bound("từ", _figure(low, locale)), _bound("đến", _figure(high, locale))]
    if scale is not None:
        said.append(f"(không quá {scale} chữ số thập phân)")
    return " ".join(filter(None, said)) or "giá trị vừa với kiểu dữ liệu"


def _figure(bound: str | None, locale: str) -> str | None:
    """Write *bound* as the column it limits writes its numbers."""
    if locale != "vi" or bound is None:
        return bound
    return f"{Decimal(bound):,f}".translate(str.maketrans(",.", ".,"))


def _bound(word: str, bound: str | None) -> str:
    if bound in _MOVING:
        return f"{word} {_MOVING[bound]}"
    parts = (bound or "")[:10].split("-")
    said = "/".join(reversed(parts)) if len(parts) == len(("y", "m", "d")) else bound
    return f"{word} {said}" if said else ""
