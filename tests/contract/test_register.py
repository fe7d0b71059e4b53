"""The register and the contracts say the same of every dataset that has one."""

from datetime import date

import pytest

from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from schemas.register.reading import read_register

REGISTER = read_register()
CATALOGUE = read_catalogue()
OWED = [item for item in CATALOGUE.values() if not item.internal]
TODAY = date(2026, 7, 1)
"""A day after the last change of owners; never the wall clock."""


@pytest.mark.parametrize("dataset", OWED, ids=[item.id for item in OWED])
def test_a_contract_is_an_entry_of_its_owner(dataset: Dataset) -> None:
    entry = REGISTER.entries[dataset.id]
    tenure = entry.tenure(TODAY)
    assert tenure is not None
    assert tenure.unit == dataset.owner_unit
    assert entry.contract == dataset.id
    assert (entry.title, entry.source_kind) == (dataset.title, dataset.source_kind)
    assert entry.cadence == dataset.update_frequency


def test_an_internal_contract_is_not_one_of_those_owed() -> None:
    assert not {item.id for item in CATALOGUE.values() if item.internal} & REGISTER.entries.keys()
