"""A workshop whose rules say what the test put into the row."""

from typing import Any, NamedTuple

from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.reasons import REASONS
from schemas.records import Problem, Row
from streams.conditions import CONDITIONS
from streams.workshop import Secrets, Workshop, open_workshop
from support.raw import CATALOGUE

IDS = {
    name: number
    for number, name in enumerate(
        [*map(topics.clean, CATALOGUE.values()), *map(topics.open_, CATALOGUE.values())], 1
    )
}
CLEAN_ROW = {"id": 5, "values": {"ten": "Chè Tà Xùa", "loai_chu_the": "hop_tac_xa", "so_sao": 4}}
REFUSED_ROW = CLEAN_ROW | {"bad": [("field.missing", "ten")]}


class Said(NamedTuple):
    """A judgement as the validator gives it."""

    values: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()
    originals: dict[str, str] = {}  # noqa: RUF012  a NamedTuple's default


class Rules:
    """Rules that refuse a row with `bad`, and one whose `from_ruleset` is not reached."""

    def __init__(self, dataset: Dataset) -> None:
        """Judge rows of *dataset*."""
        self._dataset = dataset
        self._names = [column.name for column in dataset.columns]

    def judge(self, row: Row, source_ts: int) -> Said:
        """Say what the row tells to say."""
        assert source_ts > 0
        bad = list(row.get("bad", ()))
        if self._dataset.revision < row.get("clean_from", 0):
            bad.append(("field.missing", "ten"))
        values = tuple(row.get("values", {}).get(name) for name in self._names)
        return Said(values, tuple(REASONS[code].problem(name, name) for code, name in bad))


def a_workshop(*datasets: Dataset) -> Workshop:
    """A workshop of the product's contracts, or of *datasets* alone."""
    catalogue = Catalogue({one.id: one for one in datasets}) if datasets else CATALOGUE
    return open_workshop(catalogue, Rules, CONDITIONS, Secrets(IDS, b"an invented secret"))
