"""The product's own worker on a plain broker, with an invented judge: for test_upgrade.py.

    stream_app.py BOOTSTRAP RULESET DATA

A row says what each ruleset makes of it: {"verdicts": ["clean", "reject"]} is refused from the
second ruleset on.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from infra import kafka_reader
from infra.kafka import Outbox, producer_config
from infra.settings import Timing
from schemas import topics
from schemas.contract import Dataset
from schemas.odcs.contract import read_contract
from schemas.reasons import REASONS
from schemas.records import Problem, Row
from streams.conditions import CONDITIONS
from streams.judge import Judge
from streams.marks import Marks
from streams.output import Writer
from streams.past import find_firsts
from streams.rewinder import Rewinder
from streams.worker import Place, carry
from streams.workshop import Desk, Workshop

GROUP = "streams"
_FILE = Path(__file__).parents[2] / "schemas" / "datasets" / "so_nnmt" / "nnmt_ocop.odcs.yaml"
OCOP: Dataset = read_contract(_FILE)


class Said(NamedTuple):
    """A judgement as the validator gives it."""

    values: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()
    originals: dict[str, str] = {}  # noqa: RUF012  a NamedTuple's default


class Told:
    """A validator that says what the row tells it to say under its ruleset."""

    def __init__(self, ruleset: int) -> None:
        self._ruleset = ruleset

    def judge(self, row: Row, _source_ts: int) -> Said:
        """Say it."""
        clean = row["verdicts"][self._ruleset - 1] == "clean"
        problems = () if clean else (REASONS["field.missing"].problem("ten", "ten"),)
        return Said((None,) * len(OCOP.columns), problems)


class Nobody:
    """Where nobody asks to set anything back."""

    rewinds: dict[str, Any] = {}  # noqa: RUF012  never written


async def _clear(_dataset: str) -> None:
    """Have nothing to take away."""


def main() -> None:
    bootstrap, ruleset, data = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    config = {"bootstrap.servers": bootstrap}
    dataset, raw = replace(OCOP, revision=ruleset), topics.raw(OCOP)
    judge = Judge(dataset, Told(ruleset), CONDITIONS[OCOP.open_when] if OCOP.open_when else None)
    writer = Writer(dataset, {topics.clean(OCOP): 1, topics.open_(OCOP): 2}, b"an invented secret")
    reader = kafka_reader.Reader(config | kafka_reader.ALONE | {"group.id": GROUP})

    def ask(places: list[Any]) -> dict[Any, Any]:
        wanted = [kafka_reader.Place(one.topic, one.partition) for one in places]
        found = kafka_reader.committed_marks(reader, wanted)
        return {place: found[one] for place, one in zip(places, wanted, strict=True)}

    look = partial(_look, reader, dataset)
    memory = Rewinder(Nobody(), _clear, Marks({raw: ruleset}, ask, look), ask, {})
    timing = Timing(session_timeout=6.0, heartbeat=1.0, commit=0.2)
    workshop = Workshop({raw: Desk(judge, writer)}, {})
    outbox = Outbox(config | producer_config())
    carry(workshop, outbox, Place(None, bootstrap, timing, data, GROUP), None, memory)


def _look(reader: Any, dataset: Dataset, _topic: str, starts: Any) -> Any:  # noqa: ANN401
    return find_firsts(reader, dataset, starts)


if __name__ == "__main__":
    main()
