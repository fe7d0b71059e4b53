"""Papers that stand alone: exemptions, attestations that nothing happened, and taking one back."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.entries import Standing, standings
from consumers.ledger.obligations.papers import Act, Paper, in_force
from consumers.ledger.obligations.store import Search
from infra.errors import Usage
from schemas.calendar.cadence import MANDATORY
from schemas.calendar.cutoff import cut_off
from suoi.obligations import asked
from suoi.obligations.acts import Said, file
from suoi.obligations.desk import Desk


class About(NamedTuple):
    """What a paper is about."""

    dataset: str
    commune: str | None
    """Its code; None = the whole dataset."""


class Judged(Usage):
    """The duty was judged already: an attestation would change nothing."""

    def __init__(self, held: Standing, day: date) -> None:
        """Take how it stands by the book, due on *day*."""
        super().__init__(
            f"{held.key.dataset} of {day} was judged already ({held.status}); "
            f"`suoi obligations correct {held.entry.id}` puts another result beside it."
        )
        self.status = held.status


def exempt(desk: Desk, about: About, days: tuple[date, date], reason: str) -> int:
    """Exempt from *days*' duties; returns the paper's number.

    Raises:
        Usage: nobody owes that.
    """
    dataset, scope = _owed(desk, about)
    key = _owner(desk, dataset, scope, days[0])
    return file(desk, Said(act=Act.EXEMPT, key=key, days=days, reason=reason))


def attest(desk: Desk, about: About, day: date, reason: str) -> int:
    """Attest that nothing happened on *day*; returns the paper's number.

    Raises:
        Usage: that day has not come, or nothing is due on it.
        Judged: the duty was judged already.
    """
    if day > asked.today():
        message = f"{day} has not come; nobody attests a day before it."
        raise Usage(message)
    key = _due(desk, *_owed(desk, about), day)
    _refuse_judged(desk, key, day)
    return file(desk, Said(act=Act.ATTEST, key=key, days=(day, day), reason=reason))


def withdraw(desk: Desk, number: int, reason: str) -> int:
    """Take exemption or attestation *number* back; returns the number of the paper that does.

    Raises:
        Usage: there is none of that number that holds.
    """
    told = named_paper(desk, number).body
    days = date.fromisoformat(told.first_day), date.fromisoformat(told.last_day)
    key = Key(cut_off(days[0]), told.unit, told.dataset, told.scope)
    said = Said(act=Act.WITHDRAW, key=key, days=days, reason=reason, names=number)
    return file(desk, said)


def named_paper(desk: Desk, number: int) -> Paper:
    """Return exemption or attestation *number*, which nobody has taken back.

    Raises:
        Usage: there is none of that number that holds.
    """
    every = desk.store.papers([Act.EXEMPT, Act.ATTEST, Act.WITHDRAW], (date.min, date.max))
    held = in_force(every, Act.EXEMPT, Act.ATTEST)
    found = next((one for one in held if one.id == number), None)
    if found is None:
        message = f"there is no exemption or attestation {number} that could be taken back."
        raise Usage(message)
    return found


def _owed(desk: Desk, about: About) -> tuple[str, str]:
    dataset = asked.owed_dataset(desk.duties, about.dataset)
    return dataset.id, asked.chosen_scope(desk.duties, dataset, about.commune)


def _due(desk: Desk, dataset: str, scope: str, day: date) -> Key:
    """Return the duty that is due on *day*; an attestation is of one duty, never of more."""
    due = [one.key for one in asked.due_on(desk.duties, day) if one.key.dataset == dataset]
    found = next((key for key in due if key.scope == scope), None)
    if found is not None:
        return found
    if due and desk.law[dataset].update_frequency == MANDATORY:
        message = f"{dataset} is attested commune by commune; give --commune."
    else:
        message = f"nothing of {dataset} is due on {day}; attest a day on which it is."
    raise Usage(message)


def _refuse_judged(desk: Desk, key: Key, day: date) -> None:
    due = cut_off(day)
    search = Search(first=due, last=due, unit=key.unit, dataset=key.dataset, scope=key.scope)
    for held in standings(desk.store.entries(search)):
        if held.final:
            raise Judged(held, day)


def _owner(desk: Desk, dataset: str, scope: str, day: date) -> Key:
    for entry in desk.duties.register.entries.values():
        tenure = entry.tenure(day)
        if entry.contract == dataset and tenure is not None:
            return Key(datetime.now(UTC), tenure.unit, dataset, scope)
    message = (
        f"no unit owes {dataset} on {day}; `suoi catalogue --as-of {day}` shows who owes what."
    )
    raise Usage(message)
