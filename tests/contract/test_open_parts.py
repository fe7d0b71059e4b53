"""An open record made of its clean one's bytes is the one that would be written anew."""

import pytest
from support.corpus import bases, cases
from support.judging import CATALOGUE, validator_of
from support.raw import change

from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import compile_parts
from schemas.contract import Dataset
from schemas.records import Accepted, Change
from streams.conditions import CONDITIONS
from streams.judge import Judge
from streams.output import Opener, system_values, words
from streams.projection import Opening

OPEN = {name: one for name, one in CATALOGUE.items() if one.open_columns}


def opened(dataset: Dataset) -> list[tuple[Accepted, Opening]]:
    """The clean rows of the corpus that are open, with what the public may see of each."""
    condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
    judge = Judge(dataset, validator_of(dataset.id), condition)
    rows = [case.row for case in cases() if case.dataset == dataset.id]
    found = []
    for row in (bases()[dataset.id].row, *rows):
        if not set(dataset.source_key) <= row.keys():
            continue
        try:
            judged = judge.judge(change(dataset, "c", row))
        except ValueError:  # JSON does not hold it
            continue
        if isinstance(judged.verdict, Accepted) and judged.opening and judged.opening.values:
            found.append((judged.verdict, judged.opening))
    return found


@pytest.mark.parametrize("name", OPEN)
def test_an_open_record_of_clean_bytes_is_the_one_written_anew(name: str) -> None:  # Invariant 6
    dataset = OPEN[name]
    opener = Opener(dataset, {topics.open_(dataset): 2}, b"an invented secret")
    write = compile_parts(clean_schema(dataset), words(dataset))
    rows = opened(dataset)
    for verdict, opening in rows:
        moved: Change = verdict.change
        clean = write((*(verdict.values or ()), *system_values(verdict, "topic:0:1")))
        assert opener.message(moved, opening, clean) == opener.message(moved, opening)
    assert rows
