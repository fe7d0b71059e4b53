"""The OCOP book of the Department of Agriculture and Environment: ocop, contract nnmt_ocop.

Codes of communes are integers and lose their zeros; the owner's name is typed in TCVN3.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from schemas.records import Row
from suoi.demo.desk import Desk, place_name, roughen
from suoi.demo.legacy import tcvn3
from suoi.demo.people import born_before, draw_person, pick
from suoi.demo.places import Place

_TEXTS = ("ten_sp", "nguoi_dd")
_TERM_MONTHS = 36


class _Line(NamedTuple):
    group: int
    units: tuple[str, ...]
    names: tuple[str, ...]


_LINES = (
    _Line(1, ("kg", "Kg", "tạ", "tấn"), ("Xoài tròn", "Mận hậu", "Nhãn sấy", "Thịt trâu gác bếp",
        "Mật ong", "Nếp tan", "Táo sơn tra sấy", "Cá sông Đà sấy", "Măng khô")),
    _Line(2, ("lít", "Lít", "chai"), ("Rượu sơn tra", "Nước mận lên men", "Rượu chít")),
    _Line(2, ("kg", "tấn"), ("Chè Shan tuyết", "Cà phê Arabica", "Trà sơn tra")),
    _Line(3, ("kg", "hộp"), ("Cao atiso", "Tinh nghệ", "Sâm dây khô")),
    _Line(4, ("cái", "chiếc", "sản phẩm"), ("Khăn piêu", "Gối thổ cẩm", "Ghế mây")),
    _Line(5, ("cái",), ("Lan phi điệp", "Đào đá")),
    _Line(6, (), ("Điểm du lịch cộng đồng",)),
)  # fmt: skip
_OWNERS = {
    "HTX": ("Hợp tác xã Nông nghiệp", "HTX Dịch vụ nông nghiệp"),
    "THT": ("Tổ hợp tác", "Tổ hợp tác sản xuất"),
    "DN": ("Công ty TNHH Nông sản", "Công ty cổ phần"),
    "HKD": ("Hộ kinh doanh", "Cơ sở sản xuất"),
}
_BRANDS = ("Suối Mơ", "Hoa Ban", "Nậm Pia", "Mây Trắng", "Bản Mây", "Phiêng Hoa", "Tre Vàng")
_VALID = ("còn hiệu lực", "Còn hiệu lực", "hiệu lực", "đang hiệu lực")


def write_product(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = a firm's product that is valid now and made in some kg."""
    today = desk.now.date()
    since = today - timedelta(days=desk.rng.randint(0 if desk.live else 1, 1000))
    if not ordinary and not desk.live and desk.rng.random() < 0.2:  # noqa: PLR2004  a share
        since -= timedelta(days=1100)
    place = desk.place(since)
    line = _LINES[0] if ordinary else desk.rng.choice(_LINES)
    row = _label(desk, line, place) | _recognition(desk, since) | _owner(desk, ordinary=ordinary)
    row |= {"ma_xa": int(place.code), "ten_xa": place_name(desk.rng, place)}
    row |= _output(desk, line)
    row |= {"truy_xuat": int(desk.rng.random() < 0.4), "cap_nhat": desk.stamp(since)}  # noqa: PLR2004
    if not ordinary:
        roughen(desk.rng, row, _TEXTS, 0.05)
    return row


def term_end(day: date) -> date:
    """Return the same day 36 months later (rule.ocop_term)."""
    year, month = divmod(day.year * 12 + day.month - 1 + _TERM_MONTHS, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _label(desk: Desk, line: _Line, place: Place) -> Row:
    home = place.name.split(" ", 1)[1].removeprefix("trấn ")
    return {
        "ma_sp": f"OCOP-14-{desk.number('ocop'):05d}",
        "ten_sp": f"{desk.rng.choice(line.names)} {home}",
        "nhom": line.group,
        "sao": desk.rng.choice((3, 3, 3, 4, 4, 5)),
    }


def _recognition(desk: Desk, since: date) -> Row:
    until = term_end(since)
    ended = until < desk.now.date()
    return {
        "so_qd": f"{desk.rng.randint(1, 3999)}/QĐ-UBND",
        "ngay_cn": since,
        "ngay_hh": until,
        "trang_thai": desk.rng.choice(("hết hạn", "Hết hiệu lực") if ended else _VALID),
    }


def _owner(desk: Desk, *, ordinary: bool) -> Row:
    born = born_before(desk.rng, desk.now.date(), (25, 60))
    head = draw_person(desk.rng, male=desk.rng.random() < 0.5, born=born)  # noqa: PLR2004  a share
    kind = desk.rng.choice(tuple(_OWNERS))
    name = f"{desk.rng.choice(_OWNERS[kind])} {desk.rng.choice(_BRANDS)}"
    if not ordinary and desk.rng.random() < 0.08:  # noqa: PLR2004  a person: not open
        kind, name = "CN", "Lò Văn Mẫu"
    row: Row = {"chu_the": tcvn3(name), "loai_ct": kind, "nguoi_dd": head.full_name}
    line = desk.rng.randrange(1000)
    phones = (f"0900 000 {line:03d}", f"+84900000{line:03d}", f"0212.000.0{line:03d}", None)
    pick(desk.rng, row, {"sdt": phones})
    return row


def _output(desk: Desk, line: _Line) -> Row:
    """Write a year's output as Vietnamese do: 1.234,5; places for tourists make none."""
    if not line.units:
        return {"san_luong": None, "dvt": None}
    whole = f"{desk.rng.randint(5, 90_000):,}".replace(",", ".")
    counted = line.group in {4, 5}
    tail = "" if counted or desk.rng.random() < 0.6 else f",{desk.rng.randint(1, 9)}"  # noqa: PLR2004
    return {"san_luong": whole + tail, "dvt": desk.rng.choice(line.units)}
