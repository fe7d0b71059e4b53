"""Second verdicts on a real PostgreSQL: law 2 holds however they come, each record moves once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.batch import Record
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

REJECTS, CLEAN = Place(topics.reject(OCOP), 0), Place(topics.clean(OCOP), 0)
TABLES = "ledger.progress, ledger.seen, ledger.outcome, ledger.count, ledger.refused"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@contextmanager
def province(server: Server) -> Iterator[tuple[Pen, Pen]]:
    """An empty province, and the two sinks in front of it: clean, reject."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"truncate clean.nnmt_ocop, quarantine.item, {TABLES}")  # type: ignore[arg-type]
    rows = Database("test", server.dsn("province_sink"))
    items = Database("test", server.dsn("province_quarantine"))
    clean, reject = Pen(Province(rows, KnownSchemas(), [OCOP])), Pen(Quarantine(items, [OCOP]))
    clean.begin(CLEAN)
    reject.begin(REJECTS)
    yield clean, reject
    rows.close()
    items.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def outcomes(server: Server) -> dict[tuple[str, str], int]:
    rows = ask(server, "select verdict, outcome, n from ledger.outcome where n <> 0")
    return {(verdict, outcome): n for verdict, outcome, n in rows}


def again(record: Record) -> Record:
    return replace(record, headers=record.headers | {"suoi.again": "1"})


def test_a_reject_that_is_clean_now_moves_to_applied(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        reject.write(writer.reject(1, 10, raw=0))
        second = again(writer.clean(1, 10, raw=0, _ruleset=2))
        assert clean.write(second) == {}  # Invariant 2: not counted a second time
        assert outcomes(server) == {("reject", "applied"): 1}
        clean.write(again(writer.clean(1, 10, raw=0, _ruleset=2)))  # streams was killed: again
        assert outcomes(server) == {("reject", "applied"): 1}
    counts = ask(server, "select scope, op, outcome, n from ledger.count where n <> 0")
    assert counts == [("unassigned", "u", "applied", 1)]


def test_a_row_that_comes_before_its_reject_is_filed_waits_for_it(server: Server) -> None:
    writer = Writer()
    first = writer.reject(1, 10, raw=0)
    with province(server) as (clean, reject):
        clean.write(again(writer.clean(1, 10, raw=0, _ruleset=2)))
        assert outcomes(server) == {}
        reject.write(first)
        assert outcomes(server) == {("reject", "applied"): 1}


def test_a_row_waits_while_earlier_rejects_are_filed(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        clean.write(again(writer.clean(3, 13, raw=3, _ruleset=2)))
        for number in (0, 1, 3):
            reject.write(writer.reject(number, 10 + number, raw=number))
        assert outcomes(server) == {("reject", "quarantined"): 2, ("reject", "applied"): 1}


def test_a_row_that_waits_for_nothing_is_forgotten(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        clean.write(writer.clean(1, 10, raw=0))
        clean.write(again(writer.clean(1, 10, raw=0, _ruleset=2)))  # quarantine may be behind
        assert ask(server, "select raw_offset from ledger.refused") == [(0,)]
        reject.write(writer.reject(2, 11, raw=1))
        reject.write(writer.reject(3, 12, raw=2))
        assert ask(server, "select raw_offset from ledger.refused order by 1") == [(1,), (2,)]
        assert outcomes(server) == {("clean", "applied"): 1, ("reject", "quarantined"): 2}


def test_an_older_version_that_is_clean_now_is_superseded(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        reject.write(writer.reject(1, 10, raw=0))
        clean.write(writer.clean(1, 20, raw=1))
        clean.write(again(writer.clean(1, 10, raw=0, _ruleset=2)))  # Invariant 4
        assert outcomes(server) == {("clean", "applied"): 1, ("reject", "superseded"): 1}


def test_a_row_that_newer_rules_refuse_stays_and_an_item_opens(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        clean.write(writer.clean(1, 10, raw=0))
        reject.write(again(writer.reject(1, 10, raw=0, ruleset=2)))
        assert outcomes(server) == {("clean", "applied"): 1}
        assert ask(server, "select status, ruleset from quarantine.item") == [("open", 2)]
        assert ask(server, "select _ruleset from clean.nnmt_ocop") == [(1,)]


def test_a_clean_row_judged_again_is_rewritten_and_leaves_no_trace(server: Server) -> None:
    writer = Writer()
    with province(server) as (clean, reject):
        clean.write(writer.clean(1, 10, raw=0), writer.clean(2, 11, raw=1))
        reject.write(writer.reject(3, 12, raw=2))
        clean.write(again(writer.clean(1, 10, raw=0, _ruleset=2, so_sao=5)))
        assert outcomes(server) == {("clean", "applied"): 2, ("reject", "quarantined"): 1}
        assert ask(server, "select so_sao from clean.nnmt_ocop order by _key") == [(5,), (4,)]
        assert ask(server, "select raw_offset from ledger.refused") == [(2,)]


class Sent(NamedTuple):
    """One result of streams: raw offset, ruleset, verdict, and whether it is a second one."""

    raw: int
    ruleset: int
    verdict: str
    again: bool


KEYS = 3
NAMES = st.sampled_from(["clean", "reject"])


@st.composite
def histories(draw: st.DrawFn) -> list[Sent]:
    """What streams sends of one raw partition: judged, killed, upgraded and set back at random.

    A chunk judged again after a kill is sent again, marked only where it had been committed, or
    where the rules had changed since: then what was sent counts as its first verdict.
    """
    count = draw(st.integers(1, 8))
    words = st.sampled_from(["clean", "reject"])
    verdicts = {(raw, rules): draw(words) for raw in range(count) for rules in (1, 2, 3)}
    sent: list[Sent] = []
    first: set[int] = set()
    committed, rules, at = 0, 1, 0
    for _ in range(draw(st.integers(3, 10))):
        deed = draw(st.sampled_from(["judge", "judge", "kill", "upgrade", "rewind", "commit"]))
        if deed == "judge":
            for raw in range(at, min(at + draw(st.integers(1, 4)), count)):
                known = raw < committed or raw in first
                kept = known and not _same(sent, raw, rules)
                sent.append(Sent(raw, rules, verdicts[raw, rules], raw < committed or kept))
                first.add(raw)
                at = raw + 1
        elif deed == "commit":
            committed = max(committed, at)
        elif deed == "kill":
            at = min(at, committed)
        elif deed == "upgrade" and rules < 3:
            rules, at = rules + 1, min(at, committed)
        elif deed == "rewind":
            committed = max(committed, at)
            at = draw(st.integers(0, committed))
    return sent


def _same(sent: list[Sent], raw: int, rules: int) -> bool:
    """Whether every result of *raw* so far was under *rules*: a repeat needs no mark."""
    return all(one.ruleset == rules for one in sent if one.raw == raw)


def write(writer: Writer, one: Sent) -> Record:
    key, position = one.raw % KEYS, 10 + one.raw
    if one.verdict == "clean":
        record = writer.clean(key, position, raw=one.raw, _ruleset=one.ruleset)
    else:
        record = writer.reject(key, position, raw=one.raw, ruleset=one.ruleset)
    return again(record) if one.again else record


MOVED = [
    Sent(raw=0, ruleset=1, verdict="reject", again=False),
    Sent(raw=0, ruleset=2, verdict="clean", again=True),
]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories(), picks=st.lists(st.tuples(NAMES, st.integers(1, 4))))
@example(MOVED, [("clean", 1), ("reject", 1)])
def test_law_two_holds_in_every_interleaving(
    server: Server, history: list[Sent], picks: list[tuple[str, int]]
) -> None:  # Invariants 2, 3, 4
    writer = Writer()
    queues: dict[str, list[Record]] = {"clean": [], "reject": []}
    for one in history:
        queues[one.verdict].append(write(writer, one))
    first: dict[int, str] = {}
    for one in history:
        first.setdefault(one.raw, one.verdict)
    with province(server) as pens:
        sinks = dict(zip(queues, pens, strict=True))
        for name, count in [*picks, ("clean", 99), ("reject", 99)]:
            batch, queues[name] = queues[name][:count], queues[name][count:]
            if batch:
                sinks[name].write(*batch)
    found, total = outcomes(server), list(first.values())
    moved = {
        one.raw for one in history
        if one.again and one.verdict == "clean" and first[one.raw] == "reject"
    }  # fmt: skip
    for verdict in queues:
        ended = sum(n for (judged, _), n in found.items() if judged == verdict)
        assert ended == total.count(verdict), (verdict, found)
    assert found.get(("reject", "quarantined"), 0) == total.count("reject") - len(moved)
    by_day = ask(
        server, "select outcome, sum(n)::int from ledger.count group by 1 having sum(n) <> 0"
    )
    by_verdict: dict[str, int] = {}
    for (_, outcome), n in found.items():
        by_verdict[outcome] = by_verdict.get(outcome, 0) + n
    assert dict(by_day) == by_verdict
    assert rows(server) == newest(history)


def rows(server: Server) -> dict[str, tuple[int, int]]:
    found = ask(server, "select _key, _position, _ruleset from clean.nnmt_ocop")
    return {key: (position, ruleset) for key, position, ruleset in found}


def newest(history: list[Sent]) -> dict[str, tuple[int, int]]:
    """The newest clean version of each key, by order key."""
    found: dict[str, tuple[int, int]] = {}
    for one in history:
        key = f"[{one.raw % KEYS}]"
        if one.verdict == "clean":
            found[key] = max(found.get(key, (0, 0)), (10 + one.raw, one.ruleset))
    return found
