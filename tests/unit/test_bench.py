"""The harness of the benchmarks: what it counts on, without a process."""

import json
import xml.etree.ElementTree as ET
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from bench import clones, fill, growth, jdbc, machine, picture
from bench.figures import Figures
from bench.laps import Lap
from consumers.decoding import Decoder
from infra.errors import Fatal, Usage
from schemas.avro import clean_schema
from schemas.contract import Dataset
from suoi import bench as command

RECORDS = 200
LAP = Lap(records=1000, seconds=2, cpu_s=0.04, database_cpu_s=0.01, wal_bytes=5000, rss_mb=100)


@pytest.fixture
def pair(tmp_path: Path) -> Dataset:
    return clones.write_clone(tmp_path, "bench_x", 2)


class Known:
    """The registry's stand-in."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def schema(self, number: int) -> dict[str, Any]:
        """Give the one schema there is."""
        assert number == 5
        return clean_schema(self._dataset)


def test_a_clone_is_a_dataset_of_its_own(pair: Dataset) -> None:
    assert (pair.id, pair.table, pair.partitions) == ("bench_x", "bo_tro.bench_x", 2)
    assert 15 <= len(pair.columns) <= 20


def test_a_fifth_of_the_filled_records_are_updates_at_any_place(pair: Dataset) -> None:
    made = list(fill.fillings(pair, RECORDS, 5))
    for upto in range(5, RECORDS + 1, 5):
        assert len({one.key for one in made[:upto]}) == upto * fill.FRESH
    assert all((dict(one.headers)["suoi.op"] == "u") == (n % 5 == 2) for n, one in enumerate(made))


def test_the_first_and_last_keys_stand_at_the_ends_of_their_partitions(pair: Dataset) -> None:
    made = list(fill.fillings(pair, RECORDS, 5))
    each = [[one.key for one in made if one.partition == number] for number in (0, 1)]
    assert sorted(fill.first_keys(2)) == sorted(keys[0] for keys in each)
    assert sorted(fill.last_keys(RECORDS, 2)) == sorted(keys[-1] for keys in each)
    assert all(keys.count(keys[-1]) == 1 for keys in each), "the end would be seen too early"


def test_a_key_never_changes_its_partition(pair: Dataset) -> None:
    places = {(one.key, one.partition) for one in fill.fillings(pair, RECORDS, 5)}
    assert len(places) == RECORDS * fill.FRESH


def test_what_is_filled_is_what_our_sinks_read(pair: Dataset) -> None:
    decoder, positions = Decoder(Known(pair)), []
    for one in fill.fillings(pair, RECORDS, 5):
        fields = decoder.decode(one.value)
        assert (fields["_key"], fields["_raw"]) == (one.key, dict(one.headers)["suoi.raw"])
        positions.append(fields["_position"])
    assert positions == sorted(set(positions)), "every record is newer than all before"


@pytest.mark.parametrize("name", jdbc.RIVALS)
@pytest.mark.parametrize("shape", ["clean", "debezium"])
def test_every_rival_is_what_the_issue_says(name: str, shape: str) -> None:
    words = dict.fromkeys(("topic", "table", "password", "registry"), "x") | {"url": "jdbc:x"}
    found = jdbc.settings(name, shape, words)
    assert found["insert.mode"] == "upsert"
    assert found["primary.key.mode"] == "record_key"
    assert found["delete.enabled"] == "true"
    assert (found.get("use.reduction.buffer") == "true") == (name != "r1")
    assert (found.get("batch.size") == "2000") == (name != "r1")
    assert (found.get("dialect.postgres.unnest.insert.enabled") == "true") == (name == "r2")
    assert ("reWriteBatchedInserts=true" in found["connection.url"]) == (name == "r3")
    assert not any("{" in value for value in found.values())


def test_the_answer_has_the_shape_that_was_promised() -> None:
    figures = Figures(Namespace(rounds=3, json=True))
    for _ in range(3):
        figures.note("ours", LAP)
    figures.ratio("P1", [1.5, 2.0, 1.75], "ours / R1")
    found = json.loads(json.dumps(figures.whole()))
    assert found["ratios"]["P1"] == {
        "median": 1.75, "low": 1.5, "high": 2.0, "rounds": 3, "what": "ours / R1",
    }  # fmt: skip
    assert found["rates"] == {"ours": 500}
    assert found["cpu_us"] == {"ours": 40.0}
    assert {"cores", "load_1m", "load_1m_during"} <= found["machine"].keys()


def test_results_that_differ_end_the_run_with_a_sentence() -> None:
    def main() -> None:
        message = "a table differs"
        raise AssertionError(message)

    with pytest.raises(SystemExit, match="bench: a table differs"):
        machine.told(main)


def test_a_picture_is_well_formed_and_shows_every_point() -> None:
    points = [("rows", 0, 0, 40_000.0), ("rows", 0, 1, 44_000.0), ("rows", 10, 0, 30_000.0)]
    curve = picture.Curve("Rows < all", growth.medians(points, "rows"))
    drawn = ET.fromstring(picture.draw([curve]))  # noqa: S314  our own
    assert len(drawn.findall("{http://www.w3.org/2000/svg}circle")) == 2
    assert "42.0k" in ET.tostring(drawn, encoding="unicode")


def test_a_bench_that_is_not_there_is_named() -> None:
    with pytest.raises(Usage, match="choose one of sink, streams, chain"):
        command.bench("sinks")


def test_an_installation_without_the_benchmarks_says_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "_ROOT", tmp_path)
    with pytest.raises(Fatal, match="Clone the repository"):
        command.bench("sink")
