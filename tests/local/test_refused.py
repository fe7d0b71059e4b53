"""Rows the database refuses: found, quarantined in the same transaction, the others written."""

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers import writing
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

PLACE = Place(topics.clean(OCOP), 0)
NAME = "Nguyễn Văn Bí Mật"
TOO_LARGE = (10**20).to_bytes(9, "big", signed=True)
LONG_KEY = random.Random(1).randrange(10**4200, 10**4201)
"""No index holds such a key."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        with psycopg.connect(running.dsn(), autocommit=True) as connection:
            connection.execute(
                "alter table clean.nnmt_ocop add constraint few_stars check (so_sao < 100)"
            )
        yield running


@pytest.fixture(params=[1, 1_000_000], ids=["by copy", "by arrays"])
def pen(
    server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pen]:
    monkeypatch.setattr(writing, "COPY_FROM", request.param)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, ledger.progress, ledger.seen,"
            " ledger.outcome, ledger.count"
        )
    database = Database("test", server.dsn("province_sink"))
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(PLACE)
    yield pen
    database.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def outcomes(server: Server) -> dict[tuple[str, str], int]:
    rows = ask(server, "select verdict, outcome, n from ledger.outcome")
    return {(verdict, outcome): n for verdict, outcome, n in rows}


@pytest.mark.parametrize(
    ("number", "facts", "state", "constraint"),
    [
        (7, {"san_luong_nam": TOO_LARGE}, "22003", ""),
        (7, {"so_sao": 100}, "23514", "few_stars"),
        (7, {"nguoi_dai_dien": "a\0b"}, "22021", ""),
        (7, {"ngay_cong_nhan": 2**31 - 1}, "22008", ""),
        (7, {"ngay_cong_nhan": -(2**31)}, "22008", ""),
        (7, {"cap_nhat_luc": -(2**63)}, "22008", ""),
        (7, {"_originals": {"ten": "a\0b"}}, "22P05", ""),
        (LONG_KEY, {}, "54000", "nnmt_ocop_pkey"),
    ],
    ids=["number", "check", "nul", "day", "no day", "no moment", "json", "key"],
)
def test_one_refused_row_is_quarantined_and_the_others_are_written(
    pen: Pen, server: Server, number: int, facts: dict[str, Any], state: str, constraint: str
) -> None:  # Invariants 1, 2, 6
    writer = Writer()
    good = [writer.clean(one, 10) for one in range(5)]
    bad = writer.clean(number, 11, ten=NAME, **facts)
    more = [writer.clean(one, 12) for one in range(10, 15)]
    pen.write(*good, bad, *more)
    assert ask(server, "select count(*) from clean.nnmt_ocop") == [(10,)]
    assert outcomes(server) == {("clean", "applied"): 10, ("clean", "quarantined"): 1}
    assert ask(server, "select next from ledger.progress") == [(11,)]
    (item,) = ask(
        server,
        "select key, status, problems, owner_unit, raw_offset, reject_topic, reject_offset"
        " from quarantine.item",
    )
    (problem,) = item[2]
    assert item[:2] == (f"[{number}]" if number == 7 else None, "open")
    assert item[3:] == (OCOP.owner_unit, 5, topics.clean(OCOP), 5)
    assert (problem["code"], problem["sqlstate"]) == ("sink.refused", state)
    assert problem["constraint"] == constraint
    assert "Bí Mật" not in str(problem)
    assert "Cơ sở dữ liệu" in problem["message"]


@pytest.mark.parametrize(
    "bad", [{3, 4, 11, 29}, set(range(30)), set()], ids=["some", "all", "none"]
)
def test_many_refused_rows_are_each_found(pen: Pen, server: Server, bad: set[int]) -> None:
    writer = Writer()
    pen.write(*(writer.clean(one, 10, so_sao=100 if one in bad else 4) for one in range(30)))
    kept = {key for (key,) in ask(server, "select _key from clean.nnmt_ocop")}
    refused = {key for (key,) in ask(server, "select key from quarantine.item")}
    assert refused == {f"[{one}]" for one in bad}
    assert kept == {f"[{one}]" for one in range(30)} - refused
    assert sum(outcomes(server).values()) == 30
    pen.write(writer.clean(50, 20))  # and it goes on
    assert ask(server, "select 1 from clean.nnmt_ocop where _key = '[50]'") == [(1,)]


def test_rows_behind_the_table_are_counted_beside_refused_ones(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.clean(1, 20), writer.clean(2, 20))
    pen.write(writer.clean(1, 10), writer.clean(2, 20), writer.clean(3, 20, so_sao=100))
    assert outcomes(server) == {
        ("clean", "applied"): 2,
        ("clean", "superseded"): 1,
        ("clean", "replayed"): 1,
        ("clean", "quarantined"): 1,
    }


def test_a_second_refusal_takes_the_place_of_the_first_and_a_good_version_closes_it(
    pen: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(writer.clean(1, 10, so_sao=100))
    pen.write(writer.clean(1, 20, so_sao=200))
    pen.write(writer.clean(1, 20, so_sao=200))  # the source sent it twice
    pen.write(writer.clean(1, 15, so_sao=200))  # and an older one late
    items = "select position, status from quarantine.item order by position"
    assert ask(server, items) == [(10, "superseded"), (15, "superseded"), (20, "open")]
    pen.write(writer.clean(1, 30))
    database = Database("test", server.dsn("province_quarantine"))
    Quarantine(database, [OCOP]).close_items()
    database.close()
    assert ask(server, items)[-1] == (20, "fixed_at_source")
    assert outcomes(server) == {
        ("clean", "applied"): 1,
        ("clean", "quarantined"): 3,
        ("clean", "replayed"): 1,
    }


def test_a_refused_row_behind_the_stored_one_is_filed_closed(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.clean(1, 20))
    pen.write(writer.clean(1, 10, so_sao=100))
    assert ask(server, "select status from quarantine.item") == [("fixed_at_source",)]
    assert ask(server, "select _position from clean.nnmt_ocop") == [(20,)]
