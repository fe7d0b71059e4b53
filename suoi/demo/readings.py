"""The automatic stations of the Department of Agriculture and Environment: quan_trac.

Names of parameters and units are typed freely, two signs stand for micro, a double carries noise;
a lost signal is written -9999.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from schemas.records import Row
from suoi.demo.desk import Desk, roughen

_MICROS = ("\u00b5", "\u03bc", "u")
"""Micro sign, Greek mu, and the letter of those who find neither."""
_EVERY = timedelta(minutes=10)
_LOST = -9999.0


class _Parameter(NamedTuple):
    spellings: tuple[str, ...]
    units: tuple[str | None, ...]
    low: float
    high: float


_MASS = tuple(f"{micro}g/m{power}" for micro in _MICROS for power in ("3", "³"))
_AIR = (
    _Parameter(("PM2.5", "PM2,5", "PM25", "pm2.5"), _MASS, 3, 90),
    _Parameter(("PM10", "pm10", "PM 10"), _MASS, 5, 150),
    _Parameter(("SO2", "so2"), _MASS, 1, 60),
    _Parameter(("NO2", "no2"), _MASS, 1, 80),
    _Parameter(("CO", "co"), ("mg/m3", "mg/m³"), 0.1, 4),
    _Parameter(("O3",), _MASS, 5, 120),
    _Parameter(("Nhiệt độ", "nhiet do", "Temp"), ("°C", "độ C"), 8, 38),
)
_WATER = (
    _Parameter(("pH", "PH", "ph"), (None,), 6, 8.5),
    _Parameter(("DO", "do"), ("mg/l", "mg/L"), 3, 9),
    _Parameter(("BOD5", "bod5", "BOD"), ("mg/l", "mg/L"), 2, 25),
    _Parameter(("COD",), ("mg/l",), 5, 60),
    _Parameter(("TSS", "tss"), ("mg/l", "mg/L"), 5, 200),
    _Parameter(("NH4-N", "NH4", "Amoni"), ("mg/l", f"{_MICROS[0]}g/l"), 0.01, 2),
    _Parameter(("Độ đục", "Turbidity"), ("NTU", "ntu"), 1, 90),
)


class _Station(NamedTuple):
    code: str
    name: str
    latitude: str
    longitude: str
    parameters: tuple[_Parameter, ...]


_STATIONS = tuple(
    _Station(
        f"SLA-{kind}-{number:02d}",
        f"{words} số {number}",
        f"{21 + number / 13:.6f}",
        f"{103.5 + number / 11:.6f}",
        parameters,
    )
    for kind, words, parameters in (
        ("KK", "Trạm không khí", _AIR),
        ("NM", "Trạm nước mặt", _WATER),
    )
    for number in range(1, 7)
)
_PAIRS = tuple((station, one) for station in _STATIONS for one in station.parameters)


def write_reading(desk: Desk, *, ordinary: bool = False) -> Row:
    """Write one good entry; *ordinary* = a valid value of a parameter that has a unit."""
    station, parameter, at = _turn(desk, measured=ordinary)
    row: Row = {
        "ma_tram": station.code,
        "thong_so": desk.rng.choice(parameter.spellings),
        "thoi_diem": at,
        "gia_tri": _value(desk, parameter),
        "don_vi": desk.rng.choice(parameter.units),
        "co": "00" if ordinary else desk.rng.choice(("00", "00", "00", "00", "01", "03")),
        "ten_tram": station.name,
        "vi_do": station.latitude,
        "kinh_do": station.longitude,
        "nhan_luc": at if desk.live else at + timedelta(milliseconds=desk.rng.randint(200, 9000)),
    }
    if not ordinary:
        if desk.rng.random() < 0.04:  # noqa: PLR2004  a share: the device says that it failed
            row |= {"gia_tri": _LOST, "co": "02"}
        roughen(desk.rng, row, ("ten_tram",), 0.03)
    return row


def _turn(desk: Desk, *, measured: bool) -> tuple[_Station, _Parameter, datetime]:
    """Return whose turn it is, and when; *measured* = only a parameter that has a unit will do."""
    while True:
        rounds, place = divmod(desk.number("quan_trac"), len(_PAIRS))
        station, parameter = _PAIRS[place]
        if parameter.units[0] or not measured:
            return station, parameter, _moment(desk, place, rounds)


def _moment(desk: Desk, place: int, rounds: int) -> datetime:
    """Return when it was measured: now, or one of the rounds of ten minutes that went before.

    No meter is read twice at one moment: of two live readings in a second one is a second older.
    """
    if not desk.live:
        last = desk.now.replace(minute=desk.now.minute // 10 * 10, second=0, microsecond=0)
        return last - (1 + rounds) * _EVERY
    at = desk.now.replace(microsecond=0)
    while desk.number(f"{place}/{at}") != desk.first:
        at -= timedelta(seconds=1)
    return at


def _value(desk: Desk, parameter: _Parameter) -> float:
    """Draw a value as a meter sends it: 0.1 + 0.2 is what a double makes of it."""
    tenths = desk.rng.randint(int(parameter.low * 10), int(parameter.high * 10))
    return sum((0.1,) * (tenths % 10)) + tenths // 10
