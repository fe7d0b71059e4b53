"""The play: fill the departments once, wait until all is through, work live, tell the story."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from infra.errors import Transient
from infra.waiting import wait_for
from suoi.demo.clerk import Clerk
from suoi.demo.departments import local_now
from suoi.demo.desk import Desk
from suoi.demo.registers import REGISTERS, Register, shares, write_rows
from suoi.demo.stage import Stage, unfinished
from suoi.demo.story import Story
from suoi.demo.table import Screen, lines, seconds
from suoi.demo.watch import Watch
from suoi.demo.words import Words

_LOOK_S = 0.5
_LAST_LOOK_S = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the caller asked for: sample rows, live seconds, changes a second, seed, patience."""

    records: int = 5000
    seconds: float = 8.0
    rate: float = 40.0
    seed: int = 2026
    patience_s: float = 240.0


@dataclass(kw_only=True)
class Play:
    """One run of the demonstration; `answer` is what `--json` prints."""

    stage: Stage
    screen: Screen
    words: Words
    wish: Wish

    def run(self) -> dict[str, Any]:
        """Play from beginning to end and return the whole answer."""
        began = time.monotonic()
        loaded = self._fill()
        self._drain(self._expected())
        watch, deeds = self._live()
        story = Story(
            departments=self.stage.departments,
            province=self.stage.province,
            stars=self.stage.portal.stars,
            words=self.words,
            say=self.screen.say,
        ).tell()
        self._drain(self._expected())
        figures = self._show(self.screen.keep, watch)
        self._say_latency(watch)
        missing = watch.latency().missing
        return {
            "ok": missing == 0 and all(step.ok for step in story),
            "loaded": loaded,
            "datasets": figures,
            "reasons": {
                dataset: dict(held) for dataset, held in self.stage.province.reasons().items()
            },
            "deeds": deeds,
            "latency_seconds": {
                name or "all": watch.latency(name)._asdict() for name in (None, *self._expected())
            },
            "story": [{"step": step.name, "ok": step.ok, **step.facts} for step in story],
            "seconds": round(time.monotonic() - began, 1),
        }

    def _fill(self) -> int:
        """Fill the empty registers; a register is filled in one transaction, so never by half."""
        empty = [item for item in REGISTERS if self._count(item) == 0]
        if not empty:
            self.screen.say(self.words.say("loaded", count=sum(self._expected().values())))
            return 0
        wanted = shares(self.wish.records)
        total = sum(wanted[register.dataset] for register in empty)
        self.screen.say(self.words.say("loading", count=total))
        for register in empty:
            rng = Random(f"{self.wish.seed}/{register.dataset}")  # noqa: S311  a seed, no secret
            desk = Desk(rng=rng, now=local_now())
            rows = (row for row, _ in write_rows(register, desk, wanted[register.dataset]))
            self.stage.departments[register.source].fill(register, rows)
        return total

    def _count(self, register: Register) -> int:
        return self.stage.departments[register.source].count(register)

    def _expected(self) -> dict[str, int]:
        return {register.dataset: self._count(register) for register in REGISTERS}

    def _drain(self, expected: dict[str, int]) -> None:
        """Wait until every row that stands in a department was captured and has ended.

        Raises:
            Transient: patience ended first.
        """
        self.screen.say(self.words.say("waiting"))

        def through() -> bool | None:
            return None if unfinished(self._show(self.screen.show, None), expected) else True

        if wait_for(through, self.wish.patience_s, _LOOK_S) is None:
            late = ", ".join(unfinished(self.stage.count(), expected))
            say = self.words.say("undrained", seconds=self.wish.patience_s, datasets=late)
            raise Transient(say)

    def _live(self) -> tuple[Watch, dict[str, int]]:
        """Let the clerk work while the table follows."""
        wish = self.wish
        self.screen.say(self.words.say("live", rate=f"{wish.rate:g}", seconds=f"{wish.seconds:g}"))
        clerk = Clerk(departments=self.stage.departments, seed=wish.seed)
        watch = Watch(self.stage.eyes)
        watch.start()
        with ThreadPoolExecutor(1, "clerk") as pool:
            work = pool.submit(clerk.work, wish.seconds, wish.rate, watch.tell)
            while not work.done():
                self._show(self.screen.show, watch)
                time.sleep(_LOOK_S)
            work.result()
        watch.finish(_LAST_LOOK_S)
        if watch.trouble is not None:
            raise watch.trouble
        return watch, dict(clerk.deeds)

    def _show(self, show: Callable[..., None], watch: Watch | None) -> Any:  # noqa: ANN401  figures
        """Bring the figures together, show them, and return them."""
        figures = self.stage.count()
        latency = (watch or Watch(self.stage.eyes)).latency
        show(lines(figures, self.stage.province.reasons(), latency))
        return figures

    def _say_latency(self, watch: Watch) -> None:
        taken = watch.latency()
        p50, p99 = seconds(taken.p50), seconds(taken.p99)
        self.screen.say(self.words.say("latency", p50=p50, p99=p99, count=taken.measured))
        if taken.missing:
            self.screen.say(self.words.say("unseen", count=taken.missing))
