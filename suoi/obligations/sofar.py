"""A day before anything of it is due: what has come of each duty so far, and what is silent still.

It tells what was counted, never that it is all: only the watermark proves that (invariant 9).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.evidence import Arrived
from consumers.ledger.obligations.papers import Paper
from infra.postgres import Connection
from suoi.obligations.questions.attested import attested
from suoi.obligations.questions.counted import counted


class SoFar(NamedTuple):
    """One duty before it is due."""

    key: Key
    clean: int
    refused: int
    attested: bool

    @property
    def silent(self) -> bool:
        """Whether nothing at all has come, and nobody has said that there was nothing."""
        return not (self.clean or self.refused or self.attested)


def so_far(
    connection: Connection, duties: Iterable[Duty], papers: Sequence[Paper], now: datetime
) -> Iterator[SoFar]:
    """Tell of each of *duties* what has come until *now* (aware), by dataset."""
    for _, group in groupby(duties, key=lambda one: (one.key.due, one.key.dataset)):
        mine = list(group)
        arrived = counted(connection, mine[0], now).in_time
        said = attested(connection, mine, papers)
        for duty in mine:
            rows = arrived.get(duty.key.scope, Arrived())
            yield SoFar(duty.key, rows.clean, rows.refused, duty.key in said)
