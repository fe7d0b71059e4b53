"""Samples as Prometheus reads them: the text format 0.0.4."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prometheus_client import Metric, generate_latest
from prometheus_client.registry import Collector

from infra.metrics.family import Family, Kind, Sample
from infra.metrics.labels import fits


class Page(NamedTuple):
    """Text of some families, and how many samples were left out of it (infra.metrics.labels)."""

    text: bytes
    refused: int


class _Gathered(Collector):
    """What `generate_latest` asks of a registry."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def write(samples: Iterable[Sample]) -> Page:
    """Write *samples*, each family under its help; a value that may not be told is left out."""
    families: dict[Family, Metric] = {}
    refused = 0
    for family, labels, value in samples:
        if not all(map(fits, family.labels, labels)):  # Invariant 6
            refused += 1
            continue
        metric = families.setdefault(family, _empty(family))
        metric.add_sample(family.name, dict(zip(family.labels, labels, strict=True)), value)
    return Page(generate_latest(_Gathered(families.values())), refused)


def _empty(family: Family) -> Metric:
    name = family.name.removesuffix("_total") if family.kind is Kind.COUNTER else family.name
    return Metric(name, family.help, family.kind.value)
