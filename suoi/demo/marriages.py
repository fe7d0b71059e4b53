"""The marriages book of the Department of Justice: ho_tich.ket_hon, contract tp_ket_hon.

Its key holds the commune, so a corrected commune is another row; names are written in capitals.
"""

from datetime import date, timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, dmy, loose, place_name, roughen
from suoi.demo.people import Person, born_before, draw_person, pick
from suoi.demo.places import VILLAGES, Place, address

_TEXTS = ("chong_ho_ten", "vo_ho_ten", "chong_cu_tru", "vo_cu_tru")
_NATIONS = ("Việt Nam", "Việt Nam", "Việt Nam", "VN", "Cộng hòa xã hội chủ nghĩa Việt Nam")
_CARDS = ("CCCD", "CCCD", "Căn cước", "Căn cước công dân", "Thẻ căn cước", "căn cước", "CC")


def write_marriage(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = two citizens, the marriage in force."""
    day = desk.day()
    place = desk.place(day)
    husband = draw_person(desk.rng, male=True, born=born_before(desk.rng, day, (20, 45)))
    wife = draw_person(desk.rng, male=False, born=born_before(desk.rng, day, (18, 42)))
    row: Row = {
        "ma_xa": place.code,
        "nam": day.year,
        "so_tt": desk.number(f"{place.code}/{day.year}"),
        "ten_xa": place_name(desk.rng, place),
        "ngay_dang_ky": dmy(desk.rng, day),
        "so_ban_an": None,
        "ngay_ban_an": None,
        "cap_nhat": desk.stamp(day),
    }
    words = ("Có hiệu lực", "Có hiệu lực", "có hiệu lực", "Hiệu lực")
    pick(desk.rng, row, {"yeu_to_nn": ("không", "Không", ""), "tinh_trang": words})
    row |= _party(desk, husband, "chong", place) | _party(desk, wife, "vo", place)
    if not ordinary:
        _vary(desk, row, day)
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def _party(desk: Desk, person: Person, side: str, place: Place) -> Row:
    row: Row = {
        "ho_ten": person.full_name.upper(),
        "ns": loose(desk.rng, person.born),
        "cu_tru": address(place, desk.rng.choice(VILLAGES)),
        "so_gt": person.number,
    }
    spellings = person.people.spellings
    choices = {"dt": spellings, "qt": _NATIONS, "loai_gt": _CARDS, "lan": (1, 1, 1, 2, None)}
    pick(desk.rng, row, choices)
    return {f"{side}_{column}": value for column, value in row.items()}


def _vary(desk: Desk, row: Row, day: date) -> None:
    """Make some entries a divorce, or a marriage with a citizen of Laos."""
    rng = desk.rng
    chance = rng.random()
    ended = min(day + timedelta(days=rng.randint(30, 400)), desk.now.date())
    if chance < 0.06:  # noqa: PLR2004  a share
        words = rng.choice(("Đã ly hôn", "Ly hôn", "đã ly hôn"))
        paper = f"{rng.randint(1, 300)}/{ended.year}/QĐST-HNGĐ"
        row |= {"tinh_trang": words, "so_ban_an": paper, "ngay_ban_an": dmy(rng, ended)}
    elif chance < 0.09:  # noqa: PLR2004  a share
        side = rng.choice(("chong", "vo"))
        row |= {"yeu_to_nn": rng.choice(("có", "Có", "x")), f"{side}_dt": None}
        row |= {f"{side}_qt": rng.choice(("Lào", "CHDCND Lào")), f"{side}_loai_gt": "Hộ chiếu"}
        row |= {f"{side}_so_gt": f"PA{rng.randrange(10_000_000):07d}"}
