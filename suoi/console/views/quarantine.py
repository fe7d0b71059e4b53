"""Quarantine: what waits to be mended, by cause, and one item with every problem it has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from typing_extensions import TypedDict

from infra.errors import Trouble
from schemas.reasons import REASONS, sentence_of
from suoi.console.accounts import User
from suoi.console.hands import Wanted
from suoi.console.page import Query
from suoi.console.refusal import Refusal, unknown
from suoi.console.roles import may
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.known import Action, Silence, silences

STATUSES = (
    "open",
    "fixed_at_source",
    "superseded",
    "replayed",
    "waived",
    "released_superseded",
    "approved",
)
PAGE = 50


class Cause(TypedDict):
    """Open items of one dataset with one reason."""

    dataset: str
    code: str
    sentence: str
    count: int
    oldest: datetime
    url: str
    replay: str
    """Where it is judged again; empty for those who may not."""


class Problem(TypedDict):
    """One problem of one item, in words an officer understands."""

    code: str
    field: str | None
    message: str


class Item(TypedDict):
    """One refused row; its key is a hash."""

    id: int
    dataset: str
    unit: str
    key_hash: str | None
    op: str | None
    status: str
    status_text: str
    opened_at: datetime
    closed_at: datetime | None
    record: str
    problems: list[Problem]


class Act(TypedDict):
    """What somebody did about an item."""

    at: datetime
    action: str
    by: str
    reason: str
    approver: str | None


class Quarantine(TypedDict):
    """The answer of the list; *items* is null where the province does not answer."""

    causes: list[Cause] | None
    items: list[Item] | None
    away: str
    chosen: dict[str, str]
    statuses: dict[str, str]
    datasets: dict[str, str]
    following: str
    """Where the next items are; empty on the last page."""
    silent: list[Silence]


class ItemAnswer(TypedDict):
    """The answer of one item's page."""

    item: Item
    history: list[Act]
    actions: list[Action]
    silent: list[Silence]


def find(
    services: Services, seen: Snapshot, _user: User, query: Query
) -> list[dict[str, Any]] | str:
    """Ask for one page of items; a text = why there are none."""
    wanted = Wanted(
        statuses=(query.choice("status", STATUSES) or "open",),
        unit=seen.unit or query.choice("unit", services.units),
        dataset=query.choice("dataset", seen.datasets),
        code=query.choice("code", REASONS),
        after=query.number("after") or 0,
        most=PAGE + 1,
    )
    try:
        return services.hands.items(wanted)
    except Trouble as trouble:
        return str(trouble)


def view(seen: Snapshot, user: User, query: Query) -> Quarantine:
    """Return causes and one page of items."""
    found = query.found
    rows = found[:PAGE] if isinstance(found, list) else None
    names = ("status", "unit", "dataset", "code")
    chosen = {name: query.values.get(name, "") for name in names}
    following = ""
    if isinstance(found, list) and len(found) > PAGE:
        asked = {name: value for name, value in chosen.items() if value}
        following = "/quarantine?" + urlencode({**asked, "after": found[PAGE - 1]["id"]})
    return {
        "causes": _causes(seen, user, chosen),
        "items": None if rows is None else [_item(row, query) for row in rows],
        "away": query.words("away.province") if rows is None else "",
        "chosen": chosen,
        "statuses": {name: query.words(f"item.{name}") for name in STATUSES},
        "datasets": {name: one.title for name, one in seen.datasets.items()},
        "following": following,
        "silent": silences(seen, query),
    }


def find_item(services: Services, seen: Snapshot, _user: User, query: Query) -> dict[str, Any]:
    """Ask for one item, of the reader's unit.

    Raises:
        Refusal: there is none of that number.
        Trouble: the province does not answer.
    """
    found = services.hands.item(query.numbered("item"), seen.unit)
    if found is None:
        raise Refusal(404, "no_item", name=query.path["item"][:20])
    return found


def view_item(seen: Snapshot, user: User, query: Query) -> ItemAnswer:
    """Return one item."""
    found = query.found
    item = _item(found, query)
    actions: list[Action] = []
    if may(user.role, "item.unmask") and user.unit == item["unit"]:
        text = query.words("act.item.unmask.title")
        actions = [{"name": "item.unmask", "text": text, "url": f"/quarantine/{item['id']}/unmask"}]
    return {
        "item": item,
        "history": [_act(row) for row in found["history"]],
        "actions": actions,
        "silent": silences(seen, query),
    }


def dataset_of(seen: Snapshot, name: str) -> str:
    """Return *name* where it is a dataset of the reader's.

    Raises:
        Refusal: it is none; the nearest names are told.
    """
    if name not in seen.datasets:
        lacking = unknown("dataset", name, seen.datasets)
        raise lacking
    return name


def _causes(seen: Snapshot, user: User, chosen: Mapping[str, str]) -> list[Cause] | None:
    if seen.waiting is None:
        return None
    shown = [
        one
        for one in seen.waiting
        if one.code
        and chosen["unit"] in {"", one.unit}
        and chosen["dataset"] in {"", one.dataset}
        and chosen["code"] in {"", one.code}
    ]
    return [
        {
            "dataset": one.dataset,
            "code": one.code or "",
            "sentence": sentence_of(one.code or ""),
            "count": one.items,
            "oldest": one.oldest,
            "url": "/quarantine?" + urlencode({"dataset": one.dataset, "code": one.code or ""}),
            "replay": "/quarantine/preview?"
            + urlencode({"dataset": one.dataset, "code": one.code or ""})
            if may(user.role, "quarantine.replay")
            else "",
        }
        for one in sorted(shown, key=lambda one: -one.items)
    ]


def _item(row: Mapping[str, Any], query: Query) -> Item:
    return {
        "id": row["id"],
        "dataset": row["dataset"],
        "unit": row["owner_unit"],
        "key_hash": row["key_hash"],
        "op": row["op"],
        "status": row["status"],
        "status_text": query.words.best(f"item.{row['status']}", row["status"]),
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
        "record": f"{row['raw_topic']}:{row['raw_partition']}:{row['raw_offset']}",
        "problems": [
            {"code": one["code"], "field": one.get("field"), "message": one["message"]}
            for one in row["problems"]
        ],
    }


def _act(row: Mapping[str, Any]) -> Act:
    return {
        "at": row["at"],
        "action": row["action"],
        "by": row["by_user"],
        "reason": row["reason"],
        "approver": row["approver"],
    }
