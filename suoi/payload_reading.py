"""The payload of a refused record: from the province, where it is sealed, else from reject.*."""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer

from consumers.batch import read_record
from consumers.payloads import Payload, unseal
from infra import kafka_reader
from infra.kafka_reader import Place
from infra.local.access import kafka_client
from infra.local.home import Home
from infra.sealing import read_keys
from schemas.replay import ORIGIN
from suoi.quarantine import OPERATOR, Kept


class Payloads:
    """Reads payloads; who calls has written down why."""

    def __init__(self, home: Home) -> None:
        """Read the keys; Kafka is asked only for what is not kept sealed.

        Raises:
            Fatal: the key file is away or holds none.
        """
        self._home = home
        self._keys = read_keys(home.quarantine_keys)
        self._reader: Consumer | None = None

    def read(self, item: Kept) -> Payload | None:
        """Give the payload of *item*; None where reject.* no longer holds it.

        Raises:
            Fatal: it was sealed for another item, or its key is away.
            Transient: Kafka does not answer.
        """
        if item.sealed is not None:
            return unseal(self._keys, item.identity, item.sealed)
        return self._from_kafka(item)

    def close(self) -> None:
        """Let Kafka's client go."""
        if self._reader is not None:
            self._reader.close()

    def _from_kafka(self, item: Kept) -> Payload | None:
        topic, partition, offset = item.reject
        if not topic.startswith("reject."):
            return None  # the database refused a clean row: its raw record was never a reject
        reader, place = self._opened(), Place(topic, partition)
        low, end = kafka_reader.bounds(reader, place)
        if not low <= offset < end:
            return None
        for message in kafka_reader.read(reader, {place: (offset, offset + 1)}):
            record = read_record(message)
            told = [record.headers.get(name) for name in ORIGIN]
            if told == [
                str(part) for part in item.identity.raw
            ]:  # the topic may have been made anew
                return Payload(record.key, record.value or b"")
        return None

    def _opened(self) -> Consumer:
        if self._reader is None:
            own = {"group.id": OPERATOR, "fetch.wait.max.ms": 20}
            config = kafka_client(self._home, OPERATOR) | kafka_reader.ALONE | own
            self._reader = kafka_reader.Reader(config)
        return self._reader


@contextmanager
def opened_payloads(home: Home) -> Iterator[Payloads]:
    """Open the payloads of the stack at *home*.

    Raises:
        Fatal: the key file is away or holds no key.
    """
    payloads = Payloads(home)
    try:
        yield payloads
    finally:
        payloads.close()
