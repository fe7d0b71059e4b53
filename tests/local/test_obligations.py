"""The book of obligations on a real PostgreSQL: added to, never changed, judged once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from support.obligation_judge import Quiet, duties
from support.obligations import CLEAN, KEY, QUIET, at, known
from support.plain_postgres import Server, plain_province
from support.receipts import KEY as SECRET

from consumers.ledger.delivery import Figures
from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.entries import New, standings
from consumers.ledger.obligations.evidence import Evidence
from consumers.ledger.obligations.judge import Judge, Turn
from consumers.ledger.obligations.papers import Act, Body, in_force, sign
from consumers.ledger.obligations.store import Search, Store
from consumers.ledger.obligations.words import Cause, Kind, Status
from consumers.ledger.receipts.window import instant
from consumers.ledger.signing import key_id
from infra.errors import Fatal, Transient
from infra.postgres import connect
from suoi.delivery import proofs

ROOT = Path(__file__).parents[2]
ALL = Search(first=at(-1000), last=at(1000))
TABLES = ("ledger.obligation", "ledger.obligation_paper", "ledger.obligation_begin")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province() as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"alter table {table} disable trigger all")  # type: ignore[arg-type]
        connection.execute(f"truncate {', '.join(TABLES)} restart identity")  # type: ignore[arg-type]
        for table in TABLES:
            connection.execute(f"alter table {table} enable trigger all")  # type: ignore[arg-type]


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    with connect("test", server.dsn("province_obligations")) as connection:
        yield Store(connection, [SECRET.public_key()])


def verdict(status: Status = Status.MISSED, scope: str = KEY.scope) -> New:
    cause = None if status.met else Cause.UNIT_NOT_UPDATED
    key = Key(KEY.due, KEY.unit, KEY.dataset, scope)
    return New(key=key, kind=Kind.VERDICT, status=status, cause=cause, evidence={"n": 1})


def paper(act: Act, names: int | None = None, **told: str) -> Body:
    day = told.pop("day", "2026-11-23")
    facts = {"unit": KEY.unit, "dataset": KEY.dataset, "scope": KEY.scope} | told
    return Body(
        kind="suoi.obligation",
        version=1,
        act=act,
        first_day=day,
        last_day=day,
        names=names,
        status=facts.pop("status", None),
        cause=facts.pop("cause", None),
        by="Người Thử",
        reason="vì lý do thử",
        at=instant(datetime.now(UTC)),
        key=key_id(SECRET.public_key()),
        **facts,
    )


def test_a_duty_gets_one_verdict_however_often_it_is_judged(store: Store) -> None:
    assert store.add([verdict(), verdict(scope="03664")]) == 2
    assert store.add([verdict(Status.MET_CHANGED), verdict(scope="03670")]) == 1  # Invariant 3
    found = store.entries(ALL)
    assert [(one.key.scope, one.status) for one in found] == [
        ("03646", Status.MISSED),
        ("03664", Status.MISSED),
        ("03670", Status.MISSED),
    ]


def test_nobody_may_change_or_remove_an_entry(store: Store, server: Server) -> None:
    store.begin(date(2026, 11, 23))
    store.add([verdict()])
    store.file(paper(Act.EXEMPT), sign(paper(Act.EXEMPT), SECRET))
    for table in TABLES:
        column = "day" if table.endswith("begin") else "dataset"
        orders = (f"update {table} set {column} = {column}", f"delete from {table}")  # noqa: S608  ours
        for order in (*orders, f"truncate {table} cascade"):
            for role in ("province_obligations", "province_reader", "province_sink"):
                with (
                    psycopg.connect(server.dsn(role)) as connection,
                    pytest.raises(InsufficientPrivilege),
                ):
                    connection.execute(order)  # type: ignore[arg-type]
            with (  # the owner of the table has every right, and is stopped
                psycopg.connect(server.dsn()) as connection,
                pytest.raises(RestrictViolation, match="never changed"),
            ):
                connection.execute(order)  # type: ignore[arg-type]
    assert len(store.entries(ALL)) == 1


def test_a_correction_names_the_old_entry_who_and_why(store: Store) -> None:
    store.add([verdict()])
    (old,) = store.entries(ALL)
    body = paper(Act.CORRECT, old.id, status="MET_CHANGED")
    number = store.put(old, body, sign(body, SECRET))
    (now,) = standings(store.entries(ALL))
    assert (now.status, now.entry.id, now.entry.names) == (Status.MET_CHANGED, number, old.id)
    assert now.entry.said == body
    assert [one.status for one in store.entries(ALL)] == [Status.MISSED, Status.MET_CHANGED]
    with pytest.raises(Fatal):  # it was corrected: the newer one is to be named
        store.put(old, body, sign(paper(Act.CORRECT, old.id, status="LATE"), SECRET))
    newer = store.entry(number)
    assert newer is not None
    body = paper(Act.CORRECT, number, status="MISSED", cause="TECHNICAL")
    store.put(newer, body, sign(body, SECRET))
    (again,) = standings(store.entries(ALL))
    assert (again.status, again.cause) == (Status.MISSED, Cause.TECHNICAL)


def test_an_override_stands_beside_the_computed_cause(store: Store) -> None:
    store.add([verdict()])
    (old,) = store.entries(ALL)
    body = paper(Act.OVERRIDE, old.id, cause="TECHNICAL")
    store.put(old, body, sign(body, SECRET))
    (now,) = standings(store.entries(ALL))
    assert (now.status, now.cause, now.told_cause) == (
        Status.MISSED,
        Cause.UNIT_NOT_UPDATED,
        Cause.TECHNICAL,
    )


def test_a_paper_that_nobody_we_trust_has_signed_exempts_nobody(
    store: Store, server: Server
) -> None:
    body = paper(Act.EXEMPT)
    number = store.file(body, sign(body, SECRET))
    days = (date(2026, 11, 23), date(2026, 11, 23))
    assert [one.id for one in store.papers([Act.EXEMPT], days)] == [number]
    with connect("test", server.dsn("province_obligations")) as connection:
        assert Store(connection).papers([Act.EXEMPT], days) == []
    with psycopg.connect(server.dsn()) as connection:
        connection.execute(
            "insert into ledger.obligation_paper (act, unit, dataset, scope, first_day, last_day,"
            " key, document, sha256) select act, unit, dataset, '*', first_day, last_day, key, d,"
            " encode(sha256(convert_to(d, 'UTF8')), 'hex') from ledger.obligation_paper,"
            " replace(document, '03646', '*') as d"
        )
    assert [one.id for one in store.papers([Act.EXEMPT], days)] == [number]
    assert store.doubtful == {number + 1}


def test_what_was_signed_is_taken_back_by_a_paper_that_names_it(store: Store) -> None:
    numbers = []
    for act in (Act.ATTEST, Act.EXEMPT):
        body = paper(act)
        numbers.append(store.file(body, sign(body, SECRET)))
    body = paper(Act.WITHDRAW, numbers[0])
    store.file(body, sign(body, SECRET))
    days = (date(2026, 11, 1), date(2026, 11, 30))
    found = store.papers([*Act], days)
    assert len(found) == 3
    assert in_force(found, Act.ATTEST) == ()
    assert [one.id for one in in_force(found, Act.EXEMPT)] == [numbers[1]]
    assert in_force(found, Act.EXEMPT)[0].speaks_for(KEY, date(2026, 11, 23))
    assert not in_force(found, Act.EXEMPT)[0].speaks_for(KEY, date(2026, 11, 24))


@pytest.mark.parametrize(
    "wrong",
    [
        "('u','d','*',now(),'verdict','PENDING','TECHNICAL','{}',null,null)",
        "('u','d','*',now(),'verdict','MISSED',null,'{}',null,null)",
        "('u','d','*',now(),'verdict','MET_CHANGED','TECHNICAL','{}',null,null)",
        "('u','d','*',now(),'alert','MISSED','TECHNICAL','{}',null,null)",
        "('u','d','*',now(),'correction','MISSED','TECHNICAL','{}',null,null)",
        "('u','d','*',now(),'override',null,'TECHNICAL','{}',null,null)",
        "('u','d','*',now(),'verdict','DONE',null,'{}',null,null)",
    ],
)
def test_the_server_refuses_an_entry_that_cannot_be(wrong: str, server: Server) -> None:
    columns = "unit, dataset, scope, due, kind, status, cause, evidence, names, paper"
    with (
        psycopg.connect(server.dsn("province_obligations")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(f"insert into ledger.obligation ({columns}) values {wrong}")  # type: ignore[arg-type]  # noqa: S608  ours


def test_a_correction_of_another_duty_s_entry_is_refused(store: Store) -> None:
    store.add([verdict()])
    (old,) = store.entries(ALL)
    body = paper(Act.CORRECT, old.id, status="LATE", cause="TECHNICAL")
    other = replace(old, key=replace(KEY, unit="so_nnmt"))
    with pytest.raises(Fatal, match="obligation_names"):
        store.put(other, body, sign(body, SECRET))
    days = (date(2026, 11, 23), date(2026, 11, 23))
    assert store.papers([Act.CORRECT], days) == [], "both or none"


def test_the_book_begins_once(store: Store) -> None:
    assert store.begun() is None
    assert store.begin(date(2026, 11, 23)) == date(2026, 11, 23)
    assert store.begin(date(2026, 12, 1)) == date(2026, 11, 23)


def test_two_judges_never_work_at_once(store: Store, server: Server) -> None:
    store.alone()
    with (
        connect("test", server.dsn("province_obligations")) as other,
        pytest.raises(Transient, match="another"),
    ):
        Store(other).alone()


@pytest.mark.parametrize(
    ("where", "left", "then"),
    [
        ("opened.before_commit", 0, "450 225"),
        ("opened.after_commit", 225, "225 225"),
        ("verdict.before_commit", 450, "0 225"),
        ("verdict.after_commit", 675, "0 0"),
    ],
)
def test_a_kill_leaves_the_whole_day_or_nothing_and_the_next_judge_completes_it(
    where: str, left: int, then: str, server: Server, store: Store, tmp_path: Path
) -> None:
    (tmp_path / where).write_text("KILL")
    command = [sys.executable, "-m", "support.obligation_judge", str(server.port)]
    paths = f"{ROOT}:{ROOT / 'tests'}"
    environment = os.environ | {"SUOI_FAULTS": str(tmp_path), "PYTHONPATH": paths}
    struck = subprocess.run(command, env=environment, cwd=ROOT, check=False)
    assert struck.returncode == -signal.SIGKILL
    assert (tmp_path / f"{where}.struck").exists()
    assert len(store.entries(ALL)) == left
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, then), done.stderr  # Invariant 8
    kinds = Counter(one.kind for one in store.entries(ALL))
    assert kinds == {Kind.OPENED: 450, Kind.VERDICT: 225}


class Told:
    """A witness that says what it was given."""

    def __init__(self) -> None:
        self.said = QUIET
        self.asked: list[bool] = []

    def know(self, duties: Sequence[Duty], now: datetime, *, deep: bool) -> Mapping[Key, Evidence]:
        """Say it, and remember how it was asked."""
        del now
        self.asked.append(deep)
        return {one.key: self.said for one in duties}


def test_a_day_is_opened_at_its_cut_off_told_of_and_judged(store: Store) -> None:
    witness = Told()
    judge = Judge(store=store, duties=duties(), witness=witness)
    assert judge.turn(at(-1)) == Turn(opened=0, judged=0, waiting=0)
    witness.said = known(complete_through=None)
    assert judge.turn(at(0)) == Turn(opened=225, judged=0, waiting=225)
    assert judge.turn(at(1)) == Turn(opened=0, judged=0, waiting=225)
    assert True not in witness.asked, "a cause is not asked for before it is told"
    assert judge.turn(at(2)).judged == 225
    assert judge.turn(at(3)).judged == 0
    witness.said = known(arrived=CLEAN)
    assert judge.turn(at(4)).judged == 225
    (one, *_) = standings(store.entries(ALL))
    assert (one.status, one.final) == (Status.MET_CHANGED, True)
    assert judge.turn(at(5)) == Turn(opened=0, judged=0, waiting=0)


def test_deadlines_missed_meanwhile_are_judged_after_a_restart_each_once(store: Store) -> None:
    judge = Judge(store=store, duties=duties(), witness=Quiet())
    judge.turn(at(-2))
    later = at(24 * 7)  # Monday to Monday: six working days
    assert judge.turn(later).opened == 225 * 6
    assert judge.turn(later) == Turn(opened=0, judged=0, waiting=225)
    found = [one.status for one in standings(store.entries(ALL))]
    assert found.count(Status.MISSED) == 225 * 5
    assert found.count(Status.PENDING) == 225


def test_a_contract_that_changes_later_changes_no_duty_of_the_book(store: Store) -> None:
    owed = duties()
    judge = Judge(store=store, duties=owed, witness=Quiet())
    judge.turn(at(-2))
    judge.turn(at(0))
    eased = {
        name: replace(one, completeness_min="0.10", update_frequency="weekly")
        for name, one in owed.contracts.items()
    }
    judge = Judge(store=store, duties=replace(owed, contracts=eased), witness=Quiet())
    assert judge.turn(at(25)).waiting == 225
    assert {one.duty.completeness_min for one in store.waiting()} <= {"0.98"}


def test_a_cycle_counts_as_in_time_when_all_of_it_was(store: Store, server: Server) -> None:
    friday = replace(KEY, due=at(-72))
    store.add([replace(verdict(Status.MET_CHANGED), key=friday)])
    store.add([verdict(Status.MET_CHANGED), verdict(scope="03664")])
    assert [(duties, kept, met) for _, duties, kept, met in store.cycles()[KEY.dataset]] == [
        (1, 1, 1),
        (2, 1, 1),
    ]
    with connect("test", server.dsn("province_reader")) as connection:
        proved = proofs(connection).put(KEY.dataset, Figures(loaded=True))
    assert (proved.on_time, proved.fresh, proved.reconciled) == (True, False, False)
    missed = next(one for one in store.entries(ALL) if one.status is Status.MISSED)
    body = paper(Act.CORRECT, missed.id, status="MET_CHANGED", scope="03664")
    store.put(missed, body, sign(body, SECRET))
    assert store.cycles()[KEY.dataset][-1][1:] == (2, 2, 2)
