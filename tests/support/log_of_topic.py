"""A topic in memory: records in the order of their offsets, letters put behind them."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from consumers.batch import Record
from infra.posting import Letter


class TopicLog:
    """The partitions of one topic; upholds Posts."""

    def __init__(self) -> None:
        self.records: dict[int, list[Record]] = {}
        self.sent = 0
        self.strike: Callable[[], None] = lambda: None

    def put(self, record: Record) -> Record:
        """Append *record*; its partition stays, its offset is the next one there."""
        log = self.records.setdefault(record.partition, [])
        log.append(replace(record, offset=len(log)))
        return log[-1]

    def send(self, letters: Sequence[Letter]) -> list[int]:
        """Append *letters*, as a broker would."""
        self.strike()
        self.sent += len(letters)
        return [self._append(letter) for letter in letters]

    def _append(self, letter: Letter) -> int:
        headers = {name: str(text) for name, text in letter.headers}
        topic, partition, key, value, _ = letter
        return self.put(Record(topic, partition, 0, key, value, headers, 0)).offset

    def last(self) -> dict[bytes, Record]:
        """The last record of each key: what compaction leaves."""
        return {one.key or b"": one for log in self.records.values() for one in log}
