"""A batch on its way into its place while the next one is made ready: at most one at a time.

A sink that Prepares splits its write: what needs no place (decoding, choosing) is done in the
loop's thread, what waits for the place in a thread of its own; a wait for PostgreSQL leaves the
interpreter to the other. A sink that only writes lands each batch before the next is read.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, runtime_checkable

from consumers.batch import Batch, Sink
from infra import turns
from infra.errors import Transient
from infra.kafka_reader import Place

Totals = Mapping[str, int]


@runtime_checkable
class Prepares(Sink, Protocol):
    """A sink whose write has two halves."""

    def prepare(self, batch: Batch, behind: Any) -> Any:  # noqa: ANN401  the sink's own value
        """Make *batch* ready; *behind* is what was made ready before it and is not yet written.

        Raises:
            Transient: it cannot be made ready now; `write` tries again.
        """

    def deliver(self, ready: Any) -> Totals:  # noqa: ANN401
        """Write what was made ready; the errors are those of Sink.write."""


class Flight:
    """One batch under way."""

    def __init__(self, batch: Batch, work: Callable[[], Totals], ready: object = None) -> None:
        """Take the *work* that writes *batch*; *ready* is what it was made into, if it was."""
        self.batch = batch
        self.ready = ready
        self._work = work
        self._ask: Callable[[], Totals] = work
        self._first: Future[Totals] | None = None

    @property
    def ends(self) -> dict[Place, int]:
        """Where its partitions stand once it has arrived."""
        return {place: move.next for place, move in self.batch.moves.items()}

    def start(self, runner: ThreadPoolExecutor) -> None:
        """Let the first try begin in the thread of *runner*."""
        self._first = runner.submit(self._work)
        self._ask = self._first.result

    @property
    def done(self) -> bool:
        """Whether asking for the result would not wait."""
        return self._first is not None and self._first.done()

    def result(self) -> Totals:
        """Wait for the first try to end; asked again after an error, try again here."""
        ask, self._ask = self._ask, self._work
        return ask()


class Lane:
    """The way into one sink: at most one batch is on it."""

    def __init__(self, sink: Sink) -> None:
        """Take the *sink*; its thread starts with the first batch made ready."""
        self._sink = sink
        self._runner = ThreadPoolExecutor(1, "write")
        turns.take_short()
        self._flight: Flight | None = None

    def ahead(self, places: Mapping[Place, int]) -> dict[Place, int]:
        """Give where each of *places* stands once what is under way has arrived."""
        return {**places, **({} if self._flight is None else self._flight.ends)}

    def made_ready(self, batch: Batch) -> Flight:
        """Make *batch* ready behind what is under way, where the sink can."""
        sink = self._sink
        if isinstance(sink, Prepares):
            behind = None if self._flight is None else self._flight.ready
            with suppress(Transient):  # `write` meets it again, when the batch before has arrived
                ready = sink.prepare(batch, behind)
                return Flight(batch, partial(sink.deliver, ready), ready)
        return Flight(batch, partial(sink.write, batch))

    def send(self, flight: Flight) -> None:
        """Put *flight* on the way; one not made ready is tried when it is asked for its result."""
        self._flight = flight
        if flight.ready is not None:
            flight.start(self._runner)

    def is_busy(self) -> bool:
        """Whether something is under way whose end would have to be waited for."""
        return self._flight is not None and not self._flight.done

    def has_arrived(self) -> bool:
        """Whether something is under way whose end need not be waited for."""
        return self._flight is not None and self._flight.done

    def take(self) -> Flight | None:
        """Take what is under way off the lane: whoever asks for its result waits for its end."""
        flight, self._flight = self._flight, None
        return flight

    def close(self) -> None:
        """End the thread."""
        self._runner.shutdown()
