"""The enterprises of the Department of Finance: dkkd.doanh_nghiep, contract stc_doanh_nghiep.

The key is the tax code; a dependent unit's has three digits more, with or without the dash.
"""

from datetime import date, timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, grouped, roughen
from suoi.demo.firms import BRANDS, TRADES, dotted, money, phone, tax_code
from suoi.demo.people import born_before, draw_person
from suoi.demo.places import VILLAGES, address

_TEXTS = ("ten", "dia_chi", "ndd_ho_ten")
_KINDS = {
    "TN1": "CÔNG TY TNHH MỘT THÀNH VIÊN",
    "TN2": "CÔNG TY TNHH",
    "CP": "CÔNG TY CỔ PHẦN",
    "HD": "CÔNG TY HỢP DANH",
    "TNTN": "DOANH NGHIỆP TƯ NHÂN",
    "HTX": "HỢP TÁC XÃ",
}
_DEPENDENT = {"CN": "CHI NHÁNH CÔNG TY", "VPDD": "VĂN PHÒNG ĐẠI DIỆN CÔNG TY"}
_STATES = ("HD", "HD", "HD", "HD", "TN", "CGT", "GT", "KHD")


def write_enterprise(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = a whole enterprise that has changed at least once."""
    dependent = not ordinary and desk.rng.random() < 0.12  # noqa: PLR2004  a share
    row = _name(desk, dependent=dependent) | _days(desk, changed=ordinary) | _seat(desk)
    born = born_before(desk.rng, desk.now.date(), (24, 64))
    head = draw_person(desk.rng, male=desk.rng.random() < 0.6, born=born)  # noqa: PLR2004  a share
    capital = money(desk.rng)
    row |= {
        "von": None if dependent else desk.rng.choice((dotted(capital), str(capital))),
        "nganh_chinh": desk.rng.choice(TRADES),
        "ndd_ho_ten": head.full_name,
        "ndd_giay_to": grouped(desk.rng, head.number),
        "dien_thoai": phone(desk.rng),
        "chu_so_huu": f"{head.full_name}: 100%",
        "tinh_trang": "HD" if ordinary else desk.rng.choice(_STATES),
        "cap_nhat": desk.stamp(desk.now.date() - timedelta(days=desk.rng.randint(1, 900))),
    }
    if not ordinary:
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def _name(desk: Desk, *, dependent: bool) -> Row:
    code = tax_code(desk, "doanh_nghiep")
    brand = desk.rng.choice(BRANDS)
    kinds = _DEPENDENT if dependent else _KINDS
    kind = desk.rng.choice(tuple(kinds))
    if dependent:  # the dash is often left out
        code += f"{desk.rng.choice(('-', '-', ''))}{desk.rng.randint(1, 9):03d}"
    return {
        "ma_so": code,
        "ten": f"{kinds[kind]} {brand} {desk.rng.choice(VILLAGES).upper()}",
        "ten_viet_tat": desk.rng.choice((None, brand.title())),
        "loai_hinh": kind,
    }


def _days(desk: Desk, *, changed: bool) -> Row:
    today = desk.now.date()
    since = today if desk.live else today - timedelta(days=desk.rng.randint(400, 7000))
    times = desk.rng.randint(1, 8) if changed else desk.rng.choice((0, 0, 1, 2, 5))
    last = min(today, since + timedelta(days=desk.rng.randint(0, 380)))
    return {
        "ngay_dk": since,
        "lan_thay_doi": times,
        "ngay_thay_doi": last if times else None,
    }


def _seat(desk: Desk) -> Row:
    """Where it sits: since the reform many seats keep the old code (CU), some have the new."""
    place = desk.place(desk.rng.choice((date(2020, 1, 1), desk.now.date())))
    return {
        "dia_chi": address(place, desk.rng.choice(VILLAGES)),
        "ma_xa": place.code,
        "ma_he": "MOI" if place in desk.places.new else "CU",
    }
