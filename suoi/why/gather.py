"""Gathers one dataset's chain; what does not answer is said, and hides nothing else."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from confluent_kafka.admin import AdminClient

from connectors.sources import Source, read_sources
from infra import kafka_reader
from infra.errors import Trouble
from infra.kafka_admin import grants_there
from infra.lag.history import History, history_file, read_history
from infra.local.access import kafka_client
from infra.local.home import Home
from infra.local.state import State, read_state
from schemas import access, topics
from schemas.access import Grant
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from suoi.capture import status_at
from suoi.departments import open_captured, remembered
from suoi.figures import open_books
from suoi.lag import FRESH_S
from suoi.measure import holes_of
from suoi.meter import Meter, open_meter
from suoi.why.chain import Observation, Part

Found = TypeVar("Found")
_QUIET: dict[str, Any] = {"log_level": 2, "error_cb": lambda _: None}


def gather(home: Home, dataset: Dataset) -> Observation:
    """Ask every part of the stack at *home* about *dataset*.

    Raises:
        Fatal: there was never a whole stack there.
    """
    home.refuse_absent()
    state = read_state(home.state_file)
    seen = Observation(dataset=dataset, runs=state.runs(), parts=_parts(state))
    if not seen.runs:
        return seen
    source = read_sources()[dataset.source]
    silent = _silent({}, "source", lambda: open_captured(home, source).close())
    alone = Catalogue({dataset.id: dataset})
    with open_meter(home, alone) as meter:
        seen = _measured(replace(seen, silent=silent), meter, home)
    if "kafka" in seen.silent:
        return seen
    return _captured(seen, home, alone, source)


def _measured(seen: Observation, meter: Meter, home: Home) -> Observation:
    """Add lag, standing, holes and topics."""
    history = read_history(history_file(home.run))
    if not history.fresh(time.time(), FRESH_S):
        history = History()
    look = meter.look()
    history.add(look.hops, look.workers, look.scene.at)
    silent = {**seen.silent, **look.scene.silent}
    if "kafka" in silent:
        return replace(seen, silent=silent)
    names = [one.name for one in topics.dataset_topics(seen.dataset)]
    names += [one.name for one in topics.source_topics(seen.dataset.source)][:2]
    there = {name: kafka_reader.partitions(meter.glance, name) for name in names}
    return replace(
        seen,
        silent=silent,
        hops=history.hops.get(seen.dataset.id, {}),
        standing=meter.standings().get(seen.dataset.id),
        holes=holes_of(look.scene, seen.dataset),
        missing_topics=tuple(name for name in names if not there[name]),
    )


def _captured(seen: Observation, home: Home, alone: Catalogue, source: Source) -> Observation:
    """Add what the watch saw, the connector and its loads, rights, and the watermark."""
    silent = dict(seen.silent)
    memory = _asked(silent, "kafka", lambda: remembered(home))
    if memory is None:
        return replace(seen, silent=silent)
    generation = memory.generation(source.id, source.generation)
    capture = status_at(home, alone, source) if "source" not in silent else None
    table = topics.qualified(seen.dataset)
    loads = {load.table: load for load in capture.loads} if capture else {}
    away = {"kafka", "province", "source", "connect"} & {*silent}
    return replace(
        seen,
        seen=memory.seen(source.id, generation),
        capture=capture,
        load=loads.get(table),
        missing_rights=_asked(silent, "admin", lambda: _missing(home, seen.dataset)) or (),
        through=None if away else _asked(silent, "books", lambda: _through(home, alone)),
        silent=silent,
    )


def _parts(state: State) -> dict[str, Part]:
    return {
        name: Part(
            state=one.state,
            frozen=one.process is not None and one.process.frozen(),
            problem=one.problem or "",
        )
        for name, one in state.components.items()
    }


def _missing(home: Home, dataset: Dataset) -> tuple[Grant, ...]:
    """Rights on the dataset's topics that its contract wants and Kafka does not hold."""
    names = [one.name for one in topics.dataset_topics(dataset)]
    there = grants_there(AdminClient({**kafka_client(home, "admin"), **_QUIET}))
    return tuple(
        one
        for one in access.grants((dataset,))
        if one.resource == "topic" and one not in there and _covers(one, names)
    )


def _covers(grant: Grant, names: list[str]) -> bool:
    if grant.prefixed:
        return any(name.startswith(grant.name) for name in names)
    return grant.name in names


def _through(home: Home, alone: Catalogue) -> datetime | None:
    with open_books(home.root) as books:
        return next(iter(replace(books, catalogue=alone).complete_through().values()), None)


def _silent(silent: dict[str, str], part: str, question: Callable[[], object]) -> dict[str, str]:
    _asked(silent, part, question)
    return silent


def _asked(silent: dict[str, str], part: str, question: Callable[[], Found]) -> Found | None:
    try:
        return question()
    except Trouble as trouble:
        silent.setdefault(part, str(trouble))
        return None
