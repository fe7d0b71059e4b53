"""What the portal gives away: canonical texts, safe cells, a page that needs no script."""

import pytest
from support.deliveries import OCOP

from consumers.cache.keys import order_text
from consumers.cache.rows import day_text, instant_text
from consumers.portal.formats import as_csv
from consumers.portal.page import front_page, message_page
from consumers.portal.store import Snapshot
from schemas.records import OrderKey


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000, "1970-01-01T00:00:01.5Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_an_instant_has_no_trailing_zeros(micros: int, text: str) -> None:
    assert instant_text(micros) == text


def test_a_day_is_counted_from_the_epoch() -> None:
    assert [day_text(days) for days in (0, -1, 20_000)] == [
        "1970-01-01",
        "1969-12-31",
        "2024-10-04",
    ]


def test_order_keys_as_text_compare_like_order_keys() -> None:
    keys = [
        OrderKey(1, 2**63 - 1, 0, 1),
        OrderKey(2, 0, 0, 1),
        OrderKey(1, 9, 0, 1),
        OrderKey(1, 10, 0, 1),
        OrderKey(1, 10, 5, 1),
        OrderKey(1, 10, 5, 2),
        OrderKey(1, 2**53 + 1, 0, 1),
        OrderKey(1, 2**53, 0, 1),
    ]
    assert sorted(keys) == sorted(keys, key=order_text)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("-x", "'-x"),
        ("+84212", "'+84212"),
        (True, "true"),
        (None, ""),
        (4, "4"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, cell: str) -> None:
    snapshot = Snapshot("1", (), [{"ten": value}], 0)
    _, row = as_csv(OCOP, snapshot, bom=False).decode().splitlines()
    assert row.split(",")[1] == cell


def test_pages_escape_what_they_quote() -> None:
    assert "<b>" not in message_page("Không có", "<b>x</b>")
    assert "đang được nạp" in front_page([(OCOP, None)])
