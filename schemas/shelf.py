"""Contracts on a shelf: each known by its head, and read when it is first asked for.

What is asked for one by one is right whatever the others hold: a dataset has one contract and one
authoritative source table (DESIGN.md 2), so before a contract counts, those that claim the same id
or table are read too. Whoever goes through all of them reads all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from schemas.contract import Dataset
from schemas.odcs.contract import ContractError, read_contract
from schemas.odcs.head import Head, head_of, read_head

_Claim = tuple[str, ...]
"""What only one contract may have: ("id", …) or ("table", source, table)."""


class Shelf(Mapping[str, Dataset]):
    """Dataset id -> Dataset, of contract files that are read when needed, each once."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Find the head of each of *paths*; earlier ones win what two of them claim."""
        self._heads: dict[Path, Head] = {}
        self._order: dict[Path, int] = {}
        self._claims: dict[_Claim, list[Path]] = {}
        self._settled: dict[Path, Dataset | ContractError] = {}
        self.problems: Mapping[Path, ContractError] = _Problems(self)
        for path in paths:
            self._place(path)

    @property
    def heads(self) -> dict[str, Head]:
        """What is known before anything is read: id -> head, also of contracts that are wrong."""
        first = {head.id: head for head in reversed(self._heads.values())}
        return dict(sorted(first.items()))

    def __getitem__(self, key: str) -> Dataset:
        """Return the dataset *key*; reads its contract and those that claim the same."""
        for path in self._claims.get(("id", key), ()):
            found = self.settle(path)
            if isinstance(found, Dataset):
                return found
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """Go through the ids of what could be read, sorted."""
        return iter(sorted(item.id for item in self.all().values() if isinstance(item, Dataset)))

    def __len__(self) -> int:
        """Count what could be read."""
        return sum(isinstance(item, Dataset) for item in self.all().values())

    def all(self) -> dict[Path, Dataset | ContractError]:
        """Read whatever is not read yet; returns what became of each file."""
        for path in self._heads:
            self.settle(path)
        return self._settled

    def settle(self, path: Path) -> Dataset | ContractError:
        """Return the dataset of *path*, or why it is none."""
        if path not in self._settled:
            for each in sorted(self._related(path), key=self._order.__getitem__):
                self._settled.setdefault(each, self._read(each))
        return self._settled[path]

    def _place(self, path: Path) -> None:
        head = read_head(path)
        if head is None:
            try:
                head = head_of(read_contract(path))
            except ContractError as error:
                self._settled[path] = error
                return
        self._heads[path] = head
        self._order[path] = len(self._order)
        for claim in _claims(head):
            self._claims.setdefault(claim, []).append(path)

    def _related(self, path: Path) -> set[Path]:
        """Return *path* and every file that claims what one of these claims."""
        found, waiting = {path}, [path]
        while waiting:
            for claim in _claims(self._heads[waiting.pop()]):
                waiting += [each for each in self._claims[claim] if each not in found]
                found.update(self._claims[claim])
        return found

    def _read(self, path: Path) -> Dataset | ContractError:
        head = self._heads[path]
        try:
            dataset = read_contract(path)
            if head_of(dataset) != head:
                said = "its id, version, source and table stand otherwise than they seem to"
                raise ContractError.of(path, f"{said}; write each once, as other contracts do")
            self._check_alone(dataset, path)
        except ContractError as error:
            return error
        return dataset

    def _check_alone(self, dataset: Dataset, path: Path) -> None:
        """A dataset has one contract and one authoritative source table (DESIGN.md 2)."""
        for claim in _claims(head_of(dataset)):
            for other in self._claims[claim]:
                held = self._settled.get(other)
                if other == path or not isinstance(held, Dataset):
                    continue
                if claim[0] == "id":
                    said = f"the dataset {dataset.id!r} has a contract already, {other.name}"
                    raise ContractError.of(path, f"{said}; keep one of the two")
                said = f"the table {dataset.table} of {dataset.source} is taken by {held.id}"
                raise ContractError.of(path, said)


class _Problems(Mapping[Path, ContractError]):
    """The contracts that cannot be used, found by reading all."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __getitem__(self, key: Path) -> ContractError:
        found = self._shelf.all()[key]
        if isinstance(found, ContractError):
            return found
        raise KeyError(key)

    def __iter__(self) -> Iterator[Path]:
        found = self._shelf.all().items()
        return iter(sorted(path for path, item in found if isinstance(item, ContractError)))

    def __len__(self) -> int:
        return sum(isinstance(item, ContractError) for item in self._shelf.all().values())


def _claims(head: Head) -> tuple[_Claim, _Claim]:
    return (("id", head.id), ("table", head.source, head.table))
