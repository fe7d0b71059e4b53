"""`suoi reject replay`: refused records are judged again, under the rules in force now.

In batches, oldest item first: what has a newer row is released; the rest is written to
`replay.raw`; once the broker has it, the items are marked. Killed anywhere, it is run again: an
item without a mark is handed over again, which is harmless, because the same order key is applied
once (invariants 3 and 8). Streams and the guard in the row decide; this command changes no row.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

import orjson
import typer

from consumers.payloads import LARGEST, Payload
from infra.errors import Usage
from infra.faults import point
from schemas import topics
from schemas.contract import Dataset
from schemas.replay import replay_headers
from suoi.dataset import standings
from suoi.judging import Judges
from suoi.law import chosen_dataset
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.payload_reading import Payloads, opened_payloads
from suoi.quarantine import TRUNCATE, Act, Desk, Kept, Sender, kept, opened_desk

BATCH = 50
"""Items between two waits for the broker: at most 50 MiB of kept payloads in memory."""

PER_SECOND = 2_000
"""Items handed over in a second at most: a replay runs beside the live changes."""

_ANSWERS = {
    "clean": "would be accepted",
    "reject": "would be refused again",
    "superseded": "have a newer row already, and are released",
    "sent": "were handed over to be judged again",
    "same_rules": "were refused under the rules in force: nothing would change",
    "before_truncate": "are older than a truncate of their table; approve or waive that first",
    "under_way": "were handed over less than a minute ago",
    "paused": "belong to a paused dataset; resume it first",
    "unavailable": "have no payload any more; only the source can send them again",
    "unjudged": "belong to a dataset whose contract gives no judge; `suoi contract check`",
}


class Asked(NamedTuple):
    """Which items; what is None or empty does not narrow the choice."""

    datasets: Mapping[str, Dataset]
    code: str | None
    ids: list[int] | None
    limit: int
    dry_run: bool
    reason: str = "suoi reject replay"

    @property
    def facts(self) -> dict[str, object]:
        """The choice as the queries take it."""
        return {
            "datasets": list(self.datasets),
            "rulesets": [one.revision for one in self.datasets.values()],
            "code": self.code,
            "ids": self.ids,
        }


def replay(  # noqa: PLR0913  the options of a command line
    items: Annotated[list[int] | None, typer.Argument(help="Only these items.")] = None,
    *,
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    code: Annotated[
        str | None, typer.Option(help="Only items with this problem, such as code.unknown.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge here and now, and change nothing.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many items.")] = 10_000,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Judge open items again, under the contract in force; `--dry-run` says what would become."""
    with opened_desk(home) as desk, opened_payloads(desk.home) as payloads:
        if dataset is not None:
            chosen_dataset(desk.catalogue, dataset)
        chosen = {name: one for name, one in desk.catalogue.items() if dataset in {None, name}}
        _refuse_closed(desk, items or [])
        asked = Asked(chosen, code, items or None, limit, dry_run)
        answer = Run(desk, payloads, asked).all()
    if json:
        typer.echo(orjson.dumps({"dry_run": dry_run, **answer}).decode())
    else:
        for name, count in answer.items():
            if count and name in _ANSWERS:
                typer.echo(f"{count} {_ANSWERS[name]}.")
        typer.echo(f"{answer['items']} items were looked at.")
    if answer["unavailable"] or answer["paused"] or answer["unjudged"]:
        raise typer.Exit(1)


class Run:
    """One run of the command."""

    def __init__(self, desk: Desk, payloads: Payloads, asked: Asked) -> None:
        """Take the *desk*, and whoever reads *payloads*."""
        self._desk, self._payloads, self._asked = desk, payloads, asked
        self._sender = Sender(desk.home)
        self._judges = Judges(asked.datasets)
        self._paused: set[str] = set()
        self.counts: Counter[str] = Counter()

    def all(self) -> dict[str, int]:
        """Go through all that was asked for; count what became, or would become, of it."""
        action = "judged" if self._asked.dry_run else "replayed"
        facts = {name: value for name, value in self._asked.facts.items() if value}
        self._desk.note(Act(action, self._asked.reason), **facts)
        if not self._asked.dry_run:
            known = standings(self._desk.home.root)
            self._paused = {name for name, one in known.items() if one.paused}
        for name in ("same_rules", "before_truncate"):
            self.counts[name] = self._count(name)
        if not self._asked.dry_run and self._asked.ids is None:
            self.counts["under_way"] = self._count("under_way")
        for batch in self._batches():
            begun = time.monotonic()
            self._do(batch)
            if not self._asked.dry_run:
                time.sleep(max(0.0, len(batch) / PER_SECOND - (time.monotonic() - begun)))
        return {name: self.counts[name] for name in ("items", *_ANSWERS)}

    def _revision(self, dataset: str) -> int:
        return self._asked.datasets[dataset].revision

    def _count(self, name: str) -> int:
        facts = self._asked.facts
        return int(self._desk.ask(name, facts)[0][0])

    def _batches(self) -> Iterator[list[Kept]]:
        after, left = 0, self._asked.limit
        while left > 0:
            page = {"asked": self._asked.dry_run, "after": after, "most": min(BATCH, left)}
            rows = self._desk.ask("candidates", self._asked.facts | page)
            if not rows:
                return
            batch = [kept(row) for row in rows]
            after, left = batch[-1].id, left - len(batch)
            self.counts["items"] += len(batch)
            yield batch

    def _do(self, batch: list[Kept]) -> None:
        held = [item for item in batch if item.dataset in self._paused]
        self.counts["paused"] += len(held)
        free = [item for item in batch if item.dataset not in self._paused]
        behind = set(self._behind(free))
        self.counts["superseded"] += len(behind)
        handed: list[Kept] = []
        for item in free:
            payload = None if item.id in behind else self._payloads.read(item)
            if item.id in behind:
                continue
            if payload is None:
                self.counts["unavailable"] += 1
            elif self._asked.dry_run:
                self.counts[self._judges.verdict(item, payload)] += 1
            else:
                self._send(item, payload)
                handed.append(item)
        self._mark(handed)

    def _behind(self, items: list[Kept]) -> Iterator[int]:
        """Give the items whose row is newer; released, unless nothing may change (invariant 4)."""
        for dataset, ids in _by_dataset(items).items():
            found = [number for (number,) in self._desk.ask("behind", {"ids": ids}, dataset)]
            if found and not self._asked.dry_run:
                self._desk.ask("release", {"ids": found}, dataset)
            yield from found

    def _send(self, item: Kept, payload: Payload) -> None:
        origin, ruleset = item.identity.raw, item.identity.ruleset
        headers = replay_headers(origin, item.generation, ruleset, item.id)
        self._sender.send(topics.REPLAY, payload.key, payload.value, headers)
        if payload.size > LARGEST:
            self._sender.settle()  # one of 16 MiB at a time
        self.counts["sent"] += 1

    def _mark(self, items: list[Kept]) -> None:
        """Wait for the broker, then say of *items* that they are under way (invariant 1)."""
        if not items:
            return
        point("reject.before_settle")
        self._sender.settle()
        point("reject.before_mark")
        for dataset, ids in _by_dataset(items).items():
            self._desk.ask("asked", {"ids": ids, "ruleset": self._revision(dataset)})
        point("reject.after_mark")


def _by_dataset(items: Iterable[Kept]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for item in items:
        found.setdefault(item.dataset, []).append(item.id)
    return found


def _refuse_closed(desk: Desk, ids: list[int]) -> None:
    """Refuse numbers that are no open item, or one that only a person may approve.

    Raises:
        Usage: there is such a number.
    """
    for number in ids:
        item = desk.find(number)
        if item.op == TRUNCATE:
            message = (
                f"item {number} is a truncate; `suoi reject approve {number}` removes its rows."
            )
            raise Usage(message)
        if item.status != "open":
            message = (
                f"item {number} is closed already ({item.status}); there is nothing to replay."
            )
            raise Usage(message)
