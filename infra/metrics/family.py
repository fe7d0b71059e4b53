"""A metric as a value: its family, declared once, and the samples that a measurement yields."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from infra.metrics.labels import refuse_unlisted


class Kind(StrEnum):
    """What Prometheus may do with it: read it as it is, or take its rate."""

    GAUGE = "gauge"
    COUNTER = "counter"


class Sample(NamedTuple):
    """One number of one family; *labels* are the values in the order of the family's labels."""

    family: "Family"
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: name in base units (seconds, bytes, ratio; a counter ends in _total), help, labels.

    Raises:
        ValueError: a label is not on the list, or the name and the kind contradict each other.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: Kind = Kind.GAUGE

    def __post_init__(self) -> None:
        """Refuse what no dashboard may meet."""
        refuse_unlisted(self.labels)
        if self.name.endswith("_total") is not (self.kind is Kind.COUNTER):
            message = f"{self.name}: a counter, and nothing else, ends in _total."
            raise ValueError(message)

    def of(self, value: float | None, *labels: str) -> tuple[Sample, ...]:
        """Make the sample of *value*; none where it is unknown: unknown is absent, never 0.

        Raises:
            ValueError: there are not as many values as labels.
        """
        if len(labels) != len(self.labels):
            message = f"{self.name} has the labels {self.labels}, and {len(labels)} were given."
            raise ValueError(message)
        return () if value is None else (Sample(self, labels, float(value)),)
