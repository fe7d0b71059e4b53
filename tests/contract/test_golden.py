"""What follows from three contracts, word for word: a change here is a change for somebody outside.

Where a change is meant, renew the files and read the difference before it is committed:

    for d in tp_ket_hon nnmt_ocop gddt_truong; do
      for f in avro open ddl jsonschema dictionary dictionary-html asyncapi; do
        .venv/bin/suoi contract show $d --as $f > tests/data/golden/$d.$f 2>/dev/null \
          || rm tests/data/golden/$d.$f
      done
    done
"""

from pathlib import Path

import pytest

from infra.errors import Usage
from schemas.catalogue import read_catalogue
from suoi.derive import Derived, derive

GOLDEN = Path(__file__).parents[1] / "data/golden"
CATALOGUE = read_catalogue()
DATASETS = ("tp_ket_hon", "nnmt_ocop", "gddt_truong")
FORMS = [form for form in Derived if form is not Derived.CODE]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DATASETS)
def test_a_derivation_is_what_it_was(name: str, form: Derived) -> None:
    dataset, path = CATALOGUE[name], GOLDEN / f"{name}.{form}"
    if form is Derived.OPEN and not dataset.open_columns:
        with pytest.raises(Usage):
            derive(dataset, form)
        assert not path.exists()
        return
    assert derive(dataset, form) + "\n" == path.read_text("utf-8")


def test_no_golden_file_belongs_to_nothing() -> None:
    known = {f"{name}.{form}" for name in DATASETS for form in FORMS}
    assert {path.name for path in GOLDEN.iterdir()} <= known
