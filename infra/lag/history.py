"""The samples of the last hour, in one file that the sentinel writes and anybody may read.

Of the last minutes every sample is kept, of the time before one a minute: enough for Burrow's
window, for a trend, and for "growing for 15 minutes" (DOMAIN.md 11, cause VOLUME).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from infra.lag.sample import Hop, Sample
from infra.lag.standstill import Standstill
from infra.local.files import write_whole

NEAR_S, FAR_S, APART_S = 150.0, 3600.0, 60.0
_FILE = "lag.json"

Hops = dict[str, dict[Hop, Sample]]
"""dataset -> hop -> what one look found."""


class History(msgspec.Struct, kw_only=True):
    """What the sentinel remembers; *at* is its last look, epoch seconds."""

    at: float = 0.0
    hops: dict[str, dict[Hop, list[Sample]]] = msgspec.field(default_factory=dict)
    workers: dict[str, list[Sample]] = msgspec.field(default_factory=dict)
    standstills: dict[str, Standstill] = msgspec.field(default_factory=dict)

    def add(self, hops: Hops, workers: Mapping[str, Sample], at: float) -> None:
        """Take in one look; datasets and workers it does not name are forgotten."""
        held, self.at = self.hops, at
        self.hops = {
            dataset: {
                hop: thinned([*held.get(dataset, {}).get(hop, []), sample])
                for hop, sample in found.items()
            }
            for dataset, found in hops.items()
        }
        known = self.workers
        self.workers = {
            name: thinned([*known.get(name, []), sample]) for name, sample in workers.items()
        }

    def fresh(self, now: float, within_s: float) -> bool:
        """Say whether the sentinel has looked within *within_s* seconds."""
        return 0 <= now - self.at <= within_s


def thinned(samples: Sequence[Sample]) -> list[Sample]:
    """Keep every sample of the last minutes, one a minute before that, none older than an hour."""
    newest = samples[-1].at
    kept: list[Sample] = []
    for one in samples:
        age = newest - one.at
        apart = not kept or one.at - kept[-1].at >= APART_S
        if 0 <= age <= NEAR_S or (apart and NEAR_S < age <= FAR_S):
            kept.append(one)
    return kept


_decode = msgspec.json.Decoder(History).decode


def history_file(run: Path) -> Path:
    """Where the history of the stack is whose run directory is *run*."""
    return run / _FILE


def read_history(path: Path) -> History:
    """Read the history at *path*; one that is absent or cannot be read is empty."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return History()


def write_history(path: Path, history: History) -> None:
    """Replace the history at *path*, whole or not at all."""
    write_whole(path, msgspec.json.encode(history).decode())
