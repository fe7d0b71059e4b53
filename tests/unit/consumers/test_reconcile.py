"""Reconciliation without a database: sums over buckets, and what becomes of a suspect."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from consumers.ledger.reconcile.buckets import BUCKETS, Buckets, Sum, key_hash, place_of
from consumers.ledger.reconcile.province import Held, Settled
from consumers.ledger.reconcile.report import MOST_SHOWN, document, reconcile
from consumers.ledger.reconcile.sweep import Swept, sweep
from consumers.ledger.reconcile.verdicts import Inquiry, Kind, slices, unlike
from schemas.records import OrderKey

KEY, NOW = "[1]", 1_773_200_000_000_000


def row_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def held(text: str | None = "x", **facts: Any) -> Held:  # noqa: ANN401
    order = OrderKey(1, facts.get("position", 10), facts.get("step", 10), facts.get("ruleset", 2))
    return Held(
        None if text is None else row_hash(text), NOW, order, facts.get("deleted", False), "raw:0:1"
    )


class Log(NamedTuple):
    """Where a log ends."""

    position: int
    clock: int


class Table:
    """A source whose rows are texts; each reading takes the next state, the last one stays."""

    def __init__(self, *states: Mapping[str, str]) -> None:
        self._states = list(states)
        self.readings = 0

    def place(self) -> Log:
        """The log ends at 100 before the first reading, at 200 after it."""
        return Log(200 if self.readings else 100, NOW + self.readings)

    def named(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read *keys*."""
        state = self._states[min(self.readings, len(self._states) - 1)]
        self.readings += 1
        return {key: {"text": state[key]} for key in keys if key in state}


class Rows:
    """A province of memory."""

    stepped = True

    def __init__(self, rows: Mapping[str, Held], waiting: Sequence[str] = ()) -> None:
        self._rows, self._waiting = rows, set(waiting)

    def held(self, keys: Sequence[str]) -> dict[str, Held]:
        """Read *keys*."""
        return {key: self._rows[key] for key in keys if key in self._rows}

    def waiting(self, keys: Sequence[str]) -> set[str]:
        """Return what an item explains."""
        return self._waiting & set(keys)

    def emptied(self, keys: Sequence[str]) -> set[str]:
        """Return what a waiting TRUNCATE would remove: nothing."""
        assert all(key in self._rows for key in keys)
        return set()

    def sums(self, settled: Settled) -> dict[int, Sum]:
        """Sum the live rows."""
        found: dict[int, Sum] = {}
        for key, text in self.rows(settled, range(BUCKETS)):
            bucket, mark = place_of(key, text)
            old = found.get(bucket, Sum(0, 0))
            found[bucket] = Sum(old.rows + 1, old.total + mark)
        return found

    def rows(self, settled: Settled, buckets: Sequence[int]) -> list[tuple[str, str]]:
        """List the live rows of *buckets*."""
        return [
            (key, one.hash)
            for key, one in self._rows.items()
            if one.hash and not settled.before(one.order, stepped=True)
            if place_of(key, one.hash)[0] in buckets
        ]


def standardise(row: dict[str, Any], _: int) -> str | None:
    return None if row["text"] == "bad" else row_hash(row["text"])


def inquiry(table: Table, rows: Rows, *, proved: bool = True, raw: str | None = None) -> Inquiry:
    return Inquiry(
        source=table,
        province=rows,  # type: ignore[arg-type]  # a double of one class
        standardise=standardise,
        settle=lambda _: proved,
        rejudge=lambda found: {} if raw is None else dict.fromkeys(found, row_hash(raw)),
        generation=1,
        ruleset=2,
    )


def judged(table: Table, rows: Rows, **facts: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    return [(one.kind.value, one.what) for one in inquiry(table, rows, **facts).judge([KEY])]


def test_equal_sets_have_equal_sums_whatever_their_order_and_their_processes() -> None:
    pairs = [(f"[{number}]", row_hash(str(number))) for number in range(5000)]
    one, low, high = Buckets(), Buckets(), Buckets()
    for pair in pairs:
        one.add(*pair)
    for pair in pairs[3000:]:
        high.add(*pair)
    for pair in reversed(pairs[:3000]):
        low.add(*pair)
    low.join(high)
    sums = {number: Sum(len(part), sum(part)) for number, part in enumerate(one.held)}
    assert low.differing(sums) == []
    assert low.strangers(pairs) == []
    assert len([part for part in one.held if part]) > BUCKETS * 0.95


@pytest.mark.parametrize(
    "other", [("[7]", row_hash("8")), ("[8]", row_hash("7")), ("[9]", row_hash("9"))]
)
def test_another_value_another_key_and_another_row_change_a_sum(other: tuple[str, str]) -> None:
    buckets = Buckets()
    buckets.add("[7]", row_hash("7"))
    bucket, mark = place_of(*other)
    assert bucket in buckets.differing({bucket: Sum(1, mark)})
    assert buckets.strangers([other]) == [other[0]]


def test_two_rows_that_exchanged_their_values_change_a_sum() -> None:
    one, other = Buckets(), Buckets()
    keys = [f"[{number}]" for number in range(5000)]
    first, second = next(
        (a, b)
        for a in keys[:80]
        for b in keys[80:]
        if place_of(a, "0" * 64)[0] == place_of(b, "0" * 64)[0]
    )
    for buckets, values in ((one, ("p", "q")), (other, ("q", "p"))):
        buckets.add(first, row_hash(values[0]))
        buckets.add(second, row_hash(values[1]))
    sums = {number: Sum(len(part), sum(part)) for number, part in enumerate(other.held) if part}
    assert one.differing(sums)


@pytest.mark.parametrize(
    ("row", "ours", "theirs", "said"),
    [
        (None, None, None, None),
        (None, None, held(None, deleted=True), None),
        (None, None, held(), "extra"),
        ({}, None, None, "refused"),
        ({}, None, held(), "refused"),
        ({}, row_hash("x"), None, "missing"),
        ({}, row_hash("x"), held(None, deleted=True), "deleted"),
        ({}, row_hash("x"), held(), None),
        ({}, row_hash("y"), held(), "altered"),
        ({}, row_hash("y"), held(None), "altered"),  # its hash is not that of its columns
    ],
)
def test_how_two_rows_are_unlike(
    row: dict[str, Any] | None, ours: str | None, theirs: Held | None, said: str | None
) -> None:
    assert unlike(row, ours, theirs) == said


def test_only_a_row_that_stayed_the_same_at_the_source_can_differ() -> None:
    assert judged(Table({KEY: "y"}), Rows({KEY: held()})) == [("differs", "altered")]
    assert judged(Table({KEY: "y"}, {KEY: "z"}), Rows({KEY: held()})) == [("moving", "altered")]
    assert judged(Table({KEY: "y"}, {}), Rows({})) == [("moving", "missing")]


def test_a_later_version_is_moving_by_its_position_or_its_step_or_its_generation() -> None:
    for order in ({"position": 101}, {"step": 101}):
        assert judged(Table({KEY: "y"}), Rows({KEY: held(**order)})) == [("moving", "altered")]
    for order in ({"position": 201}, {"step": 201}):  # this log never came so far
        assert judged(Table({KEY: "y"}), Rows({KEY: held(**order)})) == [("differs", "altered")]
    settled = Settled(1, 100, 200)
    assert settled.before(OrderKey(2, 1, 1, 1), stepped=True)
    assert not settled.before(OrderKey(0, 900, 900, 1), stepped=True)
    assert not settled.before(OrderKey(1, 100, 101, 1), stepped=False)  # MariaDB's step is a row


def test_an_open_item_explains_and_an_unproved_chain_accuses_nobody() -> None:
    bad = Table({KEY: "bad"})
    assert judged(bad, Rows({KEY: held()}, [KEY])) == [("quarantined", "refused")]
    assert judged(Table({KEY: "y"}), Rows({KEY: held()}), proved=False) == [("moving", "altered")]


def test_older_rules_explain_only_what_our_rules_make_of_the_same_record() -> None:
    old = Rows({KEY: held("x", ruleset=1)})
    assert judged(Table({KEY: "y"}), old, raw="y") == [("older_ruleset", "altered")]
    assert judged(Table({KEY: "y"}), old, raw="z") == [("differs", "altered")]
    assert judged(Table({KEY: "y"}), old) == [("differs", "altered")]
    assert judged(Table({KEY: "y"}), Rows({KEY: held()}), raw="y") == [("differs", "altered")]


class Pages(NamedTuple):
    """One page."""

    keys: list[str]
    rows: list[dict[str, Any]]


def test_all_differences_are_counted_and_only_so_many_are_listed_all_hashed() -> None:
    keys = [f"[{number}]" for number in range(MOST_SHOWN + 5)]
    table, rows = Table(dict.fromkeys(keys, "x")), Rows({"[77777]": held()})

    def swept() -> Swept:
        page = Pages(keys, [{"text": "x"} for _ in keys])
        return sweep([page], rows, standardise, 0)  # type: ignore[arg-type]  # a double

    answer = document(reconcile(inquiry(table, rows), swept, "d"))
    assert answer["differs"] == len(keys) + 1
    assert len(answer["differences"]) == MOST_SHOWN
    assert answer["equal"] is False
    assert {len(one["key"]) for one in answer["differences"]} == {64}
    assert key_hash("[5]") == hashlib.sha256(b"[5]").hexdigest()


def test_the_source_is_not_read_where_the_chain_is_not_settled() -> None:  # Invariant 9
    table = Table({KEY: "x"})
    found = reconcile(
        inquiry(table, Rows({}), proved=False), lambda: pytest.fail("it was read"), "d"
    )
    assert (table.readings, found.equal, found.verified_through) == (0, False, None)
    assert Kind.DIFFERS not in found.counts


def test_suspects_are_judged_in_parts() -> None:
    assert list(slices(["a", "b", "c"], 2)) == [["a", "b"], ["c"]]
