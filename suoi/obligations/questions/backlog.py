"""Whether what waits for a dataset grows although all work: from the sentinel's samples."""

import time
from dataclasses import replace

from consumers.ledger.obligations.evidence import Load
from infra.lag.history import history_file, read_history
from infra.lag.sample import Hop
from infra.lag.trend import growth_of
from infra.local.home import Home
from schemas.contract import Dataset
from suoi.lag import FRESH_S

_HOPS = (Hop.RAW_TO_VERDICT, Hop.VERDICT_TO_APPLIED)
"""The hops before the ledger; what the portal shows delays no duty."""


def backlog(home: Home, dataset: Dataset, known: Load) -> Load:
    """Add to *known* for how many minutes the lag has grown, and the rate; unknown stays so."""
    history = read_history(history_file(home.run))
    if not history.fresh(time.time(), FRESH_S):
        return known  # Invariant 9
    hops = history.hops.get(dataset.id, {})
    found = [one for hop in _HOPS if (one := growth_of(hops.get(hop, []))) is not None]
    if not found:
        return known
    worst = max(found)
    return replace(known, growing_min=round(worst.seconds / 60, 1), rate=round(worst.rate, 1))
