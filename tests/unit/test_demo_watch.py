"""The watch measures honestly: only rows that appear, from before the commit until seen."""

import time
from collections.abc import Iterable, Mapping

from infra.errors import Transient
from suoi.demo.clerk import Deed
from suoi.demo.watch import Watch


class Books:
    """A province that shows what it is told to."""

    def __init__(self) -> None:
        self.shown: set[tuple[str, str]] = set()
        self.broken = False

    def visible(self, wanted: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
        """Say which of the wanted rows are shown; a broken one raises."""
        if self.broken:
            raise Transient
        return {(dataset, key) for dataset, keys in wanted.items() for key in keys} & self.shown


def deed(key: str, op: str = "insert", *, good: bool = True, ago: float = 0.0) -> Deed:
    return Deed("tp_khai_sinh", key, op, good, time.time() - ago)


def test_a_row_is_measured_from_its_commit_to_the_first_look_that_finds_it() -> None:
    books = Books()
    watch = Watch(books)
    watch.tell(deed("[1]", ago=0.2))
    watch.look()
    assert watch.latency().missing == 1
    books.shown.add(("tp_khai_sinh", "[1]"))
    watch.look()
    taken = watch.latency("tp_khai_sinh")
    assert taken.missing == 0
    assert taken.p50 is not None
    assert 0.2 <= taken.p50 < 2


def test_rows_that_must_not_appear_are_not_waited_for() -> None:
    watch = Watch(Books())
    watch.tell(deed("[1]", good=False))
    watch.tell(deed("[2]", "update"))
    watch.tell(deed("[3]", "delete"))
    assert watch.latency().missing == 0


def test_a_row_deleted_before_it_was_seen_is_no_measure() -> None:
    watch = Watch(Books())
    watch.tell(deed("[1]"))
    watch.tell(deed("[1]", "delete"))
    assert watch.latency() == (0, None, None, 0)


def test_percentiles_are_values_that_were_measured() -> None:
    books = Books()
    watch = Watch(books)
    for number in range(1, 101):
        watch.tell(deed(f"[{number}]", ago=number))
        books.shown.add(("tp_khai_sinh", f"[{number}]"))
    watch.look()
    taken = watch.latency()
    assert taken.measured == 100
    assert round(taken.p50 or 0) == 50
    assert round(taken.p99 or 0) == 99


def test_a_province_that_went_away_is_told_and_not_waited_for() -> None:
    books = Books()
    books.broken = True
    watch = Watch(books)
    watch.start()
    watch.tell(deed("[1]"))
    watch.finish(30.0)
    assert isinstance(watch.trouble, Transient)


def test_the_watch_ends_when_every_row_was_seen() -> None:
    books = Books()
    watch = Watch(books)
    watch.tell(deed("[1]"))
    books.shown.add(("tp_khai_sinh", "[1]"))
    watch.start()
    watch.finish(30.0)
    assert watch.latency().measured == 1
