"""The hands on a running stack: the functions of the commands, on behalf of a console's user."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

from consumers.ledger.obligations.entries import Entry, Standing, standings
from consumers.ledger.obligations.papers import Act, Paper, in_force
from consumers.ledger.obligations.store import Search, Store
from infra.local.access import connect_client
from infra.local.home import Home
from infra.local.receipt_key import read_public
from infra.queries import read_queries
from schemas.calendar.cutoff import cut_off
from schemas.catalogue import Catalogue
from suoi import dataset as datasets
from suoi.connector_acts import load_again
from suoi.console.askers import classifying, open_province
from suoi.console.hands import Nil, Opened, Order, Wanted
from suoi.obligations import acts, filing
from suoi.obligations import desk as obligations
from suoi.obligations.asked import due_on, moment
from suoi.obligations.sofar import SoFar, so_far
from suoi.payload_reading import opened_payloads
from suoi.quarantine import opened_desk
from suoi.reject_decide import opened
from suoi.reject_replay import Asked, Run

PATIENCE_S = 5.0
"""How long Connect is asked: a person waits."""


class StackHands:
    """Acts on the stack at one home; every connection is opened for one act and closed again."""

    def __init__(self, home: Home, catalogue: Catalogue) -> None:
        """Nothing is opened yet."""
        self._home, self._catalogue = home, catalogue

    def items(self, wanted: Wanted) -> list[dict[str, Any]]:
        """List items, by their numbers; keys are hashed."""
        return self._ask("items", {**wanted._asdict(), "statuses": list(wanted.statuses)})

    def item(self, number: int, unit: str | None) -> dict[str, Any] | None:
        """Return one item of *unit*, with its history."""
        found = self._ask("item", {"item": number, "unit": unit})
        if not found:
            return None
        return {**found[0], "history": self._ask("history", {"item": number})}

    def duties(self, days: tuple[date, date], unit: str | None) -> Sequence[Standing]:
        """Return how the duties due on *days* stand by the book, by due time."""
        search = Search(first=cut_off(days[0]), last=cut_off(days[1]), unit=unit)
        with self._book() as store:
            return tuple(standings(store.entries(search)))

    def so_far(self, day: date, unit: str | None, papers: Sequence[Paper]) -> Sequence[SoFar]:
        """Tell what has come, by *papers* too, of each duty of *day* that silence does not meet."""
        due = due_on(obligations.read_duties(self._catalogue), day)
        mine = [one for one in due if one.mandatory and unit in {None, one.key.unit}]
        with classifying(), open_province(self._home) as province:
            return tuple(so_far(province, mine, papers, moment()))

    def attestations(self, day: date, unit: str | None) -> Sequence[Paper]:
        """Return the papers that attest for *day* and hold, oldest first."""
        return tuple(one for one in self._attesting(day, day) if unit in {None, one.body.unit})

    def paper(self, number: int) -> Paper | None:
        """Return one attestation that holds."""
        return next((one for one in self._attesting(date.min, date.max) if one.id == number), None)

    def entry(self, number: int) -> Entry | None:
        """Return one entry of the book of obligations."""
        with self._book() as store:
            return store.entry(number)

    def attest(self, nil: Nil) -> int:
        """Sign an attestation; returns the number of its paper.

        Raises:
            Judged: the duty was judged already.
        """
        about = filing.About(nil.dataset, nil.commune)
        with obligations.opened_desk(self._home.root, nil.by) as desk:
            return filing.attest(desk, about, nil.day, nil.reason)

    def withdraw(self, number: int, reason: str, by: str) -> int:
        """Take an attestation back by another paper; returns the number of that."""
        with obligations.opened_desk(self._home.root, by) as desk:
            return filing.withdraw(desk, number, reason)

    def override(self, entry: int, cause: str, reason: str, by: str) -> int:
        """Put another cause beside the computed one, signed; returns the number of its entry."""
        with obligations.opened_desk(self._home.root, by) as desk:
            named = acts.named_entry(desk, entry)
            return acts.put(desk, named, acts.override(named, cause, reason))

    def pause_connector(self, source: str) -> None:
        """Pause a connector: its task goes, its offsets and its slot stay."""
        with closing(connect_client(self._home, PATIENCE_S)) as connect:
            connect.pause(source)

    def resume_connector(self, source: str) -> None:
        """Let a paused connector go on."""
        with closing(connect_client(self._home, PATIENCE_S)) as connect:
            connect.resume(source)

    def restart_connector(self, source: str) -> None:
        """Start a connector and its task anew."""
        with closing(connect_client(self._home, PATIENCE_S)) as connect:
            connect.restart(source)

    def load(self, source: str, dataset: str) -> None:
        """Ask for the incremental snapshot of one table."""
        load_again(self._home, self._catalogue, source, dataset)

    def pause_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Stop judging a dataset."""
        datasets.pause_now(self._home.root, dataset, reason, by)

    def resume_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Let a paused dataset go on."""
        datasets.resume_now(self._home.root, dataset, reason, by)

    def preview(self, order: Order) -> Mapping[str, int]:
        """Judge again here and now."""
        return self._replayed(order, dry_run=True)

    def replay(self, order: Order) -> Mapping[str, int]:
        """Hand over to be judged again."""
        return self._replayed(order, dry_run=False)

    def unmask(self, number: int, reason: str, by: str) -> Opened:
        """Open one payload; the audit of the province has it before anybody sees it."""
        with opened_desk(self._home.root, by) as desk, opened_payloads(desk.home) as payloads:
            entry, payload = opened(desk, payloads, number, reason)
        if payload is None:
            return Opened(entry, None, None)
        return Opened(entry, _text(payload.key), _text(payload.value))

    def _attesting(self, first: date, last: date) -> Sequence[Paper]:
        with self._book() as store:
            return in_force(store.papers([Act.ATTEST, Act.WITHDRAW], (first, last)), Act.ATTEST)

    @contextmanager
    def _book(self) -> Iterator[Store]:
        with open_province(self._home) as province:
            yield Store(province, [read_public(self._home.receipt_key)])

    def _replayed(self, order: Order, *, dry_run: bool) -> Mapping[str, int]:
        chosen = {name: self._catalogue[name] for name in order.datasets}
        asked = Asked(chosen, order.code, None, order.limit, dry_run, order.reason)
        with opened_desk(self._home.root, order.by) as desk, opened_payloads(desk.home) as payloads:
            return Run(desk, payloads, asked).all()

    def _ask(self, name: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        with classifying(), open_province(self._home) as province:
            rows = province.execute(read_queries("console")[name], values)
            names = [column.name for column in rows.description or ()]
            return [dict(zip(names, row, strict=True)) for row in rows]


def _text(part: bytes | None) -> str | None:
    return None if part is None else part.decode("utf-8", "replace")
