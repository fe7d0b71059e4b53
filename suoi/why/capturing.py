"""The links before raw: source, slot, connector, topics. An answer, or None where one holds."""

from connectors.guards import RUN_SCRIPT
from connectors.loads import State as LoadState
from suoi.why.chain import Answer, Link, Observation
from suoi.why.evidence import away, refusal

_RUNBOOK = "docs/runbooks/source-restored.md"
_RESTORED = ("log_end", "mark", "server", "timeline", "regenerate")
_UNFIT = ("publication", "rights", "table", "identity", "column", "key", "zero_date", "settings")
_NEXT_LOAD = {
    LoadState.WAITING: "`suoi connector apply` asks for it",
    LoadState.LOADING: "wait: `suoi connector status` shows how far it is",
    LoadState.FAILED: "read logs/connect.log, then `suoi connector apply` asks for it again",
}
_MENDS = "it is asked for again by itself; `suoi connector apply` does it at once"


def source_answers(seen: Observation) -> Answer | None:
    """The department answers us."""
    name = seen.dataset.source
    what = f"the department's database {name} does not answer"
    step = f"ask its DBA; here, read logs/{name}.log. Capture goes on by itself afterwards"
    return away(seen, "source", (Link.SOURCE, what, step), name)


def kafka_answers(seen: Observation) -> Answer | None:
    """Kafka answers: everything else is asked through it."""
    what = "Kafka does not answer: nothing passes, and nothing else can be asked"
    step = "read logs/kafka.log; everything goes on by itself once it answers"
    return away(seen, "kafka", (Link.TOPIC, what, step))


def source_continues(seen: Observation) -> Answer | None:
    """The source does not continue what it has shown, or its log is lost to us (invariant 10)."""
    found = seen.seen
    if found is not None and found.broken:
        return _not_continued(found.guard, found.broken, found.since)
    gone = refusal(seen, "slot", "log", *_RESTORED)
    return None if gone is None else _not_continued(gone.guard, gone.sentence, "")


def _not_continued(guard: str, sentence: str, since: str) -> Answer:
    slot = guard in {"slot", "log"}
    return Answer(
        link=Link.SLOT if slot else Link.SOURCE,
        code="slot.gone" if slot else "source.broken",
        what=sentence,
        next_step=f"{_RUNBOOK}: `suoi source regenerate`, which loads everything anew",
        evidence={"guard": guard} | ({"since": since} if since else {}),
    )


def table_is_published(seen: Observation) -> Answer | None:
    """Its table is in the publication, and what its contract says."""
    refused = refusal(seen, *_UNFIT)
    if refused is None:
        return None
    inside = refused.guard == "publication"
    return Answer(
        link=Link.SLOT if inside else Link.SOURCE,
        code="publication.table" if inside else f"source.{refused.guard}",
        what=refused.sentence,
        next_step=f"{RUN_SCRIPT} Then load the table again: what was missed is not in the log",
        evidence={"guard": refused.guard, "dataset": refused.dataset},
    )


def connect_answers(seen: Observation) -> Answer | None:
    """Kafka Connect answers."""
    what = "Kafka Connect does not answer: the source's log is not followed"
    step = "read logs/connect.log; it is started again by itself, and goes on where it was"
    return away(seen, "connect", (Link.CONNECTOR, what, step))


def topics_are_there(seen: Observation) -> Answer | None:
    """Before the connector, which fails by a topic that it cannot write."""
    if seen.missing_topics:
        return Answer(
            link=Link.TOPIC,
            code="topic.missing",
            what=f"topic {seen.missing_topics[0]} does not exist, or is hidden from us",
            next_step="`suoi prepare kafka` makes what is missing, with its rights",
            evidence={"topics": list(seen.missing_topics)},
        )
    if seen.missing_rights:
        one = seen.missing_rights[0]
        return Answer(
            link=Link.TOPIC,
            code="topic.denied",
            what=f"{one.principal} may not {one.operation} topic {one.name}",
            next_step="`suoi prepare kafka` gives the rights of the contracts again",
            evidence={"missing": [list(right[:4]) for right in seen.missing_rights]},
        )
    return None


def connector_runs(seen: Observation) -> Answer | None:
    """Its connector runs, and somebody follows the log."""
    found = seen.capture
    if found is None:
        return None
    unseen = refusal(seen, "reach")
    if unseen is not None:
        step = "`suoi doctor` and `suoi status` say what keeps it from being asked"
        return Answer(
            link=Link.CONNECTOR, code="capture.unknown", what=unseen.sentence, next_step=step
        )
    evidence = {"connector": found.connector, "task": found.task, "cause": found.cause}
    said = {
        "ABSENT": ("connector.absent", "Connect has no connector of this source"),
        "STOPPED": ("connector.stopped", "its connector is stopped: somebody stopped it"),
        "PAUSED": ("connector.paused", "its connector is paused: somebody paused it"),
    }
    if found.connector in said:
        code, what = said[found.connector]
    elif "FAILED" in (found.connector, found.task):
        code, what = "connector.failed", f"its task has failed: {found.cause or 'no cause is told'}"
    elif not found.connector == found.task == "RUNNING":
        code, what = "connector.starting", f"its task is {found.task}"
    elif found.log.get("active") != "true":
        code, what = "slot.inactive", "its task says it runs, and nobody follows the source's log"
        link = Link.SLOT
        step = "read logs/connect.log; it is started again by itself"
        return Answer(link=link, code=code, what=what, next_step=step, evidence=dict(found.log))
    else:
        return None
    step = (
        "`suoi connector apply` starts it; it goes on where it stopped. logs/connect.log says more"
    )
    return Answer(
        link=Link.CONNECTOR,
        code=code,
        what=what,
        next_step=step,
        evidence=evidence | {f"slot_{name}": value for name, value in found.log.items()},
    )


def table_is_loaded(seen: Observation) -> Answer | None:
    """Its table was loaded whole."""
    load = seen.load
    if load is None or load.whole:
        return None
    return Answer(
        link=Link.CONNECTOR,
        code=f"load.{load.state.value}",
        what=f"its table is not loaded whole yet: {load.state.value}",
        next_step=_MENDS if load.mends else _NEXT_LOAD[load.state],
        evidence={"rows": load.scanned, "estimated": load.estimated, "cause": load.cause},
    )
