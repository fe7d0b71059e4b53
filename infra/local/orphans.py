"""What a killed supervisor left behind: known by number and start time, then ended."""

import os
import signal
from collections.abc import Iterable

from infra.local.state import Process, State
from infra.waiting import wait_for

_GENTLE_S = 15.0
_FIRM_S = 5.0
_LOOK_S = 0.05


def end_orphans(state: State) -> list[str]:
    """End every component recorded in *state* that still lives; returns their names.

    First a word to stop (a server closes its files), then the kill of its process group.
    """
    living = {name: item.process for name, item in state.components.items() if item.process}
    living = {name: process for name, process in living.items() if process.lives()}
    for process in living.values():
        # PostgreSQL's fast stop is INT; the others end at the TERM before it
        _signal(process, signal.SIGTERM)
        _signal(process, signal.SIGINT)
    if not gone(living.values(), _GENTLE_S):
        for process in living.values():
            _signal(process, signal.SIGKILL)
        gone(living.values(), _FIRM_S)
    return sorted(living)


def gone(processes: Iterable[Process], deadline_s: float) -> bool:
    """Wait until none of *processes* lives; False when *deadline_s* ends first."""
    processes = list(processes)
    return wait_for(lambda: not any(one.lives() for one in processes), deadline_s, _LOOK_S)


def _signal(process: Process, number: signal.Signals) -> None:
    if process.lives():
        try:
            os.killpg(process.pid, number)  # each component leads a session of its own
        except ProcessLookupError:
            return
