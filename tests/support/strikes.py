"""The faults of the suite, as values: a new fault is one entry of STRIKES.

A strike is a context manager: entered, the fault has struck (or it fails); left, it was healed and
what was struck works again. `make chaos` draws from the same list.
"""

import contextlib
import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg

from support.clocks import set_clock
from support.second import second_sink
from support.stack import Stack
from support.waiting import until
from support.wires import CLOCKED_WORKERS, CUT, DEAF, MUTE, SILENT, Rules

Chance = random.Random
Healing = contextlib.AbstractContextManager[None]
POINTS = (
    ("streams", "streams.before_output"),
    ("streams", "streams.after_output"),
    ("province_sink", "province.before_write"),
    ("province_sink", "province.before_commit"),
    ("province_sink", "province.after_commit"),
    ("quarantine_sink", "quarantine.before_commit"),
    ("portal_cache", "portal.before_write"),
    ("portal_cache", "portal.after_write"),
)
"""Points that the changes of the clerk, and of the market for the portal's, reach by themselves."""
ENGINE = ("kafka", "connect", "province", "so_tu_phap", "so_nnmt", "redis", "registry")
WORKERS = ("streams", "province_sink", "quarantine_sink", "portal_cache", "portal")
_HALF_A_DAY_S = 43_200
_TABLE = "clean.tp_khai_sinh"


class Strike(NamedTuple):
    """One fault: its name, how it strikes, and what it needs."""

    name: str
    begin: Callable[[Stack, Chance], Healing]
    wired: bool = False
    """It needs a stack with wires (support.wires)."""
    kills: int = 0
    """How many processes it ends by kill -9."""


@contextlib.contextmanager
def kill(stack: Stack, component: str) -> Iterator[None]:
    """Kill -9; left once the supervisor has it ready again."""
    struck = stack.signal(component)
    yield
    stack.wait_restarted(component, struck, 120)


@contextlib.contextmanager
def kill_at(stack: Stack, component: str, point: str) -> Iterator[None]:
    """Kill -9 at a named point of the code."""
    before = stack.pid(component)
    stack.strike_at(point, seconds=60)
    yield
    stack.wait_restarted(component, before, 120)


@contextlib.contextmanager
def freeze(stack: Stack, component: str) -> Iterator[None]:
    """Stand still, as a machine that swaps, and go on: shorter than a session, or longer."""
    pid = stack.signal(component, signal.SIGSTOP)
    yield
    with contextlib.suppress(ProcessLookupError):
        stack.signal(component, signal.SIGCONT)
    until(lambda: stack.state()[component]["state"] == "ready", 120)
    assert pid


@contextlib.contextmanager
def burst(stack: Stack, chance: Chance, kills: int = 30) -> Iterator[None]:
    """Kill -9 of random components, each as soon as it has a new process, ready or not."""
    parts = (*ENGINE, *WORKERS)
    struck: set[int] = set()

    def strike() -> bool:
        pid = stack.state()[chance.choice(parts)]["pid"]
        if pid is not None and pid not in struck:
            with contextlib.suppress(ProcessLookupError):  # it died by itself, without the others
                os.killpg(pid, signal.SIGKILL)
                struck.add(pid)
        return len(struck) >= kills

    until(strike, 120, pause=0.01)
    yield
    until(lambda: all(is_ready(stack, one) for one in parts), 240, pause=0.5)


@contextlib.contextmanager
def locked(stack: Stack, seconds: float = 0.0) -> Iterator[None]:
    """Lock the provincial table until the sink was turned away, or at least *seconds*."""
    with psycopg.connect(stack.env["province"]["dsn"]) as connection:
        connection.execute("set idle_in_transaction_session_timeout = 0")
        connection.execute(f"lock table {_TABLE} in access exclusive mode")  # type: ignore[arg-type]
        until(lambda: _waits(stack), 60)
        yield
        _hold(seconds)
        connection.rollback()
    until(lambda: not _waits(stack), 60)


def _hold(seconds: float) -> None:
    with contextlib.suppress(AssertionError):
        until(bool, seconds)


def _waits(stack: Stack) -> bool:
    query = (
        "select count(*) from pg_stat_activity "
        "where usename = 'province_sink' and wait_event_type = 'Lock'"
    )
    return stack.one(query) != (0,)


@contextlib.contextmanager
def term_of_a_slow_sink(stack: Stack) -> Iterator[None]:
    """SIGTERM while its write waits for a lock: it ends in time, with nothing half written."""
    before = stack.pid("province_sink")
    with locked(stack):
        stack.signal("province_sink", signal.SIGTERM)
        yield
    stack.wait_restarted("province_sink", before, 120)


@contextlib.contextmanager
def storm(stack: Stack, chance: Chance) -> Iterator[None]:
    """Rebalance over and over: other sinks of the group come and go, by TERM and by kill."""
    for _ in range(4):
        with second_sink(stack, chance.choice((signal.SIGTERM, signal.SIGKILL))) as joined:
            until(joined, 40)
    yield
    until(lambda: is_ready(stack, "province_sink"), 120)


def broken(component: str, server: str, how: str) -> Callable[[Stack, Chance], Healing]:
    """Break the wire between a component and a server until the block ends."""

    @contextlib.contextmanager
    def begin(stack: Stack, _chance: Chance) -> Iterator[None]:
        with Rules(stack.home).broken(component, server, how) as struck:
            until(struck.exists, 60)
            yield
        until(lambda: is_ready(stack, component), 120)

    return begin


def wrong_clock(component: str, off: timedelta) -> Callable[[Stack, Chance], Healing]:
    """Start a component under a clock that is a day off; it is right again after the block."""

    @contextlib.contextmanager
    def begin(stack: Stack, _chance: Chance) -> Iterator[None]:
        set_clock(stack.home, component, off)
        stack.restart(component)
        until(lambda: _is_off(stack, component), 30)
        yield
        set_clock(stack.home, component, timedelta(0))
        stack.restart(component)

    return begin


def _is_off(stack: Stack, component: str) -> bool:
    """Whether the last line of its log is dated another day than this one."""
    lines = (stack.home / "logs" / f"{component}.log").read_text(errors="replace").splitlines()
    dated = [line for line in lines if line.startswith("{") and '"timestamp"' in line]
    if not dated:
        return False
    said = datetime.fromisoformat(json.loads(dated[-1])["timestamp"])
    return abs((said - datetime.now(UTC)).total_seconds()) > _HALF_A_DAY_S


def is_ready(stack: Stack, component: str) -> bool:
    """Whether a component is ready under a living process."""
    state = stack.state()[component]
    return state["state"] == "ready" and state["pid"] is not None


EDGES = (
    ("streams", "kafka"),
    ("province_sink", "kafka"),
    ("province_sink", "province"),
    ("quarantine_sink", "province"),
    ("connect", "so_tu_phap"),
    ("connect", "kafka"),
)

STRIKES: dict[str, Strike] = {
    strike.name: strike
    for strike in (
        *(
            Strike(f"kill at {point}", lambda s, _, c=one, p=point: kill_at(s, c, p), kills=1)  # type: ignore[misc]
            for one, point in POINTS
        ),
        *(
            Strike(f"kill {one}", lambda s, _, c=one: kill(s, c), kills=1)  # type: ignore[misc]
            for one in (*ENGINE, *WORKERS)
        ),
        *(
            Strike(f"freeze {one}", lambda s, _, c=one: freeze(s, c))  # type: ignore[misc]
            for one in (
                "streams",
                "province_sink",
                "quarantine_sink",
                "portal_cache",
                "connect",
                "kafka",
            )
        ),
        Strike("burst of 30 kills", burst, kills=30),
        Strike("table locked", lambda s, _: locked(s)),
        Strike("SIGTERM of a slow sink", lambda s, _: term_of_a_slow_sink(s)),
        Strike("rebalance storm", storm),
        *(
            Strike(f"{how} {one} - {server}", broken(one, server, how), wired=True)
            for one, server in EDGES
            for how in (CUT, DEAF, MUTE, SILENT)
        ),
        *(
            Strike(
                f"clock {days:+}d of {one}",
                wrong_clock(one, timedelta(days=days)),
                wired=True,
                kills=2,
            )
            for one in CLOCKED_WORKERS
            for days in (1, -1)
        ),
    )
}
