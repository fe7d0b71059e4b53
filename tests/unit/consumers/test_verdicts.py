"""books.streams read from its end back to a checkpoint: exact with holes, trimmed, and set back."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from consumers.ledger import verdicts
from consumers.ledger.checkpoint import read_checkpoint, write_checkpoint
from consumers.ledger.spans import Range
from consumers.ledger.verdicts import Read
from infra import kafka_reader
from infra.kafka_reader import Place

RAW = Place("raw.so_thu.thu.thu", 0)
OTHER = Place("raw.so_thu.thu.khac", 0)


class Page(NamedTuple):
    """One record of books.streams."""

    at: int
    body: bytes

    def offset(self) -> int:
        """Where it stands."""
        return self.at

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
        body = json.dumps(page | ({"again": True} if again else {})).encode()
        self.pages.append(Page(len(self.pages), body))

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


def read(committed: int, path: Path | None = None, place: Place = RAW) -> Read:
    """As the sampler reads, with or without a checkpoint, which it moves on."""
    known = read_checkpoint(path)
    found = Read(None, known, {place: committed})  # type: ignore[arg-type]
    if path:
        write_checkpoint(path, found.end, found.verdicts, known)
    return found


def through(path: Path) -> dict[Place, int]:
    """How far the checkpoint at *path* counts each partition."""
    return {one.place: one.through for one in read_checkpoint(path)}


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
    assert (found.verdicts[RAW].hole(), found.expired(RAW)) == (None, False)
    assert found.verdicts[RAW].totals == {"clean": 225, "reject": 25}
    without = read(250)
    assert (without.verdicts[RAW].hole(), without.expired(RAW)) == (Range(0, 149), True)


def test_a_group_that_was_reset_is_read_anew(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 20)
    read(200, path)
    assert read(100, path).verdicts[RAW].totals == {"clean": 90, "reject": 10}
    assert through(path) == {RAW: 100}


def test_a_checkpoint_is_not_moved_past_a_hole(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 10)
    read(100, path)
    chunks(books, 12, 2)
    assert read(140, path).verdicts[RAW].hole() == Range(100, 119)
    assert through(path) == {RAW: 100}
    assert read(140, path).verdicts[RAW].hole() == Range(100, 119)  # and is named again


def test_who_does_not_know_a_partition_moves_nothing_past_its_verdicts(
    books: Books, tmp_path: Path
) -> None:  # Invariant 2
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 2)
    read(20, path)
    books.book((20, 5, "reject"))
    books.book((0, 5, "clean"), place=OTHER)
    read(5, path, OTHER)
    assert through(path) == {RAW: 20, OTHER: 5}
    chunks(books, 3, 1)
    found = read(25, path)
    assert found.verdicts[RAW].hole() is None
    assert found.verdicts[RAW].totals == {"clean": 18, "reject": 7}


def test_a_partition_that_no_checkpoint_names_is_read_from_the_beginning(
    books: Books, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.json"
    books.book((0, 5, "clean"), place=OTHER)
    chunks(books, 0, 2)
    read(20, path)
    found = read(5, path, OTHER)
    assert (found.verdicts[OTHER].hole(), found.verdicts[OTHER].totals) == (None, {"clean": 5})


def test_a_hole_in_one_partition_holds_no_other_back(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 1)
    books.book((3, 2, "clean"), place=OTHER)
    found = Read(None, (), {RAW: 10, OTHER: 5})  # type: ignore[arg-type]
    write_checkpoint(path, found.end, found.verdicts, ())
    assert through(path) == {RAW: 10}


def test_a_checkpoint_of_an_older_release_is_gone_on_with(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    chunks(books, 0, 3)
    part = {"topic": RAW.topic, "partition": 0, "through": 20, "totals": {"clean": 18, "reject": 2}}
    path.write_text(json.dumps({"books": 2, "parts": [part | {"beyond": [[20, 10, "reject"]]}]}))
    assert read(30, path).verdicts[RAW].totals == {"clean": 27, "reject": 3}
    assert books.reads == 1


@pytest.mark.parametrize("spoilt", ["", "{", '{"books": "x"}', "[]"])
def test_a_spoilt_checkpoint_says_nothing(books: Books, tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "checkpoint.json"
    path.write_text(spoilt)
    chunks(books, 0, 2)
    assert read(20, path).verdicts[RAW].totals == {"clean": 18, "reject": 2}
