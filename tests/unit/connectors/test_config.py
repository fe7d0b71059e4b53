"""What Connect should run, computed from contracts alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors import mariadb, postgres
from connectors.capture import Config, seeding
from connectors.engines import settings_refused, wanted_config
from connectors.place import Place
from connectors.sources import read_sources
from schemas.contract import Dataset

SOURCES = read_sources()
Make = Callable[[str], Config]


@pytest.fixture
def wanted(birth: Dataset, death: Dataset, product: Dataset, place: Place) -> Make:
    datasets = {"so_tu_phap": (death, birth), "so_nnmt": (product,)}
    return lambda name: wanted_config(SOURCES[name], datasets.get(name, ()), place)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_no_setting_of_ours_loses_data(wanted: Make, name: str) -> None:
    assert settings_refused(wanted(name)) == ()


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_secret_is_a_reference(wanted: Make, name: str) -> None:
    config = wanted(name)
    secret = [value for key, value in config.items() if "password" in key or "jaas" in key]
    assert secret
    assert all(value.startswith("${file:") for value in secret)


def test_tables_are_anchored_patterns_in_one_order(wanted: Make) -> None:
    assert wanted("so_tu_phap")["table.include.list"] == (
        r"ho_tich\.khai_sinh,ho_tich\.khai_tu,cdc\.heartbeat,cdc\.signal"
    )


def test_what_no_contract_takes_never_leaves_the_department(wanted: Make) -> None:
    # Invariant 6
    assert wanted("so_tu_phap")["column.exclude.list"] == r"ho_tich\.khai_sinh\.ghi_chu"
    assert "column.exclude.list" not in wanted("so_nnmt")


def test_the_generation_travels_in_a_header(birth: Dataset, place: Place) -> None:
    source = replace(SOURCES["so_tu_phap"], generation=7)
    config = postgres.wanted(source, (birth,), place)
    assert config["transforms.generation.header"] == "suoi.generation"
    assert config["transforms.generation.value.literal"] == "7"


def test_topic_names_follow_the_source(wanted: Make) -> None:
    config = wanted("so_nnmt")
    assert config["topic.prefix"] == "raw.so_nnmt"
    assert config["notification.sink.topic.name"] == "notifications.so_nnmt"
    assert config["schema.history.internal.kafka.topic"] == "history.so_nnmt"
    assert config["table.include.list"].startswith(r"so_nnmt\.ocop,")


def test_an_idle_mariadb_still_beats_its_heart(
    product: Dataset, place: Place
) -> None:  # Invariant 9
    quick = replace(place, heartbeat_ms=1000)
    config = mariadb.wanted(SOURCES["so_nnmt"], (product,), quick)
    assert config["heartbeat.interval.ms"] == "1000"
    # The server sends its own heartbeat after 0.8 of this; the connector beats only then.
    assert config["connect.keep.alive.interval.ms"] == "1250"


def test_a_connector_without_a_position_captures_no_department_table(wanted: Make) -> None:
    seed = seeding(wanted("so_nnmt"))  # Invariant 8
    assert seed["table.include.list"] == r"cdc\.heartbeat,cdc\.signal"
    assert seed["notification.enabled.channels"] == "log"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("errors.tolerance", "all"),
        ("skipped.operations", "t"),
        ("snapshot.mode", "initial"),
        ("publication.autocreate.mode", "all_tables"),
        ("value.converter.replace.null.with.default", "true"),
        ("event.converting.failure.handling.mode", "skip"),
        ("offset.mismatch.strategy", "trust_slot"),
        ("slot.drop.on.stop", "true"),
        ("transforms", "generation,unwrap"),
    ],
)
def test_a_source_file_cannot_bring_in_a_setting_that_loses_data(
    birth: Dataset, place: Place, key: str, value: str
) -> None:
    source = replace(SOURCES["so_tu_phap"], settings={key: value})
    [refusal] = settings_refused(postgres.wanted(source, (birth,), place))
    assert key in refusal.sentence


def test_a_setting_whose_default_loses_data_must_be_there(wanted: Make) -> None:
    config = wanted("so_tu_phap")
    del config["skipped.operations"]
    [refusal] = settings_refused(config)
    assert "skipped.operations is not set" in refusal.sentence
