"""The list of mutants fits the code as it stands; `make mutants` tries them."""

import importlib.util
import sys
from pathlib import Path

import pytest

_FILE = Path(__file__).parents[2] / "bench" / "mutants.py"
_SPEC = importlib.util.spec_from_file_location("bench_mutants", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
bench = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = bench
_SPEC.loader.exec_module(bench)
MUTANTS = bench.read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_the_text_that_a_mutant_replaces_stands_in_its_file_once(mutant: "bench.Mutant") -> None:
    assert not bench.is_stale(mutant), f"write it anew for {mutant.file}"
    assert mutant.new != mutant.old


def test_there_are_mutants_enough_in_every_family() -> None:
    assert len(MUTANTS) >= 30
    touched = {Path(one.file).stem for one in MUTANTS}
    assert touched >= {"text", "dates", "numbers", "identifiers", "lookups", "communes", "envelope"}
