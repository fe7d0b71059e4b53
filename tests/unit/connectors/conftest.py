"""Invented contracts and places for the tests of the front door."""

from pathlib import Path

import pytest

from connectors.place import Place
from schemas.contract import Dataset, Field


def _dataset(name: str, source: str, table: str, untaken: tuple[str, ...] = ()) -> Dataset:
    columns = [
        Field(
            name=column,
            title=column,
            type="string",
            kind="text",
            requirement="O",
            columns=(column,),
            source_type="varchar",
        )
        for column in ("id", "ten")
    ]
    return Dataset(
        id=name,
        title=name,
        version="1.0.0",
        revision=1,
        owner_unit=source,
        source=source,
        source_kind="cdc",
        table=table,
        source_key=("id",),
        business_key=(),
        fields=tuple(columns),
        untaken=untaken,
    )


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
    )
