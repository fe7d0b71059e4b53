"""What the portal can serve at this moment."""

from collections.abc import Iterator

from infra.metrics.family import Sample
from suoi.measuring.families import PORTAL_READY, PORTAL_ROWS
from suoi.measuring.ground import Ground


def measure(ground: Ground) -> Iterator[Sample]:
    """Tell of each open dataset whether its cache is whole, and how many rows that holds."""
    for name, rows in ground.books.open_rows().items():
        yield from PORTAL_READY.of(rows is not None, name)
        yield from PORTAL_ROWS.of(rows, name)
