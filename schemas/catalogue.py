"""All datasets the house knows: every contract below one directory, each read when first needed.

A broken contract stops its own dataset alone (invariant 10): it is named in `problems`,
the others live on.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from schemas import topics
from schemas.contract import Dataset
from schemas.odcs.contract import ContractError
from schemas.odcs.head import Head, head_of
from schemas.shelf import Shelf

CONTRACTS = Path(__file__).parent / "datasets"
"""The product's own contracts."""


class Catalogue(Mapping[str, Dataset]):
    """Dataset id -> Dataset, with the ways to find one by its topics; never changes once made."""

    def __init__(
        self, datasets: Mapping[str, Dataset], problems: Mapping[Path, ContractError] | None = None
    ) -> None:
        """Hold *datasets*, by id in order; *problems* are the contracts that cannot be used.

        Both may be read only when they are asked for (schemas.shelf).
        """
        self._datasets = datasets
        self.problems = {} if problems is None else problems

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
    def heads(self) -> Mapping[str, Head]:
        """What names each dataset and its topics, known without reading a contract.

        A contract that turns out to be wrong has a head too.
        """
        if isinstance(self._datasets, Shelf):
            return self._datasets.heads
        return {name: head_of(item) for name, item in self._datasets.items()}

    @cached_property
    def by_raw_topic(self) -> dict[str, Dataset]:
        """Raw topic -> its dataset; only what is captured has one."""
        return {topics.raw(item): item for item in self.values() if item.captured}

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
        """Department databases that any dataset is captured from, sorted."""
        return tuple(sorted({item.source for item in self.values() if item.captured}))

    def of_source(self, source: str) -> tuple[Dataset, ...]:
        """Return the datasets captured from one department database."""
        return tuple(item for item in self.values() if item.captured and item.source == source)

    def captured(self, sources: Collection[str]) -> "Catalogue":
        """Return what of this is captured from the department databases *sources*.

        Files, messages and databases that are not connected yet have no topics and no table.
        """
        mine = {
            name: item for name, item in self.items() if item.captured and item.source in sources
        }
        return Catalogue(mine, self.problems)

    def _by(self, topic: Callable[[Dataset], str]) -> dict[str, Dataset]:
        return {topic(item): item for item in self.values()}


def read_catalogue(directory: Path | None = None) -> Catalogue:
    """Find every `*.odcs.yaml` below *directory* (default: the product's own contracts).

    One asked for by its id is read alone; going through the catalogue reads all. Contracts that
    cannot be read, or claim an id or a table already taken, are in `Catalogue.problems`.
    """
    shelf = Shelf(sorted((directory or CONTRACTS).rglob("*.odcs.yaml"), key=str))
    return Catalogue(shelf, shelf.problems)
