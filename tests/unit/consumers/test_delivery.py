"""Delivered is computed from evidence where there is a contract, and as declared where not."""

from dataclasses import replace
from datetime import date

import pytest
from support.contracts import a_dataset, a_field

from consumers.ledger.delivery import (
    ASSUMED,
    COMPUTED,
    Delivery,
    Figures,
    Stage,
    Standing,
    computed,
    sums,
)
from schemas.register.book import Register
from schemas.register.reading import read_register

REGISTER = read_register()
MARCH = date(2026, 3, 31)
TABLE = a_dataset(
    a_field("text", name="a", requirement="M"),
    a_field("text", name="b", requirement="M"),
    a_field("text", name="c"),
    completeness_min="0.90",
)
CONTRACTS = {
    entry.contract: replace(TABLE, id=entry.contract, source_kind=entry.source_kind or "file")
    for entry in REGISTER.entries.values()
    if entry.contract
}


def figures(clean: int, refused: int = 0, lacking: int = 0, holes: int = 0) -> Figures:
    return Figures(loaded=True, clean=clean, refused=refused, lacking=lacking, holes=holes)


def declared_only() -> Register:
    """The register as if no entry had a contract."""
    entries = {name: replace(item, contract=None) for name, item in REGISTER.entries.items()}
    return replace(REGISTER, entries=entries)


def test_the_declared_stages_give_the_published_figures() -> None:
    total = sums(Delivery({}).books(declared_only(), MARCH))
    assert (total.datasets, total.delivered) == (329, 310)
    assert (total.units, total.units_complete) == (18, 12)
    assert (total.to_connect, total.late) == (6, 13)


def test_a_fresh_demo_shows_fewer_and_says_which() -> None:
    books = Delivery(CONTRACTS).books(REGISTER, MARCH)
    total = sums(books)
    stages = {item.entry.id: item.stage for book in books for item in book.standings}
    assert (total.datasets, total.delivered) == (329, 302)
    assert {name for name, stage in stages.items() if stage.source == COMPUTED} == set(CONTRACTS)
    assert all(stages[name].number == 1 for name in CONTRACTS)
    assert all(stages[name].awaits for name in CONTRACTS)


@pytest.mark.parametrize(
    ("known", "number", "cause", "awaits"),
    [
        (None, 1, None, "a way in"),
        (Figures(loaded=False), 1, "VOLUME", "its first load"),
        (figures(clean=0), 2, None, "an empty table"),
        (figures(clean=89, refused=11), 2, "NOT_STANDARDISED", "0.90 of its rows"),
        (figures(clean=89, refused=11, lacking=5, holes=5), 2, "NOT_STANDARDISED", "0.90"),
        (figures(clean=89, refused=11, lacking=6, holes=6), 2, "MISSING_MANDATORY", "0.90"),
        (figures(clean=0, refused=1, lacking=1, holes=2), 2, "MISSING_MANDATORY", "0.90"),
        (figures(clean=90, refused=10, lacking=10, holes=20), 3, None, "reconciliation"),
        (figures(clean=1), 3, None, "reconciliation"),
    ],
)
def test_a_stage_is_what_the_chain_can_prove(
    known: Figures | None, number: int, cause: str | None, awaits: str
) -> None:
    stage = computed(TABLE, known)
    assert (stage.number, stage.source, stage.cause) == (number, COMPUTED, cause)
    assert awaits in stage.awaits


def test_reconciled_is_stage_4_and_one_cycle_in_time_is_5() -> None:
    perfect = figures(clean=1)
    assert computed(TABLE, replace(perfect, on_time=True)).number == 3
    equal = replace(perfect, reconciled=True)
    assert (computed(TABLE, equal).number, computed(TABLE, equal).delivered) == (4, False)
    met = computed(TABLE, replace(equal, on_time=True, fresh=True))
    assert (met.number, met.source, met.delivered, met.fresh) == (5, COMPUTED, True, True)
    assert not computed(TABLE, replace(equal, on_time=True)).fresh


def test_a_unit_whose_newest_cycle_failed_is_not_complete() -> None:
    every = {name: figures(clean=1) for name in CONTRACTS}
    held = {n: replace(one, reconciled=True, on_time=True, fresh=True) for n, one in every.items()}
    stale = {n: replace(one, fresh=n != "xd_van_tai_giay_phep") for n, one in held.items()}
    for given, complete in ((held, True), (stale, False)):
        books = {one.unit.id: one for one in Delivery(CONTRACTS, given).books(REGISTER, MARCH)}
        assert books["so_xay_dung"].delivered == 20
        assert books["so_xay_dung"].complete is complete


def test_nothing_computed_claims_to_be_delivered_without_proof() -> None:
    perfect = dict.fromkeys(CONTRACTS, figures(clean=1_000_000))
    books = Delivery(CONTRACTS, perfect).books(REGISTER, MARCH)
    assert sums(books).delivered == 302


def test_the_share_of_filled_fields_counts_too() -> None:
    narrow = replace(TABLE, fields=TABLE.fields[:1], completeness_min="0.50")
    assert computed(narrow, figures(clean=6, refused=4, lacking=4, holes=4)).number == 3
    assert computed(narrow, figures(clean=6, refused=4, lacking=4, holes=6)).number == 2


def test_a_ministry_s_own_system_is_to_be_connected_never_late() -> None:
    books = Delivery(CONTRACTS).books(REGISTER, MARCH)
    found = {item.entry.id: item for book in books for item in book.standings}
    assert found["bhxh_the_bhyt"].state == "to_connect"
    assert found["bhxh_the_bhyt"].stage.cause == "BLOCKED_MINISTRY"
    assert found["tp_khai_sinh"].state == "late"
    declared = found["ca_can_cuoc_da_cap"]
    assert (declared.state, declared.stage.source) == ("to_connect", ASSUMED)


def test_a_contract_that_cannot_be_read_is_stage_0() -> None:
    stage = Delivery({}).stage(REGISTER.entries["nnmt_ocop"], MARCH)
    assert (stage.number, stage.source) == (0, COMPUTED)
    assert "contract check" in stage.awaits


def test_a_stage_is_unknown_before_its_declaration() -> None:
    entry = next(item for item in REGISTER.entries.values() if item.contract is None)
    stage = Delivery({}).stage(entry, date(2025, 1, 1))
    assert (stage.number, stage.source) == (None, ASSUMED)
    assert Standing(entry=entry, tenure=None, stage=stage).state == "unknown"


def test_an_entry_counts_for_its_owner_of_the_day() -> None:
    def owed(day: date) -> dict[str, int]:
        books = Delivery(CONTRACTS).books(REGISTER, day)
        return {book.unit.id: len(book.standings) for book in books}

    before, after = owed(date(2025, 2, 28)), owed(date(2025, 3, 1))
    assert (before["so_tu_phap"], after["so_tu_phap"]) == (25, 24)
    assert (before["cong_an_tinh"], after["cong_an_tinh"]) == (18, 19)
    assert sum(after.values()) == 329


def test_a_unit_is_complete_when_every_dataset_is_delivered() -> None:
    class All(Delivery):
        def stage(self, entry: object, day: date) -> Stage:  # noqa: ARG002
            return Stage(number=5, source=ASSUMED)

    assert sums(All({}).books(REGISTER, MARCH)).units_complete == 18
    one_less = {book.unit.id: book for book in Delivery({}).books(declared_only(), MARCH)}
    assert not one_less["so_gddt"].complete
    assert one_less["thanh_tra"].complete
