"""Invented contracts and places for the tests of the front door."""

from pathlib import Path

import pytest
from support.contracts import a_dataset, a_field

from connectors.place import Place
from schemas.contract import Dataset


def _dataset(name: str, source: str, table: str, untaken: tuple[str, ...] = ()) -> Dataset:
    columns = [a_field("text", name=column, columns=(column,)) for column in ("id", "ten")]
    return a_dataset(*columns, id=name, title=name, source=source, table=table, untaken=untaken)


@pytest.fixture
def birth() -> Dataset:
    """A dataset of PostgreSQL that leaves one column at the department."""
    return _dataset("tp_khai_sinh", "so_tu_phap", "ho_tich.khai_sinh", ("ghi_chu",))


@pytest.fixture
def death() -> Dataset:
    return _dataset("tp_khai_tu", "so_tu_phap", "ho_tich.khai_tu")


@pytest.fixture
def product() -> Dataset:
    """A dataset of MariaDB."""
    return _dataset("nnmt_ocop", "so_nnmt", "ocop")


@pytest.fixture
def place() -> Place:
    return Place(
        host="db.example",
        port=5432,
        password_file=Path("/secrets/source.properties"),
        sslmode="verify-full",
        ca=Path("/tls/source.pem"),
        kafka_bootstrap="kafka.example:9093",
        kafka_ca=Path("/tls/kafka.pem"),
        kafka_jaas_file=Path("/secrets/kafka.properties"),
        gate_file=Path("/secrets/source.gate.properties"),
    )
