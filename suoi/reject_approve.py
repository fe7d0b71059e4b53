"""`suoi reject approve`: the rows that a TRUNCATE emptied at the source are removed here too.

What it needs is waited for first: that all captured before is delivered, so that no older row comes
after. Then a tombstone with the truncate's order key goes to clean and open for exactly the live
rows that are older; a row written later keeps itself by its guard (invariant 4). The item closes
once the broker has every tombstone (invariant 1): killed before, approving again finishes it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

import orjson
import typer

from infra import kafka_reader
from infra.errors import Fatal, Transient, Usage
from infra.faults import point
from infra.kafka_reader import Place
from infra.local.access import environment
from infra.settings import read_settings
from infra.waiting import wait_for
from schemas import topics
from schemas.contract import Dataset
from schemas.records import UNASSIGNED, OrderKey
from schemas.replay import AGAIN, AUDIT
from streams.output import Headers, keyed_hash
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.quarantine import (
    TRUNCATE,
    Act,
    Desk,
    Kept,
    Sender,
    approver,
    opened_desk,
    run,
    words,
)
from suoi.reject_decide import ItemArgument, ReasonOption

APPROVED = "approved"
PAGE = 1_000
PATIENCE_S = 15.0


def approve(
    item: ItemArgument,
    reason: ReasonOption,
    approver_: Annotated[str, typer.Option("--approver", help="Who approves: a second person.")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Remove the rows a TRUNCATE emptied at the source; those written since stay."""
    act = Act(APPROVED, words("reason", reason), item, approver(approver_))
    with opened_desk(home) as desk:
        held = _truncate(desk, item)
        order = held.order
        if held.status != "open" or order is None:
            message = f"item {item} is closed already ({held.status}); nothing was removed."
            raise Fatal(message)
        dataset = desk.catalogue[held.dataset]
        settled(desk, dataset)
        entry = desk.note(act, dataset=dataset.id, rows=would_remove(desk, held))
        removed = _remove(desk, held, dataset, entry)
        point("reject.before_close")
        close(desk, held, order)
    if json:
        answer = {"item": item, "dataset": held.dataset, "audit": entry, "removed": removed}
        typer.echo(orjson.dumps(answer).decode())
    else:
        typer.echo(f"{removed} rows of {held.dataset} are being removed (audit entry {entry}).")


def would_remove(desk: Desk, held: Kept) -> int:
    """Count the live rows older than the truncate *held*."""
    return int(desk.ask("would_remove", _older(held.order), held.dataset)[0][0])


def close(desk: Desk, held: Kept, order: OrderKey) -> None:
    """Close the truncate, and what was refused of its table before it."""
    with desk.database.transaction() as connection:
        run(connection, "approve", {"item": held.id})
        run(connection, "close_emptied", {**order._asdict(), "dataset": held.dataset})


def tombstones(
    dataset: Dataset, held: Kept, secret: bytes, entry: int
) -> Callable[[str], Iterator[tuple[str, bytes, Headers]]]:
    """Return `_key` -> the tombstones (topic, key, headers) that remove its row.

    They are operated: marked `suoi.again`, they count nowhere, and `suoi.audit` says who approved.
    """
    hashed = keyed_hash(secret)
    order = held.order or OrderKey(0, 0, 0, 0)
    raw = ":".join(map(str, held.identity.raw))
    stamp = str(held.source_ts)
    headers: Headers = [("suoi.op", TRUNCATE), ("suoi.raw", raw)]
    headers += [(f"suoi.{name}", str(value)) for name, value in order._asdict().items()]
    headers += [("suoi.source_ts", stamp), (AGAIN, "1"), (AUDIT, str(entry))]
    clean: Headers = [
        ("suoi.source", dataset.source),
        ("suoi.captured_ts", stamp),
        ("suoi.scope", UNASSIGNED),
    ]

    def of(key: str) -> Iterator[tuple[str, bytes, Headers]]:
        yield topics.clean(dataset), key.encode(), headers + clean
        if dataset.open_columns:
            yield topics.open_(dataset), hashed(key), headers

    return of


def _truncate(desk: Desk, item: int) -> Kept:
    held = desk.find(item)
    if held.op != TRUNCATE:
        message = (
            f"item {item} is no truncate; `suoi reject replay` or `waive` may be what you want."
        )
        raise Usage(message)
    if held.dataset not in desk.catalogue:
        message = f"there is no contract of {held.dataset} any more, so its rows have no topic."
        raise Usage(message)
    return held


def _remove(desk: Desk, held: Kept, dataset: Dataset, entry: int) -> int:
    """Write the tombstones of every live row older than *held*, page by page; count them."""
    sender = Sender(desk.home)
    secret = desk.home.secret_file("open_key").read_bytes().strip()
    made = tombstones(dataset, held, secret, entry)
    after, removed = "", 0
    while True:
        values = _older(held.order) | {"after": after, "most": PAGE}
        keys = [str(key) for (key,) in desk.ask("to_remove", values, held.dataset)]
        for topic, key, headers in (one for name in keys for one in made(name)):
            sender.send(topic, key, None, headers)
        sender.settle()
        point("reject.after_page")
        removed += len(keys)
        if len(keys) < PAGE:
            return removed
        after = keys[-1]


def _older(order: OrderKey | None) -> dict[str, object]:
    found = (order or OrderKey(0, 0, 0, 0))._asdict()
    return {name: found[name] for name in ("generation", "position", "step")}


def settled(desk: Desk, dataset: Dataset) -> None:
    """Wait until all that is captured of *dataset* now is judged, and what is clean delivered.

    Raises:
        Transient: it is not within 15 s: a sink or streams is behind, or the dataset is paused.
    """
    settings = read_settings(environment(desk.home, "reader"))
    if settings.kafka is None:
        message = f"the stack in {desk.home.root} is not whole; start it again with `suoi up`."
        raise Fatal(message)
    topics_ = kafka_reader.open_reader(settings.kafka)
    streams = kafka_reader.open_reader(settings.kafka, group="streams")
    try:
        # A replay under way is older than the truncate as well
        raw = kafka_reader.ends(topics_, [topics.raw(dataset), topics.REPLAY])
        _wait(raw, lambda: kafka_reader.committed_offsets(streams, list(raw)), "streams")
        for name in topics.clean_versions(dataset):
            clean = kafka_reader.ends(topics_, [name])
            _wait(clean, partial(_delivered, desk, name), "the provincial sink")
    finally:
        topics_.close()
        streams.close()


def _delivered(desk: Desk, topic: str) -> dict[Place, int]:
    return {Place(topic, part): next_ for part, next_ in desk.ask("delivered", {"topic": topic})}


def _wait(ends: dict[Place, int], ask: Callable[[], dict[Place, int]], whom: str) -> None:
    def passed() -> bool:
        now = ask()
        return all(now.get(place, 0) >= end for place, end in ends.items())

    if not wait_for(passed, PATIENCE_S):
        message = (
            f"{whom} is behind, so an older row could come after its removal; nothing was "
            "removed. `suoi lag` shows where it waits; approve again when it has gone on."
        )
        raise Transient(message)
