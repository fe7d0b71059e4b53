"""Turning the portal to a new version of a dataset's cache, once that holds what it must.

A sink shows the first version of a cache by itself. Another one, of a new topic version, it fills
beside: only whoever filled that topic knows when it is whole.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from consumers.cache.keys import cache_keys
from infra.kafka_reader import Place
from infra.redis_client import Redis, asking
from schemas.contract import Dataset

KEPT_S = 3_600
"""A page that is being made reads the version before to its end."""


def turn(redis: Redis, dataset: Dataset, ends: Mapping[Place, int]) -> bool:
    """Show the version in force if its cache is past *ends*; say whether it is shown.

    *redis* is entered as the sink's user. What was shown before goes after an hour.

    Raises:
        Transient: Redis is away.
    """
    version = str(dataset.major)
    keys = cache_keys(dataset, version)
    given = [str(part) for place, end in ends.items() for part in (place.partition, end)]
    script = redis.register_script((Path(__file__).parent / "turn.lua").read_text("utf-8"))
    with asking():
        before = cast(
            "bytes | None", script(keys=[keys.current, keys.offsets], args=[version, *given])
        )
        if before is None:
            return False
        if before.decode() not in {"", version}:
            for name in cache_keys(dataset, before.decode())[1:]:
                redis.expire(name, KEPT_S)
    return True
