"""Error lines a fault may cause in the logs; any other one fails its journey.

A line of ours is JSON and names its event; a line of an engine is matched by its text. A new entry
says why the line is no fault of ours.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

OURS = (
    "streams", "province_sink", "quarantine_sink", "portal_cache", "portal", "second_sink", "watch",
    "sentinel",
)  # fmt: skip
_LOUD = ("error", "critical", "exception")
_ALLOWED_EVENTS: tuple[tuple[str, str], ...] = (
    ("worker.stopped", "Kafka"),  # the broker stayed away: it left, acknowledging nothing
    # aiokafka's words while a broker is away or has given us up; it joins again by itself
    ("OffsetCommit failed", ""),
    ("Failed fetch messages", ""),
    ("Heartbeat", ""),
    ("Group Coordinator", ""),
    ("Unable connect", ""),
    ("Unable to request metadata", ""),
    ("Unable to update metadata", ""),
    ("Error sending", ""),
    ("Failed to", ""),
    # Faust's word for a process that was frozen by a test
    ("[^---ConsumerThread]: Thread keepalive", ""),
)
"""How an event begins, and how its reason does."""
_ALLOWED_WORDS = (
    # one sentence on the way out, with what to do: the supervisor starts it again
    r"^suoi: ",
    # librdkafka's own words on standard error while a broker is away
    r"^%\d\|\d+\.\d+\|",
    # an open fault of librdkafka (its issue 4605): a broker dies under an admin call (seen of the
    # sentinel alone, which only asks); the process ends, and the supervisor starts it again
    r"^python: rdkafka_queue\.h:\d+: rd_kafka_enq_once_del_source_return: Assertion",
)
_ALLOWED = re.compile("|".join(_ALLOWED_WORDS))


class Lines:
    """Where each log of a stack stood when a journey began."""

    def __init__(self, logs: Path) -> None:
        """Note the size of each file below *logs*."""
        self._logs = logs
        self._from = {path: path.stat().st_size for path in logs.glob("*.log")}

    def unexpected(self) -> list[str]:
        """Lines written since by our own processes that tell of an error nobody expects."""
        return [
            f"{path.stem}: {line}"
            for path in sorted(self._logs.glob("*.log"))
            if path.stem in OURS
            for line in self._since(path)
            if is_unexpected(line)
        ]

    def _since(self, path: Path) -> Iterator[str]:
        start = self._from.get(path, 0)
        with path.open("rb") as file:
            file.seek(start if start <= path.stat().st_size else 0)
            yield from file.read().decode(errors="replace").splitlines()


def is_unexpected(line: str) -> bool:
    """Whether *line* tells of an error that no entry allows."""
    if not line.strip():
        return False
    try:
        said = json.loads(line)
    except ValueError:
        return _ALLOWED.match(line) is None
    if not isinstance(said, dict) or said.get("level") not in _LOUD:
        return False
    reason = str(said.get("reason", ""))
    return not any(
        str(said.get("event")).startswith(event) and reason.startswith(begin)
        for event, begin in _ALLOWED_EVENTS
    )
