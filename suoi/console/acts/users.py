"""Acts on users, for the administrator, and on one's own password."""

from collections.abc import Sequence

from infra.errors import Usage
from suoi.console.accounts import LONGEST, SHORTEST, User
from suoi.console.action import REASON, Order, Outcome, Target
from suoi.console.form import Field
from suoi.console.page import Query
from suoi.console.refusal import Fault, Refusal, unknown
from suoi.console.roles import Role
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot

_HERE = "account"
"""Stands for the address where somebody who is logged in tries an old password."""


def anew(_services: Services, _seen: Snapshot, _user: User, _query: Query) -> Target:
    """Nobody is there yet."""
    return Target(subject="users", back="/users")


def person(services: Services, _seen: Snapshot, _user: User, query: Query) -> Target:
    """Find the user in the path.

    Raises:
        Refusal: there is none of that name.
    """
    name = query.path["user"]
    if services.accounts.find(name) is None:
        lacking = unknown("user", name, [one["name"] for one in services.accounts.all()])
        raise lacking
    return Target(subject=name, back="/users", facts={"user": name})


def oneself(_services: Services, _seen: Snapshot, user: User, _query: Query) -> Target:
    """Find who is logged in."""
    return Target(subject=user.name, back="/account", facts={"user": user.name})


def newcomer(services: Services, seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask for a name, a role, perhaps a unit, and why."""
    return (Field(name="name", longest=32), *place(services, seen, query))


def place(services: Services, _seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask for a role, perhaps a unit, and why."""
    roles = {role.value: query.words(f"role.{role}") for role in Role}
    return (
        Field(name="role", kind="choice", choices=roles),
        Field(name="unit", kind="choice", choices=services.units, required=False),
        REASON,
    )


def lock_fields(_services: Services, _seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask whether to lock or to let in again, and why."""
    choices = {"yes": query.words("yes"), "no": query.words("none")}
    return (Field(name="locked", kind="choice", choices=choices), REASON)


def passwords(_services: Services, _seen: Snapshot, _query: Query) -> Sequence[Field]:
    """Ask for the old password, and twice for the new one."""
    names = ("password_old", "password_new", "password_again")
    return tuple(Field(name=name, kind="password", longest=LONGEST) for name in names)


def add(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Make a user; the generated password is shown once."""
    values = order.values
    user = User(name=values["name"], role=Role(values["role"]), unit=values["unit"] or None)
    if services.accounts.find(user.name) is not None:
        raise Refusal(422, "form", {"name": Fault("taken", {"given": user.name})})
    try:
        password = services.accounts.add(user)
    except Usage:
        raise _wrong(user) from None
    return Outcome({"user": user.name}, (("password", password),))


def change_role(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Give a user another role and unit."""
    role, unit = Role(order.values["role"]), order.values["unit"] or None
    _refuse_own(order)
    try:
        services.accounts.set_role(order.target.subject, role, unit)
    except Usage:
        raise _wrong(User(name=order.target.subject, role=role, unit=unit)) from None
    return Outcome()


def reset(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Give a user a generated password, shown once; their sessions end."""
    _refuse_own(order)
    password = services.accounts.set_password(order.target.subject)
    return Outcome(shown=(("password", password),))


def lock(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Lock a user out, or let them in again."""
    _refuse_own(order)
    services.accounts.set_locked(order.target.subject, locked=order.values["locked"] == "yes")
    return Outcome()


def change_password(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Change one's own password; every session ends, this one too."""
    old, new, again = (order.values[f"password_{name}"] for name in ("old", "new", "again"))
    name = order.user.name
    if (
        services.lockout.wait_s(name, f"{_HERE}/{name}")
        or services.accounts.verify(name, old) is None
    ):
        services.lockout.fail(name, f"{_HERE}/{name}")
        raise Refusal(422, "form", {"password_old": Fault("password")})
    if new != again:
        raise Refusal(422, "form", {"password_again": Fault("differs")})
    if len(new) < SHORTEST:
        raise Refusal(422, "form", {"password_new": Fault("short", {"shortest": SHORTEST})})
    services.accounts.set_password(name, new)
    return Outcome()


def _refuse_own(order: Order) -> None:
    """Refuse to act on oneself: the last administrator would lock the door from outside.

    Raises:
        Refusal: the user is oneself.
    """
    if order.target.subject == order.user.name:
        raise Refusal(409, "oneself")


def _wrong(user: User) -> Refusal:
    if user.role is Role.OFFICER and user.unit is None:
        return Refusal(422, "form", {"unit": Fault("officer")})
    return Refusal(422, "form", {"name": Fault("name")})
