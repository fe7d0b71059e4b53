"""Acts on quarantine: judge again (with a preview), and look into one refused record, audited."""

from collections.abc import Sequence

from schemas.reasons import REASONS
from suoi.console.accounts import User
from suoi.console.action import REASON, Order, Outcome, Target
from suoi.console.form import Field
from suoi.console.hands import Order as Replay
from suoi.console.page import Query
from suoi.console.refusal import Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.quarantine import dataset_of

PREVIEWED = 500
"""Items judged for a preview at most; the page says so."""
REPLAYED = 10_000


def choice(_services: Services, _seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask of which dataset, with which cause, and why; the address has named the first two."""
    return (
        Field(name="dataset", value=query.values.get("dataset", "")),
        Field(name="code", required=False, value=query.values.get("code", "")),
        REASON,
    )


def queue(_services: Services, seen: Snapshot, _user: User, query: Query) -> Target:
    """Find the items that are meant: of one dataset of the reader's, perhaps with one cause.

    Raises:
        Refusal: there is no such dataset or cause.
    """
    name = dataset_of(seen, query.values.get("dataset", ""))
    code = query.choice("code", REASONS)
    items = sum(one.items for one in seen.waiting or () if (one.dataset, one.code) == (name, code))
    facts = {"dataset": seen.datasets[name].title, "items": items, "code": code or "*"}
    facts |= {"most": PREVIEWED}
    subject = f"{name} {code or ''}".strip()
    back = f"/quarantine?dataset={name}"
    return Target(subject=subject, back=back, facts=facts, unit=seen.datasets[name].unit)


def preview(services: Services, seen: Snapshot, order: Order) -> Outcome:
    """Judge again here and now; nothing changes."""
    return _counted(services.hands.preview(_replay(seen, order, PREVIEWED)))


def replay(services: Services, seen: Snapshot, order: Order) -> Outcome:
    """Hand over to be judged again."""
    return _counted(services.hands.replay(_replay(seen, order, REPLAYED)))


def item(services: Services, seen: Snapshot, user: User, query: Query) -> Target:
    """Find the item in the path, of the reader's own unit: nobody else opens it (invariant 6).

    Raises:
        Refusal: there is none, or it is another unit's.
    """
    number = query.numbered("item")
    found = services.hands.item(number, seen.unit)
    if found is None:
        raise Refusal(404, "no_item", name=str(number))
    unit = found["owner_unit"]
    if user.unit != unit:
        raise Refusal(403, "not_your_unit", unit=unit)
    facts = {"item": number, "dataset": found["dataset"]}
    return Target(subject=str(number), back=f"/quarantine/{number}", facts=facts, unit=unit)


def unmask(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Show the refused record itself, once, to whoever said why."""
    number = int(order.target.subject)
    opened = services.hands.unmask(number, order.reason, order.user.name)
    if opened.value is None and opened.key is None:
        raise Refusal(410, "payload_gone", item=number)
    shown = (("key", opened.key or ""), ("value", opened.value or ""))
    return Outcome({"entry": opened.entry}, shown)


def _replay(seen: Snapshot, order: Order, limit: int) -> Replay:
    name = dataset_of(seen, order.values["dataset"])
    code = order.values["code"] or None
    return Replay((name,), code, limit, order.user.name, order.reason)


def _counted(counts: object) -> Outcome:
    assert isinstance(counts, dict)  # noqa: S101  as the hands promise
    shown = tuple((name, str(count)) for name, count in counts.items() if count)
    return Outcome({"items": counts.get("items", 0)}, shown)
