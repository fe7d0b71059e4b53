"""All datasets the house knows: every contract below one directory, read once at start.

A broken contract stops its own dataset alone (invariant 10): it is named in `problems`,
the others live on.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from schemas import topics
from schemas.contract import Dataset
from schemas.odcs.contract import ContractError, read_contract

CONTRACTS = Path(__file__).parent / "datasets"
"""The product's own contracts."""


class Catalogue(Mapping[str, Dataset]):
    """Dataset id -> Dataset, with the ways to find one by its topics; never changes once made."""

    def __init__(
        self, datasets: Mapping[str, Dataset], problems: Mapping[Path, ContractError] | None = None
    ) -> None:
        """Hold *datasets*; *problems* are the contracts that could not be read."""
        self._datasets = dict(datasets)
        self.problems = dict(problems or {})

    def __getitem__(self, key: str) -> Dataset:
        """Return the dataset named *key*."""
        return self._datasets[key]

    def __iter__(self) -> Iterator[str]:
        """Go through the ids, sorted."""
        return iter(self._datasets)

    def __len__(self) -> int:
        """Count the datasets that could be read."""
        return len(self._datasets)

    @cached_property
    def by_raw_topic(self) -> dict[str, Dataset]:
        """Raw topic -> its dataset."""
        return self._by(topics.raw)

    @cached_property
    def by_clean_topic(self) -> dict[str, Dataset]:
        """Clean topic -> its dataset."""
        return self._by(topics.clean)

    @cached_property
    def by_reject_topic(self) -> dict[str, Dataset]:
        """Reject topic -> its dataset."""
        return self._by(topics.reject)

    @cached_property
    def by_open_topic(self) -> dict[str, Dataset]:
        """Open topic -> its dataset; only datasets that are open by row have one."""
        return {topics.open_(item): item for item in self.values() if item.open_columns}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Department databases that any dataset comes from, sorted."""
        return tuple(sorted({item.source for item in self.values()}))

    def of_source(self, source: str) -> tuple[Dataset, ...]:
        """Return the datasets of one department database."""
        return tuple(item for item in self.values() if item.source == source)

    def _by(self, topic: Callable[[Dataset], str]) -> dict[str, Dataset]:
        return {topic(item): item for item in self.values()}


def read_catalogue(directory: Path | None = None) -> Catalogue:
    """Read every `*.odcs.yaml` below *directory* (default: the product's own contracts).

    Contracts that cannot be read, or claim an id or a table already taken, are in
    `Catalogue.problems`.
    """
    datasets: dict[str, Dataset] = {}
    problems: dict[Path, ContractError] = {}
    for path in sorted((directory or CONTRACTS).rglob("*.odcs.yaml")):
        try:
            dataset = read_contract(path)
            _check_alone(dataset, path, datasets)
        except ContractError as error:
            problems[path] = error
        else:
            datasets[dataset.id] = dataset
    return Catalogue(dict(sorted(datasets.items())), problems)


def _check_alone(dataset: Dataset, path: Path, others: Mapping[str, Dataset]) -> None:
    """A dataset has one contract and one authoritative source table (DESIGN.md 2)."""
    if dataset.id in others:
        raise ContractError.of(path, f"the dataset {dataset.id!r} has a contract already")
    for other in others.values():
        if topics.raw(other) == topics.raw(dataset):
            said = f"the table {dataset.table} of {dataset.source} is taken by {other.id}"
            raise ContractError.of(path, said)
