"""Acts on connectors and datasets: pause, go on, start anew, load again."""

from collections.abc import Sequence

from suoi.console.accounts import User
from suoi.console.action import REASON, Order, Outcome, Target
from suoi.console.form import Field
from suoi.console.page import Query
from suoi.console.refusal import Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views import connectors, dataset


def source(services: Services, seen: Snapshot, _user: User, query: Query) -> Target:
    """Find the source in the path.

    Raises:
        Refusal: there is none of that name, or it carries other units' data too.
    """
    name = connectors.chosen(seen, query).source
    mine = services.sampler.snapshot.of_source(name)
    if any(one.id not in seen.datasets for one in mine):
        raise Refusal(403, "shared_source", source=name)
    facts = {"source": name, "datasets": len(mine)}
    units = {one.unit for one in mine}
    unit = units.pop() if len(units) == 1 else None
    return Target(subject=name, back=f"/connectors/{name}", facts=facts, unit=unit)


def of_dataset(_services: Services, seen: Snapshot, _user: User, query: Query) -> Target:
    """Find the dataset in the path.

    Raises:
        Refusal: there is none of that name.
    """
    one = dataset.chosen(seen, query)
    facts = {"dataset": one.title, "id": one.id}
    return Target(subject=one.id, back=f"/datasets/{one.id}", facts=facts, unit=one.unit)


def tables(_services: Services, seen: Snapshot, query: Query) -> Sequence[Field]:
    """Ask which dataset's table is loaded, and why."""
    choices = {one.id: one.title for one in seen.of_source(query.path["source"])}
    return (Field(name="dataset", kind="choice", choices=choices), REASON)


def pause_connector(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Pause it."""
    services.hands.pause_connector(order.target.subject)
    return Outcome()


def resume_connector(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Let it go on."""
    services.hands.resume_connector(order.target.subject)
    return Outcome()


def restart_connector(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Start it anew."""
    services.hands.restart_connector(order.target.subject)
    return Outcome()


def load(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Ask for the load of one table."""
    services.hands.load(order.target.subject, order.values["dataset"])
    return Outcome({"dataset": order.values["dataset"]})


def pause_dataset(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Stop judging it."""
    services.hands.pause_dataset(order.target.subject, order.reason, order.user.name)
    return Outcome()


def resume_dataset(services: Services, _seen: Snapshot, order: Order) -> Outcome:
    """Let it go on."""
    services.hands.resume_dataset(order.target.subject, order.reason, order.user.name)
    return Outcome()
