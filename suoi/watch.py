"""`suoi run watch`: looks at every source every few seconds, each in a thread of its own.

It stands beside Connect: it keeps the gate files that Connect reads.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial

import structlog
from confluent_kafka import Consumer

from connectors.apply import ask_again
from connectors.desk import Desk
from connectors.guards.alarms import failing
from connectors.guards.rounds import Round
from connectors.sources import Source
from connectors.watch import Keeper, Patience, Post, Sparing, look, stored_offset
from consumers.loop import stop_on_signals
from infra import kafka_reader
from infra.connect import Connect
from infra.control import read_standings, write_standing
from infra.errors import Fatal, Transient
from infra.kafka import Outbox, client_config, producer_config
from infra.local.access import connect_client
from infra.local.home import Home
from infra.memory import Memory, MemoryReader, write_memory
from infra.readiness import say_ready
from infra.settings import KafkaAccess, Settings
from schemas.alarms import Alarm, Alarms
from schemas.catalogue import Catalogue
from schemas.control import broken, paused
from schemas.vitals import Seen
from suoi.departments import open_captured, place_of, sources_of

BY = "watch"
"""Who pauses where no person did."""
_CONNECT_S = 1.0
_KAFKA_S = 30.0
_log = structlog.get_logger()


class KafkaKeeper:
    """Keeps in `control.sources` what the watch saw of one source, and holds its datasets."""

    def __init__(self, access: KafkaAccess, datasets: tuple[str, ...]) -> None:
        """Write as the principal of *access*; *datasets* are those of the source."""
        config = client_config(access) | producer_config() | {"log_level": 2}
        self._config, self._datasets = config, datasets
        self._outbox = Outbox(config, _KAFKA_S)
        self.reader: Consumer = kafka_reader.open_reader(access, group="capture")
        self._memory = MemoryReader(self.reader)

    def memory(self) -> Memory:
        """Return all that is known of the sources by now."""
        return self._memory.read()

    def remember(self, seen: Seen) -> None:
        """Keep *seen*."""
        self._write(seen)

    def _write(self, record: Seen | Alarms) -> None:
        """Write *record*; an outbox that failed is spent, and the next one begins."""
        try:
            write_memory(self._outbox, record)
        except Transient:
            self._outbox = Outbox(self._config, _KAFKA_S)
            raise

    def hold(self, source: str, sentence: str) -> None:
        """Pause each dataset that runs; one that a person or streams has paused stays as it is."""
        known = read_standings(self.reader)
        for name in self._datasets:
            before = known.get(name)
            if before is None or not before.paused:
                standing = paused(name, broken(source, sentence), BY, before)
                asyncio.run(write_standing(self._outbox, standing))  # Invariant 10

    def tell(self, alarms: Alarms) -> None:
        """Keep *alarms* in place of those before."""
        self._write(alarms)

    def close(self) -> None:
        """Let the reader go."""
        self.reader.close()


def run(settings: Settings, catalogue: Catalogue) -> None:
    """Watch every source of *catalogue* until told to stop (SIGTERM, SIGINT).

    Raises:
        Fatal: the stack of the settings is not there.
    """
    if settings.kafka is None:
        message = "SUOI_KAFKA_BOOTSTRAP is not set; workers are started by `suoi up`."
        raise Fatal(message)
    home, stop = Home(settings.home), stop_on_signals()
    home.refuse_absent()
    with ExitStack() as opened:
        rest = connect_client(home, _CONNECT_S)
        opened.callback(rest.close)
        lives = []
        for source in sources_of(catalogue):
            datasets = catalogue.of_source(source.id)
            keeper = KafkaKeeper(settings.kafka, tuple(one.id for one in datasets))
            opened.callback(keeper.close)
            desk = partial(
                Desk,
                datasets=datasets,
                place=place_of(home, source),
                connect=rest,
                reader=keeper.reader,
            )
            life = Life(home, source, rest, keeper, desk)
            life.patience = Patience(allowed=settings.limits.task_restarts)
            life.guards = Round(source, datasets, settings.limits, keeper)
            lives.append(life)
        _watch(lives, settings.timing.watch, stop)


def _watch(lives: list["Life"], every_s: float, stop: threading.Event) -> None:
    """Let each life go on until all are told to stop; the first that fails ends all."""
    with ThreadPoolExecutor(max_workers=len(lives) or 1) as pool:
        tasks = [pool.submit(life.go_on, every_s, stop) for life in lives]
        say_ready()
        done, _ = wait(tasks, return_when=FIRST_EXCEPTION)
        stop.set()
        for task in done:
            task.result()


class Life:
    """The watch over one source, through the outages of all it asks."""

    def __init__(
        self,
        home: Home,
        source: Source,
        rest: Connect,
        keeper: Keeper,
        desk: Callable[..., Desk],
    ) -> None:
        """Nothing is opened yet: the source may be away.

        *desk* makes what a load is asked for at, of a source and its open database.
        """
        self._home, self._source, self._rest, self._keeper = home, source, rest, keeper
        self._desk = desk
        self.patience = Patience()
        self.guards: Round | None = None
        """The guards over the source, where somebody is to hear of them."""
        self._sparing = Sparing(self._ask_again)
        self._post: Post | None = None
        self._said = ""

    def go_on(self, every_s: float, stop: threading.Event) -> None:
        """Look every *every_s* seconds until *stop* is set."""
        while not stop.is_set():
            try:
                if look(self._opened(), self._keeper, self.patience) is not None:
                    self._guard()
                self._said = ""
            except (Transient, Fatal) as trouble:  # Invariant 8: look again, for ever
                self._say(str(trouble))
                self._close()
                self._unseen(str(trouble))
            stop.wait(every_s)
        self._close()

    def _guard(self) -> None:
        """Let the guards make their round; a task that has used up its starts is theirs to tell."""
        if self.guards is not None:
            post = self._opened()
            read_offset = partial(stored_offset, post.connect, post.source)
            self.guards.go(post.database, read_offset, *self._failing())

    def _unseen(self, sentence: str) -> None:
        """Tell that the source cannot be looked at; where Kafka is away, nobody can be told."""
        if self.guards is not None:
            with suppress(Transient, Fatal):
                self.guards.blind(sentence, *self._failing())

    def _failing(self) -> list[Alarm]:
        failed = self.patience.failed
        return [failing(self._source, failed, len(self.patience.starts))] if failed else []

    def _opened(self) -> Post:
        if self._post is None:
            self._post = Post(
                source=self._source,
                database=open_captured(self._home, self._source),
                connect=self._rest,
                gate_file=self._home.connect_gate(self._source.id),
                ask_again=self._sparing,
            )
        return self._post

    def _ask_again(self, generation: int) -> tuple[str, ...]:
        source = replace(self._source, generation=generation)
        return ask_again(self._desk(source=source, database=self._opened().database))

    def _close(self) -> None:
        if self._post is not None:
            self._post.database.close()
            self._post = None

    def _say(self, reason: str) -> None:
        """Say why it cannot be looked at, once."""
        if reason != self._said:
            _log.warning("source.unseen", source=self._source.id, reason=reason)
        self._said = reason
