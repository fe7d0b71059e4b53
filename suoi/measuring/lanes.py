"""What is measured together, and how often: the wiring of `suoi run metrics`.

A lane is one thread with its own connections, so a source that does not answer delays no other.
"""

import threading
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from infra.local.home import Home
from infra.metrics.sampler import Lane, Turn
from infra.metrics.shelf import Shelf
from schemas.catalogue import Catalogue
from suoi.figures import open_books
from suoi.measuring import (
    components,
    connectors,
    conservation,
    datasets,
    guards,
    hops,
    ledger,
    loads,
    offsets,
    pauses,
    portal,
)
from suoi.measuring.ground import open_ground
from suoi.measuring.through import Through

_SELDOM, _RARELY = 4, 20
"""Multiples of the usual turn: for what is dear, and for what asks every partition."""


def lanes(home: Home, catalogue: Catalogue, every_s: float) -> list[Lane[Any]]:
    """Make the lanes of the stack at *home*; *every_s* is the usual turn, in seconds."""
    return [
        _chain(home, every_s),
        _books(home, catalogue, every_s),
        Lane(
            partial(_plain, home), {"conservation": Turn(_RARELY * every_s, conservation.measure)}
        ),
        Lane(
            partial(connectors.open_rest, home, catalogue.sources),
            {"connectors": Turn(every_s, connectors.measure)},
        ),
        Lane(
            partial(components.open_home, home),
            {
                "components": Turn(every_s, components.measure),
                "hops": Turn(every_s, partial(hops.measure, catalogue=catalogue)),
            },
        ),
        _guards(home, catalogue, every_s),
        Lane(
            partial(datasets.open_catalogue, catalogue),
            {"datasets": Turn(every_s, datasets.measure)},
        ),
        *(_loads(home, catalogue, name, every_s) for name in catalogue.sources),
    ]


def run_lanes(lanes: Iterable[Lane[Any]], shelf: Shelf, stop: threading.Event) -> None:
    """Let each lane measure until *stop* is set; a fault of ours in one of them ends all."""
    lanes = tuple(lanes)
    with ThreadPoolExecutor(max_workers=len(lanes) or 1) as pool:
        tasks = [pool.submit(lane.go_on, shelf, stop) for lane in lanes]
        done, _ = wait(tasks, return_when=FIRST_EXCEPTION)
        stop.set()
        for task in done:
            task.result()


def _chain(home: Home, every_s: float) -> Lane[Any]:
    return Lane(
        partial(open_ground, home),
        {
            "offsets": Turn(every_s, offsets.measure),
            "through": Turn(every_s, Through()),
            "pauses": Turn(every_s, pauses.measure),
            "portal": Turn(every_s, portal.measure),
        },
    )


def _books(home: Home, catalogue: Catalogue, every_s: float) -> Lane[Any]:
    return Lane(
        partial(ledger.open_ledger, home, catalogue),
        {
            "outcomes": Turn(every_s, ledger.outcomes),
            "quarantine": Turn(_SELDOM * every_s, ledger.quarantine),
            "receipts": Turn(_SELDOM * every_s, ledger.receipts),
        },
    )


def _guards(home: Home, catalogue: Catalogue, every_s: float) -> Lane[Any]:
    return Lane(
        partial(guards.open_memory, home),
        {
            f"guards.{name}": Turn(every_s, partial(guards.measure, source=name))
            for name in catalogue.sources
        },
    )


def _loads(home: Home, catalogue: Catalogue, name: str, every_s: float) -> Lane[Any]:
    return Lane(
        partial(loads.open_source, home, catalogue, name),
        {f"loads.{name}": Turn(_SELDOM * every_s, loads.measure)},
    )


def _plain(home: Home) -> Any:  # noqa: ANN401  a context manager of Books
    return open_books(home.root)
