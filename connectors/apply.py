"""Bring Connect to what the contracts want, one source at a time; twice is harmless.

Guards first; then the connector, seeded where it has no offset yet; then the loads of tables not
yet loaded.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from connectors import loads, plan
from connectors.capture import Config, patterns, seeding
from connectors.desk import Desk
from connectors.guards import Refusal
from infra.errors import Transient
from infra.waiting import wait_for
from schemas import topics

_ASK_EVERY_S = 0.2


class Outcome(StrEnum):
    """How the connector of one source came out."""

    REFUSED = "refused"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What was done for one source."""

    source: str
    outcome: Outcome
    refusals: tuple[Refusal, ...] = ()
    signalled: tuple[str, ...] = ()
    """Tables whose load was asked for just now."""


def apply(desk: Desk) -> Applied:
    """Make Connect run what *desk* wants, and ask for the loads that are due.

    Raises:
        Transient: Connect, Kafka or the source does not come along within the desk's patience.
    """
    refused = desk.refusals()
    running = desk.connect.config(desk.source.id)
    fit = without(desk, refused, running)
    if fit is None:
        return Applied(source=desk.source.id, outcome=Outcome.REFUSED, refusals=refused)
    outcome = _bring(fit, running)
    asked = ask_for_loads(fit)
    return Applied(source=desk.source.id, outcome=outcome, refusals=refused, signalled=asked)


def without(desk: Desk, refused: Sequence[Refusal], running: Config | None) -> Desk | None:
    """Leave refused datasets out, so that each stops alone (invariant 10); None = none may go on.

    A table captured already is not left out: its changes would pass by. Its connector stays as
    it runs until the refusal is dealt with.
    """
    names = {refusal.dataset for refusal in refused}
    fit = tuple(dataset for dataset in desk.datasets if dataset.id not in names)
    held = [dataset for dataset in desk.datasets if dataset.id in names]
    if "" in names or not fit or _captured_now(running, map(topics.qualified, held)):
        return None
    return replace(desk, datasets=fit)


def _captured_now(running: Config | None, tables: Iterable[str]) -> tuple[str, ...]:
    """Name those of *tables* that the connector of configuration *running* captures."""
    included = (running or {}).get("table.include.list", "").split(",")
    return tuple(table for table in tables if patterns([table]) in included)


def ask_for_loads(desk: Desk) -> tuple[str, ...]:
    """Signal every table that is neither loaded nor on its way; returns those."""
    return ask_for(desk, loads.due(desk.loads()))


def ask_again(desk: Desk) -> tuple[str, ...]:
    """Signal every table whose load was cut short, by no fault of its own; returns those.

    One nobody asked for is for `apply`, one that failed otherwise is for a person. A table that is
    not captured now (its connector is being seeded) is left: MariaDB's would never start again (see
    `_halt`).

    Raises:
        Transient: Connect, Kafka or the source does not answer.
    """
    wanted = loads.cut_short(desk.loads(), time.time())
    if not wanted:
        return ()
    return ask_for(desk, _captured_now(desk.connect.config(desk.source.id), wanted))


def ask_for(desk: Desk, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Ask for *tables* in one row: killed before it, none is asked for, after it, all are.

    Raises:
        Transient: the source does not answer.
    """
    if tables:
        desk.engine.ask(desk.database, "signal", dict(loads.signal_for(tables)))
    return tables


def _bring(desk: Desk, running: Config | None) -> Outcome:
    if desk.offset() is None:
        _seed(desk, running)
    return _configure(desk, desk.wanted, running)


def _seed(desk: Desk, running: Config | None) -> None:
    """Let it commit its first position while it captures our own tables only (invariant 8)."""
    _configure(desk, seeding(desk.wanted), running)

    def stored() -> bool:
        desk.engine.ask(desk.database, "beat", None)
        return desk.offset() is not None

    _until(desk, stored, "committed its first position")


def _configure(desk: Desk, wanted: Config, before: Config | None) -> Outcome:
    """Put *wanted* where it differs from what runs now, and see the connector run."""
    name = desk.source.id
    running = desk.connect.config(name)
    if running is None:
        desk.connect.configure(name, wanted)
    elif plan.changes(wanted, running):
        _halt(desk)
        desk.connect.configure(name, wanted)
    state = desk.connect.state(name)
    if state is not None and "FAILED" in state[:2]:
        desk.connect.restart_failed(name)
    _until(desk, lambda: _resumed(desk), "started to run")
    if before is None:
        return Outcome.CREATED
    return Outcome.UPDATED if plan.changes(wanted, before) else Outcome.UNCHANGED


def _halt(desk: Desk) -> None:
    """Stop the connector and see its task gone, before it is given another configuration.

    Connect changes a running task some time after it has said yes. The old task would take the
    signal for a table it does not capture, and MariaDB's connector then writes a table into its
    history (its defaults the text NULL) that it can never read again (measured): every later start
    fails.
    """
    name = desk.source.id
    desk.connect.stop(name)

    def stopped() -> bool:
        state = desk.connect.state(name)
        return state is None or (state.connector, state.task) == ("STOPPED", "UNASSIGNED")

    _until(desk, stopped, "stopped")


def _resumed(desk: Desk) -> bool:
    """Say whether it runs; one that was stopped (by us, now or before a kill) is resumed.

    It is asked each time: right after a change of configuration Connect may not yet, or still, say
    STOPPED (measured).
    """
    state = desk.connect.state(desk.source.id)
    if state is not None and state.connector == "STOPPED":
        desk.connect.resume(desk.source.id)
    return state is not None and state.running


def _until(desk: Desk, holds: Callable[[], bool], deed: str) -> None:
    if wait_for(holds, desk.patience_s, _ASK_EVERY_S):
        return
    state = desk.connect.state(desk.source.id)
    cause = f" ({state.connector}, {state.task}: {state.cause})" if state else ""
    message = (
        f"the connector of {desk.source.id} has not {deed} within {desk.patience_s:.0f} s"
        f"{cause}. Look at Connect's log, then run `suoi connector apply` again."
    )
    raise Transient(message)
