"""The console's questions to the province, against a real PostgreSQL and as the roles it has."""

from collections.abc import Iterator

import orjson
import psycopg
import pytest
from support.deliveries import OCOP
from support.plain_postgres import Server, plain_province

from infra.queries import read_queries
from suoi.console.snapshot import Waiting

FILED = """
insert into quarantine.item (dataset, key, key_hash, op, problems, owner_unit, generation, position,
    step, ruleset, raw_topic, raw_partition, raw_offset, reject_topic, reject_partition,
    reject_offset, status, closed_at)
values ('nnmt_ocop', %(key)s, 'ab', 'c', %(problems)s::jsonb, %(unit)s, 1, %(at)s, 0, 1,
    'raw.x', 0, %(at)s, 'reject.nnmt_ocop', 0, %(at)s, %(status)s,
    case when %(status)s = 'open' then null else clock_timestamp() end)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        with psycopg.connect(running.dsn(), autocommit=True) as connection:
            for at, (unit, codes, status) in enumerate(
                [
                    ("so_nnmt", ("field.missing", "code.unknown"), "open"),
                    ("so_nnmt", ("field.missing", "field.missing"), "open"),
                    ("so_tu_phap", ("code.unknown",), "open"),
                    ("so_nnmt", ("code.unknown",), "waived"),
                ]
            ):
                said = [{"code": code, "field": "ten", "message": "…"} for code in codes]
                values = {"key": f"[{at}]", "problems": orjson.dumps(said).decode(), "at": at}
                connection.execute(FILED, {**values, "unit": unit, "status": status})
        yield running


def ask(server: Server, name: str, **values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(server.dsn("province_reader")) as connection:
        return connection.execute(read_queries("console")[name], values).fetchall()


def test_waiting_counts_an_item_once_and_under_each_of_its_causes(server: Server) -> None:
    found = [Waiting(*row) for row in ask(server, "waiting")]  # type: ignore[arg-type]  as the query has them
    counted = {(one.unit, one.code): one.items for one in found}
    assert counted == {
        ("so_nnmt", None): 2,
        ("so_nnmt", "field.missing"): 2,
        ("so_nnmt", "code.unknown"): 1,
        ("so_tu_phap", None): 1,
        ("so_tu_phap", "code.unknown"): 1,
    }


def test_a_page_of_items_is_narrowed_and_goes_on(server: Server) -> None:
    asked = {"statuses": ["open"], "unit": "so_nnmt", "dataset": None, "code": None, "most": 1}
    first = ask(server, "items", after=0, **asked)
    second = ask(server, "items", after=first[0][0], **asked)
    assert ask(server, "items", after=second[0][0], **asked) == []
    assert first[0][2] == "ab"
    narrow = asked | {"code": "code.unknown", "unit": None, "most": 9}
    assert len(ask(server, "items", after=0, **narrow)) == 2


def test_an_item_of_another_unit_is_not_there(server: Server) -> None:
    (first, *_) = ask(
        server, "items", after=0, statuses=["open"], unit=None, dataset=None, code=None, most=9
    )
    assert ask(server, "item", item=first[0], unit="so_nnmt") != []
    assert ask(server, "item", item=first[0], unit="so_tu_phap") == []
    assert ask(server, "history", item=first[0]) == []
