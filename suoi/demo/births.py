"""The births book of the Department of Justice: ho_tich.khai_sinh, contract tp_khai_sinh."""

from datetime import date, timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, grouped, loose, numbered, place_name, roughen
from suoi.demo.people import Person, born_before, draw_person, pick
from suoi.demo.places import REFORM, VILLAGES, Place, address

_TEXTS = ("noi_sinh", "que_quan", "me_hoten", "me_cutru", "cha_hoten", "nyc_hoten", "ten")
_NATIONS = ("Việt Nam", "Việt Nam", "Việt Nam", "VN", "VIỆT NAM", "CHXHCN Việt Nam")


def write_birth(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = both parents known, a whole name, a number given."""
    day = desk.day()
    place = desk.place(day)
    born = day - timedelta(days=desk.rng.randint(1, 50))
    mother = draw_person(desk.rng, male=False, born=born_before(desk.rng, born, (17, 42)))
    father = draw_person(desk.rng, male=True, born=born_before(desk.rng, born, (18, 52)))
    row = _registration(desk, day, place) | _child(desk, born, father)
    row |= _origin(desk, born, place) | _parents(desk, mother, father, place)
    row |= {"nyc_hoten": father.full_name, "nyc_giayto": father.number}
    row |= {"ghi_chu": None, "tao_luc": desk.stamp(day), "sua_luc": desk.stamp(day)}
    row["sua_luc"] = max(row["sua_luc"], row["tao_luc"])
    if not ordinary:
        _vary(desk, row, mother)
        roughen(desk.rng, row, _TEXTS, 0.04)
    return row


def _registration(desk: Desk, day: date, place: Place) -> Row:
    """Where and when: the code's system is written, left out, or told by the name alone."""
    named = place_name(desk.rng, place)
    bare = place in desk.places.bare(day) and desk.rng.random() < 0.5  # noqa: PLR2004  a share
    system = desk.rng.choice((place.system, place.system, None))
    return {
        "so_ks": numbered(desk.rng, desk.number(f"{place.code}/{day.year}"), day.year),
        "ngay_dk": day,
        "loai": desk.rng.choice(("DH", "DH", "DH", "dh", "LD")),
        "ma_xa": place.code,
        "ma_he": system,
        "ten_xa": None if bare else named,
    }


def _child(desk: Desk, born: date, father: Person) -> Row:
    male = desk.rng.random() < 0.51  # noqa: PLR2004  a share
    child = draw_person(desk.rng, male=male, born=born, people=father.people)
    row: Row = {
        "tt_dd": "C",
        "sddcn": grouped(desk.rng, child.number),
        "ho": father.family,
        "dem": child.middle,
        "ten": child.given,
        "ngaysinh": born,
        "dan_toc": father.people.dm1979,
    }
    words = ("Nam", "nam", "NAM", "M", "1") if male else ("Nữ", "nữ", "Nu", "F", "2")
    pick(desk.rng, row, {"gt": words, "qt": _NATIONS})
    return row


def _origin(desk: Desk, born: date, place: Place) -> Row:
    """Where the child was born, with the code of that day's list, and where its people are from."""
    at = desk.place(born)
    village = desk.rng.choice(VILLAGES)
    where = (
        "Bệnh viện Đa khoa tỉnh Sơn La",
        f"Trạm y tế {at.name[:1].lower()}{at.name[1:]}",
        f"Tại nhà, {address(at, village)}",
    )
    return {
        "ns_ma_xa": at.code,
        "ns_ma_he": at.system,
        "noi_sinh": desk.rng.choice(where),
        "que_quan": address(place, village),
        "so_gcs": f"CS-{desk.rng.randint(1, 99999):05d}/{born.year}",
    }


def _parents(desk: Desk, mother: Person, father: Person, place: Place) -> Row:
    return {
        "bo_roi": False,
        "me_hoten": mother.full_name,
        "me_ns": loose(desk.rng, mother.born),
        "me_dt": mother.people.dm1979,
        "me_cutru": address(place, desk.rng.choice(VILLAGES)),
        "me_giayto": grouped(desk.rng, mother.number),
        "cha_hoten": father.full_name,
        "cha_ns": loose(desk.rng, father.born),
        "cha_dt": father.people.dm1979,
        "cha_giayto": grouped(desk.rng, father.number),
    }


_MOTHER = ("me_hoten", "me_ns", "me_dt", "me_cutru", "me_giayto")
_FATHER = ("cha_hoten", "cha_ns", "cha_dt", "cha_giayto")


def _vary(desk: Desk, row: Row, mother: Person) -> None:
    """Make some entries the lawful exceptions of DOMAIN.md 7."""
    rng = desk.rng
    chance = rng.random()
    if chance < 0.05:  # noqa: PLR2004  no father
        row |= dict.fromkeys(_FATHER)
        row |= {"nyc_hoten": mother.full_name, "nyc_giayto": mother.number, "ho": mother.family}
    elif chance < 0.053:  # noqa: PLR2004  a foundling
        row |= dict.fromkeys((*_FATHER, *_MOTHER)) | {"bo_roi": True}
    elif chance < 0.13:  # noqa: PLR2004  the number is still being assigned
        row |= {"tt_dd": "K", "sddcn": None}
    elif chance < 0.14:  # noqa: PLR2004  no family name
        row |= {"ho": None, "dem": None}
    elif chance < 0.17:  # noqa: PLR2004  born in another province
        row |= {"ns_ma_xa": rng.choice(desk.places.elsewhere), "ns_ma_he": "2025"}
        row["noi_sinh"] = "Bệnh viện Phụ sản Trung ương"
        if row["ngaysinh"] < REFORM:
            row |= {"ns_ma_xa": None, "ns_ma_he": None}
    elif chance < 0.19:  # noqa: PLR2004  the mother has a passport
        row["me_giayto"] = f"C{rng.randrange(10_000_000):07d}"
