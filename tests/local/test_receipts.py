"""Receipts against a real PostgreSQL: made once, corrected by new ones, never changed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from support.deliveries import DAY_US, NOON, OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province
from support.receipt_days import DAY, END, maker, reading
from support.receipts import KEY

from consumers.ledger.receipts.book import Book
from consumers.ledger.receipts.chain import broken, hold
from consumers.ledger.receipts.document import Account, read, sha256, sign
from consumers.ledger.receipts.evidence import Copyist, snapshot
from consumers.ledger.receipts.papers import Made
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.errors import Fatal, Transient
from infra.kafka_reader import Place
from infra.postgres import Connection, Database, connect
from schemas import topics

UNIT = OCOP.owner_unit
LATER = END + timedelta(hours=1)
ROOT = Path(__file__).parents[2]
Making = Callable[..., Made]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count;"
            "alter table ledger.receipt disable trigger all; truncate ledger.receipt;"
            "alter table ledger.receipt enable trigger all"
        )


@pytest.fixture
def pens(server: Server) -> Iterator[tuple[Pen, Pen]]:
    """Who writes clean rows, and who files rejects."""
    clean = Database("test", server.dsn("province_sink"))
    reject = Database("test", server.dsn("province_quarantine"))
    sinks = Pen(Province(clean, KnownSchemas(), [OCOP])), Pen(Quarantine(reject, [OCOP]))
    for pen, place in zip(sinks, (topics.clean(OCOP), topics.reject(OCOP)), strict=True):
        pen.begin(Place(place, 0))
    yield sinks
    clean.close()
    reject.close()


@pytest.fixture
def reader(server: Server) -> Iterator[Connection]:
    with connect("test", server.dsn("province_reader")) as connection:
        yield connection


@pytest.fixture
def writer(server: Server) -> Iterator[Connection]:
    with connect("test", server.dsn("province_receipt")) as connection:
        yield connection


@pytest.fixture
def make(reader: Connection, writer: Connection) -> Making:
    """Make the receipt of a day; by default its window is proved complete."""

    def made(
        through: datetime | None = LATER, day: date = DAY, copyist: Copyist = lambda *_: None
    ) -> Made:
        return maker(writer).make(UNIT, [OCOP], reading(reader, through, day, copyist))

    return made


def account(made: Made) -> Account:
    (one,) = made.receipt.body.datasets
    return one


def counts(made: Made) -> dict[tuple[str, str], int]:
    return {(one.op, one.outcome): one.records for one in account(made).counts}


def some_day(pens: tuple[Pen, Pen], writer: Writer) -> None:
    """Three products, one of them deleted, one changed twice, and a reject."""
    clean, reject = pens
    clean.write(writer.clean(1, 10), writer.clean(2, 11), writer.clean(3, 12))
    clean.write(writer.clean(1, 20), writer.clean_gone(3, 21))
    reject.write(writer.reject(4, 13), writer.reject(None, 14))


def papers(server: Server) -> dict[str, bytes]:
    with psycopg.connect(server.dsn()) as connection:
        rows = connection.execute("select sequence, document from ledger.receipt")
        return {f"{number}.json": document.encode() for number, document in rows}


def test_a_receipt_counts_and_hashes_what_was_decided_in_the_window(
    pens: tuple[Pen, Pen], make: Making
) -> None:
    some_day(pens, Writer())
    made = make()
    assert made.state == "new"
    assert counts(made) == {
        ("u", "applied"): 4,
        ("d", "applied"): 1,
        ("u", "quarantined"): 1,
        ("unknown", "quarantined"): 1,  # it carries no time: its day is that of Kafka
    }
    found = account(made)
    assert (found.complete, found.complete_through) == (True, "2024-10-04T10:00:00.000000Z")
    assert (found.stored.lines, found.refused.lines) == (3, 1)
    assert found.ruleset == OCOP.revision
    assert read(sign(made.receipt.body, KEY), [KEY.public_key()]) == made.receipt


def test_the_hashes_are_those_that_docs_receipts_tells_others_to_compute(
    pens: tuple[Pen, Pen], make: Making, server: Server
) -> None:
    some_day(pens, Writer())
    shown: list[tuple[str, str, bytes]] = []
    found = account(make(copyist=lambda *line: shown.append(line)))
    digest = {number: hashlib.sha256(f"[{number}]".encode()).hexdigest() for number in range(9)}
    stored = [
        f"nnmt_ocop {digest[1]} 1 20 0 1 stored",
        f"nnmt_ocop {digest[2]} 1 11 0 1 stored",
        f"nnmt_ocop {digest[3]} 1 21 0 1 deleted",
    ]
    refused = [f"nnmt_ocop {digest[4]} 1 13 0 1 refused"]
    for lines, said in ((stored, found.stored), (refused, found.refused)):
        text = "".join(f"{line}\n" for line in sorted(lines)).encode()
        assert (sha256(text), len(lines), (1,)) == (said.sha256, said.lines, said.rulesets)
    kept = b"".join(line for _, part, line in shown if part == "stored")
    assert sha256(kept) == found.stored.sha256
    assert b"[1]" not in kept  # Invariant 6
    assert all(b"M\xe1\xba\xadn" not in one for one in papers(server).values())


def test_lines_are_sorted_by_their_bytes_also_within_one_key(
    pens: tuple[Pen, Pen], make: Making
) -> None:
    writer = Writer()
    pens[1].write(*(writer.reject(1, position) for position in (9, 10, 100, 2)))
    shown: list[bytes] = []
    make(copyist=lambda *line: shown.append(line[2]))
    assert len(shown) == 4
    assert shown == sorted(shown)


def test_a_commit_at_the_cut_off_belongs_to_the_day_and_one_after_does_not(
    pens: tuple[Pen, Pen], make: Making
) -> None:
    end = NOON + DAY_US * 10 // 24
    moments = (end - DAY_US, end - DAY_US + 1, end, end + 1)
    clean, reject = pens
    writer = Writer()
    clean.write(*(writer.clean(number, 10, _source_ts=at) for number, at in enumerate(moments)))
    refused = (writer.reject(number, 10) for number in range(4))
    reject.write(
        *(
            replace(one, headers=one.headers | {"suoi.source_ts": str(at)})
            for one, at in zip(refused, moments, strict=True)
        )
    )
    shown: list[tuple[str, str, bytes]] = []
    made = make(copyist=lambda *line: shown.append(line))
    assert counts(made) == {("u", "applied"): 2, ("u", "quarantined"): 2}
    wanted = {hashlib.sha256(f"[{number}]".encode()).hexdigest() for number in (1, 2)}
    for part in ("stored", "refused"):
        assert {line.split()[1].decode() for _, one, line in shown if one == part} == wanted


def test_made_twice_it_is_the_same_paper(
    pens: tuple[Pen, Pen], make: Making, server: Server
) -> None:
    some_day(pens, Writer())
    first, second = make(), make()
    assert second.state == "unchanged"  # Invariant 3
    assert (second.sha256, second.receipt) == (first.sha256, first.receipt)
    assert len(papers(server)) == 1


def test_a_row_that_moves_on_to_the_next_day_changes_nothing_of_this_one(
    pens: tuple[Pen, Pen], make: Making
) -> None:
    writer = Writer()
    some_day(pens, writer)
    first = make()
    pens[0].write(writer.clean(1, 30, _source_ts=20_001 * DAY_US))
    assert make().sha256 == first.sha256
    following = make(LATER + timedelta(days=1), DAY + timedelta(days=1))
    assert (following.state, counts(following)) == ("new", {("u", "applied"): 1})
    assert account(following).stored.lines == 1


def test_a_changed_ledger_gives_a_correction_that_names_what_it_corrects(
    pens: tuple[Pen, Pen], make: Making, server: Server
) -> None:
    writer = Writer()
    some_day(pens, writer)
    first = make()
    make(LATER + timedelta(days=1), DAY + timedelta(days=1))  # another day in between
    pens[1].write(writer.reject(7, 40))
    third = make()
    body = third.receipt.body
    assert third.state == "corrected"
    assert (body.sequence, body.corrects.sequence, body.corrects.sha256) == (3, 1, first.sha256)
    assert counts(third)["u", "quarantined"] == 2
    held = hold(papers(server), [KEY.public_key()])
    assert isinstance(held, list)
    assert broken(held) is None
    assert make().state == "unchanged"


def test_without_a_proof_it_says_that_the_day_is_not_complete(make: Making) -> None:
    found = account(make(None))  # Invariant 9
    assert (found.complete, found.complete_through) == (False, None)
    assert make(END - timedelta(hours=2)).state == "unchanged"  # the proof creeps on
    done = make(END)
    assert (done.state, account(done).complete) == ("corrected", True)
    assert make(None).state == "unchanged", "what was proved stays proved"


def test_a_silent_day_has_a_receipt_too(make: Making) -> None:
    found = account(make())
    assert (found.counts, found.stored.lines, found.refused.lines) == ((), 0, 0)
    assert found.stored.sha256 == hashlib.sha256(b"").hexdigest()
    assert found.complete


def test_what_no_verifier_would_accept_is_not_added(make: Making, server: Server) -> None:
    with psycopg.connect(server.dsn()) as connection:
        connection.execute(
            "insert into ledger.count values (%s, 'unassigned', %s, 'an odd op', 'applied', 1)",
            [OCOP.id, DAY],
        )
    with pytest.raises(Fatal, match="would be refused"):
        make()
    assert papers(server) == {}


def test_nobody_may_change_or_remove_a_receipt(make: Making, server: Server) -> None:
    make()
    roles = ("province_receipt", "province_sink", "province_quarantine", "province_reader")
    orders = (
        "update ledger.receipt set key = 'x'",
        "delete from ledger.receipt",
        "truncate ledger.receipt",
    )
    for role in roles:
        for order in orders:
            with (
                psycopg.connect(server.dsn(role)) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(order)  # type: ignore[arg-type]
    for order in orders:  # the owner of the table has every right, and is stopped
        with (
            psycopg.connect(server.dsn()) as connection,
            pytest.raises(psycopg.errors.RestrictViolation, match="never changed"),
        ):
            connection.execute(order)  # type: ignore[arg-type]
    assert len(papers(server)) == 1


def test_the_server_itself_refuses_a_paper_that_does_not_follow(
    make: Making, server: Server, writer: Connection
) -> None:
    made = make()
    body, book = made.receipt.body, Book(writer)
    for facts in (
        {"sequence": 2, "previous": "0" * 64},
        {"sequence": 3, "previous": made.sha256},
        {"sequence": 1},
        {"sequence": 2},
    ):
        other = msgspec.structs.replace(body, **facts)
        with pytest.raises(Fatal):
            book.append(other, sign(other, KEY))
    assert len(papers(server)) == 1


def test_a_paper_changed_behind_our_back_is_not_built_upon(make: Making, server: Server) -> None:
    make()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("alter table ledger.receipt disable trigger receipt_stands")
        connection.execute(
            "update ledger.receipt set document = d, sha256 = encode(sha256(convert_to(d, 'UTF8')),"
            " 'hex') from (select replace(document, 'nnmt_ocop', 'nnmt_xxxx') as d from"
            " ledger.receipt) as forged"
        )
        connection.execute("alter table ledger.receipt enable trigger receipt_stands")
    with pytest.raises(Fatal, match="tampered with"):
        make()


def test_the_evidence_of_a_first_load_is_not_cut_by_the_reader_s_time_limit(
    reader: Connection,
) -> None:
    def limit() -> object:
        return reader.execute("show statement_timeout").fetchone()

    assert limit() == ("1min",)
    reader.rollback()
    with snapshot(reader):
        assert limit() == ("0",)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), reader.transaction():
            reader.execute("create temporary table t (a int)")
    assert limit() == ("1min",)


def test_two_makers_never_work_at_once(server: Server, writer: Connection) -> None:
    with (
        connect("test", server.dsn("province_receipt")) as other,
        Book(writer).alone(),
        pytest.raises(Transient, match="another"),
        Book(other).alone(),
    ):
        pytest.fail("both were let in")


@pytest.mark.parametrize(
    ("where", "left", "then"),
    [("receipt.before_commit", 0, "new"), ("receipt.after_commit", 1, "unchanged")],
)
def test_a_kill_leaves_the_whole_paper_or_none(
    where: str, left: int, then: str, server: Server, pens: tuple[Pen, Pen], tmp_path: Path
) -> None:
    some_day(pens, Writer())
    (tmp_path / where).write_text("KILL")
    command = [sys.executable, "-m", "support.receipt_maker", str(server.port)]
    paths = f"{ROOT}:{ROOT / 'tests'}"
    environment = os.environ | {"SUOI_FAULTS": str(tmp_path), "PYTHONPATH": paths}
    struck = subprocess.run(command, env=environment, cwd=ROOT, check=False)
    assert struck.returncode == -signal.SIGKILL
    assert (tmp_path / f"{where}.struck").exists()
    assert len(papers(server)) == left
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, then), done.stderr  # Invariant 8
    assert len(papers(server)) == 1


def test_the_book_lists_and_gives_the_chain(make: Making, reader: Connection) -> None:
    make()
    make(LATER + timedelta(days=1), DAY + timedelta(days=1))
    book = Book(reader)
    assert [(one.unit, one.sequence, one.day) for one in book.entries(day=DAY)] == [(UNIT, 1, DAY)]
    assert list(book.chain(UNIT, 2)) == [1, 2]
    assert book.entries("nobody") == []
    newest = book.newest(UNIT, DAY)
    assert newest is not None
    assert json.loads(newest.document)["body"]["unit"] == UNIT
    assert book.newest("nobody", DAY) is None
