"""What each dataset is, for joining: which source and which unit it comes from. Never unknown."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.metrics.family import Sample
from schemas.catalogue import Catalogue
from suoi.measuring.families import DATASET


@contextmanager
def open_catalogue(catalogue: Catalogue) -> Iterator[Catalogue]:
    """Give *catalogue*: it is read already."""
    yield catalogue


def measure(catalogue: Catalogue) -> Iterator[Sample]:
    """Tell of each dataset where it comes from, whatever else can be measured."""
    for dataset in catalogue.values():
        yield from DATASET.of(1, dataset.id, dataset.source, dataset.owner_unit)
