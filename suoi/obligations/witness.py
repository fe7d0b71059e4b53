"""The witness: asks the ledger, the papers, Kafka and Connect what a duty is judged by.

Kafka is opened only where the ledger alone does not answer: to prove a watermark that is not known
yet, and to find a cause. What was proved stays proved.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.evidence import Arrived, Attested, Channel, Evidence
from consumers.ledger.obligations.papers import Act, Paper, in_force
from consumers.ledger.obligations.store import Store
from infra.control import read_standings
from infra.errors import Transient
from infra.local.home import Home
from infra.postgres import Connection
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.control import Standing
from suoi.figures import Books, open_books
from suoi.law import connected
from suoi.obligations.questions.attested import CONTRACT, attested
from suoi.obligations.questions.backlog import backlog
from suoi.obligations.questions.broken import broken
from suoi.obligations.questions.channel import channel
from suoi.obligations.questions.counted import counted
from suoi.obligations.questions.loaded import loaded
from suoi.obligations.questions.shape import shape

_PAPERS = (Act.EXEMPT, Act.ATTEST, Act.WITHDRAW)


@dataclass(kw_only=True, slots=True)
class Proved:
    """Until when each dataset was once proved complete; it outlives a look."""

    through: dict[str, datetime] = field(default_factory=dict)

    def add(self, found: Mapping[str, datetime]) -> None:
        """Take in what was proved; a proof never goes back."""
        for dataset, moment in found.items():
            self.through[dataset] = max(moment, self.through.get(dataset, moment))


class Look:
    """One look at everything, in which each part is asked once; close it."""

    def __init__(self, home: Home, law: Catalogue, connection: Connection, store: Store) -> None:
        """Ask the ledger through *connection* (province_reader), the papers through *store*."""
        self._home, self._connection, self._store = home, connection, store
        self._captured = connected(law)
        self._opened = ExitStack()
        self._books: Books | None = None
        self._asked_watermarks = False
        self._standings: dict[str, Standing] | None = None
        self._chains: dict[str, Evidence] = {}
        self._links: dict[str, Channel] = {}
        self.proved = Proved()

    def remembering(self, proved: Proved) -> Self:
        """Go on with what earlier looks have proved."""
        self.proved = proved
        return self

    def close(self) -> None:
        """Give up what was opened."""
        self._opened.close()

    def know(self, duties: Sequence[Duty], now: datetime, *, deep: bool) -> dict[Key, Evidence]:
        """Return the evidence of *duties*, all of one dataset and due time, at *now*.

        Raises:
            Transient: the provincial database is away.
        """
        first = duties[0]
        days = (first.day, first.day)
        papers = self._store.papers(_PAPERS, days, first.key.dataset)
        said = attested(self._connection, duties, papers)
        rows = counted(self._connection, first, now)
        through = self._through(first)
        proved = through is not None and through >= first.key.due
        shared = self._deep(first, now, proved=proved) if deep else Evidence()
        return {
            duty.key: replace(
                shared,
                complete_through=through,
                arrived=rows.in_time.get(duty.key.scope, Arrived()),
                by_now=rows.by_now.get(duty.key.scope, Arrived()),
                unassigned=rows.unassigned,
                last_event=rows.last.get(duty.key.scope),
                attested=said.get(duty.key, Attested()),
                exemption=exempting(papers, duty),
            )
            for duty in duties
        }

    def _through(self, duty: Duty) -> datetime | None:
        """Until when the dataset of *duty*, and who attests for it, are proved complete."""
        needed = [duty.key.dataset, *([CONTRACT] if duty.mandatory else [])]
        if duty.key.dataset not in self._captured:
            return None
        known = self.proved.through
        if any(name not in known or known[name] < duty.key.due for name in needed):
            self._prove()
        found = [known.get(name) for name in needed]
        return None if None in found else min(one for one in found if one is not None)

    def _prove(self) -> None:
        """Prove the watermarks, once a look; a part that is away proves nothing (invariant 9)."""
        if self._asked_watermarks:
            return
        self._asked_watermarks = True
        with suppress(Transient):  # the cause of what stays pending will say so
            self.proved.add(self._open().complete_through())

    def _deep(self, duty: Duty, now: datetime, *, proved: bool) -> Evidence:
        if duty.vertical:
            return Evidence(exchanged=False)  # no exchange is built yet (DOMAIN.md 13)
        dataset = self._captured.get(duty.key.dataset)
        if dataset is None:
            return Evidence(channel=Channel(way_in=False))
        if dataset.id not in self._chains:
            self._chains[dataset.id] = self._chain(dataset, now)
        found = self._chains[dataset.id]
        if proved or found.channel.unreachable:
            return found
        return replace(found, channel=self._walked(dataset, found.channel))

    def _walked(self, dataset: Dataset, known: Channel) -> Channel:
        """Walk the chain, once a look, of a dataset that is not proved complete.

        A link that broke after all had come through has delayed nothing.
        """
        if dataset.id not in self._links:
            self._links[dataset.id] = broken(self._home, dataset, known)
        return self._links[dataset.id]

    def _chain(self, dataset: Dataset, now: datetime) -> Evidence:
        """What concerns the dataset alone, asked once a look: its way, its load, its shape."""
        try:
            books, standing = self._open(), self._standing(dataset)
        except Transient:
            return Evidence(channel=Channel(unreachable=("kafka",)))
        return Evidence(
            channel=channel(books, dataset.source, standing, now),
            load=backlog(self._home, dataset, loaded(books, dataset)),
            structure=shape(dataset, self._home.root, standing),
        )

    def _standing(self, dataset: Dataset) -> Standing | None:
        if self._standings is None:
            self._standings = read_standings(self._open().reader)
        return self._standings.get(dataset.id)

    def _open(self) -> Books:
        if self._books is None:
            self._books = self._opened.enter_context(open_books(self._home.root))
        return self._books


def exempting(papers: Sequence[Paper], duty: Duty) -> int | None:
    """Return the number of the paper that exempts *duty*; the newest where several do."""
    found = [one.id for one in in_force(papers, Act.EXEMPT) if one.speaks_for(duty.key, duty.day)]
    return found[-1] if found else None
