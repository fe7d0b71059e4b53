"""A finder that reads Kafka and is killed with kill -9: its successor finds the same, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from support import finder_process
from support.plain_broker import make_topic, plain_broker
from support.plain_postgres import Server, plain_province
from support.registry_of_rows import Province

from consumers.batch import Move
from infra.kafka_reader import Place
from schemas import topics
from schemas.catalogue import read_catalogue

NAME = "nnmt_thua_dat"
CATALOGUE = {NAME: read_catalogue()[NAME]}
TOPIC = topics.clean(CATALOGUE[NAME])
CODE = "w7er8yt12345"
ROOT = Path(__file__).parents[2]
FOUND = [("nnmt_thua_dat.rule.duplicate_number", [(NAME, "[1]"), (NAME, "[2]")])]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(*CATALOGUE.values()) as running:
        yield running


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        make_topic(address, TOPIC, 1)
        make_topic(address, "other", 2)
        yield address


@pytest.fixture(scope="module")
def province(server: Server) -> Iterator[Province]:
    found = Province(server.dsn(), CATALOGUE)  # type: ignore[arg-type]
    yield found
    found.close()


def produce(bootstrap: str, topic: str, key: str, partition: int = 0) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, key=key, value=None, partition=partition)
    assert producer.flush(20) == 0


def run(server: Server, bootstrap: str, faults: Path) -> int:
    """Run a finder to its end; return how it ended."""
    command = [sys.executable, finder_process.__file__]
    command += [server.dsn("province_findings"), bootstrap, NAME]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    surroundings = os.environ | {"PYTHONPATH": paths, "SUOI_FAULTS": str(faults)}
    return subprocess.run(command, env=surroundings, check=False, timeout=60).returncode


def apply(province: Province, bootstrap: str, number: int, position: int) -> None:
    fields: dict[str, Any] = {"ma_dinh_danh_thua": CODE, "trang_thai": "hien_hanh"}
    produce(bootstrap, TOPIC, f"[{number}]")
    province.apply(NAME, f"[{number}]", fields, position)


def test_keys_are_read_up_to_where_the_sink_stands_and_no_further(bootstrap: str) -> None:
    for key in ("[1]", "[2]", "[1]", "[3]", "[4]"):
        produce(bootstrap, "other", key)
    produce(bootstrap, "other", "[9]", 1)
    keys = finder_process.open_keys(bootstrap)
    first = {Place("other", 0): Move(0, 4), Place("other", 1): Move(0, 1)}
    assert sorted(keys.read(first)["other"]) == ["[1]", "[2]", "[3]", "[9]"]
    assert keys.read({Place("other", 0): Move(4, 5)}) == {"other": ["[4]"]}


@pytest.mark.parametrize(
    "point", ["findings.before_page", "findings.before_commit", "findings.after_commit"]
)
def test_killed_at_any_point_its_successor_finds_the_same(  # Invariant 8
    server: Server, bootstrap: str, province: Province, tmp_path: Path, point: str
) -> None:
    offset = len(province.keys[TOPIC])
    province.do("truncate clean.nnmt_thua_dat, quarantine.finding, quarantine.member")
    apply(province, bootstrap, 1, 10 * offset + 1)
    if point == "findings.before_page":
        province.do("truncate quarantine.followed, quarantine.judged")
    assert run(server, bootstrap, tmp_path) == 0
    apply(province, bootstrap, 2, 10 * offset + 2)
    if point == "findings.before_page":
        province.do("truncate quarantine.followed")
    (tmp_path / point).write_text("KILL")
    assert run(server, bootstrap, tmp_path) == -signal.SIGKILL
    assert (tmp_path / f"{point}.struck").exists()
    assert (province.findings() == FOUND) == (point == "findings.after_commit")
    assert run(server, bootstrap, tmp_path) == 0
    assert province.findings() == FOUND
    reached = province.ask("select next from quarantine.followed")
    assert reached == [(len(province.keys[TOPIC]),)]
