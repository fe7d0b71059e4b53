"""A console without a stack: a scripted sampler, hands that only remember, users of every role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from connectors.guards import Refusal
from connectors.loads import Load, State
from connectors.status import Status
from consumers.ledger.delivery import Delivery, UnitBook
from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.entries import Entry
from consumers.ledger.obligations.entries import Standing as Held
from consumers.ledger.obligations.papers import Paper
from consumers.ledger.obligations.words import Cause
from consumers.ledger.obligations.words import Status as Ended
from infra.errors import Trouble
from infra.lag.sample import Sample
from infra.local.state import Standing as Component
from schemas.calendar.cutoff import cut_off
from schemas.catalogue import Catalogue, read_catalogue
from schemas.control import Standing, decided, paused
from schemas.register.reading import read_register
from suoi.console.accounts import Accounts, User
from suoi.console.audit import Audit
from suoi.console.facts import DatasetFacts, read_facts
from suoi.console.gate import cookie_name
from suoi.console.hands import Nil, Opened, Order, Wanted
from suoi.console.history import History, Point
from suoi.console.lockout import Lockout
from suoi.console.roles import Role
from suoi.console.sampler import Sampler
from suoi.console.services import Services
from suoi.console.sessions import Session, Sessions
from suoi.console.snapshot import Known, Snapshot, Waiting
from suoi.console.store import Store
from suoi.console.web import make_app, units
from suoi.law import connected
from suoi.obligations.filing import Judged
from suoi.obligations.sofar import SoFar
from support.obligations import a_month, an_attestation, entry

FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "a-password-of-the-tests"  # noqa: S105  it opens nothing
UNIT, OTHER = "so_tu_phap", "so_nnmt"
PAYLOAD = '{"ho_ten":"LÒ THỊ CANARY"}'


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Say what time it is."""
        return self.now


@dataclass
class Remembering:
    """Hands that do nothing but remember; *away* makes every one of them fail."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    done: list[tuple[Any, ...]] = field(default_factory=list)
    away: Trouble | None = None
    kept: bool = True

    def items(self, wanted: Wanted) -> list[dict[str, Any]]:
        """List those that are wanted."""
        self._try("items", wanted)
        found = [
            row
            for row in self.rows
            if row["status"] in wanted.statuses
            and row["id"] > wanted.after
            and wanted.unit in {None, row["owner_unit"]}
            and wanted.dataset in {None, row["dataset"]}
        ]
        return found[: wanted.most]

    def item(self, number: int, unit: str | None) -> dict[str, Any] | None:
        """Find one."""
        self._try("item", number)
        found = (row for row in self.rows if row["id"] == number)
        row = next((row for row in found if unit in {None, row["owner_unit"]}), None)
        return None if row is None else {**row, "history": []}

    def duties(self, days: tuple[date, date], unit: str | None) -> list[Held]:
        """List those due on *days*, of *unit* or of all."""
        self._try("duties", days, unit)
        after, through = cut_off(days[0]), cut_off(days[1])
        return [
            one
            for one in a_month()
            if after <= one.key.due <= through and unit in {None, one.key.unit}
        ]

    def so_far(self, day: date, unit: str | None, papers: Sequence[Paper]) -> list[SoFar]:
        """Tell of four communes of one register: an event, a refused one, an attested, nothing."""
        self._try("so_far", day, unit, papers)
        told = {"03646": (4, 1, False), "03664": (0, 2, False), "03670": (0, 0, True)}
        keys = [Key(cut_off(day), UNIT, "tp_khai_sinh", one) for one in (*told, "03679")]
        found = [SoFar(key, *told.get(key.scope, (0, 0, False))) for key in keys]
        return found if unit in {None, UNIT} else []

    def attestations(self, day: date, unit: str | None) -> list[Paper]:
        """List the one there is, where it is of *day* and *unit*."""
        self._try("attestations", day, unit)
        told = an_attestation()
        mine = told.body.first_day == day.isoformat() and unit in {None, told.body.unit}
        return [told] if mine else []

    def paper(self, number: int) -> Paper | None:
        """Find it."""
        self._try("paper", number)
        told = an_attestation()
        return told if told.id == number else None

    def entry(self, number: int) -> Entry | None:
        """Find the one that missed (1), the one that was met (2), or none."""
        self._try("entry", number)
        missed = entry(1, Ended.MISSED, Cause.UNIT_NOT_UPDATED)
        return {1: missed, 2: entry(2, Ended.MET_CHANGED)}.get(number)

    def attest(self, nil: Nil) -> int:
        """Remember it; what was judged is attested no more."""
        for held in self.duties((nil.day, nil.day), None):
            if held.final and (held.key.dataset, held.key.scope) == (nil.dataset, nil.commune):
                raise Judged(held, nil.day)
        self._try("attest", nil)
        return 6

    def withdraw(self, number: int, reason: str, by: str) -> int:
        """Remember it."""
        self._try("withdraw", number, reason, by)
        return 7

    def override(self, entry: int, cause: str, reason: str, by: str) -> int:
        """Remember it."""
        self._try("override", entry, cause, reason, by)
        return 8

    def pause_connector(self, source: str) -> None:
        """Remember it."""
        self._try("pause_connector", source)

    def resume_connector(self, source: str) -> None:
        """Remember it."""
        self._try("resume_connector", source)

    def restart_connector(self, source: str) -> None:
        """Remember it."""
        self._try("restart_connector", source)

    def load(self, source: str, dataset: str) -> None:
        """Remember it."""
        self._try("load", source, dataset)

    def pause_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Remember it."""
        self._try("pause_dataset", dataset, reason, by)

    def resume_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Remember it."""
        self._try("resume_dataset", dataset, reason, by)

    def preview(self, order: Order) -> Mapping[str, int]:
        """Remember it; three items would come out so."""
        self._try("preview", order)
        return {"items": 3, "clean": 2, "reject": 1}

    def replay(self, order: Order) -> Mapping[str, int]:
        """Remember it; three items were sent."""
        self._try("replay", order)
        return {"items": 3, "sent": 3}

    def unmask(self, number: int, reason: str, by: str) -> Opened:
        """Remember it; the payload holds a canary."""
        self._try("unmask", number, reason, by)
        return Opened(7, "[17]", PAYLOAD) if self.kept else Opened(7, None, None)

    def _try(self, *deed: object) -> None:
        if self.away is not None:
            raise self.away
        self.done.append(deed)


def an_item(number: int, dataset: str = "tp_khai_sinh", unit: str = UNIT) -> dict[str, Any]:
    """One open item; its key is a hash."""
    problem = {"code": "field.missing", "field": "ho_ten", "message": "Thiếu họ tên <b>&</b>."}
    return {
        "id": number,
        "dataset": dataset,
        "key_hash": "ab" * 32,
        "op": "c",
        "problems": [problem],
        "owner_unit": unit,
        "status": "open",
        "opened_at": datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC),
        "closed_at": None,
        "raw_topic": f"raw.{dataset}",
        "raw_partition": 0,
        "raw_offset": number,
        "asked_at": None,
    }


@cache
def law() -> Catalogue:
    """The product's own contracts."""
    return read_catalogue()


@cache
def facts() -> Mapping[str, DatasetFacts]:
    """The facts of every dataset that is captured."""
    return read_facts(connected(law()))


@cache
def owed() -> tuple[UnitBook, ...]:
    """What the units owe, as of a day."""
    return Delivery(law()).books(read_register(), date(2026, 11, 23))


titles = cache(units)


def counted(captured: int) -> dict[str, Any]:
    """Counts that hold law 2, with one record in flight."""
    return {
        "captured": captured,
        "clean": captured - 6,
        "reject": 3,
        "filtered": 2,
        "applied": captured - 9,
        "superseded": 2,
        "replayed": 1,
        "quarantined": 3,
        "open": None,
    }


def a_well_snapshot(datasets: Mapping[str, DatasetFacts] | None = None) -> Snapshot:
    """Everything answers and goes on; nothing waits."""
    known = datasets or facts()
    now = datetime.now(UTC)
    through = now - timedelta(seconds=3)
    hops = {
        "commit_to_raw": Sample(0.0, 1.2),
        "raw_to_verdict": Sample(0.0, 0.0, 0, 0),
        "verdict_to_applied": Sample(0.0, 0.4, 0, 4),
        "applied_to_portal": Sample(0.0, 0.0, 0, 0),
    }
    history = History()
    points = [Point(now.timestamp() - age * 60, 2.0 + age % 5, 100.0 + age, 3.0) for age in (9, 5)]
    for one in points:
        history.add(one.at, [(name, one) for name in known])
    return Snapshot(
        taken=now,
        datasets=known,
        known={name: Known(at=now) for name in ("stack", "capture", "books", "quarantine")},
        phase="ready",
        components={name: Component(state="ready") for name in ("kafka", "connect", "streams")},
        connectors={source: a_status(source, known) for source in _sources(known)},
        counts={name: counted(1000 + at) for at, name in enumerate(known)},
        through=dict.fromkeys(known, through),
        hops=dict.fromkeys(known, hops),
        standings={},
        waiting=(),
        units=owed(),
        history=history,
    )


def a_status(source: str, known: Mapping[str, DatasetFacts], *troubles: Refusal) -> Status:
    """A source that is followed, unless there are *troubles*."""
    mine = [one for one in known.values() if one.source == source]
    return Status(
        source=source,
        connector="RUNNING",
        task="RUNNING",
        cause="",
        log={"active": "true", "wal_status": "reserved"},
        problems=troubles,
        loads=tuple(
            Load(table=one.table, state=State.LOADED, scanned=10, estimated=10) for one in mine
        ),
    )


def a_sick_snapshot(datasets: Mapping[str, DatasetFacts] | None = None) -> Snapshot:
    """One thing of every sort is wrong."""
    seen = a_well_snapshot(datasets)
    now = seen.taken
    lost = Refusal("slot", "the slot is ahead of the stored offset; <script>alert(1)</script>")
    loading = Load(table="ho_tich.ket_hon", state=State.LOADING, scanned=40, estimated=100)
    ill = replace(a_status(UNIT, seen.datasets, lost), loads=(loading,))
    stopped = paused("tp_khai_tu", decided("chờ thống nhất"), "tho")
    return replace(
        seen,
        components={**(seen.components or {}), "streams": Component(state="restarting")},
        connectors={**(seen.connectors or {}), UNIT: ill},
        through={name: at for name, at in (seen.through or {}).items() if name != "nnmt_ocop"},
        hops={**(seen.hops or {}), "tp_khai_sinh": {"raw_to_verdict": Sample(0.0, 1200.0, 0, 900)}},
        standings={"tp_khai_tu": stopped},
        waiting=(
            Waiting("tp_khai_sinh", UNIT, None, 12, now - timedelta(days=3)),
            Waiting("tp_khai_sinh", UNIT, "field.missing", 12, now - timedelta(days=3)),
            Waiting("nnmt_ocop", OTHER, None, 2, now - timedelta(hours=1)),
            Waiting("nnmt_ocop", OTHER, "code.unknown", 2, now - timedelta(hours=1)),
        ),
        behind=now - timedelta(minutes=9),
        faults={"xau.odcs.yaml": "xau.odcs.yaml:3: no id"},
        known={
            **seen.known,
            "quarantine": Known(now - timedelta(minutes=2), "PostgreSQL cannot be reached", now),
        },
    )


def a_standing(name: str, by: str = "tho") -> dict[str, Standing]:
    """A dataset that a person paused."""
    return {name: paused(name, decided("chờ thống nhất"), by)}


def make_services(place: Path, snapshot: Snapshot | None = None, **changed: Any) -> Services:  # noqa: ANN401  fields
    """Services whose sampler asks nobody and whose hands only remember."""
    clock = Clock()
    store = Store(place / "console.sqlite")
    made = Services(
        accounts=Accounts(store, clock, FAST),
        sessions=Sessions(store, clock),
        lockout=Lockout(store, clock),
        audit=Audit(store, clock),
        sampler=Sampler(snapshot or a_well_snapshot()),
        hands=Remembering(rows=[an_item(1), an_item(2, "nnmt_ocop", OTHER)]),
        units=titles(),
    )
    if snapshot is not None:
        made.sampler.put(known=None)
        made.sampler._snapshot = snapshot  # noqa: SLF001  its parts are scripted too
    return replace(made, **changed)


class Console:
    """A console in this process, and people who use it."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.app = make_app(services)
        self.hands = services.hands
        assert isinstance(self.hands, Remembering)

    @property
    def clock(self) -> Clock:
        """The clock of sessions, waits and audit."""
        clock = self.services.sessions._clock  # noqa: SLF001  the tests move it
        assert isinstance(clock, Clock)
        return clock

    def visitor(self) -> TestClient:
        """A browser nobody has logged in with; it follows no redirect by itself."""
        client = TestClient(self.app, base_url="http://127.0.0.1:8090", follow_redirects=False)
        client.headers["accept-language"] = "vi"
        return client

    def person(self, role: Role, unit: str | None = None, name: str | None = None) -> "Person":
        """Somebody of *role*, logged in."""
        bound = unit or (UNIT if role is Role.OFFICER else None)
        user = User(name=name or role.value, role=role, unit=bound)
        if self.services.accounts.find(user.name) is None:
            self.services.accounts.add(user, PASSWORD)
        return Person(self, user)

    def outcomes(self) -> list[tuple[str, str]]:
        """Action and outcome of every entry of the audit, oldest first."""
        found = self.services.audit.read()
        return [(one["action"], one["outcome"]) for one in reversed(found)]


class Person:
    """Somebody who is logged in."""

    def __init__(self, console: Console, user: User) -> None:
        self.user = user
        self.browser = console.visitor()
        token = console.services.sessions.start(user)
        self.browser.cookies.set(cookie_name(console.services), token)
        found = console.services.sessions.find(token)
        assert isinstance(found, Session)
        self.csrf = found.csrf

    def get(self, path: str) -> Any:  # noqa: ANN401  the client's answer
        """Open a page."""
        return self.browser.get(path)

    def send(self, path: str, **values: str) -> Any:  # noqa: ANN401  the client's answer
        """Send a form, with the token of the session."""
        return self.browser.post(path, data={"csrf": self.csrf, **values})


def _sources(known: Mapping[str, DatasetFacts]) -> list[str]:
    return sorted({one.source for one in known.values()})
