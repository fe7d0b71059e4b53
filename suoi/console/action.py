"""What an action is: the consequence first, a form, then the deed, audited before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from infra.errors import Trouble
from suoi.console.accounts import User
from suoi.console.audit import BEGUN, DONE, FAILED, REFUSED, Deed
from suoi.console.form import Field, read_form
from suoi.console.page import Query
from suoi.console.refusal import Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot


class Target(NamedTuple):
    """What an action is about."""

    subject: str
    back: str
    """The page it is reached from, and led back to."""
    facts: Mapping[str, object] = {}
    """For the sentences `act.NAME.*`."""
    unit: str | None = None


class Order(NamedTuple):
    """Somebody's wish to act."""

    user: User
    target: Target
    values: Mapping[str, str]

    @property
    def reason(self) -> str:
        """Why, in the person's words."""
        return self.values.get("reason", "")


class Outcome(NamedTuple):
    """How it ended: facts for `act.NAME.done`, and lines to show (label of `shown.*`, text)."""

    facts: Mapping[str, object] = {}
    shown: tuple[tuple[str, str], ...] = ()
    """Shown once, on the page that answers the form; never kept, never in the audit."""


Find = Callable[[Services, Snapshot, User, Query], Target]
Do = Callable[[Services, Snapshot, Order], Outcome]
Fields = Callable[[Services, Snapshot, Query], Sequence[Field]]

REASON = Field(name="reason")


def only_reason(_services: Services, _seen: Snapshot, _query: Query) -> Sequence[Field]:
    """Ask for a reason and nothing else."""
    return (REASON,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One action, under *path*: GET shows what it would do, POST does it."""

    name: str
    path: str
    find: Find
    do: Do
    fields: Fields = only_reason
    after: str = ""
    """The action that may follow, by name: its form is offered with the same values."""

    def form(self, services: Services, seen: Snapshot, query: Query) -> tuple[Field, ...]:
        """Return the fields, filled with what the address gives."""
        return tuple(self.fields(services, seen, query))

    def carried_out(
        self, services: Services, seen: Snapshot, user: User, query: Query, given: Mapping[str, str]
    ) -> tuple[Target, Outcome]:
        """Do it for *user*, with what was *given*.

        Raises:
            Refusal: the target is not there, or a field is wrong.
            Trouble: it could not be done; the audit says so.
        """
        target = self.find(services, seen, user, query)
        values = read_form(self.form(services, seen, query), given)
        order = Order(user, target, values)
        deed = _deed(self.name, order)
        services.audit.note(user, deed, BEGUN)
        try:
            outcome = self.do(services, seen, order)
        except Refusal:
            services.audit.note(user, deed, REFUSED)
            raise
        except Trouble as trouble:
            services.audit.note(user, deed, FAILED, trouble=str(trouble))
            raise
        except Exception as error:
            services.audit.note(user, deed, FAILED, trouble=type(error).__name__)
            raise
        services.audit.note(user, deed, DONE, **outcome.facts)
        services.sampler.nudge()
        return target, outcome


def _deed(name: str, order: Order) -> Deed:
    kept: dict[str, Any] = {
        key: value
        for key, value in order.values.items()
        if key != "reason" and "password" not in key
    }
    return Deed(
        action=name,
        subject=order.target.subject,
        reason=order.reason,
        unit=order.target.unit,
        facts=kept,
    )
