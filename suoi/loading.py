"""How far the loads of a source are, by what Debezium has told alone: Connect is not asked."""

from collections.abc import Sequence

from confluent_kafka import Consumer

from connectors.loads import Load, loads
from connectors.notifications import read_notifications
from schemas import topics
from schemas.contract import Dataset
from suoi.generation import generation_of


def told_loads(reader: Consumer, source: str, datasets: Sequence[Dataset]) -> dict[str, Load]:
    """Return the newest load of each of *datasets*, all of *source*, by the dataset's name.

    Raises:
        Transient: Kafka does not answer.
    """
    told = read_notifications(reader, source)
    tables = {dataset.id: topics.qualified(dataset) for dataset in datasets}
    found = loads(tables.values(), told, None, generation_of(reader, source))
    return {name: found[table] for name, table in tables.items()}
