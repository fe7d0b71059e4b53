"""The steps of `suoi source regenerate`, each of which may be done again after a kill.

The intent is written first (`control.sources`), with the number of the new generation: whoever goes
on later finds it there and never counts twice. Then: stop, forget, write the new generation, start
and load, let the held datasets go on, wait until all of it is delivered, show what vanished, sweep.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import psycopg
from confluent_kafka.admin import AdminClient

from connectors.apply import apply, ask_for_loads
from connectors.desk import Desk
from connectors.guards import Refusal
from connectors.regenerate import reopen, reset
from consumers.sweep import Order, Vanished, count_vanished, sweep
from infra.control import read_standings, write_standing
from infra.errors import Fatal, Usage
from infra.faults import point
from infra.kafka import Outbox, producer_config
from infra.kafka_admin import empty_topic
from infra.local.access import SUPERUSER, kafka_client, postgres_conninfo
from infra.local.home import Home
from infra.memory import Memory, MemoryReader, write_memory
from infra.postgres import Connection, classified, connect
from infra.waiting import wait_for
from schemas import topics
from schemas.contract import Dataset
from schemas.control import BROKEN, decided, resumed
from schemas.vitals import Step, Term
from suoi.dataset import who
from suoi.figures import open_books
from suoi.removal import Asked, Outcome, not_to_sweep

_KAFKA_S = 30.0
_ASK_EVERY_S = 0.5


class Tools(NamedTuple):
    """Open ways to Kafka and the province, as who may change them."""

    outbox: Outbox
    admin: AdminClient
    province: Connection


@contextmanager
def open_tools(home: Home) -> Iterator[Tools]:
    """Open what a regeneration writes to, as the administrator of the stack at *home*.

    Raises:
        Transient: the provincial database does not answer, or goes away meanwhile.
        Fatal: it refuses a statement.
    """
    config: dict[str, Any] = {**kafka_client(home, "admin"), "log_level": 2}
    province = connect("suoi source regenerate", postgres_conninfo(home, SUPERUSER))
    province.autocommit = True
    try:
        yield Tools(Outbox(config | producer_config(), _KAFKA_S), AdminClient(config), province)
    except psycopg.Error as error:
        raise classified(error) from error
    finally:
        province.close()


class Work:
    """One run of the command over one source."""

    def __init__(self, home: Home, desk: Desk, tools: Tools, asked: Asked) -> None:
        """Read where an earlier run has come."""
        self._home, self.desk, self._tools, self._asked = home, desk, tools, asked
        self._reader = MemoryReader(desk.reader)
        self._name = desk.source.id
        self._term = self._memory().terms.get(self._name)
        self._resumed = self.begun

    @property
    def begun(self) -> bool:
        """Whether an earlier run waits to be finished, and the source did not break again since."""
        if self._term is None or self._term.step is Step.DONE:
            return False
        seen = self._memory().seen(self._name, self._term.generation)
        return seen is None or not seen.broken

    def problems(self) -> tuple[Refusal, ...]:
        """What is wrong with the source now."""
        return self.desk.refusals()

    def go_on(self) -> tuple[Term, Outcome]:
        """Do what is left to do; returns how far it came.

        Raises:
            Usage: it has not begun, and no reason is given.
            Transient: a part does not come along; the same command goes on.
        """
        term = self._term if self.begun and self._term else self._begin()
        desk = replace(
            self.desk,
            source=replace(self.desk.source, generation=term.generation),
            seen=None,
            resetting=False,
        )
        if term.step is Step.RESETTING:
            reset(desk, lambda: empty_topic(self._tools.admin, topics.history(self._name)))
            point("regenerate.after_reset")
            term = self._write(term, Step.LOADING)
        self._start(desk)
        self._resume(desk, term)
        outcome = self._finish(desk, term)
        return (term if outcome.waiting else self._write(term, Step.DONE)), outcome

    def _begin(self) -> Term:
        """Write the intent down: from here on there is one new generation, however often killed."""
        try:
            reason = decided(self._asked.reason).en
        except ValueError as error:
            message = f"--reason does not do: {error}."
            raise Usage(message) from None
        now = self._memory().generation(self._name, self.desk.source.generation)
        term = Term(
            source=self._name,
            generation=max(now, running_generation(self.desk)) + 1,
            step=Step.RESETTING,
            by=who(),
            reason=reason,
            since=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        write_memory(self._tools.outbox, term)
        point("regenerate.after_intent")
        return term

    def _write(self, term: Term, step: Step) -> Term:
        after = msgspec.structs.replace(term, step=step)
        write_memory(self._tools.outbox, after)
        point(f"regenerate.after_{step.value}")
        return after

    def _start(self, desk: Desk) -> None:
        """Let the connector run in its new generation; its loads are asked for."""
        if desk.offset() is None:
            reopen(desk)
        applied = apply(desk)
        point("regenerate.after_start")
        if applied.refusals:
            said = " ".join(one.sentence for one in applied.refusals)
            message = f"{self._name} cannot start in its new generation: {said}"
            raise Fatal(message)

    def _resume(self, desk: Desk, term: Term) -> None:
        """Let go on what was held for this cause; a person's pause stays that person's."""
        known = read_standings(desk.reader)
        for dataset in desk.datasets:
            before = known.get(dataset.id)
            if before is not None and before.paused and before.cause.code == BROKEN:
                after = resumed(before, decided(term.reason), term.by)
                asyncio.run(write_standing(self._tools.outbox, after))

    def _finish(self, desk: Desk, term: Term) -> Outcome:
        """Wait for the loads and their delivery, show what vanished, sweep where that was said."""
        waiting = self._loaded(desk) or self._delivered(desk)
        if waiting:
            return Outcome(waiting=waiting)
        found = self._vanished(desk, term)
        refused = not_to_sweep(found, self._asked, shown=self._resumed)
        if refused:
            return Outcome(found, {}, refused)
        chosen = {one.dataset for one in found}
        removed = {
            dataset.id: self._sweep(dataset, term)
            for dataset in desk.datasets
            if dataset.id in chosen
        }
        left = self._gone(desk, term)
        return Outcome(found, removed, left)

    def _vanished(self, desk: Desk, term: Term) -> tuple[Vanished, ...]:
        counted = (
            count_vanished(self._tools.province, dataset, term.generation)
            for dataset in desk.datasets
        )
        return tuple(one for one in counted if one.rows)

    def _sweep(self, dataset: Dataset, term: Term) -> int:
        from streams.output import keyed_hash  # noqa: PLC0415  loads the workshop

        secret = self._home.secret_file("open_key").read_bytes().strip()
        order = Order(dataset=dataset, generation=term.generation, by=who(), reason=term.reason)
        return sweep(self._tools.province, self._tools.outbox, order, keyed_hash(secret))

    def _loaded(self, desk: Desk) -> tuple[str, ...]:
        def missing() -> tuple[str, ...]:
            ask_for_loads(desk)
            return tuple(
                f"{one.table} is {one.state.value}, {one.scanned} rows read; run it again later."
                for one in desk.loads().values()
                if not one.whole
            )

        return self._wait(missing)

    def _delivered(self, desk: Desk) -> tuple[str, ...]:
        """Wait until all that was captured by the end of the loads is in the province."""
        with open_books(self._home.root) as books:

            def behind() -> tuple[str, ...]:
                through = books.complete_through()
                return tuple(
                    f"{dataset.id} is loaded and not delivered yet (suoi lag); run it again later."
                    for dataset in desk.datasets
                    if dataset.id not in through
                )

            return self._wait(behind)

    def _gone(self, desk: Desk, term: Term) -> tuple[str, ...]:
        def left() -> tuple[str, ...]:
            found = self._vanished(desk, term)
            return tuple(
                f"{one.dataset}: {one.rows} removals are on their way; run it again later."
                for one in found
            )

        return self._wait(left)

    def _wait(self, ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """Ask until nothing is left, or patience ends; returns what is left."""
        left: tuple[str, ...] = ()

        def nothing() -> bool:
            nonlocal left
            left = ask()
            return not left

        wait_for(nothing, self._asked.patience_s, _ASK_EVERY_S)
        return left

    def _memory(self) -> Memory:
        return self._reader.read()


def running_generation(desk: Desk) -> int:
    """The generation that Connect's configuration carries; 0 where it has none."""
    running = desk.connect.config(desk.source.id) or {}
    return int(running.get("transforms.generation.value.literal") or 0)
