"""What is wrong beyond the components: contracts, capture and books, as problems of `suoi status`.

A problem says what, where, since when (the moment it was looked at, where nobody knows better) and
what to do: {"what", "where", "since", "hint"}.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.errors import Trouble
from infra.lag.history import history_file, read_history
from infra.lag.sample import Hop
from infra.lag.standstill import Standstill
from infra.lag.window import State, state_of
from infra.local.home import Home
from infra.local.state import now_text
from infra.memory import Memory
from schemas.catalogue import Catalogue
from schemas.control import BROKEN, STORM, VANISHED, Standing
from suoi.capture import statuses
from suoi.finding import behind_since
from suoi.law import compiled, unconnected
from suoi.topic_versions import versions

Problem = dict[str, str]

_CONTRACT = "correct it; `suoi contract check` says when it is right; then restart the stack"
_CAPTURE = "`suoi connector status` shows the capture of every source"
_PAUSED = "when that is settled, `suoi dataset resume {name} --reason …` lets it go on"
_VANISHED = (
    "agree with the department about its table; `suoi dataset resume {name} --reason …` goes on "
    "without the columns, and refuses each row that lacks them"
)
_UNJUDGED = "if its process runs, its log names what it waits for; nothing else waits for it"
_BROKEN = (
    "docs/runbooks/source-restored.md; `suoi source regenerate {source} --reason …` shows what it "
    "would do, and with --yes loads everything anew; the dataset then goes on by itself"
)
_STORM = (
    "`suoi reject list --dataset {name}` shows what is refused; once that is settled, "
    "`suoi dataset resume {name} --reason …` goes on where it stopped"
)
_HINTS = {VANISHED: _VANISHED, BROKEN: _BROKEN, STORM: _STORM}
_STANDS = (
    "`suoi why DATASET` names what it waits for; its log (logs/{name}.log) says what it did last"
)
_SENTINEL = "read logs/sentinel.log; without it nothing that stands still is restarted"
_WHY = "`suoi why {name}` names the first broken link"
_UNFILLED = "`suoi topic fill {name}` writes them there, while everything goes on"
_BEHIND = "`suoi lag` shows the hop that does not follow, `suoi connector status` a load under way"


_UNWATCHED_S = 60.0
_SAID = (
    *("slot.missing", "slot.lost", "slot.ahead", "publication.table", "heartbeat.age"),
    *("heartbeat.none", "source.unreachable", "connector.failing"),
)
"""Alarms that a place with a problem of its capture need not tell once more."""
_STUCK = (State.STALL, State.STOP)
_TAKERS = {
    Hop.RAW_TO_VERDICT: "streams",
    Hop.VERDICT_TO_APPLIED: "province_sink",
    Hop.APPLIED_TO_PORTAL: "portal_cache",
}


def of_contracts(catalogue: Catalogue) -> Iterator[Problem]:
    """Name each contract that cannot be read, its dataset is held (invariant 10), or captured."""
    for path, error in catalogue.problems.items():
        faults = "; ".join(f"{path.name}:{fault}" for fault in error.faults)
        what = f"the contract cannot be read, its dataset is held: {faults}"
        yield problem(what, str(path), _CONTRACT, _changed(path))
    for dataset, sentence in unconnected(catalogue).items():  # Invariant 9
        yield problem(sentence, dataset, _CONTRACT)


def of_capture(home: Home, catalogue: Catalogue) -> Iterator[Problem]:
    """Name what keeps a source, or one dataset of it, from being captured."""
    for one in statuses(home, catalogue):
        for trouble in one.troubles:
            yield problem(trouble.sentence, trouble.dataset or one.source, _CAPTURE)


def of_pauses(catalogue: Catalogue, standings: Mapping[str, Standing]) -> Iterator[Problem]:
    """Name each dataset that stands still, by our own decision or a person's (invariant 10)."""
    for name, one in standings.items():
        if name in catalogue and one.paused:
            what = f"it is paused by {one.by}, its changes wait in Kafka: {one.cause.en}"
            hint = _HINTS.get(one.cause.code, _PAUSED)
            words = hint.format(name=name, source=catalogue[name].source)
            yield problem(what, name, words, one.since)


def of_books(catalogue: Catalogue, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Name each dataset that cannot be proved complete through any moment (invariant 9)."""
    for name, held in figures.items():
        if held["complete_through"] is None:
            yield _held(catalogue, name) or problem(
                "it is not known through which moment it is complete", name, _BEHIND
            )


def of_findings(home: Home) -> Iterator[Problem]:
    """Say whether rows wait to be judged by the rules that need other rows (invariant 9)."""
    since = behind_since(home)
    if since is not None:
        what = "what was written since then is not yet judged by the rules that need other rows"
        yield problem(what, "findings", _UNJUDGED, since.isoformat(timespec="milliseconds"))


def of_alarms(memory: Memory, known: Collection[str]) -> Iterator[Problem]:
    """Name what the guards of each source have found; *known* are the places that have a problem.

    One incident for a cause: what the capture's own problem says is not said again, and a heart
    that does not beat follows from a connector that does not run.
    """
    for source, record in memory.alarms.items():
        if memory.resetting(source):
            continue  # nothing of it may be judged
        age_s = (datetime.now(UTC) - datetime.fromisoformat(record.at)).total_seconds()
        if age_s > _UNWATCHED_S:
            if not {"watch", source} & {*known}:
                what = "nobody has looked at it since then: the watch is stuck"
                yield problem(what, source, "read logs/watch.log", record.at)
            continue
        for one in record.alarms:
            where = one.dataset or source
            if where not in known or one.code not in _SAID:
                what = f"{one.sentence} ({one.severity.value}: {one.code})"
                yield problem(what, where, one.next_step, record.at)


def of_lag(home: Home, known: Collection[str], paused: Collection[str]) -> Iterator[Problem]:
    """Name each worker that stands still, and each dataset that one hop alone does not move.

    One incident for a cause: *known* are the parts that are a problem already, *paused* the
    datasets that nobody is to move.
    """
    history = read_history(history_file(home.run))
    if not history.fresh(time.time(), _UNWATCHED_S):
        if history.at and "sentinel" not in known:
            what = "nobody has measured the lag since then: the sentinel is stuck"
            yield problem(what, "sentinel", _SENTINEL, _text(history.at))
        return
    standing = {name: one for name, one in history.standstills.items() if not one.over}
    for name, one in standing.items():
        if name not in known:
            yield _standing_still(name, one)
    for name, hops in history.hops.items():
        for hop, samples in hops.items() if name not in paused else ():
            state = state_of(samples, history.at)
            worker = _TAKERS.get(hop)
            if state in _STUCK and worker and worker not in {*known, *standing}:
                what = (
                    f"{hop.value.replace('_', ' ')} is {state.value}: {samples[-1].messages} wait"
                )
                yield problem(what, name, _WHY.format(name=name))


def of_versions(home: Home, catalogue: Catalogue) -> Iterator[Problem]:
    """Name each dataset whose new topics do not hold every row yet (`suoi topic fill`)."""
    raised = {name: one for name, one in catalogue.items() if one.major > 1}
    for one in versions(home, raised) if raised else ():
        if one["lacking"]:
            what = f"{one['topic']} does not hold {one['lacking']} rows of the version before"
            yield problem(what, one["dataset"], _UNFILLED.format(name=one["dataset"]))


def problem(what: str, where: str, hint: str, since: str | None = None) -> Problem:
    """Make a problem as DESIGN.md 9 has it; without *since* it is seen now."""
    return {"what": what, "where": where, "since": since or now_text(), "hint": hint}


def _standing_still(name: str, one: Standstill) -> Problem:
    what = f"it stands still while {one.waiting} records wait"
    if one.restarted_at is not None:
        what += f"; it was restarted for that at {_text(one.restarted_at)}, once an hour at most"
    return problem(what, name, _STANDS.format(name=name), _text(one.since))


def _held(catalogue: Catalogue, name: str) -> Problem | None:
    """Say whether a dataset stands still because no judge can be made of it."""
    try:
        compiled(catalogue[name])
    except Trouble as error:
        return problem(f"it is held: {error}", name, _CONTRACT)
    return None


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def _changed(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
