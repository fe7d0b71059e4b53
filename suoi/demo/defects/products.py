"""Defects of the book of OCOP products."""

from datetime import date

from suoi.demo.defects.kind import lookalike, of, puts
from suoi.demo.legacy import tcvn3

PRODUCTS = "nnmt_ocop"

_PRODUCTS = {
    "zero date": (
        "field.missing",
        "ngay_cong_nhan",
        puts(ngay_cn="0000-00-00", ma_xa=3664, ten_xa="Phường Chiềng An"),
    ),
    "no decision": ("field.missing", "so_quyet_dinh", puts(so_qd="chưa có")),
    "output without unit": (
        "field.missing_conditional",
        "don_vi_san_luong",
        puts(san_luong="120", dvt=None),
    ),
    "six stars": ("number.range", "so_sao", puts(sao=6)),
    "decimal point": ("number.format", "san_luong_nam", puts(san_luong="1.5", dvt="kg")),
    "group 9": ("code.unknown", "nhom_san_pham", puts(nhom=9)),
    "unit that differs by region": (
        "code.unknown",
        "don_vi_san_luong",
        puts(san_luong="12", dvt="gùi"),
    ),
    "status unknown": ("code.unknown", "trang_thai", puts(trang_thai="đang xét")),
    "code and name of two communes": (
        "code.name_mismatch",
        "ma_xa",
        puts(ma_xa=3664, ten_xa="Xã Mường Giôn"),
    ),
    "byte without meaning in TCVN3": ("text.encoding", "chu_the", puts(chu_the="HTX \u00ff")),
    "3646 without a name": (
        "code.ambiguous",
        "ma_xa",
        puts(ma_xa=3646, ten_xa=None),
    ),
    "old commune after the reform": (
        "code.expired",
        "ma_xa",
        puts(
            ma_xa=3649,
            ten_xa="Phường Tô Hiệu",
            ngay_cn=date(2025, 9, 2),
            ngay_hh=date(2028, 9, 2),
            trang_thai="còn hiệu lực",
        ),
    ),
    "traceable twice": ("type.invalid", "truy_xuat_nguon_goc", puts(truy_xuat=2)),
    "letters turned round": ("text.bidi", "ten", puts(ten_sp="Mận \u202ehậu")),
    "control character": ("text.control", "ten", puts(ten_sp="Mận\u0001 hậu")),
    "Cyrillic letter in a name": ("text.homoglyph", "nguoi_dai_dien", lookalike("nguoi_dd")),
    "zero character": ("text.nul", "ten", puts(ten_sp="Mận\u0000 hậu")),
    "TCVN3 in a Unicode column": (
        "text.legacy_suspect",
        "nguoi_dai_dien",
        puts(nguoi_dd=tcvn3("Lò Văn Mẫu")),
    ),
    "founded before the programme": (
        "date.range",
        "ngay_cong_nhan",
        puts(ngay_cn="2017-05-01", ma_xa=3649, ten_xa="Phường Tô Hiệu"),
    ),
}

DEFECTS = of(PRODUCTS, _PRODUCTS)
