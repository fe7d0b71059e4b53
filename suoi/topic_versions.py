"""The topics of every dataset as `suoi topic list` tells of them."""

from collections.abc import Mapping
from typing import Any

import psycopg
from confluent_kafka import Consumer

from consumers.filling import lacking, unread
from infra import kafka_reader
from infra.local.access import SUPERUSER, postgres_conninfo
from infra.local.home import Home
from infra.postgres import Connection, classified, connect
from schemas import topics
from schemas.contract import Dataset
from suoi.topic_filling import reader_of


def versions(home: Home, catalogue: Mapping[str, Dataset]) -> list[dict[str, Any]]:
    """Say of each dataset which topics it has, what they lack, and which they replaced.

    Raises:
        Transient: a part does not answer.
    """
    reader, province = (
        reader_of(home),
        connect("suoi topic list", postgres_conninfo(home, SUPERUSER)),
    )
    province.autocommit = True
    try:
        return [_versions(reader, province, one) for one in catalogue.values()]
    except psycopg.Error as error:
        raise classified(error) from error
    finally:
        province.close()
        reader.close()


def _versions(reader: Consumer, province: Connection, dataset: Dataset) -> dict[str, Any]:
    former = {
        name: kafka_reader.ends(reader, [name]) for name in topics.former(dataset, topics.clean)
    }
    name = topics.clean(dataset)
    return {
        "dataset": dataset.id,
        "topic": name,
        "open": topics.open_(dataset) if dataset.open_columns else None,
        "partitions": len(kafka_reader.partitions(reader, name)),
        "lacking": lacking(province, dataset) if former else 0,
        "former": [
            {"topic": old, "unread": sum(unread(province, ends).values())}
            for old, ends in former.items()
            if ends
        ],
    }
