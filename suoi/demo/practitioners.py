"""Lawyers, notaries, auctioneers and practices of the Department of Justice: bo_tro.hanh_nghe."""

from datetime import timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, grouped, roughen
from suoi.demo.firms import phone, tax_code
from suoi.demo.people import born_before, draw_person
from suoi.demo.places import VILLAGES, address

_TEXTS = ("ho_ten", "ten_to_chuc", "dia_chi")
_KINDS = {
    "LS": ("Văn phòng luật sư", ("Dân sự", "Hình sự", "Đất đai", None)),
    "CCV": ("Văn phòng công chứng", ("Công chứng hợp đồng", None)),
    "DGV": ("Công ty đấu giá hợp danh", ("Đấu giá tài sản", None)),
    "TC": ("Văn phòng công chứng", ("Công chứng", None)),
}
_BRANDS = ("Hoa Ban", "Mây Trắng", "Tre Vàng", "Nậm Pia")
_UNISSUED = "557"
_ORGANISATION = "TC"


def write_practitioner(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = a lawyer whose birth day is known."""
    kind = "LS" if ordinary else desk.rng.choice(tuple(_KINDS))
    office, fields = _KINDS[kind]
    today = desk.now.date()
    since = today if desk.live else today - timedelta(days=desk.rng.randint(1, 6000))
    place = desk.rng.choice(desk.places.new)
    row: Row = {
        "loai": kind,
        "so_the": f"{kind}-14-{desk.number('the'):05d}",
        "ten_to_chuc": f"{office} {desk.rng.choice(_BRANDS)}",
        "dia_chi": address(place, desk.rng.choice(VILLAGES)),
        "ma_xa": desk.rng.choice((place.code, place.code, None)),
        "ngay_cap": since,
        "tt": desk.rng.choice((1, 1, 1, 1, 2, 3)),
        "linh_vuc": desk.rng.choice(fields),
        "dt_vp": (phone(desk.rng) or "").partition(";")[0] or None,
        "cap_nhat": desk.stamp(since),
    }
    row |= _organisation(desk) if kind == _ORGANISATION else _person(desk, ordinary=ordinary)
    if not ordinary:
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def _organisation(desk: Desk) -> Row:
    code = tax_code(desk, "mst", _UNISSUED)
    return {"ho_ten": None, "mst": code, "sddcn": None, "ngay_sinh": None}


def _person(desk: Desk, *, ordinary: bool) -> Row:
    born = born_before(desk.rng, desk.now.date(), (41, 64))
    one = draw_person(desk.rng, male=desk.rng.random() < 0.5, born=born)  # noqa: PLR2004  a share
    known = ordinary or desk.rng.random() < 0.9  # noqa: PLR2004  a share
    return {
        "ho_ten": one.full_name,
        "mst": None,
        "sddcn": grouped(desk.rng, one.number),
        "ngay_sinh": born if known else None,
    }
