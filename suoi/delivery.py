"""What the running chain knows of each dataset's delivery: loads from Kafka, rows from books."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import sql

from connectors.sources import read_sources
from consumers.ledger.delivery import Figures
from consumers.ledger.obligations.store import Store
from infra.postgres import Connection
from infra.queries import read_queries
from schemas import ddl
from schemas.contract import Dataset
from suoi.figures import Books
from suoi.loading import told_loads


def figures(books: Books) -> dict[str, Figures]:
    """Return the figures of every dataset whose source is captured; the others are absent."""
    proved = proofs(books.province)
    return {
        dataset.id: proved.put(dataset.id, counted(books.province, dataset))
        if whole
        else Figures(loaded=False)
        for source in sorted(set(books.catalogue.sources) & set(read_sources()))
        for dataset, whole in _loaded(books, source)
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Proofs:
    """What the books prove beyond the rows: reconciliations, and cycles of the obligations."""

    reconciled: frozenset[str]
    cycles: Mapping[str, Sequence[tuple[datetime, int, int, int]]]
    """Dataset -> its due times, oldest first: duties, those met or exempt, those met."""

    def put(self, dataset: str, figures: Figures) -> Figures:
        """Return *figures* with what is proved of *dataset*."""
        cycles = self.cycles.get(dataset, ())
        return replace(
            figures,
            reconciled=dataset in self.reconciled,
            on_time=any(kept == duties and met for _, duties, kept, met in cycles),
            fresh=bool(cycles) and cycles[-1][1] == cycles[-1][2],
        )


def proofs(province: Connection) -> Proofs:
    """Read what the books prove."""
    rows = province.execute(read_queries("obligation_evidence")["reconciled"]).fetchall()
    return Proofs(
        reconciled=frozenset(str(name) for (name,) in rows), cycles=Store(province).cycles()
    )


def _loaded(books: Books, source: str) -> Iterable[tuple[Dataset, bool]]:
    """Pair each dataset of *source* with whether its first full load is finished."""
    mine = books.catalogue.of_source(source)
    found = told_loads(books.reader, source, mine)
    return [(item, found[item.id].whole) for item in mine]


def counted(province: Connection, dataset: Dataset) -> Figures:
    """Count the rows of *dataset*, whose first load is finished: clean, and waiting with why."""
    queries, asked = read_queries("delivery"), {"dataset": dataset.id}
    table = sql.Identifier(ddl.SCHEMA, dataset.id)
    (clean,) = _row(province, queries["clean"].format(table=table), asked)
    refused, lacking, holes = _row(province, queries["refused"], asked)
    return Figures(loaded=True, clean=clean, refused=refused, lacking=lacking, holes=holes)


def _row(
    province: Connection, query: sql.SQL | sql.Composed, asked: dict[str, str]
) -> tuple[int, ...]:
    return tuple(map(int, province.execute(query, asked).fetchone() or ()))
