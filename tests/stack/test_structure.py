"""The gate and the migrations against real servers: what a source says, what a table becomes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from support.contracts import a_field
from support.plain_postgres import Server, plain_postgres
from support.stack import Stack

from connectors.postgres import ask
from infra.queries import statement
from infra.source_database import Login, open_postgres
from schemas import ddl, topics
from schemas.catalogue import read_catalogue
from schemas.central import read_central
from schemas.contract import Dataset
from schemas.evolution.migration import scripts
from schemas.gate.compare import rows

CATALOGUE = read_catalogue()
SAMPLES = Path(__file__).parents[1] / "data/sources"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_postgres() as running:
        yield running


@pytest.mark.parametrize("source", ["so_tu_phap", "so_tai_chinh", "vbdlis_sonla"])
def test_the_columns_postgresql_shows_are_those_the_contracts_agree_to(
    server: Server, source: str
) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(statement(f"create database {source}"))
    login = Login(
        host="127.0.0.1",
        port=server.port,
        database=source,
        user="postgres",
        password="",
        sslmode="disable",
    )
    database = open_postgres(source, login)
    database.run((SAMPLES / f"{source}.sql").read_text("utf-8"))
    for dataset in CATALOGUE.of_source(source):
        seen = dict(ask(database, "types", {"table": topics.qualified(dataset)}))
        found = rows(dataset, read_central().get(dataset.id), seen)
        assert [row for row in found if row.verdict != "agrees"] == []
    database.close()


def test_the_statements_between_contracts_make_the_new_table(server: Server) -> None:
    old = CATALOGUE["nnmt_ocop"]
    for number, new in enumerate(newer(old)):
        database = f"migrated_{number}"
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute(statement(f"create database {database}"))
        with psycopg.connect(server.dsn(database=database), autocommit=True) as connection:
            connection.execute("create schema clean")
            connection.execute(statement(ddl.target_table(old)))
            for script in scripts(old, new, 2):
                connection.execute(statement(script.text))
            migrated = table(connection, new)
            connection.execute(statement(f"drop table {ddl.table_name(new)}"))
            connection.execute(statement(ddl.target_table(new)))
            assert migrated == table(connection, new)


def newer(old: Dataset) -> Iterator[Dataset]:
    """Contracts that follow *old*: more, less, another name, type, sort order and title."""
    more = a_field("name", name="moi", columns=("moi",))
    yield replace(old, revision=2, fields=(*old.fields, more))
    yield replace(old, revision=2, fields=old.fields[:-1])
    for facts in (
        {"name": "xa"},
        {"kind": "text", "type": "string"},
        {"title": "Xã"},
        {"kind": "name", "type": "string"},
    ):
        for place in ("ma_xa", "so_sao", "ten"):
            changed = [
                replace(item, **facts) if item.name == place else item for item in old.fields
            ]
            yield replace(old, revision=2, fields=tuple(changed))


def table(connection: psycopg.Connection, dataset: Dataset) -> dict[str, tuple[object, ...]]:
    """Name -> type, collation, not null and comment of each column."""
    query = """
        select attname, format_type(atttypid, atttypmod), attcollation, attnotnull,
               col_description(attrelid, attnum)
        from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"""
    found = connection.execute(query, (ddl.table_name(dataset),)).fetchall()
    return {str(name): tuple(rest) for name, *rest in found}


@pytest.mark.parametrize("dataset", ["tp_khai_sinh", "nnmt_ocop"])
def test_the_gate_passes_for_the_running_departments(stack: Stack, dataset: str) -> None:
    answer = stack.json("contract", "gate", dataset)
    assert answer["ok"] is True
    assert answer["observed_from"] in {"so_tu_phap", "so_nnmt"}
    assert "?" not in {row["observed"] for row in answer["rows"]}
