"""Contract -> AsyncAPI 3.0: the topics of a dataset as a subscriber needs them.

Channels, payloads, headers, keys and how one logs in. `receive` is what a subscriber does; nobody
but streams writes there (schemas.access).
"""

from typing import Any

import yaml

from schemas import avro, topics
from schemas.codes import CodeLists
from schemas.contract import Dataset

_AVRO = "application/vnd.apache.avro+json;version=1.9.0"
_NUMBER = {"type": "string", "pattern": r"^\d+$"}
_OP = {"type": "string", "enum": ["c", "u", "d", "r"], "description": "thao tác tại nguồn"}
_RAW = {"type": "string", "description": "bản ghi thô: topic:phân vùng:vị trí"}
_ORDER = ("suoi.generation", "suoi.position", "suoi.step", "suoi.ruleset", "suoi.source_ts")
_ROW = {"suoi.op": _OP, "suoi.raw": _RAW}
_CLOSED = _ROW | dict.fromkeys(_ORDER, _NUMBER)
_CLEAN_CLOSED = _CLOSED | {
    "suoi.source": {"type": "string", "description": "cơ sở dữ liệu nguồn"},
    "suoi.captured_ts": _NUMBER,
    "suoi.scope": {"type": "string", "description": "mã xã mà thay đổi được tính cho"},
}
_KEYS = {
    "clean": "_key: mảng JSON của khóa nguồn, UTF-8, không phải Avro",
    "open": "HMAC-SHA-256 của _key, chữ số hệ 16; không bao giờ là khóa nghiệp vụ",
}
_TITLES = {"clean": "bản ghi sạch", "open": "bản ghi công khai"}

Part = dict[str, Any]


class _Plain(yaml.SafeDumper):
    """YAML without anchors: a reader needs no second place to look."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def document(dataset: Dataset, codes: CodeLists) -> str:
    """Return the AsyncAPI document of *dataset*'s clean and (where open by row) open topic."""
    whole = {
        "asyncapi": "3.0.0",
        "id": f"urn:vn:suoi:{dataset.id}:v{dataset.major}",
        "info": _info(dataset, codes),
        "defaultContentType": "application/vnd.apache.avro",
        "servers": {"province": _server()},
        "channels": {kind: _channel(dataset, kind) for kind in _kinds(dataset)},
        "operations": {kind: _operation(dataset, kind) for kind in _kinds(dataset)},
        "components": {
            "messages": {
                name: part for kind in _kinds(dataset) for name, part in _messages(dataset, kind)
            },
            "securitySchemes": {"scram": {"type": "scramSha512"}},
        },
    }
    return yaml.dump(whole, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100)


def _kinds(dataset: Dataset) -> tuple[str, ...]:
    return ("clean", "open") if dataset.open_columns else ("clean",)


def _info(dataset: Dataset, codes: CodeLists) -> Part:
    return {
        "title": dataset.title,
        "version": dataset.version,
        "description": f"Các topic của {dataset.id}; bộ quy tắc phiên bản {dataset.revision}.",
        "contact": {"name": codes.labels("agency").get(dataset.owner_unit, dataset.owner_unit)},
        "tags": [{"name": dataset.id}],
    }


def _server() -> Part:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "Kafka của tỉnh: TLS và SCRAM-SHA-512, mỗi bên nhận một tài khoản",
        "variables": {"bootstrap": {"description": "host:port, xem `suoi env`"}},
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    }


def _channel(dataset: Dataset, kind: str) -> Part:
    name = {"clean": topics.clean, "open": topics.open_}[kind](dataset)
    topic = next(item for item in topics.dataset_topics(dataset) if item.name == name)
    names = (f"{kind}Row", f"{kind}Tombstone")
    return {
        "address": name,
        "title": f"{dataset.title}: {_TITLES[kind]}",
        "servers": [{"$ref": "#/servers/province"}],
        "messages": {one: {"$ref": f"#/components/messages/{one}"} for one in names},
        "bindings": {
            "kafka": {
                "topic": name,
                "partitions": topic.partitions,
                "topicConfiguration": _configuration(topic.config),
                "bindingVersion": "0.5.0",
            }
        },
    }


def _configuration(config: dict[str, str]) -> Part:
    """What AsyncAPI's Kafka binding has a word for: policy as a list, times as numbers."""
    known = ("delete.retention.ms", "max.message.bytes")
    numbers = {name: int(config[name]) for name in known if name in config}
    return {"cleanup.policy": [config["cleanup.policy"]], **numbers}


def _operation(dataset: Dataset, kind: str) -> Part:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{kind}"},
        "title": f"Nhận {_TITLES[kind]} của {dataset.id}",
    }


def _messages(dataset: Dataset, kind: str) -> tuple[tuple[str, Part], ...]:
    schema = {"clean": avro.clean_schema, "open": avro.open_schema}[kind](dataset)
    closed = {"clean": _CLEAN_CLOSED, "open": _CLOSED}[kind]
    row = {
        "name": f"{dataset.id}.{kind}",
        "title": _TITLES[kind],
        "contentType": "application/vnd.apache.avro",
        "headers": _headers(_ROW),
        "payload": {"schemaFormat": _AVRO, "schema": schema},
        "bindings": _key(kind),
    }
    tombstone = {
        "name": f"{dataset.id}.{kind}.tombstone",
        "title": f"{_TITLES[kind]}: dòng đã xóa hoặc không còn",
        "headers": _headers(closed),
        "payload": {"type": "null"},
        "bindings": _key(kind),
    }
    return (f"{kind}Row", row), (f"{kind}Tombstone", tombstone)


def _headers(properties: Part) -> Part:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _key(kind: str) -> Part:
    """Keys are text; the schema's id stands in the payload, as Confluent's registry writes it."""
    return {
        "kafka": {
            "key": {"type": "string", "description": _KEYS[kind]},
            "schemaIdLocation": "payload",
            "schemaIdPayloadEncoding": "confluent",
            "bindingVersion": "0.5.0",
        }
    }
