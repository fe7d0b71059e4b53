"""Following clean.*: which keys were touched, no further than their rows stand in the tables.

The ledger says how far the provincial sink has come in each partition, in the transaction of the
rows themselves; up to there, and no further, the topic is read for its keys alone. So a row is
never judged before it is applied, and a row that the database refused holds nobody up.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from confluent_kafka import Consumer

from consumers.batch import Move
from infra import kafka_reader
from infra.errors import NotOwner
from infra.kafka_reader import Place
from infra.postgres import Connection
from infra.queries import read_queries

TURN_RECORDS = 10_000
"""Records that are looked at in one transaction: about a second."""


class Keys(Protocol):
    """Whoever knows the keys of a topic's records: Kafka, or a double."""

    def read(self, moves: Mapping[Place, Move]) -> dict[str, list[str]]:
        """Give the keys met from start to next of each partition, by topic, each once."""


class KafkaKeys:
    """Reads keys from Kafka, outside any group; upholds Keys."""

    def __init__(self, reader: Consumer) -> None:
        """Take a *reader* that never commits (infra.kafka_reader)."""
        self._reader = reader

    def read(self, moves: Mapping[Place, Move]) -> dict[str, list[str]]:
        """Give the keys; an offset that compaction removed has a later record of its key.

        Raises:
            Transient: Kafka does not answer.
        """
        found: dict[str, dict[str, None]] = {}
        for message in kafka_reader.read(self._reader, dict(moves)):
            key = message.key() or b""
            text = key if isinstance(key, str) else key.decode()
            found.setdefault(str(message.topic()), {})[text] = None
        return {topic: list(keys) for topic, keys in found.items()}


class Ahead(NamedTuple):
    """Where the sink is ahead of us, and partitions that are new, or were made anew."""

    moves: dict[Place, Move]
    unknown: list[Place]


def look_ahead(connection: Connection, topics: Sequence[str]) -> Ahead:
    """Compare our places with those of the provincial sink, as of one moment; a turn's worth."""
    queries = read_queries("findings")
    connection.execute(queries["look"])
    ahead, left = Ahead({}, []), TURN_RECORDS
    for topic, partition, reached, mine in connection.execute(
        queries["places"], {"topics": list(topics)}
    ):
        place = Place(topic, partition)
        if mine is None or mine > reached:
            ahead.unknown.append(place)
        elif mine < reached and left:
            ahead.moves[place] = Move(mine, min(reached, mine + left))
            left -= ahead.moves[place].next - mine
    return ahead


def follow(connection: Connection, places: Iterable[Place], datasets: Sequence[str]) -> None:
    """Follow *places* from where the sink stands, and have the tables of *datasets* read whole."""
    queries = read_queries("findings")
    connection.execute(queries["one_at_a_time"])
    connection.execute(queries["follow"], _named(list(places)))
    connection.execute(queries["begin_refill"], {"datasets": list(datasets)})


def forget(connection: Connection, topics: Sequence[str]) -> None:
    """Give up the places of every topic but *topics*."""
    connection.execute(read_queries("findings")["forget_places"], {"topics": list(topics)})


def move(connection: Connection, moves: Mapping[Place, Move]) -> None:
    """Move our places by compare-and-set.

    Raises:
        NotOwner: another process has looked at one of them; roll back.
    """
    facts = _named(list(moves))
    facts |= {"starts": [one.start for one in moves.values()]}
    facts |= {"nexts": [one.next for one in moves.values()]}
    moved = connection.execute(read_queries("findings")["move"], facts).fetchall()
    if len(moved) != len(moves):  # Invariants 1, 3: what the other judged stands
        message = "Another process has judged these rows; this one wrote nothing and looks again."
        raise NotOwner(message)


def _named(places: Sequence[Place]) -> dict[str, list[object]]:
    return {
        "topics": [place.topic for place in places],
        "partitions": [place.partition for place in places],
    }
