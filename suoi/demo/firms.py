"""What both business registers share: tax codes nobody holds, trades, telephones, sums of money."""

from random import Random

from suoi.demo.desk import Desk

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_UNISSUED = "559"
"""Tax codes of an office of Sơn La (55) begin with 5500 today: these are not reached."""

TRADES = ("01110", "02100", "1030", "10790", "41010", "4711", "47230", "55101", "5610", "49331")
"""Main trades of VSIC, four or five digits."""
BRANDS = ("SUỐI MƠ", "HOA BAN", "NẬM PIA", "MÂY TRẮNG", "BẢN MÂY", "PHIÊNG HOA", "TRE VÀNG")


def tax_code(desk: Desk, book: str, first: str = _UNISSUED) -> str:
    """Return the next tax code of *book*, with its check digit (DOMAIN.md 3).

    A number whose check digit would be 10 is never issued: it is passed over.
    """
    while True:
        body = f"{first}{desk.number(book):06d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
        if total % 11:
            return f"{body}{10 - total % 11}"


def phone(rng: Random) -> str | None:
    """Write a telephone number, sometimes two; none of them is anybody's."""
    line = f"{rng.randrange(1000):03d}"
    forms = (f"0900 000 {line}", f"0212.000.0{line}", f"0900000{line}; 02120000{line}", None)
    return rng.choice(forms)


def money(rng: Random) -> int:
    """Draw a capital in whole đồng."""
    return rng.randint(5, 9000) * 10_000_000


def dotted(amount: int) -> str:
    """Write a sum as Vietnamese do: 1.500.000.000."""
    return f"{amount:,}".replace(",", ".")
