"""A page of metrics holds names of ours alone, and nothing that is unknown, old or personal."""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.metrics.family import Family, Kind, Sample
from infra.metrics.labels import LABELS, fits
from infra.metrics.shelf import Shelf
from infra.metrics.text import write
from schemas.catalogue import read_catalogue
from schemas.topics import all_topics
from suoi.measuring.families import FAMILIES

OPEN = Family("suoi_quarantine_open_items", "Open items.", ("dataset",))
SEEN = Family("suoi_captured_total", "Captured.", ("dataset",), Kind.COUNTER)


class Clock:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell its time, in seconds."""
        return self.now


def numbers(page: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    """What Prometheus' own parser reads: (name, label values) -> number."""
    return {
        (one.name, tuple(one.labels.values())): one.value
        for family in text_string_to_metric_families(page.decode())
        for one in family.samples
    }


@pytest.mark.parametrize("label", ["key", "ho_ten", "so_dinh_danh", "message", "email"])
def test_a_label_that_is_not_on_the_list_cannot_be_declared(label: str) -> None:
    with pytest.raises(ValueError, match="no metric of ours has the label"):
        Family("suoi_x", "X.", (label,))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "value",
    [
        "Lò Thị Êng",
        "014185000123",
        "a014185000123",
        '["03646",2026,12]',
        "0912345678",
        "so 12 to 4",
        "a@b.vn",
        "",
        "x" * 300,
        "a\nb",
        "tp_khai_sinh\n",
    ],
)
def test_no_label_takes_what_a_person_could_be_known_by(label: str, value: str) -> None:
    assert not fits(label, value)  # Invariant 6


def test_every_topic_and_dataset_of_ours_may_be_told() -> None:
    catalogue = read_catalogue()
    assert all(fits("topic", one.name) for one in all_topics(catalogue.values()))
    assert all(fits("dataset", name) for name in catalogue)
    assert all(fits("source", name) for name in catalogue.sources)


def test_what_may_not_be_told_is_left_out_and_counted() -> None:
    shelf = Shelf({"ledger": 15})
    shelf.put("ledger", [*OPEN.of(3, "tp_khai_sinh"), *OPEN.of(1, "Lò Thị Êng")])
    page = shelf.page()
    assert "Lò" not in page.decode()  # Invariant 6
    assert numbers(page)["suoi_samples_refused_total", ()] == 1
    assert numbers(page)["suoi_quarantine_open_items", ("tp_khai_sinh",)] == 3


def test_unknown_is_absent_and_never_zero() -> None:
    assert OPEN.of(None, "tp_khai_sinh") == ()  # Invariant 9
    assert [one.value for one in OPEN.of(0, "tp_khai_sinh")] == [0.0]


def test_a_sample_names_every_label_of_its_family() -> None:
    with pytest.raises(ValueError, match="and 0 were given"):
        OPEN.of(1)


def test_a_counter_and_nothing_else_ends_in_total() -> None:
    with pytest.raises(ValueError, match="ends in _total"):
        Family("suoi_captured_total", "Captured.")
    with pytest.raises(ValueError, match="ends in _total"):
        Family("suoi_captured", "Captured.", (), Kind.COUNTER)


def test_a_counter_is_told_under_its_whole_name() -> None:
    text = write(SEEN.of(7, "tp_khai_sinh")).text.decode()
    assert "# TYPE suoi_captured_total counter" in text
    assert 'suoi_captured_total{dataset="tp_khai_sinh"} 7.0' in text


def test_no_metric_is_declared_twice_and_each_says_what_it_is() -> None:
    names = [one.name for one in FAMILIES]
    assert len(names) == len(set(names))
    assert all(one.help.endswith((".", ";")) for one in FAMILIES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_names_are_in_base_units(family: Family) -> None:
    wrong = ("_ms", "_milliseconds", "_minutes", "_kb", "_mb", "_megabytes", "_percent")
    assert not family.name.removesuffix("_total").endswith(wrong)
    assert family.name.startswith(("suoi_", "kafka_"))


def test_what_was_not_measured_in_time_is_taken_off_the_page() -> None:
    clock = Clock()
    shelf = Shelf({"ledger": 15}, clock)
    assert numbers(shelf.page())["suoi_part_known", ("ledger",)] == 0
    shelf.put("ledger", OPEN.of(3, "tp_khai_sinh"), 0.5)
    clock.now += 45
    assert numbers(shelf.page())["suoi_quarantine_open_items", ("tp_khai_sinh",)] == 3
    clock.now += 1
    late = numbers(shelf.page())  # Invariant 9: a frozen sampler looks like one
    assert ("suoi_quarantine_open_items", ("tp_khai_sinh",)) not in late
    assert late["suoi_part_known", ("ledger",)] == 0
    assert late["suoi_part_seconds", ("ledger",)] == 0.5


def test_a_part_that_failed_is_absent_until_it_is_measured_again() -> None:
    shelf = Shelf({"ledger": 15, "chain": 15})
    shelf.put("ledger", OPEN.of(3, "tp_khai_sinh"))
    shelf.put("chain", SEEN.of(9, "tp_khai_sinh"))
    shelf.lose("ledger")
    found = numbers(shelf.page())
    assert ("suoi_quarantine_open_items", ("tp_khai_sinh",)) not in found
    assert found["suoi_captured_total", ("tp_khai_sinh",)] == 9
    shelf.put("ledger", OPEN.of(4, "tp_khai_sinh"))
    assert numbers(shelf.page())["suoi_quarantine_open_items", ("tp_khai_sinh",)] == 4


def test_a_scrape_measures_nothing() -> None:
    asked = 0

    def measured() -> Iterator[Sample]:
        nonlocal asked
        asked += 1
        yield from OPEN.of(1, "tp_khai_sinh")

    shelf = Shelf({"ledger": 15})
    shelf.put("ledger", measured())
    for _ in range(5):
        shelf.page()
    assert asked == 1
