"""The deaths book of the Department of Justice: ho_tich.khai_tu, contract tp_khai_tu.

The code of the commune stands alone there, without list or name, and 0 means female.
"""

from datetime import date, timedelta
from uuid import UUID

from schemas.records import Row
from suoi.demo.desk import Desk, grouped, loose, numbered, roughen
from suoi.demo.people import Person, born_before, draw_person, pick
from suoi.demo.places import VILLAGES, Place, address

_TEXTS = ("ho_ten", "thuong_tru", "noi_chet", "nyc_ho_ten")
_CAUSES = ("Tuổi già", "Bệnh tim mạch", "Tai biến mạch máu não", "Tai nạn giao thông", None, None)


def write_death(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = the whole day of death and a personal number known."""
    day = desk.day()
    place = desk.rng.choice(desk.places.bare(day))
    died = day - timedelta(days=desk.rng.randint(0, 12))
    male = desk.rng.random() < 0.55  # noqa: PLR2004  a share
    dead = draw_person(desk.rng, male=male, born=born_before(desk.rng, died, (30, 94)))
    kin = draw_person(desk.rng, male=not male, born=born_before(desk.rng, died, (20, 60)))
    row = _registration(desk, day, place) | _dead(desk, dead) | _death(desk, died, place)
    row |= {"nyc_ho_ten": kin.full_name, "nyc_giay_to": grouped(desk.rng, kin.number)}
    row["thoi_diem"] = desk.stamp(day)
    if not ordinary:
        _vary(desk, row, died)
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def _registration(desk: Desk, day: date, place: Place) -> Row:
    return {
        "uuid": UUID(int=desk.rng.getrandbits(128), version=4),
        "so": numbered(desk.rng, desk.number(f"{place.code}/{day.year}"), day.year, "//-"),
        "ngay_dang_ky": day,
        "loai_dk": desk.rng.choice((1, 1, 1, 2)),
        "xa": place.code,
    }


def _dead(desk: Desk, dead: Person) -> Row:
    return {
        "ho_ten": dead.full_name,
        "sddcn": grouped(desk.rng, dead.number),
        "ngay_sinh": loose(desk.rng, dead.born),
        "gioi_tinh": 1 if dead.male else 0,
        "dan_toc": int(dead.people.dm1979),
        "quoc_tich": "VN",
        "loai_gt": "CCCD",
        "so_gt": dead.number,
    }


def _death(desk: Desk, died: date, place: Place) -> Row:
    home = address(place, desk.rng.choice(VILLAGES))
    row: Row = {"thuong_tru": home, "ngay_chet": f"{died:%d/%m/%Y}"}
    hour = desk.rng.randrange(24)
    choices = {
        "noi_chet": (f"Tại nhà, {home}", "Bệnh viện Đa khoa tỉnh Sơn La"),
        "nguyen_nhan": _CAUSES,
        "gio_chet": (f"{hour:02d}:15", f"{hour}h30", f"{hour}h", None),
        "so_gbt": (f"BT-{desk.rng.randint(1, 9999):04d}/{died.year}", None),
    }
    pick(desk.rng, row, choices)
    return row


def _vary(desk: Desk, row: Row, died: date) -> None:
    """Leave out what old books and remote villages often do not know."""
    chance = desk.rng.random()
    if chance < 0.15:  # noqa: PLR2004  a share
        row |= {"sddcn": None, "loai_gt": None, "so_gt": None}
    elif chance < 0.20:  # noqa: PLR2004  a share
        row |= {"loai_gt": "Giấy khác", "so_gt": f"XN-{desk.rng.randint(1, 999):03d}"}
    elif chance < 0.25:  # noqa: PLR2004  a share
        row["ngay_chet"] = desk.rng.choice((str(died.year), f"{died.month}/{died.year}"))
    elif chance < 0.27:  # noqa: PLR2004  a citizen of Laos
        row |= {"quoc_tich": "LA", "dan_toc": None, "sddcn": None}
        row |= {"loai_gt": "Hộ chiếu", "so_gt": f"PA{desk.rng.randrange(10_000_000):07d}"}
