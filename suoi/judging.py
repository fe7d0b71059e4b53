"""Refused records judged in this process, by the contracts in force: what a dry run tells."""

from collections.abc import Mapping
from typing import NamedTuple

from consumers.payloads import Payload
from infra.errors import Fatal
from schemas.contract import Dataset
from schemas.records import Accepted
from schemas.replay import GENERATION
from streams.judge import Judge, Unjudged
from suoi.law import compiled
from suoi.quarantine import Kept


class Raw(NamedTuple):
    """A raw record as the judge takes it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Judges:
    """Judges of the contracts in force, each made when its first item comes."""

    def __init__(self, datasets: Mapping[str, Dataset]) -> None:
        """Judge items of *datasets*."""
        self._datasets = datasets
        self._made: dict[str, Judge | None] = {}

    def verdict(self, item: Kept, payload: Payload) -> str:
        """Say how *item* would end: clean, reject, or unjudged."""
        judge = self._of(item.dataset)
        if judge is None:
            return "unjudged"
        generation = [] if item.generation is None else [(GENERATION, b"%d" % item.generation)]
        raw = Raw(*item.identity.raw, payload.key, payload.value, generation)
        try:
            found = judge.judge(raw).verdict
        except Unjudged:
            return "unjudged"
        return "clean" if isinstance(found, Accepted) else "reject"

    def _of(self, name: str) -> Judge | None:
        if name not in self._made:
            dataset = self._datasets[name]
            try:
                self._made[name] = Judge(dataset, compiled(dataset))
            except Fatal:
                self._made[name] = None
        return self._made[name]
