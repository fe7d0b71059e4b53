"""A real broker tells what board and rules ask, under our configuration, on loopback alone."""

import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.plain_broker import make_topic, plain_broker

from infra.local.jmx import metrics_agent

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    directory = tmp_path_factory.mktemp("broker")
    with plain_broker(directory, *metrics_agent("kafka", port)) as bootstrap:
        make_topic(bootstrap, "raw.so_x.t", 1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            yield answer.read().decode()


@pytest.mark.parametrize(
    "name",
    [
        "kafka_controller_kafkacontroller_offlinepartitionscount",
        "kafka_controller_kafkacontroller_activecontrollercount",
        "kafka_server_replicamanager_underreplicatedpartitions",
        "kafka_server_brokertopicmetrics_messagesin_total",
        'jvm_memory_used_bytes{area="heap"}',
        'jvm_memory_max_bytes{area="heap"}',
    ],
)
def test_a_broker_tells_what_is_asked_of_it(page: str, name: str) -> None:
    assert any(line.startswith((f"{name} ", f"{name}{{")) for line in page.splitlines())


def test_a_scrape_is_small(page: str) -> None:
    assert len(page) < 100_000  # everything there is would be over a megabyte


@pytest.mark.parametrize("name", ["kafka", "connect"])
def test_only_named_beans_are_read(name: str) -> None:
    config = yaml.safe_load((ROOT / "infra" / "metrics" / f"jmx-{name}.yml").read_text())
    assert config["includeObjectNames"]
    assert all(":" in one and not one.startswith("*") for one in config["includeObjectNames"])
