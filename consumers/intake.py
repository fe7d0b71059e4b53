"""What a sink's loop reads of Kafka: records, gathered into batches that are worth a write."""

import math
import time
from collections.abc import Callable

from confluent_kafka import Consumer, Message

from consumers.batch import Record
from consumers.record_code import read_record
from consumers.refusals import refuse
from infra.errors import NotOwner
from infra.settings import Timing

POLL_S = 0.2

_LARGEST_BATCH = 5_000
_LARGEST_BATCH_BYTES = 8 * 1024 * 1024
_PIECE = 1_000
_BUSY_S = 0.002


class Intake:
    """Reads one consumer's records; every read may call the loop's callbacks of a rebalance."""

    def __init__(self, consumer: Consumer, timing: Timing) -> None:
        """Take the subscribed *consumer*, or one about to be."""
        self._consumer = consumer
        self._timing = timing
        self._last_read = math.inf
        self.trouble: BaseException | None = None
        """What a callback met: the read it was called from raises it."""

    def gather(self, is_busy: Callable[[], bool] = lambda: False) -> list[Record]:
        """Wait for a first record, linger `timing.flush` seconds for more, and take what is ready.

        Whatever lies ready is taken even after that, piece by piece, and what comes while the sink
        *is_busy* with the batch before: many small batches would cost more than the little that
        the first record waits.

        Raises:
            NotOwner: this process stood still for longer than its session; what Kafka refuses is
                raised as `consumers.refusals` says.
        """
        records = self.poll(POLL_S)
        end, size = time.monotonic() + self._timing.flush, sum(map(_size, records))
        while records and len(records) < _LARGEST_BATCH and size < _LARGEST_BATCH_BYTES:
            found = self._read(self._consumer.consume(_PIECE, 0))
            records += found
            size += sum(map(_size, found))
            if len(found) < _PIECE:
                left = end - time.monotonic()
                if left <= 0 and not is_busy():
                    break
                time.sleep(max(left, _BUSY_S))  # consume() would wake for each single record
        return records

    def poll(self, seconds: float) -> list[Record]:
        """Wait so long for one record; the errors are those of `gather`."""
        message = self._consumer.poll(seconds)
        return self._read([] if message is None else [message])

    def _read(self, messages: list[Message]) -> list[Record]:
        self._refuse_after_standstill()
        self._last_read = time.monotonic()
        if self.trouble is not None:
            raise self.trouble
        records = []
        for message in messages:
            error = message.error()
            if error is None:
                records.append(read_record(message))
            else:
                refuse(error, str(message.topic()))
        return records

    def _refuse_after_standstill(self) -> None:
        """Leave after a freeze longer than the session: others were given our partitions."""
        still = time.monotonic() - self._last_read
        if still > self._timing.session_timeout:
            message = (
                f"This process stood still for {still:.0f} s, longer than its session; its "
                "partitions may have another owner. It leaves without writing and starts again."
            )
            raise NotOwner(message)


def _size(record: Record) -> int:
    return len(record.value or b"")
