"""The book itself, `ledger.obligation`: entries and papers are added and read, never changed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.entries import Entry, New, Waiting, duty_of
from consumers.ledger.obligations.papers import Act, Body, Paper, read
from consumers.ledger.obligations.words import Cause, Kind, Status
from consumers.ledger.signing import sha256
from infra import faults
from infra.errors import Transient
from infra.postgres import Connection, classified
from infra.queries import read_queries


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Which duties are asked for: due from one moment to another, and of whom."""

    first: datetime
    last: datetime
    unit: str | None = None
    dataset: str | None = None
    scope: str | None = None


class Store:
    """The book of obligations in the provincial database."""

    def __init__(self, connection: Connection, trusted: Collection[Ed25519PublicKey] = ()) -> None:
        """Read through *connection*; adding takes the role `province_obligations`.

        Papers that none of the *trusted* keys has signed are passed over: `doubtful` names them,
        for the caller to tell.
        """
        self.doubtful: set[int] = set()
        self._connection = connection
        self._trusted = trusted
        self._queries = read_queries("obligations")

    def alone(self) -> None:
        """Let nobody else judge until this connection ends: a killed judge's does.

        Raises:
            Transient: somebody else is at it now.
        """
        [(held,)] = self._ask("alone", {})
        if not held:
            message = "another `suoi run obligations` judges now; this one waits for its end."
            raise Transient(message)

    def begin(self, day: date) -> date:
        """Begin the book with *day*, once; returns the day it began with."""
        self._do("begin", {"day": day})
        [(begun,)] = self._ask("begun", {})
        return date.fromisoformat(str(begun))

    def begun(self) -> date | None:
        """Return the day the book began with; None = nobody has ever judged."""
        rows = self._ask("begun", {})
        return rows[0][0] if rows else None

    def opened(self) -> datetime | None:
        """Return the due time whose duties were opened last; None = none was."""
        [(due,)] = self._ask("opened", {})
        return None if due is None else due.astimezone(UTC)

    def waiting(self) -> list[Waiting]:
        """Return the duties that were opened and not judged, by due time and dataset."""
        return [
            Waiting(
                duty=duty_of(Key(due.astimezone(UTC), unit, dataset, scope), evidence),
                alerted=None if cause is None else Cause(cause),
            )
            for due, unit, dataset, scope, evidence, cause in self._ask("waiting", {})
        ]

    def add(self, entries: Sequence[New]) -> int:
        """Add *entries*, all or none; what the book has already is left as it is (invariant 3).

        Returns how many were new.
        """
        if not entries:
            return 0
        columns: dict[str, list[Any]] = {
            "units": [one.key.unit for one in entries],
            "datasets": [one.key.dataset for one in entries],
            "scopes": [one.key.scope for one in entries],
            "dues": [one.key.due for one in entries],
            "kinds": [str(one.kind) for one in entries],
            "statuses": [str(one.status) for one in entries],
            "causes": [one.cause and str(one.cause) for one in entries],
            "evidences": [orjson.dumps(one.evidence).decode() for one in entries],
        }
        with _told(), self._connection.transaction():
            added = self._connection.execute(self._queries["add"], columns).rowcount
            faults.point(f"{entries[0].kind}.before_commit")  # Invariant 8: judged again
        faults.point(f"{entries[0].kind}.after_commit")  # Invariant 3: nothing is added twice
        return added

    def file(self, body: Body, document: bytes) -> int:
        """Add a paper alone: an exemption, an attestation, or one that takes such a one back."""
        with _told(), self._connection.transaction():
            return self._paper(body, document)

    def put(self, named: Entry, body: Body, document: bytes) -> int:
        """Add the correction or override that *body* says of *named*, with its paper, both or none.

        Raises:
            Refused: the entry was corrected already; the newer one is to be named.
        """
        with _told(), self._connection.transaction():
            facts = {
                "unit": named.key.unit,
                "dataset": named.key.dataset,
                "scope": named.key.scope,
                "due": named.key.due,
                "kind": Kind.CORRECTION if body.act is Act.CORRECT else Kind.OVERRIDE,
                "status": body.status,
                "cause": body.cause,
                "evidence": orjson.dumps({"reason": body.reason}).decode(),
                "names": named.id,
                "paper": self._paper(body, document),
            }
            row = self._connection.execute(self._queries["add_naming"], facts).fetchone()
            return int((row or (0,))[0])

    def papers(
        self, acts: Collection[Act], days: tuple[date, date], dataset: str | None = None
    ) -> list[Paper]:
        """Return the papers of *acts* about a day of *days* (both included), oldest first."""
        asked = {"acts": [str(one) for one in acts], "dataset": dataset}
        rows = self._ask("papers", asked | {"first": days[0], "last": days[1]})
        return [one for row in rows if (one := self._trusting(row)) is not None]

    def entries(self, search: Search) -> list[Entry]:
        """Return the entries of the duties that *search* asks for, by duty and then by number."""
        asked = {name: getattr(search, name) for name in Search.__slots__}
        return [self._entry(row) for row in self._ask("entries", asked)]

    def entry(self, number: int) -> Entry | None:
        """Return entry *number*; None = there is none."""
        rows = self._ask("entry", {"id": number})
        return self._entry(rows[0]) if rows else None

    def cycles(self) -> dict[str, list[tuple[datetime, int, int, int]]]:
        """Return for each dataset its due times, oldest first.

        Each says how many duties it had, how many were met or exempt, and how many were met.
        """
        found: dict[str, list[tuple[datetime, int, int, int]]] = {}
        for dataset, due, duties, kept, met in self._ask("cycles", {}):
            found.setdefault(dataset, []).append((due, int(duties), int(kept), int(met)))
        return found

    def _paper(self, body: Body, document: bytes) -> int:
        facts = {name: getattr(body, name) for name in ("unit", "dataset", "scope", "key")}
        facts |= {"act": str(body.act), "first_day": body.first_day, "last_day": body.last_day}
        facts |= {"document": document.decode(), "sha256": sha256(document)}
        row = self._connection.execute(self._queries["add_paper"], facts).fetchone()
        return int((row or (0,))[0])

    def _trusting(self, row: tuple[Any, ...]) -> Paper | None:
        body = read(str(row[7]).encode(), self._trusted)
        told = body and (body.act, body.unit, body.dataset, body.scope)
        if body is None or told != tuple(row[1:5]):
            self.doubtful.add(int(row[0]))
            return None
        return Paper(id=row[0], body=body, stored_at=row[8].astimezone(UTC))

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        number, unit, dataset, scope, due, kind, status, cause, evidence, names, at, text = row
        entry = Entry(
            id=number,
            key=Key(due.astimezone(UTC), unit, dataset, scope),
            kind=Kind(kind),
            status=None if status is None else Status(status),
            cause=None if cause is None else Cause(cause),
            evidence=evidence,
            names=names,
            judged_at=at.astimezone(UTC),
        )
        return entry if text is None else replace(entry, said=read(text.encode(), self._trusted))

    def _ask(self, name: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        with _told(), self._connection.transaction():
            return self._connection.execute(self._queries[name], values).fetchall()

    def _do(self, name: str, values: Mapping[str, object]) -> None:
        with _told(), self._connection.transaction():
            self._connection.execute(self._queries[name], values)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise classified(error) from error
