"""The double of a sink that prepares: MemorySink in two halves, with a bell at each."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from consumers.batch import Batch
from support.memory_sink import MemorySink, Shelf


class Ready(NamedTuple):
    """A batch made ready, and what it was made ready behind."""

    batch: Batch
    behind: "Ready | None"


class PreparingSink(MemorySink):
    """Upholds Prepares over a Shelf."""

    def __init__(
        self,
        shelf: Shelf,
        strike: Callable[[], None] = lambda: None,
        on_prepare: Callable[[Batch], None] = lambda _: None,
    ) -> None:
        """Take the *shelf*; *strike* is called in every write, *on_prepare* before every batch."""
        super().__init__(shelf, strike)
        self._on_prepare = on_prepare
        self.overlapped = 0
        """How many batches were made ready while another was under way."""
        self.events: list[tuple[str, Ready]] = []
        """What happened to each batch: prepared, failed or written, in order."""

    def prepare(self, batch: Batch, behind: Ready | None) -> Ready:
        """Make *batch* ready."""
        self._on_prepare(batch)
        self.overlapped += behind is not None
        ready = Ready(batch, behind and behind._replace(behind=None))
        self.events.append(("prepared", ready))
        return ready

    def deliver(self, ready: Ready) -> Mapping[str, int]:
        """Write it."""
        try:
            totals = self.write(ready.batch)
        except Exception:
            self.events.append(("failed", ready))
            raise
        self.events.append(("written", ready))
        return totals
