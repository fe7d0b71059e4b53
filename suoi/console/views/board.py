"""The board: what each unit owes the province, dataset by dataset, and how each stands now."""

from datetime import datetime

from typing_extensions import TypedDict

from consumers.ledger.delivery import Standing, UnitBook
from schemas.codes import read_codes
from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.snapshot import Snapshot
from suoi.console.views.known import Silence, silences

STATES = ("delivered", "late", "to_connect", "unknown", "paused")


class Cell(TypedDict):
    """One dataset that is owed."""

    id: str
    title: str
    contract: str | None
    """The dataset's page, where it has a contract that is captured."""
    state: str
    state_text: str
    stage: int | None
    source: str
    """computed, or assumed as once declared."""
    cause: str | None
    complete_through: datetime | None
    waiting: int | None


class Owed(TypedDict):
    """What one unit owes."""

    unit: str
    title: str
    assigned: int
    delivered: int
    complete: bool
    datasets: list[Cell]


class Board(TypedDict):
    """The answer of the board."""

    assigned: int
    delivered: int
    units_complete: int
    units: list[Owed]
    states: list[str]
    chosen: dict[str, str]
    """What the list is narrowed to: unit, state."""
    choices: dict[str, str]
    """Unit -> title, of all that may be chosen."""
    silent: list[Silence]


def view(seen: Snapshot, _user: User, query: Query) -> Board:
    """Return the board, of the unit and state asked for.

    Raises:
        Refusal: there is no such unit or state.
    """
    books = {book.unit.id: book for book in seen.units or ()}
    unit, state = query.choice("unit", books), query.choice("state", STATES)
    shown = [_owed(seen, book, query) for book in books.values() if unit in {None, book.unit.id}]
    for one in shown:
        one["datasets"] = [cell for cell in one["datasets"] if state in {None, cell["state"]}]
    return {
        "assigned": sum(len(book.standings) for book in books.values()),
        "delivered": sum(book.delivered for book in books.values()),
        "units_complete": sum(book.complete for book in books.values()),
        "units": [one for one in shown if one["datasets"] or state is None],
        "states": list(STATES),
        "chosen": {"unit": unit or "", "state": state or ""},
        "choices": {name: book.unit.title for name, book in books.items()},
        "silent": silences(seen, query),
    }


def _owed(seen: Snapshot, book: UnitBook, query: Query) -> Owed:
    return {
        "unit": book.unit.id,
        "title": book.unit.title,
        "assigned": len(book.standings),
        "delivered": book.delivered,
        "complete": book.complete,
        "datasets": [_cell(seen, item, query) for item in book.standings],
    }


def _cell(seen: Snapshot, item: Standing, query: Query) -> Cell:
    contract = item.entry.contract if item.entry.contract in seen.datasets else None
    standing = (seen.standings or {}).get(contract or "")
    state = "paused" if standing is not None and standing.paused else item.state
    causes = read_codes().labels("delay_cause", query.words.language)
    return {
        "id": item.entry.id,
        "title": item.entry.title,
        "contract": contract,
        "state": state,
        "state_text": query.words(f"state.{state}"),
        "stage": item.stage.number,
        "source": item.stage.source,
        "cause": causes.get(item.stage.cause or ""),
        "complete_through": (seen.through or {}).get(contract or ""),
        "waiting": _waiting(seen, contract),
    }


def _waiting(seen: Snapshot, dataset: str | None) -> int | None:
    if dataset is None or seen.waiting is None:
        return None
    return sum(one.items for one in seen.waiting if one.dataset == dataset and one.code is None)
