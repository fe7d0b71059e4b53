"""How one source's capture is: connector, slot or log, guards and loads, as one value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.desk import Desk
from connectors.guards import REGENERATE, Refusal
from connectors.loads import Load, State

_ABSENT = "ABSENT"
"""Connect does not know the connector."""
UNKNOWN = "UNKNOWN"
"""Nobody could be asked; `problems` says why."""
_APPLY = "`suoi connector apply`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What `suoi connector status` says of one source."""

    source: str
    connector: str
    task: str
    cause: str
    """Classes of the task's failure; never a text that may quote a row."""
    log: Mapping[str, str]
    """The source's side of the log: slot and WAL, or binlog; `active` = somebody follows it."""
    problems: tuple[Refusal, ...]
    """What the guards refuse, or why nothing could be asked."""
    loads: tuple[Load, ...]

    @property
    def healthy(self) -> bool:
        """True where it runs and follows the log, nothing is refused, every load goes on.

        A task whose slot is lost says RUNNING for half an hour (FACTS 4, trap 5): the state of
        the process proves nothing, the slot does (invariant 9).
        """
        return not self.troubles

    @property
    def troubles(self) -> tuple[Refusal, ...]:
        """Everything that keeps it from being healthy: never empty without a sentence."""
        return (*self.problems, *self._capture_troubles(), *self._load_troubles())

    def _capture_troubles(self) -> Iterator[Refusal]:
        if self.connector == UNKNOWN:
            return
        if self.connector == _ABSENT:
            yield Refusal("connector", f"Connect has no connector {self.source}; run {_APPLY}.")
        elif self.connector == "STOPPED" and self.problems:
            return  # stopped by the watch, for what the problems say
        elif not self.connector == self.task == "RUNNING":
            cause = f" ({self.cause})" if self.cause else ""
            said = f"its connector is {self.connector}, the task {self.task}{cause}"
            remedy = f"read Connect's log; {_APPLY} starts what has failed anew."
            yield Refusal("connector", f"{said}; {remedy}")
        elif self.log.get("active") != "true":
            said = "nobody follows the source's log, whatever Connect says of the task"
            yield Refusal("log", f"{said}; read Connect's log.")
        wal = self.log.get("wal_status")
        if wal in ("unreserved", "lost") and not self.problems:
            said = f"the slot is {wal}: changes are lost, or soon will be"
            yield Refusal("wal", f"{said}; {REGENERATE}")

    def _load_troubles(self) -> Iterator[Refusal]:
        for one in self.loads:
            if one.mends:
                said = f"the load of {one.table} was begun and not finished: {_cause(one)}"
                remedy = "it is asked for again by itself while its connector runs"
                yield Refusal("load", f"{said}; {remedy}, or at once by {_APPLY}.")
            elif one.state is State.FAILED:
                said = f"the load of {one.table} has failed ({one.cause or 'no cause is told'})"
                yield Refusal("load", f"{said}; {_APPLY} asks for it again.")


def _cause(load: Load) -> str:
    times = f", {load.failures} times in a row" if load.failures > 1 else ""
    return f"{load.cause}{times}"


def status_of(desk: Desk) -> Status:
    """Look at the capture of *desk*'s source.

    Raises:
        Transient: Connect, Kafka or the source does not answer.
    """
    state = desk.connect.state(desk.source.id)
    return Status(
        source=desk.source.id,
        connector=state.connector if state else _ABSENT,
        task=state.task if state else _ABSENT,
        cause=state.cause if state else "",
        log=desk.log(),
        problems=desk.refusals(),
        loads=tuple(desk.loads().values()),
    )
