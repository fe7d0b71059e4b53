"""The sweep of a reconciliation in several processes, each with its own two connections.

The processes share nothing: each reads a range of the primary key, standardises it and holds it
against the province, and sends back what it met. A process whose parent is gone stops at its next
page (invariant 8: nothing is left behind to read a department's database for nobody).
"""

import gc
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection as Pipe
from typing import Any

from connectors.images import Images, Mark, Page
from connectors.reading import open_images
from connectors.sources import MARIADB, Source
from consumers.ledger.reconcile.province import Province
from consumers.ledger.reconcile.sweep import Pace, Swept, sweep
from infra.errors import Fatal, Transient, Trouble
from infra.postgres import connect
from infra.source_database import Login, open_mariadb, open_postgres
from schemas.contract import Dataset
from streams.standard import Standardiser
from suoi.law import chosen_dataset, compiled, read_law

PACE = Pace()
_YOUNG = 100_000
"""New objects before the collector looks for cycles: a page makes many, and rows hold none."""
Bounds = tuple[Mark | None, Mark | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """How a process reaches both sides of one dataset; it travels through a pipe, never argv."""

    dataset: str
    source: Source
    login: Login
    province: str
    """libpq's line with which province_reader enters."""
    pace: Pace = PACE


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Both sides, opened, and the judge between them."""

    dataset: Dataset
    images: Images
    province: Province
    standardise: Standardiser


@contextmanager
def open_sides(ways: Ways) -> Iterator[Sides]:
    """Open both sides of *ways* for reading.

    Raises:
        Transient: a database does not answer.
        Fatal: the source's table is not there, or no judge can be made.
    """
    dataset = chosen_dataset(read_law(), ways.dataset)
    opener = open_mariadb if ways.source.engine == MARIADB else open_postgres
    database = opener(ways.source.id, ways.login)
    try:
        images = open_images(database, ways.source, dataset)
        connection = connect("suoi reconcile", ways.province)
        try:
            province = Province(connection, dataset)
            standardise = Standardiser(compiled(dataset))
            yield Sides(dataset=dataset, images=images, province=province, standardise=standardise)
        finally:
            connection.close()
    finally:
        database.close()


def sweep_all(ways: Ways, marks: Sequence[Mark]) -> Swept:
    """Sweep the table in as many processes as *marks* cut it into parts.

    Raises:
        Trouble: what a process met; nothing of the sweep counts then.
    """
    cuts: list[Mark | None] = [None, *marks, None]
    running = [_started(ways, bounds) for bounds in pairwise(cuts)]
    whole = Swept()
    try:
        for process, answers in running:
            whole.join(_answer(answers))
            process.join()
    finally:
        for process, _ in running:
            process.terminate()  # does nothing to one that has ended
    return whole


def _started(ways: Ways, bounds: Bounds) -> tuple[Any, Pipe]:
    context = multiprocessing.get_context("spawn")  # a fork would share open connections
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, ways, bounds), daemon=True)
    process.start()
    theirs.close()
    return process, mine


def _answer(answers: Pipe) -> Swept:
    try:
        answer = answers.recv()
    except EOFError:
        message = "a process that read the source was ended from outside; ask again."
        raise Transient(message) from None
    if isinstance(answer, Trouble):
        raise answer
    return answer  # type: ignore[no-any-return]  # what travels through a pipe has no type


def _work(answers: Pipe, ways: Ways, bounds: Bounds) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command that asked ends us
    gc.freeze()
    gc.set_threshold(_YOUNG)
    try:
        answers.send(sweep_part(ways, bounds))
    except Trouble as trouble:
        answers.send(trouble)
    except Exception as error:  # noqa: BLE001  its text may hold a row: its class alone is told
        answers.send(Fatal(f"reading the source met {type(error).__name__}; please report it."))


def sweep_part(ways: Ways, bounds: Bounds) -> Swept:
    """Sweep the rows between *bounds* in this process."""
    with open_sides(ways) as sides:
        pages = _pages(sides.images, bounds, ways.pace.rows)
        return sweep(pages, sides.province, sides.standardise, ways.pace.pause_s)


def _pages(images: Images, bounds: Bounds, rows: int) -> Iterator[Page]:
    parent = multiprocessing.parent_process()
    after, upto = bounds
    while parent is None or parent.is_alive():
        page = images.page(after, upto, rows)
        yield page
        after = page.end
        if after is None:
            return
    message = "the command that asked has gone."
    raise Transient(message)
