"""The generation of a source that is in force: the one of its last regeneration, or its file's."""

from confluent_kafka import Consumer

from connectors.sources import read_sources
from infra.memory import MemoryReader


def generation_of(reader: Consumer, source: str) -> int:
    """Return the generation in which *source* is captured now.

    Raises:
        Transient: Kafka does not answer.
    """
    return MemoryReader(reader).read().generation(source, written_generation(source))


def written_generation(source: str) -> int:
    """Return the generation that the file of *source* says.

    Raises:
        KeyError: there is no such file.
    """
    return read_sources()[source].generation
