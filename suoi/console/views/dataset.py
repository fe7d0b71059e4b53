"""One dataset: its way as a picture, its books as a sum, what is refused, what it agreed to."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from typing_extensions import TypedDict

from infra.lag.sample import Hop as Hops
from schemas.codes import read_codes
from schemas.reasons import sentence_of
from suoi.console.accounts import User
from suoi.console.facts import DatasetFacts
from suoi.console.page import Query
from suoi.console.refusal import unknown
from suoi.console.roles import may
from suoi.console.snapshot import Snapshot, Waiting
from suoi.console.views.known import Action, Silence, silences

ENDS = ("applied", "superseded", "replayed", "quarantined", "filtered")
"""The ways a captured record ends (invariant 2)."""
_ACTS = ("dataset.pause", "dataset.resume")


class Hop(TypedDict):
    """One hop; seconds or messages None = unknown. *shown* False = this dataset has no such hop."""

    name: str
    text: str
    seconds: float | None
    messages: int | None
    shown: bool


class Part(TypedDict):
    """One term of the sum."""

    name: str
    text: str
    count: int


class Sum(TypedDict):
    """captured = the sum of the ends + in flight (invariant 2)."""

    captured: int
    parts: list[Part]
    in_flight: int
    clean: int
    reject: int
    open: int | None


class Cause(TypedDict):
    """Open items with one reason."""

    code: str
    sentence: str
    count: int
    oldest: datetime
    url: str


class Line(TypedDict):
    """One thing the contract says."""

    label: str
    text: str


class Standing(TypedDict):
    """Whether its changes are judged."""

    paused: bool
    since: str | None
    by: str | None
    cause: str | None


class DatasetAnswer(TypedDict):
    """The answer of a dataset's page."""

    id: str
    title: str
    unit: str
    source: str
    standing: Standing | None
    complete_through: datetime | None
    age_s: float | None
    deadline: str
    hops: list[Hop]
    sum: Sum | None
    causes: list[Cause]
    waiting: int | None
    contract: list[Line]
    readers: list[Line]
    actions: list[Action]
    silent: list[Silence]


def view(seen: Snapshot, user: User, query: Query) -> DatasetAnswer:
    """Return all that is known of the dataset that is asked for.

    Raises:
        Refusal: there is none of that name; the nearest names are told.
    """
    facts = chosen(seen, query)
    through = (seen.through or {}).get(facts.id)
    mine = [one for one in seen.waiting or () if one.dataset == facts.id]
    standing = _standing(seen, facts.id, query)
    return {
        "id": facts.id,
        "title": facts.title if query.words.language == "vi" else facts.title_en or facts.title,
        "unit": facts.unit,
        "source": facts.source,
        "standing": standing,
        "complete_through": through,
        "age_s": None if through is None else round((seen.taken - through).total_seconds(), 1),
        "deadline": facts.deadline,
        "hops": _hops(seen, facts, query),
        "sum": _sum((seen.counts or {}).get(facts.id), query),
        "causes": [_cause(one, one.code) for one in mine if one.code],
        "waiting": None
        if seen.waiting is None
        else sum(one.items for one in mine if one.code is None),
        "contract": _contract(facts, query),
        "readers": _readers(facts, query),
        "actions": _actions(facts.id, user, query, standing),
        "silent": silences(seen, query),
    }


def chosen(seen: Snapshot, query: Query) -> DatasetFacts:
    """Return the dataset named in the path.

    Raises:
        Refusal: there is none of that name.
    """
    name = query.path["dataset"]
    if name not in seen.datasets:
        lacking = unknown("dataset", name, seen.datasets)
        raise lacking
    return seen.datasets[name]


def _standing(seen: Snapshot, name: str, query: Query) -> Standing | None:
    if seen.standings is None:
        return None
    one = seen.standings.get(name)
    if one is None:
        return {"paused": False, "since": None, "by": None, "cause": None}
    cause = one.cause.vi if query.words.language == "vi" else one.cause.en
    return {"paused": one.paused, "since": one.since, "by": one.by, "cause": cause}


def _hops(seen: Snapshot, facts: DatasetFacts, query: Query) -> list[Hop]:
    known = (seen.hops or {}).get(facts.id, {})
    return [
        {
            "name": name.value,
            "text": query.words(f"hop.{name}"),
            "seconds": known[name].seconds if name in known else None,
            "messages": known[name].messages if name in known else None,
            "shown": name != "applied_to_portal" or facts.served,
        }
        for name in Hops
    ]


def _sum(counts: Mapping[str, Any] | None, query: Query) -> Sum | None:
    if counts is None:
        return None
    parts: list[Part] = [
        {"name": name, "text": query.words(f"end.{name}"), "count": counts[name]} for name in ENDS
    ]
    return {
        "captured": counts["captured"],
        "parts": parts,
        "in_flight": counts["captured"] - sum(one["count"] for one in parts),
        "clean": counts["clean"],
        "reject": counts["reject"],
        "open": counts.get("open"),
    }


def _cause(one: Waiting, code: str) -> Cause:
    return {
        "code": code,
        "sentence": sentence_of(code),
        "count": one.items,
        "oldest": one.oldest,
        "url": f"/quarantine?dataset={one.dataset}&code={code}",
    }


def _contract(facts: DatasetFacts, query: Query) -> list[Line]:
    lists = partial(read_codes().labels, language=query.words.language)
    cadences = lists("update_frequency")
    said = {
        "table": f"{facts.source}: {facts.table}",
        "version": query.words("contract.of", version=facts.version, number=facts.revision),
        "frequency": f"{cadences.get(facts.frequency, facts.frequency)}, {facts.deadline}",
        "fields": f"{facts.fields}",
        "mandatory": f"{facts.mandatory}",
        "personal": f"{facts.personal}",
        "completeness": facts.completeness_min,
        "open_mode": lists("open_class").get(facts.open_mode, facts.open_mode),
        "sharing": lists("sharing_mode").get(facts.sharing_mode, facts.sharing_mode),
        "purpose": facts.purpose,
        "legal": facts.legal_basis,
    }
    return [
        {"label": query.words(f"contract.{name}"), "text": text}
        for name, text in said.items()
        if text
    ]


def _readers(facts: DatasetFacts, query: Query) -> list[Line]:
    """Name who takes its records: our own deliveries, and the topic others subscribe to."""
    readers = {"province": facts.target, "subscribers": facts.clean_topic}
    if facts.open_topic:
        readers["portal"] = facts.open_topic
    return [
        {"label": query.words(f"reader.{name}"), "text": text} for name, text in readers.items()
    ]


def _actions(name: str, user: User, query: Query, standing: Standing | None) -> list[Action]:
    wanted = "dataset.resume" if standing and standing["paused"] else "dataset.pause"
    return [
        {
            "name": act,
            "text": query.words(f"act.{act}.title"),
            "url": f"/datasets/{name}/{act.rpartition('.')[2]}",
        }
        for act in _ACTS
        if act == wanted and may(user.role, act)
    ]
