"""The communes' word that nothing happened: ho_tich.xac_nhan_khong_phat_sinh, contract tp_xac_nhan.

One row speaks for one commune, register and day: numbers count back through the days, so none is
used twice.
"""

from datetime import datetime, time, timedelta

from schemas.records import Row
from suoi.demo.desk import Desk, roughen
from suoi.demo.people import born_before, draw_person

REGISTERS = ("KS", "KH", "KT")


def write_attestation(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = one that was not taken back."""
    number = desk.number("xac_nhan") - 1
    communes = desk.places.new
    days, rest = divmod(number, len(communes) * len(REGISTERS))
    day = desk.now.date() - timedelta(days=1 + days)
    born = born_before(desk.rng, day, (25, 55))
    clerk = draw_person(desk.rng, male=desk.rng.random() < 0.5, born=born)  # noqa: PLR2004  a share
    said = datetime.combine(day, time(16, desk.rng.randint(0, 59), desk.rng.randint(0, 59)))
    row: Row = {
        "ma_xa": communes[rest % len(communes)].code,
        "loai_so": REGISTERS[rest // len(communes)],
        "ngay": day,
        "nguoi_xn": clerk.full_name,
        "luc_xn": said,
        "huy": not ordinary and desk.rng.random() < 0.05,  # noqa: PLR2004  a share
    }
    if not ordinary:
        roughen(desk.rng, row, ("nguoi_xn",), 0.05)
    return row
