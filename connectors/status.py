"""How one source's capture is: connector, slot or log, guards and loads, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.desk import Desk
from connectors.guards import Refusal
from connectors.loads import Load, State

_ABSENT = "ABSENT"
"""Connect does not know the connector."""


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
    loads: tuple[Load, ...]

    @property
    def healthy(self) -> bool:
        """True where it runs and follows the log, nothing is refused and no load has failed.

        A task whose slot is lost says RUNNING for half an hour (FACTS 4, trap 5): the state of
        the process proves nothing, the slot does (invariant 9).
        """
        runs = self.connector == self.task == "RUNNING" and self.log.get("active") == "true"
        at_risk = self.log.get("wal_status") in ("unreserved", "lost")
        failed = any(one.state is State.FAILED for one in self.loads)
        return runs and not at_risk and not failed and not self.problems


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
