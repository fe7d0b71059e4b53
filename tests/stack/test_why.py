"""`suoi why` on a real stack: each way to break the chain is made, named, and mended again.

The land office's table is used (PostgreSQL, one table); Redis needs an open dataset (MariaDB).
Retention's gap and an unfinished load are judged as values alone (tests/unit/test_why.py): made
here, they would spoil the books that other tests prove.
"""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from support.stack import Stack
from support.waiting import until

from infra.kafka_admin import ensure_grants, remove_grants
from schemas.access import Grant

pytestmark = pytest.mark.timeout(600)
SOURCE, PARCELS, PRODUCTS = "vbdlis_sonla", "nnmt_thua_dat", "nnmt_ocop"
TABLE = "dat_dai.thua_dat"
END_SESSION = (
    "select pg_terminate_backend(active_pid), pg_sleep(0.2) from pg_replication_slots "
    "where slot_name = 'suoi_vbdlis_sonla' and active"
)
DROP_SLOT = "select pg_drop_replication_slot('suoi_vbdlis_sonla')"
REGENERATE = ("--reason", "thử nghiệm", "--yes", "--patience", "60", "--json")

Answer = dict[str, Any]


def ask(stack: Stack, dataset: str = PARCELS) -> Answer:
    """Ask why; the exit code says the same as the answer."""
    done = stack.suoi("why", dataset, "--json", check=False)
    assert done.stdout, done.stderr
    answer: Answer = json.loads(done.stdout)
    assert done.returncode == (0 if answer["healthy"] else 1)
    return answer


def await_answer(stack: Stack, code: str, dataset: str = PARCELS) -> Answer:
    """Wait until the answer is *code*."""
    found: list[Answer] = []

    def named() -> bool:
        found[:] = [ask(stack, dataset)]
        return bool(found[0]["code"] == code)

    try:
        until(named, 60, pause=0.5)
    except AssertionError:
        pytest.fail(f"not {code}: {found}")
    return found[0]


def restarts(stack: Stack, component: str) -> int:
    """How often the supervisor has begun *component* anew."""
    state = json.loads((stack.home / "run" / "state.json").read_text())
    return int(state["components"][component]["restarts"])


def run(stack: Stack, statement: str) -> None:
    """Run one statement at the land office, as its superuser."""
    dsn = str(stack.env["sources"][SOURCE]["dsn"])
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@contextmanager
def frozen(stack: Stack, component: str) -> Iterator[None]:
    """Freeze *component*, and let it go on."""
    stack.signal(component, signal.SIGSTOP)
    try:
        yield
    finally:
        stack.signal(component, signal.SIGCONT)


@contextmanager
def connector(stack: Stack, word: str) -> Iterator[None]:
    """Tell Connect to *word* (stop, pause) the connector, and to resume it."""
    stack.tell_connect(SOURCE, word)
    try:
        yield
    finally:
        stack.tell_connect(SOURCE, "resume")


@contextmanager
def failed(stack: Stack) -> Iterator[None]:
    """End the session that follows the log, while nobody starts the task anew."""
    with frozen(stack, "watch"):
        run(stack, END_SESSION)
        yield


@contextmanager
def unpublished(stack: Stack) -> Iterator[None]:
    run(stack, f"alter publication suoi drop table {TABLE}")
    try:
        yield
    finally:
        run(stack, f"alter publication suoi add table only {TABLE}")


@contextmanager
def denied(stack: Stack) -> Iterator[None]:
    right = Grant("streams", "topic", f"raw.{SOURCE}.{TABLE}", "READ")
    admin, ended = AdminClient(stack.env["kafka"]), restarts(stack, "streams")
    remove_grants(admin, [right])
    try:
        yield
        # however often it begins without the right, it ends, and never stands there reading nothing
        until(lambda: restarts(stack, "streams") >= ended + 2, 60)
    finally:
        ensure_grants(admin, [right])


@contextmanager
def paused(stack: Stack) -> Iterator[None]:
    stack.suoi("dataset", "pause", PARCELS, "--reason", "rà soát biểu mẫu")
    try:
        yield
    finally:
        stack.suoi("dataset", "resume", PARCELS, "--reason", "đã xong")


def freezing(component: str) -> Callable[[Stack], Any]:
    """A fault that freezes *component*."""
    return lambda stack: frozen(stack, component)


def ordering(word: str) -> Callable[[Stack], Any]:
    """A fault that gives an order to Connect."""
    return lambda stack: connector(stack, word)


FAULTS: list[tuple[str, Callable[[Stack], Any], str, str, str]] = [
    ("source down", freezing(SOURCE), PARCELS, "source", "source.away"),
    ("connector stopped", ordering("stop"), PARCELS, "connector", "connector.stopped"),
    ("connector paused", ordering("pause"), PARCELS, "connector", "connector.paused"),
    ("task failed", failed, PARCELS, "connector", "connector.failed"),
    ("Connect frozen", freezing("connect"), PARCELS, "connector", "connect.away"),
    ("not published", unpublished, PARCELS, "slot", "publication.table"),
    ("right taken", denied, PARCELS, "topic", "topic.denied"),
    ("streams frozen", freezing("streams"), PARCELS, "streams", "worker.frozen"),
    ("paused", paused, PARCELS, "streams", "dataset.paused"),
    ("sink frozen", freezing("province_sink"), PARCELS, "sink", "worker.frozen"),
    ("quarantine frozen", freezing("quarantine_sink"), PARCELS, "sink", "worker.frozen"),
    ("province down", freezing("province"), PARCELS, "sink", "province.away"),
    ("Redis down", freezing("redis"), PRODUCTS, "cache", "redis.away"),
    ("cache frozen", freezing("portal_cache"), PRODUCTS, "cache", "worker.frozen"),
]


QUICK = {"connector stopped", "Connect frozen", "right taken", "sink frozen", "Redis down"}
"""One fault of each link; the rest in `make chaos`."""


def cases() -> list[object]:
    """Every fault; the slow ones marked."""
    return [
        pytest.param(*rest, id=name, marks=() if name in QUICK else pytest.mark.chaos)
        for name, *rest in FAULTS
    ]


@pytest.mark.parametrize(("fault", "dataset", "link", "code"), cases())
def test_a_broken_link_is_named_and_mended(
    stack: Stack, fault: Callable[[Stack], Any], dataset: str, link: str, code: str
) -> None:
    await_answer(stack, "complete", dataset)
    with fault(stack):
        answer = await_answer(stack, code, dataset)
        assert answer["link"] == link
        assert answer["next"]
        status = stack.json("status", check=False)
        assert not status["healthy"]
        assert status["problems"]
    await_answer(stack, "complete", dataset)


def test_who_paused_and_why_is_said(stack: Stack) -> None:
    with paused(stack):
        assert "rà soát biểu mẫu" in await_answer(stack, "dataset.paused")["what"]


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        (("update cdc.mark set n = 0",), "source.broken"),
        ((END_SESSION, DROP_SLOT), "slot.gone"),
    ],
)
def test_a_source_that_must_be_begun_anew_says_so(
    stack: Stack, statements: tuple[str, ...], code: str
) -> None:
    await_answer(stack, "complete")
    until(lambda: _ran(stack, statements))
    answer = await_answer(stack, code)
    assert "suoi source regenerate" in answer["what"] + answer["next"]
    until(lambda: stack.suoi("source", "regenerate", SOURCE, *REGENERATE, check=False).stdout)
    await_answer(stack, "complete")


def _ran(stack: Stack, statements: tuple[str, ...]) -> bool:
    try:
        for one in statements:
            run(stack, one)
    except psycopg.Error:
        return False  # the slot is followed again: once more
    return True


def test_an_idle_table_is_healthy_and_its_moment_moves(stack: Stack) -> None:
    before = await_answer(stack, "complete")["complete_through"]
    until(lambda: (ask(stack)["complete_through"] or "") > before, 60)
    hops = stack.json("lag")[PARCELS]
    assert hops["raw_to_verdict"]["messages"] == 0
    assert hops["raw_to_verdict"]["seconds"] is not None  # Invariant 9: proved by a heartbeat


def test_an_unknown_dataset_is_a_wrong_question(stack: Stack) -> None:
    done = stack.suoi("why", "nnmt_thua_da", check=False)
    assert done.returncode == 2
    assert "did you mean nnmt_thua_dat" in done.stderr
