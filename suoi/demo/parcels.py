"""The parcels of the land database: dat_dai.thua_dat, contract nnmt_thua_dat.

A parcel's id is the GeoHash of its point; peoples are written in that system's own numbers.
"""

from datetime import date, timedelta

from schemas.codes import read_codes
from schemas.records import Row
from suoi.demo.desk import Desk, roughen
from suoi.demo.people import born_before, draw_person

_BASE_32 = "0123456789bcdefghjkmnpqrstuvwxyz"
_AXIS_BITS = 30
_NORTH, _EAST = (20.75, 21.85), (103.45, 104.85)
"""Well within the province's box (DOMAIN.md 3), in degrees."""
_HOMES, _FIELDS = ("ONT", "ODT"), ("LUC", "LUK", "NHK", "CLN", "RSX", "NTS")
_FOR_EVER = ("Lâu dài", "Lâu dài", "lâu dài", "Ổn định lâu dài")
_BODIES = {
    3: ("Công ty TNHH Nông sản Hoa Ban", "Hợp tác xã Mây Trắng"),
    4: ("Cộng đồng bản Bó", "Cộng đồng bản Phiêng Hoa"),
    5: ("Ủy ban nhân dân xã Ví Dụ",),
}
_PERSON, _HOUSEHOLD = 1, 2


def write_parcel(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = someone's home for ever, with a certificate."""
    row = _place(desk) | _land(desk, home=ordinary or desk.rng.random() < 0.4)  # noqa: PLR2004
    row |= _certificate(desk, ordinary=ordinary)
    row |= {"thua_goc": None, "trang_thai": "H", "sua_luc": desk.stamp(_day(desk))}
    if not ordinary:
        _vary(desk, row)
        roughen(desk.rng, row, ("ten_chu",), 0.05)
    return row


def geohash(latitude: float, longitude: float) -> str:
    """Return the cell of 12 characters in which a point lies, in degrees (Thông tư 19/2026)."""
    east = int((longitude + 180) / 360 * 2**_AXIS_BITS)
    north = int((latitude + 90) / 180 * 2**_AXIS_BITS)
    bits = 0
    for place in reversed(range(_AXIS_BITS)):
        bits = bits << 2 | (east >> place & 1) << 1 | (north >> place & 1)
    return "".join(_BASE_32[bits >> shift & 31] for shift in range(55, -1, -5))


def _place(desk: Desk) -> Row:
    """Where it is: the point in eight decimals, in the cell that its id names."""
    latitude = round(desk.rng.uniform(*_NORTH), 8)
    longitude = round(desk.rng.uniform(*_EAST), 8)
    return {
        "id": desk.number("thua"),
        "ma_thua": geohash(latitude, longitude),
        "ma_xa": desk.rng.choice(desk.places.new).code,
        "so_to": f"{desk.rng.randint(1, 90)}{desk.rng.choice(('', '', '', 'A'))}",
        "so_thua": str(desk.rng.randint(1, 900)),
        "vi_do": latitude,
        "kinh_do": longitude,
        "x_vn2000": f"{latitude * 110_700:.3f}",
        "y_vn2000": f"{500_000 + (longitude - 104) * 103_600:.3f}",
    }


def _land(desk: Desk, *, home: bool) -> Row:
    """How large and for what: areas in m², as the numeric column gives them."""
    cents = desk.rng.randint(8_000, 90_000) if home else desk.rng.randint(30_000, 6_000_000)
    kind = desk.rng.choice(_HOMES if home else _FIELDS)
    until = desk.now.date() + timedelta(days=desk.rng.randint(-900, 18_000))
    return {
        "dien_tich": f"{cents / 100:.2f}",
        "dt_dat_o": f"{cents / 200:.2f}" if home else None,
        "loai_dat": desk.rng.choice((kind, kind, kind, kind.lower())),
        "thoi_han": desk.rng.choice(_FOR_EVER) if home else f"{until:%d/%m/%Y}",
    }


def _certificate(desk: Desk, *, ordinary: bool) -> Row:
    """Who holds it: a person with paper and people, or a body without."""
    kind = _PERSON if ordinary else desk.rng.choices((1, 2, 3, 4, 5), (50, 35, 8, 4, 3))[0]
    row: Row = {
        "so_gcn": f"{desk.rng.choice(('AB', 'CD', 'DĐ'))} {desk.rng.randrange(10**6):06d}",
        "ngay_cap_gcn": _day(desk),
        "loai_chu": kind,
    }
    if kind not in {_PERSON, _HOUSEHOLD}:
        name = desk.rng.choice(_BODIES[kind])
        return row | {"ten_chu": name, "giay_to_chu": None, "dan_toc_chu": None}
    born = born_before(desk.rng, row["ngay_cap_gcn"], (20, 60))
    owner = draw_person(desk.rng, male=desk.rng.random() < 0.6, born=born)  # noqa: PLR2004  a share
    number = _land_numbers()[owner.people.key]
    return row | {"ten_chu": owner.full_name, "giay_to_chu": owner.number, "dan_toc_chu": number}


def _land_numbers() -> dict[str, int]:
    """People -> its number in the land system (28 = Khơ Mú), from the product's list."""
    rows = read_codes().rows("crosswalks/ethnic_numberings")
    return {row["key"]: int(row["vbdlis"]) for row in rows}


def _day(desk: Desk) -> date:
    return desk.now.date() - timedelta(days=desk.rng.randint(1, 4000))


_HOLDER = ("so_gcn", "ngay_cap_gcn", "loai_chu", "ten_chu", "giay_to_chu", "dan_toc_chu")


def _vary(desk: Desk, row: Row) -> None:
    """Make some entries the lawful exceptions: no certificate yet, history, a split, capitals."""
    chance = desk.rng.random()
    if chance < 0.15:  # noqa: PLR2004  a share
        row |= dict.fromkeys(_HOLDER)
    elif chance < 0.2:  # noqa: PLR2004  a share
        row["trang_thai"] = "L"
    elif chance < 0.25:  # noqa: PLR2004  a share
        row["thua_goc"] = f"{geohash(21.3, 103.9)},{geohash(21.30001, 103.9)}"
    elif chance < 0.35:  # noqa: PLR2004  a share
        row["ma_thua"] = row["ma_thua"].upper()
