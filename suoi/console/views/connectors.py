"""The connectors: how each source is captured, how far its loads are, and what may be done."""

from typing_extensions import TypedDict

from connectors.loads import Load, State
from connectors.status import Status
from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.refusal import unknown
from suoi.console.roles import may
from suoi.console.snapshot import Snapshot
from suoi.console.views.known import Action, Silence, silences

_ACTS = ("connector.pause", "connector.resume", "connector.restart", "connector.load")


class Progress(TypedDict):
    """The load of one table."""

    table: str
    state: str
    state_text: str
    scanned: int
    estimated: int | None
    percent: int | None
    cause: str


class Trouble(TypedDict):
    """What a guard refuses: *sentence* in the reader's words, *seen* as the guard has it."""

    guard: str
    sentence: str
    seen: str
    dataset: str


class Connector(TypedDict):
    """One source."""

    source: str
    healthy: bool
    state_text: str
    connector: str
    task: str
    cause: str
    lag_s: float | None
    """Age of the newest heartbeat that came through; None = unknown."""
    log: dict[str, str]
    datasets: list[str]
    troubles: list[Trouble]
    loads: list[Progress]
    actions: list[Action]


class Connectors(TypedDict):
    """The answer of the list; *connectors* is null before capture was looked at."""

    connectors: list[Connector] | None
    silent: list[Silence]


class One(TypedDict):
    """The answer of one connector's page."""

    connector: Connector
    silent: list[Silence]


def view(seen: Snapshot, user: User, query: Query) -> Connectors:
    """Return every source."""
    found = None
    if seen.connectors is not None:
        found = [_connector(seen, one, user, query) for one in seen.connectors.values()]
    return {"connectors": found, "silent": silences(seen, query)}


def view_one(seen: Snapshot, user: User, query: Query) -> One:
    """Return the source that is asked for.

    Raises:
        Refusal: there is none of that name; the nearest names are told.
    """
    status = chosen(seen, query)
    return {
        "connector": _connector(seen, status, user, query),
        "silent": silences(seen, query),
    }


def chosen(seen: Snapshot, query: Query) -> Status:
    """Return the source named in the path.

    Raises:
        Refusal: there is none of that name.
    """
    name, known = query.path["source"], seen.connectors or {}
    if name not in known:
        lacking = unknown("source", name, known)
        raise lacking
    return known[name]


def _connector(seen: Snapshot, one: Status, user: User, query: Query) -> Connector:
    words = query.words
    mine = [facts.id for facts in seen.of_source(one.source)]
    return {
        "source": one.source,
        "healthy": one.healthy,
        "state_text": words("connector.well" if one.healthy else "connector.ill"),
        "connector": one.connector,
        "task": one.task,
        "cause": one.cause,
        "lag_s": _lag(seen, mine),
        "log": dict(one.log),
        "datasets": mine,
        "troubles": [
            {
                "guard": said.guard,
                "sentence": words.best(
                    f"problem.capture.{said.guard}",
                    "problem.capture",
                    source=one.source,
                    about=said.dataset or one.source,
                ),
                "seen": said.sentence,
                "dataset": said.dataset,
            }
            for said in one.troubles
        ],
        "loads": [_progress(load, query) for load in one.loads],
        "actions": [_action(name, one.source, query) for name in _ACTS if may(user.role, name)],
    }


def _lag(seen: Snapshot, datasets: list[str]) -> float | None:
    for name in datasets:
        hop = (seen.hops or {}).get(name, {}).get("commit_to_raw")
        if hop is not None and hop.seconds is not None:
            return hop.seconds
    return None


def _progress(load: Load, query: Query) -> Progress:
    percent = None
    if load.state is State.LOADED:
        percent = 100
    elif load.estimated:
        percent = min(99, load.scanned * 100 // load.estimated)
    return {
        "table": load.table,
        "state": load.state.value,
        "state_text": query.words(f"load.{load.state.value}"),
        "scanned": load.scanned,
        "estimated": load.estimated,
        "percent": percent,
        "cause": load.cause,
    }


def _action(name: str, source: str, query: Query) -> Action:
    verb = name.rpartition(".")[2]
    text = query.words(f"act.{name}.title")
    return {"name": name, "text": text, "url": f"/connectors/{source}/{verb}"}
