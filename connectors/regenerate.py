"""Giving up a source's position, so that its next generation begins from nothing.

The connector is stopped first and stays stopped until the new generation is written down; each step
may be done again after a kill.
"""

from collections.abc import Callable
from contextlib import suppress

from connectors.desk import Desk
from connectors.watch import open_gate
from infra.errors import Transient
from infra.faults import point
from infra.waiting import wait_for

_ASK_EVERY_S = 0.2


def reset(desk: Desk, forget_history: Callable[[], None]) -> None:
    """Stop the connector; delete its offsets, its slot, its signals; *forget_history* the rest.

    Raises:
        Transient: Connect or the source does not come along within the desk's patience.
    """
    name = desk.source.id
    if desk.connect.config(name) is not None:
        _until(desk, lambda: _stopped(desk), "stopped")
        point("regenerate.after_stop")
        desk.connect.forget_offset(name)
        _until(desk, lambda: desk.connect.offset(name) is None, "given up its offset")
        point("regenerate.after_offsets")
    _until(desk, lambda: _forgotten(desk), "given up its place at the server")
    point("regenerate.after_slot")
    desk.engine.ask(desk.database, "unsignal", None)
    forget_history()


def reopen(desk: Desk) -> None:
    """Open the gate to the server as it is now: it is the one the new generation begins with."""
    open_gate(desk.place.gate_file, desk.engine.gate(desk.engine.read_vitals(desk.database)))


def _stopped(desk: Desk) -> bool:
    state = desk.connect.state(desk.source.id)
    if state is None or (state.connector, state.task) == ("STOPPED", "UNASSIGNED"):
        return True
    if state.connector != "STOPPED":
        desk.connect.stop(desk.source.id)
    return False


def _forgotten(desk: Desk) -> bool:
    """The server may hold the slot for the connection that has just ended."""
    with suppress(Transient):
        desk.engine.forget(desk.database, desk.source)
        return True
    return False


def _until(desk: Desk, holds: Callable[[], bool], deed: str) -> None:
    if not wait_for(holds, desk.patience_s, _ASK_EVERY_S):
        message = (
            f"the connector of {desk.source.id} has not {deed} within {desk.patience_s:.0f} s. "
            "Nothing is lost: run the same command again."
        )
        raise Transient(message)
