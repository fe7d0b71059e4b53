"""Lag of each hop of each dataset: the sentinel's newest look, and the state of its last minute."""

import time
from collections.abc import Iterator

from infra.errors import Transient
from infra.lag.history import History, history_file, read_history
from infra.lag.sample import Hop
from infra.lag.window import state_of
from infra.local.home import Home
from infra.metrics.family import Sample
from schemas.catalogue import Catalogue
from suoi.lag import FRESH_S
from suoi.measuring.families import (
    HEARTBEAT_AGE,
    LAG_KNOWN,
    LAG_MESSAGES,
    LAG_SECONDS,
    LAG_STATE,
)


def measure(home: Home, catalogue: Catalogue) -> Iterator[Sample]:
    """Tell seconds, messages and state of each hop; unknown is absent, and said to be unknown.

    Raises:
        Transient: the sentinel has not looked for a minute, so nobody knows.
    """
    history = _fresh(home)
    for dataset, hops in history.hops.items():
        for hop, samples in hops.items():
            newest = samples[-1]
            yield from LAG_SECONDS.of(newest.seconds, dataset, hop.value)
            yield from LAG_MESSAGES.of(newest.messages, dataset, hop.value)
            yield from LAG_KNOWN.of(newest.seconds is not None, dataset, hop.value)
            yield from LAG_STATE.of(1, dataset, hop.value, state_of(samples, newest.at).value)
    yield from _beats(history, catalogue)


def _fresh(home: Home) -> History:
    history = read_history(history_file(home.run))
    if not history.fresh(time.time(), FRESH_S):
        message = f"the sentinel has not looked within {FRESH_S:g} s, so no lag is known."
        raise Transient(message)  # Invariant 9
    return history


def _beats(history: History, catalogue: Catalogue) -> Iterator[Sample]:
    """The first hop is measured by the source's heartbeat, so every dataset of it tells the age."""
    ages = {
        dataset.source: history.hops[dataset.id][Hop.COMMIT_TO_RAW][-1].seconds
        for dataset in catalogue.values()
        if Hop.COMMIT_TO_RAW in history.hops.get(dataset.id, {})
    }
    for source, seconds in ages.items():
        yield from HEARTBEAT_AGE.of(seconds, source)
