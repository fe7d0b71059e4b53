"""Defects of the three registers of civil status."""

from datetime import timedelta

from schemas.records import Row
from suoi.demo.defects.kind import lookalike, of, puts
from suoi.demo.desk import Desk
from suoi.demo.legacy import mojibake, tcvn3
from suoi.demo.people import personal_number
from suoi.demo.places import REFORM

BIRTHS, MARRIAGES, DEATHS = "tp_khai_sinh", "tp_ket_hon", "tp_khai_tu"


def _shared_code(row: Row, _desk: Desk) -> None:
    """03646 is old Chiềng Lề and new Tô Hiệu; nothing beside it says which."""
    row.update(ma_xa="03646", ma_he=None, ten_xa=None)


def _old_code(row: Row, desk: Desk) -> None:
    """A commune of the old list in an entry made after the reform."""
    place = desk.rng.choice(desk.places.bare_old)
    day = max(row["ngay_dk"], REFORM + timedelta(days=60))
    number = f"{desk.rng.randint(1, 900)}/{day.year}"
    row.update(ma_xa=place.code, ma_he="2004", ten_xa=place.name, ngay_dk=day, so_ks=number)
    row.update(ngaysinh=day - timedelta(days=9), ns_ma_xa=None, ns_ma_he=None)
    row["sddcn"] = personal_number(desk.rng, male=_is_boy(row), born=row["ngaysinh"])
    row.update(tao_luc=desk.stamp(day), sua_luc=desk.now.replace(microsecond=0))


def _old_code_of_a_death(row: Row, desk: Desk) -> None:
    """As in births, but the code stands alone: it is one that only the old list has."""
    new = {place.code for place in desk.places.new}
    day = max(row["ngay_dang_ky"], REFORM + timedelta(days=60))
    row["xa"] = desk.rng.choice([one.code for one in desk.places.bare_old if one.code not in new])
    row.update(ngay_dang_ky=day, so=f"{desk.rng.randint(1, 900)}/{day.year}")
    row.update(ngay_chet=f"{day:%d/%m/%Y}", thoi_diem=desk.now.replace(microsecond=0))


def _other_sex(row: Row, desk: Desk) -> None:
    row["sddcn"] = personal_number(desk.rng, male=not _is_boy(row), born=row["ngaysinh"])


def _short_number(row: Row, _desk: Desk) -> None:
    """The first zero is lost, as in a spreadsheet."""
    row["sddcn"] = row["sddcn"].replace(" ", "").replace(".", "")[1:]


def _future_number(row: Row, desk: Desk) -> None:
    """A fourth digit of 4 to 9 means a birth after the year 2099."""
    row["nyc_giayto"] = f"0994{desk.rng.randrange(1, 10**8):08d}"


def _divorce_without_paper(row: Row, _desk: Desk) -> None:
    row.update(tinh_trang="Đã ly hôn", so_ban_an="-", ngay_ban_an=row["ngay_dang_ky"])


def _is_boy(row: Row) -> bool:
    return str(row["gt"]).casefold() in {"nam", "m", "1"}


_BIRTHS = {
    "sex left empty": ("field.missing", "gioi_tinh", puts(gt=None)),
    "N/A for the place of birth": ("field.missing", "noi_sinh", puts(noi_sinh="N/A")),
    "people not determined": ("field.missing", "dan_toc", puts(dan_toc="56")),
    "no name of the mother": ("field.missing_conditional", "me_ho_ten", puts(me_hoten=None)),
    "number said to be given, absent": (
        "field.missing_conditional",
        "so_dinh_danh",
        puts(tt_dd="C", sddcn="chưa có"),
    ),
    "father without birth date": ("rule.all_or_nothing", "cha_ngay_sinh", puts(cha_ns=None)),
    "year with two digits": ("date.two_digit_year", "me_ngay_sinh", puts(me_ns="12/04/91")),
    "undeclared date form": ("date.ambiguous", "me_ngay_sinh", puts(me_ns="19910412")),
    "30 February": ("date.invalid", "me_ngay_sinh", puts(me_ns="30/02/1991")),
    "number of a birth in the future": ("date.range", "nguoi_di_khai_so_giay_to", _future_number),
    "kind of registration unknown": ("code.unknown", "loai_dang_ky", puts(loai="XX")),
    "country unknown": ("code.unknown", "quoc_tich", puts(qt="Nước Lạ")),
    "03646 alone": ("code.ambiguous", "co_quan_dang_ky", _shared_code),
    "old commune after the reform": ("code.expired", "co_quan_dang_ky", _old_code),
    "code and name of two communes": (
        "code.name_mismatch",
        "co_quan_dang_ky",
        puts(ma_xa="03664", ma_he=None, ten_xa="Xã Mường Giôn"),
    ),
    "eleven digits": ("id.cccd_shape", "so_dinh_danh", _short_number),
    "number of the other sex": ("id.cccd_conflict", "so_dinh_danh", _other_sex),
    "register number without year": ("id.register_number", "so_dang_ky", puts(so_ks="KS-386")),
    "mojibake": ("text.encoding", "me_ho_ten", puts(me_hoten=mojibake("Lò Thị Lan"))),
    "TCVN3 in a Unicode column": (
        "text.legacy_suspect",
        "que_quan",
        puts(que_quan=tcvn3("Bản Bó, Chiềng Lề, Sơn La")),
    ),
    "Cyrillic letter in a name": ("text.homoglyph", "me_ho_ten", lookalike("me_hoten")),
    "letters turned round": ("text.bidi", "noi_sinh", puts(noi_sinh="Trạm y tế \u202exã")),
    "control character": ("text.control", "noi_sinh", puts(noi_sinh="Trạm y tế\u0007 xã")),
}
_MARRIAGES = {
    "marks for the husband's name": ("field.missing", "chong_ho_ten", puts(chong_ho_ten="...")),
    "divorce without judgment": (
        "field.missing_conditional",
        "so_ban_an",
        _divorce_without_paper,
    ),
    "citizen without people": ("field.missing_conditional", "vo_dan_toc", puts(vo_dt=None)),
    "foreign or not, not clear": (
        "type.invalid",
        "yeu_to_nuoc_ngoai",
        puts(yeu_to_nn="có lẽ"),
    ),
    "twelfth marriage": ("number.range", "chong_lan_ket_hon", puts(chong_lan=12)),
    "people unknown": ("code.unknown", "vo_dan_toc", puts(vo_dt="Người Rừng")),
    "paper unknown": ("code.unknown", "chong_loai_giay_to", puts(chong_loai_gt="thẻ đỏ")),
    "date in words": ("date.invalid", "vo_ngay_sinh", puts(vo_ns="T5/1985")),
    "year with two digits": ("date.two_digit_year", "chong_ngay_sinh", puts(chong_ns="4/7/91")),
    "date in the future": ("date.range", "vo_ngay_sinh", puts(vo_ns="01/01/2099")),
    "year and month run together": ("date.ambiguous", "vo_ngay_sinh", puts(vo_ns="198505")),
    "name of no such commune": (
        "code.name_mismatch",
        "co_quan_dang_ky",
        puts(ten_xa="Xã Không Đâu"),
    ),
    "mojibake": ("text.encoding", "chong_noi_cu_tru", puts(chong_cu_tru=mojibake("Lò Thị Lan"))),
    "TCVN3 in a Unicode column": (
        "text.legacy_suspect",
        "vo_noi_cu_tru",
        puts(vo_cu_tru=tcvn3("Bản Bó, Chiềng Lề, Sơn La")),
    ),
    "letters turned round": ("text.bidi", "chong_noi_cu_tru", puts(chong_cu_tru="Bản \u2067Bó")),
    "control character": ("text.control", "vo_noi_cu_tru", puts(vo_cu_tru="Bản\u0001 Bó")),
    "card with letters": ("id.cccd_shape", "vo_so_giay_to", puts(vo_so_gt="0991A1000001")),
    "Cyrillic letter in a name": ("text.homoglyph", "vo_ho_ten", lookalike("vo_ho_ten")),
}
_DEATHS = {
    "no day of death": ("field.missing", "ngay_chet", puts(ngay_chet="không rõ")),
    "bare code with two meanings": ("code.ambiguous", "co_quan_dang_ky", puts(xa="03646")),
    "commune unknown": ("code.unknown", "co_quan_dang_ky", puts(xa="99999")),
    "four digits for a commune": ("code.unknown", "co_quan_dang_ky", puts(xa="3646")),
    "people unknown": ("code.unknown", "dan_toc", puts(dan_toc=99)),
    "sex unknown": ("code.unknown", "gioi_tinh", puts(gioi_tinh=7)),
    "old commune after the reform": (
        "code.expired",
        "co_quan_dang_ky",
        _old_code_of_a_death,
    ),
    "undeclared date form": ("date.ambiguous", "ngay_sinh", puts(ngay_sinh="19380412")),
    "year with two digits": ("date.two_digit_year", "ngay_chet", puts(ngay_chet="4/7/25")),
    "short card of the declarer": (
        "id.cccd_shape",
        "nguoi_di_khai_so_giay_to",
        puts(nyc_giay_to="09919100001"),
    ),
    "mojibake": ("text.encoding", "noi_chet", puts(noi_chet=mojibake("Lò Thị Lan"))),
    "letters turned round": ("text.bidi", "noi_chet", puts(noi_chet="Tại \u202enhà")),
    "control character": ("text.control", "noi_chet", puts(noi_chet="Tại\u0001 nhà")),
    "Cyrillic letter in a name": ("text.homoglyph", "ho_ten", lookalike("ho_ten")),
    "hour 25": ("type.invalid", "gio_chet", puts(gio_chet="25h")),
    "month first": ("date.invalid", "ngay_chet", puts(ngay_chet="12/31/2025")),
    "born in 1875": ("date.range", "ngay_sinh", puts(ngay_sinh="1875")),
    "paper without number": ("field.missing_conditional", "so_giay_to", puts(so_gt=None)),
    "register number in words": ("id.register_number", "so_dang_ky", puts(so="số 12")),
    "TCVN3 in a Unicode column": (
        "text.legacy_suspect",
        "ho_ten",
        puts(ho_ten=tcvn3("Lò Văn Mẫu")),
    ),
}

DEFECTS = (*of(BIRTHS, _BIRTHS), *of(MARRIAGES, _MARRIAGES), *of(DEATHS, _DEATHS))
