"""The links from raw on: streams, sinks, cache. Each gives an answer, or None: it holds."""

from infra.lag.sample import Hop
from infra.lag.trend import clears_in_s, trend_of
from infra.lag.window import State, state_of
from schemas.control import EXPIRED
from suoi.why.chain import Answer, Link, Observation
from suoi.why.evidence import away, ill

LATE_S = 60.0
"""A hop that is further behind than this is late (red within a minute)."""


def nobody_paused(seen: Observation) -> Answer | None:
    """Nobody has paused it."""
    one = seen.standing
    if one is None or not one.paused:
        return None
    expired = one.cause.code == EXPIRED
    return Answer(
        link=Link.TOPIC if expired else Link.STREAMS,
        code="raw.expired" if expired else "dataset.paused",
        what=f"it is paused by {one.by} since {one.since}: {one.cause.en}",
        next_step=f"when that is settled, `suoi dataset resume {one.dataset} --reason …`"
        + (", and load its table again" if expired else ""),
        evidence={"by": one.by, "since": one.since, "cause": one.cause.code, "at": one.cause.at},
    )


def nothing_expired(seen: Observation) -> Answer | None:
    """Retention took nothing that was still wanted."""
    for hop, hole in seen.holes.items():
        return Answer(
            link=Link.TOPIC,
            code="raw.expired" if hop is Hop.RAW_TO_VERDICT else "topic.expired",
            what=f"records were deleted before they were taken: {hole}",
            next_step="load its table again: `suoi connector apply` after `suoi source regenerate`",
            evidence={"hop": hop.value, "gap": hole},
        )
    return None


def streams_follows(seen: Observation) -> Answer | None:
    """Streams judges what comes."""
    return _worker(seen, "streams", Link.STREAMS, Hop.RAW_TO_VERDICT)


def province_answers(seen: Observation) -> Answer | None:
    """The provincial database answers."""
    what = "the provincial database does not answer: verdicts wait in Kafka"
    step = "read logs/province.log; the sinks go on by themselves once it answers"
    return away(seen, "province", (Link.SINK, what, step))


def sinks_follow(seen: Observation) -> Answer | None:
    """Both sinks deliver what was judged."""
    names = ("province_sink", "quarantine_sink")
    sick = [name for name in names if ill(seen, name)]
    return _worker(seen, (sick or list(names))[0], Link.SINK, Hop.VERDICT_TO_APPLIED)


def redis_answers(seen: Observation) -> Answer | None:
    """Redis answers, where the dataset is open."""
    if not seen.dataset.open_columns:
        return None
    what = "Redis does not answer: the portal serves nothing of it"
    step = "read logs/redis.log; the cache is filled again by itself once it answers"
    return away(seen, "redis", (Link.CACHE, what, step))


def cache_follows(seen: Observation) -> Answer | None:
    """The portal shows what was judged, where the dataset is open."""
    if not seen.dataset.open_columns:
        return None
    return _worker(seen, "portal_cache", Link.CACHE, Hop.APPLIED_TO_PORTAL)


def _worker(seen: Observation, name: str, link: Link, hop: Hop) -> Answer | None:
    """Judge one taker: its process, then what it takes."""
    step = f"read logs/{name}.log; a worker that stands still is restarted by itself, once an hour"
    wrong = ill(seen, name)
    if wrong:
        code = "worker.frozen" if "frozen" in wrong else "worker.down"
        facts = {"worker": name, "state": wrong} | _measured(seen, hop)
        return Answer(link=link, code=code, what=f"{name} {wrong}", next_step=step, evidence=facts)
    samples = seen.hops.get(hop, [])
    state = state_of(samples, samples[-1].at) if samples else State.UNKNOWN
    newest = samples[-1] if samples else None
    if state in (State.STALL, State.STOP):
        code, what = "worker.stands", f"{name} takes nothing while records wait ({state.value})"
    elif newest is not None and newest.alive is False:
        code, what = "worker.absent", f"no living {name} takes what comes"
    elif newest is not None and (newest.seconds or 0.0) > LATE_S:
        code, what = "worker.behind", f"{name} is {newest.seconds:.0f} s behind, and goes on"
        step = "wait, if it shrinks (`suoi lag`); another worker in its group halves what waits"
    else:
        return None
    evidence = {"worker": name} | _measured(seen, hop)
    return Answer(link=link, code=code, what=what, next_step=step, evidence=evidence)


def _measured(seen: Observation, hop: Hop) -> dict[str, object]:
    samples = seen.hops.get(hop, [])
    if not samples:
        return {}
    clears, newest = clears_in_s(samples), samples[-1]
    return {
        "seconds": newest.seconds,
        "messages": newest.messages,
        "trend": trend_of(samples).value,
        "clears_in_seconds": None if clears is None else round(clears, 1),
    }
