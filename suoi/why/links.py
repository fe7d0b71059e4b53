"""Which link is broken first: a pure walk over one observation, one function a link.

A link is judged only once all before it hold, so that of one cause one answer comes. Where a fault
shows itself at several links (a slot that is gone pauses the dataset too), the first is the cause.
"""

from collections.abc import Callable

from infra.lag.sample import Hop
from suoi.why.capturing import (
    connect_answers,
    connector_runs,
    kafka_answers,
    source_answers,
    source_continues,
    table_is_loaded,
    table_is_published,
    topics_are_there,
)
from suoi.why.chain import Answer, Link, Observation
from suoi.why.taking import (
    LATE_S,
    cache_follows,
    nobody_paused,
    nothing_expired,
    province_answers,
    redis_answers,
    sinks_follow,
    streams_follows,
)

Judge = Callable[[Observation], Answer | None]


def find(seen: Observation) -> Answer:
    """Walk the chain; the answer is the first link that does not hold, or that all do."""
    for judge in WALK:
        answer = judge(seen)
        if answer is not None:
            return answer
    return _proved(seen)


def stack_runs(seen: Observation) -> Answer | None:
    """The stack runs."""
    if seen.runs:
        return None
    return Answer(
        link=Link.SOURCE,
        code="stack.down",
        what="the stack does not run: nothing is followed, and nothing can be asked",
        next_step="`suoi up --detach` starts it; what was committed meanwhile is caught up",
    )


WALK: tuple[Judge, ...] = (
    stack_runs,
    source_answers,
    kafka_answers,
    source_continues,
    table_is_published,
    connect_answers,
    topics_are_there,
    connector_runs,
    table_is_loaded,
    nobody_paused,
    nothing_expired,
    streams_follows,
    province_answers,
    sinks_follow,
    redis_answers,
    cache_follows,
)


def _proved(seen: Observation) -> Answer:
    """Nothing is broken: say through when it is complete; unproved is not healthy (invariant 9)."""
    if seen.through is not None:
        what = f"complete through {seen.through.isoformat()}"
        return Answer(link=None, code="complete", what=what)
    beat = seen.hops.get(Hop.COMMIT_TO_RAW, [])
    age = beat[-1].seconds if beat else None
    heard = "no heartbeat of its source has come through" if age is None else "it is on its way"
    return Answer(
        link=Link.CONNECTOR if age is None or age > LATE_S else Link.SINK,
        code="watermark.unknown",
        what=f"no link is broken, and it is not proved complete through any moment: {heard}",
        next_step="ask again in a few seconds; `suoi lag` shows the hop that does not follow",
        evidence={hop.value: samples[-1].seconds for hop, samples in seen.hops.items() if samples},
    )
