"""The double of every sink: rows, order keys and offsets in memory, with the same manners."""

from collections.abc import Callable, Mapping

from consumers.batch import Batch, Bounds, Lost, malformed, order_key
from infra.errors import NotOwner
from infra.kafka_reader import Place
from schemas.records import OrderKey


class Shelf:
    """What is durable: it outlives the sinks that write it."""

    def __init__(self) -> None:
        """Start empty."""
        self.rows: dict[bytes, bytes] = {}
        self.orders: dict[bytes, OrderKey] = {}
        self.places: dict[Place, int] = {}


class MemorySink:
    """Upholds Sink over a Shelf; each record carries its order key in headers."""

    def __init__(self, shelf: Shelf, strike: Callable[[], None] = lambda: None) -> None:
        """Take the *shelf*; *strike* is called in the middle of every write."""
        self.shelf = shelf
        self.batches = 0
        self._strike = strike

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Say where to read on."""
        return {
            place: self.shelf.places.setdefault(place, bounds.low)
            for place, bounds in places.items()
        }

    def write(self, batch: Batch) -> Mapping[str, int]:
        """Write rows and places, guarded."""
        self._refuse_other_owner(batch)
        try:
            orders = [order_key(record.headers) for record in batch.records]
        except KeyError as error:
            raise malformed(batch.records[0], "has no order key") from error
        self._strike()
        for record, order in zip(batch.records, orders, strict=True):
            key = record.key or b""
            if key not in self.shelf.orders or self.shelf.orders[key] < order:
                self.shelf.orders[key] = order
                self.shelf.rows[key] = record.value or b""
        self.shelf.places |= {place: move.next for place, move in batch.moves.items()}
        self.batches += 1
        return {"written": len(orders)}

    def _refuse_other_owner(self, batch: Batch) -> None:
        for place, move in batch.moves.items():
            if place not in self.shelf.places:
                message = "the shelf was emptied"
                raise Lost(message)
            if self.shelf.places[place] != move.start:
                message = "another process has moved this partition"
                raise NotOwner(message)
