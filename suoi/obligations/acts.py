"""What people say of the book: signed, with name and reason, and never in the place of anything."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.entries import Entry
from consumers.ledger.obligations.papers import KIND, VERSION, Act, Body, sign
from consumers.ledger.obligations.words import Cause, Kind, Status
from consumers.ledger.receipts.window import instant
from consumers.ledger.signing import key_id
from infra.errors import Refused, Usage
from infra.local.receipt_key import read_private
from schemas.codes import read_codes
from suoi.dataset import who
from suoi.nearest import unknown
from suoi.obligations.desk import Desk
from suoi.quarantine import words


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a person says, before it is signed."""

    act: Act
    key: Key
    days: tuple[date, date]
    reason: str
    names: int | None = None
    status: Status | None = None
    cause: Cause | None = None


def file(desk: Desk, said: Said) -> int:
    """Sign *said* and add its paper; returns the paper's number."""
    body, document = _signed(desk, said)
    return desk.store.file(body, document)


def put(desk: Desk, entry: Entry, said: Said) -> int:
    """Sign *said* of *entry* and add it to the book beside it; returns the new entry's number.

    Raises:
        Usage: the entry was corrected already.
    """
    body, document = _signed(desk, said)
    try:
        return desk.store.put(entry, body, document)
    except Refused:
        message = (
            f"entry {entry.id} was corrected already; `suoi obligations history "
            f"{entry.key.dataset}` shows the entry that stands now: correct that one."
        )
        raise Usage(message) from None


def named_entry(desk: Desk, number: int) -> Entry:
    """Return entry *number*.

    Raises:
        Usage: there is none.
    """
    found = desk.store.entry(number)
    if found is None:
        message = f"there is no entry {number}; `suoi obligations --json` names those of a day."
        raise Usage(message)
    return found


def correction(entry: Entry, status: str, cause: str | None, reason: str) -> Said:
    """Say that *entry* ended otherwise.

    Raises:
        Usage: it is no verdict, or the status and the cause do not go together.
    """
    if entry.kind not in {Kind.VERDICT, Kind.CORRECTION}:
        message = (
            f"entry {entry.id} is no verdict ({entry.kind}); only what was judged is corrected."
        )
        raise Usage(message)
    chosen = chosen_status(status)
    if not chosen.asks_why and cause is not None:
        message = f"{chosen} has no cause of delay; leave --cause out."
        raise Usage(message)
    if chosen.asks_why and cause is None:
        message = f"{chosen} has a cause; give --cause, one of {', '.join(Cause)}."
        raise Usage(message)
    why = None if cause is None else chosen_cause(cause)
    return _about(entry, Act.CORRECT, reason, chosen, why)


def override(entry: Entry, cause: str, reason: str) -> Said:
    """Say another cause beside the one computed for *entry*.

    Raises:
        Usage: *entry* has no cause, or *cause* is none.
    """
    chosen = chosen_cause(cause)
    if entry.cause is None or entry.kind is Kind.OVERRIDE:
        message = f"entry {entry.id} has no computed cause that another could stand beside."
        raise Usage(message)
    return _about(entry, Act.OVERRIDE, reason, None, chosen)


def chosen_status(status: str) -> Status:
    """Return the final status *status*.

    Raises:
        Usage: it is none.
    """
    known = [one for one in read_codes().labels("obligation_status") if one != Status.PENDING]
    if status.upper() not in known:
        raise Usage(unknown("status", status, known))
    return Status(status.upper())


def chosen_cause(cause: str) -> Cause:
    """Return the cause *cause*.

    Raises:
        Usage: it is none.
    """
    if cause.upper() not in {*Cause}:
        raise Usage(unknown("cause", cause, [str(one) for one in Cause]))
    return Cause(cause.upper())


def _about(entry: Entry, act: Act, reason: str, status: Status | None, cause: Cause | None) -> Said:
    day = entry.key.due.astimezone(UTC).date()
    return Said(
        act=act,
        key=entry.key,
        days=(day, day),
        reason=reason,
        names=entry.id,
        status=status,
        cause=cause,
    )


def _signed(desk: Desk, said: Said) -> tuple[Body, bytes]:
    key = read_private(desk.home.receipt_secret)
    body = Body(
        kind=KIND,
        version=VERSION,
        act=said.act,
        unit=said.key.unit,
        dataset=said.key.dataset,
        scope=said.key.scope,
        first_day=said.days[0].isoformat(),
        last_day=said.days[1].isoformat(),
        names=said.names,
        status=said.status and str(said.status),
        cause=said.cause and str(said.cause),
        by=desk.by or who(),
        reason=words("reason", said.reason),
        at=instant(datetime.now(UTC)),
        key=key_id(key.public_key()),
    )
    return body, sign(body, key)
