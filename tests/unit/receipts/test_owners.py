"""Whose receipt a dataset stands in: its owner of that day."""

from datetime import date

from support.deliveries import OCOP

from consumers.ledger.receipts.making import owners
from schemas.catalogue import read_catalogue
from schemas.register.book import Entry, Register, Tenure
from schemas.register.reading import read_register

CHANGE = date(2026, 7, 1)


def register(*tenures: Tenure) -> Register:
    """A register of one entry, whose contract is that of OCOP products."""
    entry = Entry(
        id="san_pham",
        title="Sản phẩm",
        contract=OCOP.id,
        source_kind=None,
        cadence="daily",
        stage=0,
        since=date(2026, 1, 1),
        cause=None,
        tenures=tenures,
    )
    return Register(units={}, entries={entry.id: entry}, reported=())


def test_the_owner_of_a_day_is_the_one_the_register_names_for_it() -> None:
    before = Tenure(unit="so_cong_thuong", valid_from=None, valid_to=date(2026, 6, 30))
    after = Tenure(unit="so_nnmt", valid_from=CHANGE, valid_to=None)
    book = register(before, after)
    assert owners([OCOP], book, date(2026, 6, 30)) == {"so_cong_thuong": [OCOP]}
    assert owners([OCOP], book, CHANGE) == {"so_nnmt": [OCOP]}


def test_what_the_register_does_not_know_belongs_to_whom_its_contract_names() -> None:
    assert owners([OCOP], register(), CHANGE) == {OCOP.owner_unit: [OCOP]}


def test_every_captured_dataset_of_ours_has_one_owner_among_the_units() -> None:
    captured = [one for one in read_catalogue().values() if one.captured]
    book = read_register()
    found = owners(captured, book, CHANGE)
    assert found.keys() <= book.units.keys()
    assert sum(map(len, found.values())) == len(captured)
    assert "tp_khai_sinh" in {one.id for one in found["so_tu_phap"]}
