"""books.streams read from its end back to a checkpoint: exact with holes, trimmed, and set back."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from consumers.ledger import verdicts
from consumers.ledger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from consumers.ledger.spans import Range
from consumers.ledger.verdicts import Read
from infra import kafka_reader
from infra.kafka_reader import Place

RAW = Place("raw.so_thu.thu.thu", 0)
OTHER = Place("raw.so_thu.thu.khac", 0)


class Page(NamedTuple):
    """One record of books.streams."""

    body: bytes

    def value(self) -> bytes:
        """Its value."""
        return self.body


class Books:
    """The topic in memory; *low* is the first offset still kept."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.low = 0
        self.reads = 0

    def book(self, *runs: tuple[int, int, str], place: Place = RAW, again: bool = False) -> None:
        """Write one page."""
        page = {"topic": place.topic, "partition": place.partition, "runs": runs}
        self.pages.append(Page(json.dumps(page | ({"again": True} if again else {})).encode()))

    def read(self, _: object, stretches: Mapping[Place, tuple[int, int]]) -> Iterator[Page]:
        """As kafka_reader.read."""
        for first, end in stretches.values():
            assert first >= self.low
            self.reads += end - first
            yield from self.pages[first:end]


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    kept = Books()
    monkeypatch.setattr(kafka_reader, "read", kept.read)
    monkeypatch.setattr(kafka_reader, "bounds", lambda *_: (kept.low, len(kept.pages)))
    monkeypatch.setattr(verdicts, "BLOCK", 3)
    return kept


def read(committed: int, path: Path | None = None) -> Read:
    """As the sampler reads, with or without a checkpoint, which it moves on."""
    found = Read(None, read_checkpoint(path), {RAW: committed})  # type: ignore[arg-type]
    if path and not found.verdicts[RAW].hole():
        write_checkpoint(path, found.end, found.verdicts, found.known.parts)
    return found


def chunks(books: Books, first: int, count: int) -> None:
    for number in range(first, first + count):
        books.book((number * 10, 9, "clean"), (number * 10 + 9, 1, "reject"))


def test_a_missing_page_is_the_hole_that_is_named(books: Books) -> None:
    chunks(books, 0, 4)
    chunks(books, 6, 4)
    assert read(100).verdicts[RAW].hole() == Range(40, 59)  # Invariant 2


def test_a_second_verdict_decides_nothing(books: Books) -> None:
    chunks(books, 0, 10)
    books.book((0, 100, "clean"), again=True)
    assert read(100).verdicts[RAW].totals == {"clean": 90, "reject": 10}  # Invariant 2


def test_after_a_checkpoint_only_what_is_new_is_read(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "books" / "checkpoint.json"
    chunks(books, 0, 20)
    assert read(200, path).verdicts[RAW].totals == {"clean": 180, "reject": 20}
    books.reads = 0
    chunks(books, 20, 1)
    found = read(210, path)
    assert found.verdicts[RAW].totals == {"clean": 189, "reject": 21}
    assert found.verdicts[RAW].hole() is None
    assert books.reads == 1


def test_what_was_booked_but_not_committed_is_not_lost(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 20)
    assert read(150, path).verdicts[RAW].totals == {"clean": 135, "reject": 15}
    assert read(190, path).verdicts[RAW].totals == {"clean": 171, "reject": 19}
    assert read(190).verdicts[RAW].totals == {"clean": 171, "reject": 19}


def test_a_chunk_judged_again_after_a_checkpoint_decides(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 20)
    assert read(150, path).verdicts[RAW].totals == {"clean": 135, "reject": 15}
    books.book((150, 50, "reject"))  # killed before the commit: judged again, the latest decides
    assert read(200, path).verdicts[RAW].totals == {"clean": 135, "reject": 65}
    assert read(200).verdicts[RAW].totals == {"clean": 135, "reject": 65}


def test_books_that_expired_are_known_from_the_checkpoint(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 20)
    read(200, path)
    chunks(books, 20, 5)
    books.low = 15
    found = read(250, path)
    assert (found.verdicts[RAW].hole(), found.expired) == (None, False)
    assert found.verdicts[RAW].totals == {"clean": 225, "reject": 25}
    without = read(250)
    assert (without.verdicts[RAW].hole(), without.expired) == (Range(0, 149), True)


def test_a_group_that_was_reset_is_read_anew(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 20)
    read(200, path)
    assert read(100, path).verdicts[RAW].totals == {"clean": 90, "reject": 10}
    assert read_checkpoint(path).parts[0].through == 100


def test_a_checkpoint_is_not_moved_past_a_hole(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 10)
    read(100, path)
    chunks(books, 12, 2)
    assert read(140, path).verdicts[RAW].hole() == Range(100, 119)
    assert read_checkpoint(path).parts[0].through == 100
    assert read(140, path).verdicts[RAW].hole() == Range(100, 119)  # and is named again


def test_a_partition_not_asked_for_stays_in_the_checkpoint(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    books.book((0, 5, "clean"), place=OTHER)
    found = Read(None, Checkpoint(), {OTHER: 5})  # type: ignore[arg-type]
    write_checkpoint(path, found.end, found.verdicts, ())
    chunks(books, 0, 2)
    read(20, path)
    assert set(read_checkpoint(path).by_place()) == {RAW, OTHER}


@pytest.mark.parametrize("spoilt", ["", "{", '{"books": "x"}', "[]"])
def test_a_spoilt_checkpoint_says_nothing(books: Books, tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "checkpoint.json"
    path.write_text(spoilt)
    chunks(books, 0, 2)
    assert read(20, path).verdicts[RAW].totals == {"clean": 18, "reject": 2}
