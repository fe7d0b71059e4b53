"""Whole records of the four registers, and their judges, for the tests of the judge."""

from typing import Any

from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.contract import Field
from streams.compiler import Validator, compile_dataset
from streams.days import days, instant
from streams.judgement import Judgement
from streams.legacy import TABLES
from support.contracts import a_dataset
from support.more_rows import MORE

CODES = read_codes(("099",))
"""The product's lists; 099 is the invented place of test people (DOMAIN.md 3)."""
CATALOGUE = read_catalogue()
NOW = instant("2026-03-11T03:00:00Z")
_VALIDATORS: dict[str, Validator] = {}


def judged(*fields: Field, row: dict[str, Any], source_ts: int = NOW) -> Judgement:
    """Judge *row* by a contract of *fields*."""
    return compile_dataset(a_dataset(*fields), CODES).judge(row, source_ts)


def judge_one(item: Field, raw: object) -> Judgement:
    """Judge *raw* as the one value of a record."""
    return judged(item, row={"f": raw})


def codes_of(judgement: Judgement) -> list[str]:
    """The reason codes of *judgement*, in its order."""
    return [problem.code for problem in judgement.problems]


def validator_of(dataset: str) -> Validator:
    """The compiled judge of one of the product's datasets, made once."""
    if dataset not in _VALIDATORS:
        _VALIDATORS[dataset] = compile_dataset(CATALOGUE[dataset], CODES)
    return _VALIDATORS[dataset]


def judge_row(dataset: str, **changes: Any) -> Judgement:  # noqa: ANN401
    """Judge the clean record of *dataset* with *changes*; a column set to ... is left out."""
    row = {name: value for name, value in (CLEAN[dataset] | changes).items() if value is not ...}
    return validator_of(dataset).judge(row, NOW)


def values_of(dataset: str, judgement: Judgement) -> dict[str, Any]:
    """The canonical values of *judgement* by column."""
    names = [column.name for column in CATALOGUE[dataset].columns]
    return dict(zip(names, judgement.values, strict=True))


def tcvn3(text: str) -> str:
    """*text* as an ABC font's bytes look when read as windows-1252."""
    return text.translate({ord(meant): chr(shown) for shown, meant in TABLES["tcvn3"].items()})


CLEAN: dict[str, dict[str, Any]] = {
    "tp_khai_sinh": {
        "id": 17,
        "so_ks": "386/2026",
        "ngay_dk": days("2026-03-05"),
        "loai": "DH",
        "ma_xa": "03646",
        "ma_he": "2025",
        "ten_xa": "Phường Tô Hiệu",
        "tt_dd": "C",
        "sddcn": "099226000123",
        "ho": "Lò",
        "dem": "Thị",
        "ten": "Ban",
        "ngaysinh": days("2026-02-20"),
        "gt": "Nam",
        "dan_toc": "03",
        "qt": "Việt Nam",
        "ns_ma_xa": "03646",
        "ns_ma_he": "2025",
        "noi_sinh": "Bệnh viện đa khoa tỉnh Sơn La",
        "que_quan": "Bản Nà Ngần, xã Chiềng Ơn, tỉnh Sơn La",
        "bo_roi": False,
        "me_hoten": "Quàng Thị Xuân",
        "me_ns": "12/05/1998",
        "me_dt": "03",
        "me_cutru": "Bản Nà Ngần, xã Chiềng Ơn, tỉnh Sơn La",
        "me_giayto": "099198000124",
        "cha_hoten": "Lò Văn Hùng",
        "cha_ns": "1995",
        "cha_dt": "06",
        "cha_giayto": "099095000125",
        "nyc_hoten": "Lò Văn Hùng",
        "nyc_giayto": "099095000125",
        "so_gcs": "GCS-12345",
        "sua_luc": instant("2026-03-11T08:00:00Z"),
    },
    "tp_ket_hon": {
        "ma_xa": "03646",
        "nam": 2026,
        "so_tt": 12,
        "ten_xa": "Phường Tô Hiệu",
        "ngay_dang_ky": "05/03/2026",
        "yeu_to_nn": "không",
        "tinh_trang": "Có hiệu lực",
        "so_ban_an": None,
        "ngay_ban_an": None,
        "chong_ho_ten": "LÒ VĂN HÙNG",
        "chong_ns": "12/05/1998",
        "chong_dt": "Thái",
        "chong_qt": "Việt Nam",
        "chong_cu_tru": "Bản Nà Ngần",
        "chong_loai_gt": "CCCD",
        "chong_so_gt": "099098000124",
        "chong_lan": 1,
        "vo_ho_ten": "QUÀNG THỊ XUÂN",
        "vo_ns": "1999",
        "vo_dt": "H'Mông",
        "vo_qt": "VN",
        "vo_cu_tru": "Bản Nà Ngần",
        "vo_loai_gt": "Hộ chiếu",
        "vo_so_gt": "c0000123",
        "vo_lan": 1,
        "cap_nhat": instant("2026-03-11T08:00:00Z"),
    },
    "tp_khai_tu": {
        "uuid": "6f1c",
        "so": "012/2026",
        "ngay_dang_ky": days("2026-03-05"),
        "loai_dk": 1,
        "xa": "03670",
        "ho_ten": "Lò Văn Hùng",
        "sddcn": None,
        "ngay_sinh": "1940",
        "gioi_tinh": 0,
        "dan_toc": 4,
        "quoc_tich": "VN",
        "thuong_tru": None,
        "loai_gt": None,
        "so_gt": None,
        "ngay_chet": "03/2026",
        "gio_chet": "7h30",
        "noi_chet": "Tại nhà",
        "nguyen_nhan": None,
        "so_gbt": None,
        "nyc_ho_ten": "Lò Văn Nam",
        "nyc_giay_to": "099095000125",
        "thoi_diem": instant("2026-03-11T08:00:00Z"),
    },
    "nnmt_ocop": {
        "id": 1,
        "ma_sp": "OCOP-14-0123",
        "ten_sp": "Mận hậu Mộc Châu",
        "chu_the": tcvn3("Hợp tác xã nông nghiệp Chiềng Lề"),
        "loai_ct": "HTX",
        "nguoi_dd": "Lò Văn Nam",
        "sdt": "0912 000 001",
        "nhom": 1,
        "sao": 4,
        "so_qd": "123/QĐ-UBND",
        "ngay_cn": days("2024-05-10"),
        "ngay_hh": days("2027-05-10"),
        "ma_xa": 3646,
        "ten_xa": "P. Chiềng Lề",
        "san_luong": "1.234,5",
        "dvt": "tấn",
        "truy_xuat": 1,
        "trang_thai": "còn hiệu lực",
        "cap_nhat": instant("2026-03-11T08:00:00Z"),
    },
}
"""A clean record of each register, as Debezium's JSON has it; the people are invented."""
CLEAN |= MORE
