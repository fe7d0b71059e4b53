"""The household businesses of the Department of Finance: dkkd.ho_kinh_doanh.

Since 2025-07-01 a household's tax code is its owner's personal number; the commune is a name alone.
"""

from datetime import date, timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, grouped, loose, roughen
from suoi.demo.firms import TRADES, money, phone, tax_code
from suoi.demo.people import born_before, draw_person
from suoi.demo.places import REFORM, VILLAGES, Place, address

_TEXTS = ("ten_ho", "chu_ho", "dia_chi")
_SIGNS = ("Tạp hóa", "Quán ăn", "Nhà nghỉ", "Cửa hàng vật tư", "Cơ sở may", "Sửa xe")
_BRANDS = ("Suối Mơ", "Hoa Ban", "Nậm Pia", "Mây Trắng", "Bản Mây", "Tre Vàng")
_OLD_CODES = "558"
"""Tax codes of households from before, apart from those of enterprises."""


def write_household(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = registered since the reform, the owner's day known."""
    day = _day(desk, ordinary=ordinary)
    born = born_before(desk.rng, day, (19, 60))
    owner = draw_person(desk.rng, male=desk.rng.random() < 0.5, born=born)  # noqa: PLR2004  a share
    place = desk.rng.choice(desk.places.new)
    old = day < REFORM and desk.rng.random() < 0.7  # noqa: PLR2004  a share
    row: Row = {
        "so_gcn": _certificate(desk, day),
        "mst": tax_code(desk, "mst", _OLD_CODES) if old else grouped(desk.rng, owner.number),
        "ten_ho": f"{desk.rng.choice(_SIGNS)} {desk.rng.choice(_BRANDS)}",
        "chu_ho": desk.rng.choice((owner.full_name, owner.full_name.upper())),
        "giay_to": owner.number,
        "ngay_sinh": f"{born:%d-%m-%Y}" if ordinary else loose(desk.rng, born),
        "gioi": "M" if owner.male else "F",
        "dia_chi": address(place, desk.rng.choice(VILLAGES)),
        "ten_xa": _commune(desk, place),
        "nganh_chinh": desk.rng.choice(TRADES),
        "von": money(desk.rng) // 10,
        "lao_dong": desk.rng.randint(1, 12),
        "ngay_cap": f"{day:%d-%m-%Y}",
        "dien_thoai": phone(desk.rng),
        "tt": desk.rng.choice((1, 1, 1, 2, 3)),
        "cap_nhat": desk.stamp(day),
    }
    if not ordinary:
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def _day(desk: Desk, *, ordinary: bool) -> date:
    today = desk.now.date()
    if desk.live:
        return today
    since = (today - REFORM).days if ordinary else 3000
    return today - timedelta(days=desk.rng.randint(1, since))


def _certificate(desk: Desk, day: date) -> str:
    number = desk.rng.randint(1, 9999)
    return desk.rng.choice((f"24A800{number:04d}", f"14/{day.year}/HKD-{number}", f"HKD {number}"))


def _commune(desk: Desk, place: Place) -> str:
    """Write the name of a commune of the new list, which a name alone tells (DOMAIN.md 6.2)."""
    kind, name = place.name.split(" ", 1)
    short = {"Phường": "P.", "Xã": "X."}[kind]
    return desk.rng.choice((place.name, name, name.lower(), f"{short} {name}"))
