"""The payload of a refused record: from the province, where it is sealed, else from Kafka."""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer

from consumers.batch import Record
from consumers.payloads import Payload, unseal
from consumers.record_code import read_record
from infra import kafka_reader
from infra.kafka_reader import Place
from infra.local.access import kafka_client
from infra.local.home import Home
from infra.sealing import read_keys
from schemas.records import Origin
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
        """Give the payload of *item*; None where Kafka no longer holds it.

        Raises:
            Fatal: it was sealed for another item, or its key is away.
            Transient: Kafka does not answer.
        """
        if item.sealed is not None:
            return unseal(self._keys, item.identity, item.sealed)
        record = self._rejected(item) if item.was_rejected else self._at(item.identity.raw)
        return None if record is None else Payload(record.key, record.value or b"")

    def close(self) -> None:
        """Let Kafka's client go."""
        if self._reader is not None:
            self._reader.close()

    def _rejected(self, item: Kept) -> Record | None:
        """Give its record of reject.*, unless another stands there: the topic was made anew."""
        record = self._at(item.reject)
        if record is None:
            return None
        told = [record.headers.get(name) for name in ORIGIN]
        return record if told == [str(part) for part in item.identity.raw] else None

    def _at(self, origin: Origin) -> Record | None:
        topic, partition, offset = origin
        reader, place = self._opened(), Place(topic, partition)
        low, end = kafka_reader.bounds(reader, place)
        if not low <= offset < end:
            return None
        found = kafka_reader.read(reader, {place: (offset, offset + 1)})
        return next(map(read_record, found), None)

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
