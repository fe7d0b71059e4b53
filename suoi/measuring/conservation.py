"""Whether law 2 closes for each dataset; judged seldom, because all partitions are asked."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from consumers.ledger.conservation import Finding, judge
from infra.metrics.family import Sample
from suoi.figures import Books
from suoi.measuring.families import CONSERVATION, IN_FLIGHT
from suoi.measuring.ground import speaking

HOUSE = "house"
"""Heartbeats and signals: raw records that are no dataset's, and are counted all the same."""


def measure(books: Books) -> Iterator[Sample]:
    """Judge every raw partition, and tell it by dataset.

    Raises:
        Transient: Kafka or the province does not answer, or streams stands still.
    """
    with speaking():
        findings = [judge(sample) for sample in books.samples()]
    for name, found in _by_dataset(findings).items():
        yield from CONSERVATION.of(all(one.holds for one in found), name or HOUSE)
        yield from IN_FLIGHT.of(sum(one.in_flight for one in found), name or HOUSE)


def _by_dataset(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    ordered = sorted(findings, key=lambda one: one.sample.dataset)
    return {name: list(found) for name, found in groupby(ordered, lambda one: one.sample.dataset)}
