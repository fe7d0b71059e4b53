"""A raised contract: the version before is drained, the new one filled, and nothing is lost."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, Writer
from support.plain_broker import plain_broker
from support.plain_postgres import Server, plain_province
from support.struck import Killed, strike_at
from support.two_versions import NEW, OLD, RAISED, World, number_of, position, raised

from consumers import filling, writing
from consumers.filling import lacking, unread
from consumers.reemitted import is_reemitted
from infra import faults, kafka_reader
from infra.errors import Fatal, Transient
from infra.kafka import producer_config
from infra.posting import Letter, Lying, Post

POINTS = ("fill.after_copy", "fill.after_page")


class Interleaved:
    """Sends as Post does, with something else happening before and after."""

    def __init__(self, world: World, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._post = Post(producer_config() | world.config)
        self._before, self._after = before, after

    def deliver(self, letters: Sequence[Letter]) -> list[Lying]:
        """Send *letters*."""
        self._before()
        lying = self._post.deliver(letters)
        self._after()
        return lying


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def world(server: Server, broker: str) -> Iterator[World]:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )
    made = World(broker, server)
    yield made
    made.close()


def fill(world: World) -> int:
    with world.filling() as run:
        return sum(run.fill())


def whole(world: World) -> None:
    """The version in force holds what the table holds, and the books hold what was decided."""
    left = world.compacted()
    assert {key: position(one) for key, one in left.items()} == world.newest
    rows = world.ask("select _key, _position, _deleted_at is null, _at from clean.nnmt_ocop")
    assert {key.encode(): (at, alive) for key, at, alive, _ in rows} == {
        key: (position(one), one.value is not None) for key, one in left.items()
    }
    assert all(at.endswith(":v2") for *_, at in rows)
    assert world.law_2() == (world.decided, 0)


def test_every_row_and_tombstone_comes_to_the_new_version_as_it_stands(world: World) -> None:
    writer, before = Writer(), world.sink(OCOP)
    for number in range(12):
        world.put(writer.clean(number, 10 + number, so_sao=number % 5))
    for number in (3, 4):
        world.put(writer.clean_gone(number, 40 + number))
    world.drain(before)
    with psycopg.connect(world.dsn) as connection:
        assert lacking(connection, RAISED) == 12
    assert fill(world) == 12
    old = {one.key: one for one in world.records(OLD)}
    for key, copy in world.compacted().items():
        assert is_reemitted(copy)
        assert copy.value is None or copy.value[5:] == (old[key].value or b"")[5:]
        kept = {name: text for name, text in old[key].headers.items() if name != "suoi.op"}
        assert kept.items() <= copy.headers.items()  # the order key of a tombstone among them
    world.drain(world.sink(RAISED))
    whole(world)
    assert fill(world) == 0


def test_a_partition_is_chosen_as_streams_chooses_it(world: World) -> None:
    writer, before = Writer(), world.sink(OCOP)
    for number in range(30):
        world.put(writer.clean(number, 10))
    world.drain(before)
    fill(world)
    for number in range(30):
        world.put(raised(writer.clean(number, 20)))
    world.drain(world.sink(RAISED))
    whole(world)
    assert {one.partition for one in world.records(NEW)} == {0, 1, 2, 3}


def test_what_the_version_before_still_holds_is_taken_and_counted(world: World) -> None:
    writer, before = Writer(), world.sink(OCOP)
    for number in range(8):
        world.put(writer.clean(number, 10))
    world.drain(before, 3)
    world.put(raised(writer.clean(1, 20)))
    assert world.law_2() == (3, 6)  # Invariant 2
    after = world.sink(RAISED)
    with world.reading() as reader, psycopg.connect(world.dsn) as connection:
        assert sum(unread(connection, kafka_reader.ends(reader, [OLD])).values()) == 5
        world.drain(after)
        assert unread(connection, kafka_reader.ends(reader, [OLD])) == {}
    assert fill(world) == 7
    world.drain(after)
    whole(world)


@pytest.mark.parametrize("copied", [1, 500])
def test_one_flush_brings_both_versions_of_a_topic(
    world: World, monkeypatch: pytest.MonkeyPatch, copied: int
) -> None:
    monkeypatch.setattr(writing, "COPY_FROM", copied)
    writer = Writer()
    for number in range(6):
        world.put(writer.clean(number, 10 + number))
        world.put(raised(writer.clean(number, 30 - number)))
    after = world.sink(RAISED)
    world.drain(after)
    assert world.law_2() == (12, 0)
    fill(world)
    world.drain(after)
    whole(world)


def test_an_older_record_of_the_new_version_is_followed_by_a_row_of_the_old_one(
    world: World,
) -> None:  # its place in the old version says nothing of the new one
    writer, before = Writer(), world.sink(OCOP)
    for number in range(40):
        world.put(writer.clean(1, 50 + number))
    world.drain(before)
    after = world.sink(RAISED)
    world.put(raised(writer.clean(1, 20)))
    world.drain(after)
    assert {position(one) for one in world.compacted().values()} == {89}
    assert fill(world) == 0
    whole(world)


def test_nothing_is_written_again_to_the_version_before(world: World) -> None:
    writer = Writer()
    world.put(writer.clean(1, 30))
    world.drain(world.sink(OCOP))
    after = world.sink(RAISED)
    for place in (20, 25, 22):
        world.put(writer.clean(1, place))
    world.drain(after, 1)
    world.drain(after)
    assert len(world.records(OLD)) == 4
    fill(world)
    world.drain(after)
    whole(world)


def test_a_row_that_changed_behind_its_copy_keeps_its_own_place(world: World) -> None:
    writer = Writer()
    world.put(writer.clean(1, 10))
    world.drain(world.sink(OCOP))
    after = world.sink(RAISED)
    posts = Interleaved(
        world,
        lambda: world.put(raised(writer.clean(1, 20))),
        lambda: world.drain(after, 1),  # the live record, and not yet the copy behind it
    )
    with world.filling(posts) as run:
        assert list(run.fill()) == [1]
    world.drain(after)
    assert [position(one) for one in world.records(NEW)] == [20, 10, 20]
    whole(world)


@pytest.mark.parametrize("point", POINTS)
def test_a_fill_that_was_killed_goes_on_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:  # Invariants 3, 8
    monkeypatch.setattr(filling, "PAGE", 4)
    writer, before = Writer(), world.sink(OCOP)
    for number in range(10):
        world.put(writer.clean(number, 10))
    world.drain(before)
    strike_at(point, monkeypatch)
    with pytest.raises(Killed):
        fill(world)
    after = world.sink(RAISED)
    world.put(raised(writer.clean(0, 20)))
    world.drain(after)
    copies = fill(world)
    assert copies == (9 if point == "fill.after_copy" else 6)
    world.drain(after)
    whole(world)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_meanwhile_the_last_of_each_key_is_the_newest(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(filling, "PAGE", 3)
    writers = [Writer(0), Writer(1)]
    before = world.sink(OCOP)
    for number in range(16):
        world.put(writers[number % 2].clean(number, chance.randrange(30, 50)))
    world.drain(before, chance.randrange(16))
    after = world.sink(RAISED)

    def meanwhile() -> None:
        _changes(world, chance, writers)
        world.drain(after, chance.randrange(6), chance.randrange(1, 4))
        assert sum(world.law_2()) == world.decided  # Invariant 2, at any moment

    _changes(world, chance, writers)
    world.drain(after, size=chance.randrange(1, 9))
    for _ in range(3):
        if chance.random() < 0.5:
            strike_at(chance.choice(POINTS), monkeypatch)
        try:
            with world.filling(Interleaved(world, meanwhile, meanwhile)) as run:
                for _count in run.fill():
                    meanwhile()
        except Killed:
            monkeypatch.setattr(faults, "point", lambda _: None)
    world.drain(after, size=chance.randrange(1, 9))
    fill(world)  # it began before the version before was drained, and was killed
    world.drain(after, size=chance.randrange(1, 9))
    assert fill(world) == 0
    whole(world)


def test_two_fills_of_one_dataset_never_run_together(world: World) -> None:
    with world.filling() as first, world.filling() as second:
        first.begin()
        with pytest.raises(Fatal, match="being filled by another process"):
            second.begin()


def test_a_row_is_marked_only_when_the_broker_has_its_copy(world: World) -> None:  # Invariant 1
    writer = Writer()
    world.put(writer.clean(1, 10))
    world.drain(world.sink(OCOP))

    class Away:
        def deliver(self, _letters: list[Letter]) -> Any:  # noqa: ANN401  never gives any
            message = "the broker is away"
            raise Transient(message)

    with pytest.raises(Transient), world.filling(Away()) as run:  # type: ignore[arg-type]
        list(run.fill())
    assert fill(world) == 1


def test_a_row_that_the_sink_holds_waits_for_the_next_pass(
    world: World, server: Server
) -> None:  # the fill never waits for a sink that may wait for it
    writer = Writer()
    for number in (1, 2):
        world.put(writer.clean(number, 10))
    world.drain(world.sink(OCOP))
    with psycopg.connect(server.dsn()) as sink, world.filling() as run:
        sink.execute("select 1 from clean.nnmt_ocop where _key = '[1]' for update")
        pages = run.fill()
        assert next(pages) == 2
        assert world.ask("select _key from clean.nnmt_ocop where _at like '%:v2'") == [("[2]",)]
        sink.rollback()
        assert sum(pages) == 1


def test_a_post_says_which_partition_the_key_chose(world: World) -> None:
    post = Post(producer_config() | world.config)
    letters = [Letter(NEW, -1, f"[{number}]".encode(), b"a", []) for number in range(8)]
    lying = post.deliver(letters)
    there = {(one.partition, one.offset): number_of(one.key or b"") for one in world.records(NEW)}
    assert [there[place] for place in lying] == list(range(8))


def _changes(world: World, chance: random.Random, writers: list[Writer]) -> None:
    for _ in range(chance.randrange(3)):
        number = chance.randrange(20)
        writer = writers[number % 2]
        change = writer.clean_gone if chance.random() < 0.2 else writer.clean
        world.put(raised(change(number, _free(world, chance))))


def _free(world: World, chance: random.Random) -> int:
    """A place in the log that no version has yet: two versions never share one."""
    found = chance.choice([one for one in range(50, 400) if one not in world.taken])
    world.taken.add(found)
    return found
