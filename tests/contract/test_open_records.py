"""An open record: the public columns of its row and the row's place in history, no more."""

from typing import Any, NamedTuple

import pytest
from support.corpus import bases, cases
from support.judging import CATALOGUE, validator_of
from support.raw import change

from consumers.decoding import Decoder, unscaled
from schemas import topics
from schemas.avro import open_schema
from schemas.contract import Column, Dataset
from schemas.records import Accepted
from streams.conditions import CONDITIONS
from streams.judge import Judge
from streams.output import Opener
from streams.projection import Opening

OPEN = {name: one for name, one in CATALOGUE.items() if one.open_columns}


class OpenSchema(NamedTuple):
    """The registry's double: the one schema of a dataset's open topic."""

    dataset: Dataset

    def schema(self, number: int) -> dict[str, Any]:
        """Give it."""
        assert number == 2
        return open_schema(self.dataset)


def wire(column: Column, value: Any) -> Any:  # noqa: ANN401  as read
    return unscaled(value, column.scale or 0) if column.type == "decimal" else value


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
def test_an_open_record_holds_the_open_columns_in_their_places(name: str) -> None:  # Invariant 6
    dataset = OPEN[name]
    opener = Opener(dataset, {topics.open_(dataset): 2}, b"an invented secret")
    decoder, rows = Decoder(OpenSchema(dataset)), opened(dataset)
    for verdict, opening in rows:
        moved = verdict.change
        found = decoder.decode(opener.message(moved, "raw.thu:0:1", opening).value or b"")
        shown = tuple(wire(one, found.pop(one.name)) for one in dataset.open_columns)
        assert shown == opening.values
        place = {f"_{name}": value for name, value in moved.order._asdict().items()}
        assert found == place | {"_source_ts": moved.source_ts}
    assert rows
