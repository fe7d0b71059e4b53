"""The proof that nothing was lost, doubled or turned back: what every journey ends with."""

import json
import threading
from typing import Any

import psycopg

from support.registers import TARGET, expected
from support.stack import Stack
from support.waiting import until, until_equal
from support.witness import Key, Witness

Order = tuple[int, int, int, int]


def held(stack: Stack, table: str) -> dict[Key, str]:
    """Live provincial rows of *table*: source key -> version."""
    target, version = TARGET[table]
    rows = stack.all(f"select _key, {version} from {target} where _deleted_at is null")  # noqa: S608  names are ours
    return {tuple(str(part) for part in json.loads(key)): value for key, value in rows}


def prove(stack: Stack, witness: Witness, seconds: float = 60) -> None:
    """Every live provincial row is the last clean version committed, and law 2 holds."""
    for table in TARGET:
        wanted = expected(witness, table)
        until_equal(lambda table=table: held(stack, table), wanted, seconds)  # type: ignore[misc]
    until(lambda: conserved(stack), seconds)


def conserved(stack: Stack) -> bool:
    """Law 2 holds in every partition, with nothing in flight between streams and the ledger."""
    done = stack.suoi("ledger", "check", "--json", check=False)
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["holds"], answer["reason"]
    assert done.returncode == 0
    return True


class Sampler(threading.Thread):
    """A reader of the province that notes every row it sees go back in time (invariant 4)."""

    def __init__(self, stack: Stack) -> None:
        """Prepare a reader of all targets of the clerk."""
        super().__init__(name="sampler", daemon=True)
        self._stack = stack
        self._halt = threading.Event()
        self._highest: dict[tuple[str, str], Order] = {}
        self.samples = 0
        self.regressions: list[tuple[str, str, Order, Order]] = []

    def run(self) -> None:
        """Sample until stopped; a database that is down is asked again."""
        while not self._halt.is_set():
            try:
                with self._stack.province() as connection:
                    while not self._halt.wait(0.03):
                        self._look(connection)
            except psycopg.OperationalError:
                self._halt.wait(0.2)

    def stop(self) -> None:
        """Stop, and fail if any row went back."""
        self._halt.set()
        self.join(10)
        assert self.samples > 0
        assert self.regressions == []

    def _look(self, connection: psycopg.Connection) -> None:
        for target, _version in TARGET.values():
            rows = connection.execute(
                f"select _key, _generation, _position, _step, _ruleset from {target}"  # noqa: S608
            )
            for key, *order in rows:
                self._compare((target, key), (order[0], order[1], order[2], order[3]))
        self.samples += 1

    def _compare(self, place: tuple[str, str], now: Order) -> None:
        before = self._highest.get(place)
        if before is not None and now < before:
            self.regressions.append((*place, before, now))
        self._highest[place] = now
