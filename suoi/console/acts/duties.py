"""Acts on the book of obligations: attest that nothing happened, take that back, another cause."""

from collections.abc import Sequence
from datetime import date

from consumers.ledger.obligations.words import Kind
from schemas.calendar.cutoff import plain_day
from suoi.console.accounts import User
from suoi.console.action import REASON, Order, Outcome, Target
from suoi.console.form import Field
from suoi.console.hands import Nil
from suoi.console.page import Query
from suoi.console.refusal import Fault, Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.duties import attestable, day_of
from suoi.obligations.asked import today
from suoi.obligations.filing import Judged
from suoi.obligations.words import labels


def day(_services: Services, seen: Snapshot, user: User, query: Query) -> Target:
    """Find the day in the path; only a unit's own people speak for it.

    Raises:
        Refusal: it is no day, it has not come, or the user speaks for no unit.
    """
    chosen = day_of(query)
    if chosen > today():
        raise Refusal(409, "not_yet", day=_shown(chosen))
    if user.unit is None or not attestable(seen):
        raise Refusal(403, "no_voice")
    facts = {"day": _shown(chosen)}
    return Target(chosen.isoformat(), f"/obligations/{chosen}", facts, user.unit)


def of_whom(_services: Services, seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask of which register and commune, and why; the address may have named them."""
    registers, communes = attestable(seen), labels(query.words.language).communes
    given = query.values
    return (
        Field(name="dataset", kind="choice", choices=registers, value=given.get("dataset", "")),
        Field(name="commune", kind="choice", choices=communes, value=given.get("commune", "")),
        REASON,
    )


def attest(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Sign that nothing happened.

    Raises:
        Refusal: the duty was judged already.
    """
    dataset, commune = order.values["dataset"], order.values["commune"]
    chosen = date.fromisoformat(order.target.subject)
    nil = Nil(dataset, commune, chosen, order.reason, order.user.name)
    try:
        return Outcome({"paper": services.hands.attest(nil)})
    except Judged as judged:
        told = {"end": labels().statuses[judged.status]}
        raise Refusal(422, "form", {"commune": Fault("judged", told)}) from None


def attestation(services: Services, _seen: Snapshot, user: User, query: Query) -> Target:
    """Find the attestation in the path, of the user's own unit.

    Raises:
        Refusal: there is none that holds, or it is another unit's.
    """
    number = query.numbered("paper")
    found = services.hands.paper(number)
    if found is None:
        raise Refusal(404, "no_paper", name=str(number))
    told, said = found.body, labels(query.words.language)
    if user.unit != told.unit:
        raise Refusal(403, "not_your_voice", unit=told.unit)
    facts = {"dataset": told.dataset, "commune": said.scope(told.scope), "by": told.by}
    facts |= {"day": _shown(date.fromisoformat(told.first_day))}
    return Target(str(number), f"/obligations/{told.first_day}", facts, told.unit)


def withdraw(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Take an attestation back."""
    number = int(order.target.subject)
    return Outcome({"paper": services.hands.withdraw(number, order.reason, order.user.name)})


def entry(services: Services, seen: Snapshot, user: User, query: Query) -> Target:
    """Find the entry in the path that has a cause; nobody judges the own unit.

    Raises:
        Refusal: there is none, it has no cause, or the user belongs to one unit.
    """
    if user.unit is not None:
        raise Refusal(403, "own_cause")
    number = query.numbered("entry")
    found = services.hands.entry(number)
    if found is None:
        raise Refusal(404, "no_entry", name=str(number))
    if found.cause is None or found.kind is Kind.OVERRIDE:
        raise Refusal(409, "no_cause", entry=number)
    key = found.key
    said = labels(query.words.language)
    due = plain_day(key.due)
    told: dict[str, object] = {
        "dataset": seen.title(key.dataset),
        "commune": said.scope(key.scope),
        "day": _shown(due),
        "cause": said.causes[found.cause],
    }
    return Target(str(number), f"/obligations/{due}", told, key.unit)


def causes(_services: Services, _seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask for the cause, and why."""
    return (Field(name="cause", kind="choice", choices=labels(query.words.language).causes), REASON)


def override(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Put another cause beside the computed one."""
    cause, by = order.values["cause"], order.user.name
    number = services.hands.override(int(order.target.subject), cause, order.reason, by)
    return Outcome({"entry": number})


def _shown(chosen: date) -> str:
    return f"{chosen:%d/%m/%Y}"
