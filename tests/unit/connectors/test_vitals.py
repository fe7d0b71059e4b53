"""What a look at a source says of it: every decision, over values alone."""

import pytest

from connectors.mariadb.vitals import gate as mariadb_gate
from connectors.mariadb.vitals import numbered
from connectors.postgres.facts import Slot
from connectors.postgres.guards import slot_gaps
from connectors.postgres.vitals import gate as postgres_gate
from connectors.sources import read_sources
from connectors.vitals import falls_behind
from infra.memory import Memory
from schemas.vitals import Seen, Step, Term, Vitals, decode, encode, key_of

BEFORE = Vitals(server="7001", timeline=1, log_end=500, mark=40)
SOURCE = read_sources()["so_tu_phap"]


def changed(**words: object) -> Vitals:
    facts = {name: getattr(BEFORE, name) for name in BEFORE.__struct_fields__}
    return Vitals(**{**facts, **words})


def guards(now: Vitals) -> list[str]:
    return [refusal.guard for refusal in falls_behind(BEFORE, now)]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (BEFORE, []),
        (changed(mark=41, log_end=900), []),
        (changed(mark=39), ["mark"]),
        # restored, and busy since: its log has passed the place where it was
        (changed(mark=39, log_end=90_000), ["mark"]),
        (changed(log_end=499), ["log_end"]),
        (changed(timeline=2, mark=41), ["timeline"]),
        (changed(server="7002"), ["server"]),
        (
            changed(server="7002", timeline=3, log_end=1, mark=0),
            ["server", "timeline", "mark", "log_end"],
        ),
    ],
)
def test_a_source_that_is_not_as_far_as_it_was_is_refused(now: Vitals, found: list[str]) -> None:
    assert guards(now) == found  # Invariant 10


def test_every_refusal_says_what_to_do() -> None:
    now = changed(server="7002", timeline=3, log_end=1, mark=0)
    assert all("suoi source regenerate" in one.sentence for one in falls_behind(BEFORE, now))


def slot(confirmed: int, status: str = "reserved") -> Slot:
    return Slot(
        active=False,
        confirmed_lsn=confirmed,
        wal_status=status,
        plugin="pgoutput",
        database=SOURCE.database,
    )


@pytest.mark.parametrize(
    ("held", "offset", "found"),
    [
        (None, None, 0),
        (None, {"lsn": 10}, 1),
        (slot(10), {"lsn": 10}, 0),
        (slot(9), {"lsn": 10}, 0),
        (slot(11), {"lsn": 10}, 1),
        (slot(9, "lost"), {"lsn": 10}, 1),
        (slot(11), {"lsn": 10, "lsn_commit": 11}, 0),
    ],
)
def test_a_slot_that_is_gone_lost_or_ahead_is_refused(
    held: Slot | None, offset: dict[str, int] | None, found: int
) -> None:
    assert len(list(slot_gaps(held, SOURCE, offset))) == found


def test_transactions_are_counted_over_all_domains_of_a_binlog() -> None:
    assert numbered("0-7-120,1-8-3") == 123
    assert numbered("0-7-120") == 120
    assert numbered("") == numbered(None) == 0  # RESET MASTER
    assert numbered(b"0-7-9") == 9


def test_a_gate_names_numbers_alone_and_asks_in_one_statement() -> None:
    for gate in (postgres_gate(BEFORE), mariadb_gate(BEFORE)):
        assert ">= 40" in gate
        assert ">= 500" in gate
        assert ";" not in gate  # Debezium would cut it there
        assert "\\" not in gate  # a properties file would take it away


@pytest.mark.parametrize(
    "record",
    [
        Seen(source="so_nnmt", generation=2, vitals=BEFORE, since="2026-11-22T08:00:00Z"),
        Term(
            source="so_nnmt",
            generation=2,
            step=Step.LOADING,
            by="root",
            reason="thử",
            since="2026-11-22T08:00:00Z",
        ),
    ],
)
def test_what_is_remembered_reads_back_under_its_own_key(record: Seen | Term) -> None:
    assert decode(key_of(record), encode(record)) == record
    with pytest.raises(ValueError, match="key"):
        decode(b"so_tu_phap" + key_of(record).removeprefix(b"so_nnmt"), encode(record))


def test_what_was_seen_in_an_older_generation_is_of_no_account() -> None:
    seen = Seen(source="a", generation=1, vitals=BEFORE, since="", broken="it was restored")
    term = Term(source="a", generation=2, step=Step.LOADING, by="", reason="", since="")
    memory = Memory(terms={"a": term}, looks={"a": seen})
    assert memory.generation("a", 1) == 2
    assert memory.generation("b", 3) == 3
    assert memory.seen("a", 1) == seen
    assert memory.seen("a", 2) is None
