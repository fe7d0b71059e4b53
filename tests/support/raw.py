"""Raw records as Debezium writes them with our settings, for tests without a stack."""

import json
from typing import Any, NamedTuple

from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

CATALOGUE = read_catalogue()
BIRTHS = CATALOGUE["tp_khai_sinh"]
MARRIAGES = CATALOGUE["tp_ket_hon"]
PRODUCTS = CATALOGUE["nnmt_ocop"]

POSTGRES = {
    "connector": "postgresql",
    "ts_ms": 1_773_200_000_000,
    "ts_us": 1_773_200_000_000_123,
    "sequence": '["5505459032","5505457488"]',
    "lsn": 5505457488,
    "snapshot": None,
}
MARIADB = {
    "connector": "mariadb",
    "ts_ms": 1_773_200_000_000,
    "file": "mariadb-bin.000003",
    "pos": 56902,
    "row": 1,
}


class Raw(NamedTuple):
    """One record as a Kafka client hands it over."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def raw(dataset: Dataset, envelope: Any, *, key: Any = None, offset: int = 7) -> Raw:  # noqa: ANN401
    """*envelope* and *key* are JSON values, or bytes as they are, or None."""
    return Raw(
        topics.raw(dataset), 1, offset, _bytes(key), _bytes(envelope), [("suoi.generation", b"1")]
    )


def change(dataset: Dataset, op: str, row: dict[str, Any] | None, **parts: Any) -> Raw:  # noqa: ANN401
    """One change of *row*; *before*, *source*, *key*, *offset* may be given."""
    source = parts.get("source") or (MARIADB if dataset.source_kind == "cdc_mariadb" else POSTGRES)
    before = parts.get("before")
    whole = row or before or {}
    envelope = {
        "op": op,
        "before": before,
        "after": row,
        "source": source,
        "ts_ms": 1_773_200_000_050,
    }
    key = parts.get("key", {name: whole.get(name) for name in dataset.source_key})
    return raw(dataset, envelope, key=key, offset=parts.get("offset", 7))


def _bytes(value: Any) -> bytes | None:  # noqa: ANN401
    if value is None or isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False).encode()
