"""`suoi reject open|waive`: to look into one refused record, or to let it be; both audited."""

import base64
import sys
from typing import Annotated, Any

import orjson
import typer

from consumers.payloads import Payload
from infra.faults import point
from infra.local.home import Home
from infra.sealing import add_key
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.payload_reading import Payloads, opened_payloads
from suoi.quarantine import Act, Desk, Kept, approver, note, opened_desk, run, words

ItemArgument = Annotated[int, typer.Argument(help="The item's number, from `suoi reject list`.")]
ReasonOption = Annotated[str, typer.Option(help="Why, in one line; it is kept in the audit.")]
ApproverOption = Annotated[str, typer.Option(help="Who approves it: a second person.")]

WAIVED = "waived"


def open_item(
    item: ItemArgument,
    reason: ReasonOption,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show the refused record itself, personal fields and all; who looked, and why, is kept."""
    why = words("reason", reason)
    with opened_desk(home) as desk, opened_payloads(desk.home) as payloads:
        held = desk.find(item)
        entry, payload = opened(desk, payloads, item, why)
    if payload is None:
        _say(
            f"the payload of item {item} is kept nowhere any more: reject.* holds 90 days. Its "
            "reasons remain (`suoi reject show`); only the source can send it again."
        )
        raise typer.Exit(1)
    _show(held, entry, payload, json=json)


def opened(desk: Desk, payloads: Payloads, item: int, reason: str) -> tuple[int, Payload | None]:
    """Write down who looks and why, then read the payload of *item*; None = kept nowhere any more.

    Raises:
        Usage: there is no such item.
        Transient: the province or Kafka does not answer.
    """
    held = desk.find(item)
    entry = desk.note(Act("opened", reason, item))  # before anything is shown
    point("reject.before_show")
    return entry, payloads.read(held)


def waive(
    item: ItemArgument,
    reason: ReasonOption,
    approver_: Annotated[str, typer.Option("--approver", help="Who approves: a second person.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Close an item without a correction; it stays to be read, with the reason and the approver."""
    act = Act(WAIVED, words("reason", reason), item, approver(approver_))
    with opened_desk(home) as desk:
        status = _waive(desk, act)
    if status == WAIVED:
        typer.echo(f"item {item} is waived, approved by {act.approver}.")
        return
    _say(f"item {item} is closed already ({status}); nothing was changed.")
    raise typer.Exit(1)


def rotate(home: HomeOption = DEFAULT_HOME) -> None:
    """Add a key that seals from now on; what was sealed before still opens."""
    place = Home(home)
    place.refuse_absent()
    name = add_key(place.quarantine_keys)
    typer.echo(
        f"the key {name} seals once the quarantine sink starts anew; back the file up again."
    )


def _waive(desk: Desk, act: Act) -> str:
    """Close the item of *act* and write it down, both or neither; returns how it stands."""
    held = desk.find(act.item or 0)
    with desk.database.transaction() as connection:
        if run(connection, "waive", {"item": held.id})[0][0]:
            note(connection, act, {"dataset": held.dataset}, desk.by)
            return WAIVED
    return desk.find(held.id).status


def _show(held: Kept, entry: int, payload: Payload, *, json: bool) -> None:
    if not json:
        _say(f"opened as audit entry {entry}; close this window when you are done.")
        for part in (payload.key, payload.value):
            typer.echo((part or b"").decode("utf-8", "replace"))
        return
    document = {
        "item": held.id,
        "dataset": held.dataset,
        "audit": entry,
        "key": _parsed(payload.key),
        "value": _parsed(payload.value),
    }
    typer.echo(orjson.dumps(document).decode())


def _parsed(part: bytes | None) -> Any:  # noqa: ANN401  a JSON value
    """Give JSON as it is; what is none as {"base64": …}, so that no byte is lost."""
    try:
        return None if part is None else orjson.loads(part)
    except orjson.JSONDecodeError:
        return {"base64": base64.b64encode(part or b"").decode()}


def _say(sentence: str) -> None:
    sys.stderr.write(f"suoi: {sentence}\n")
