"""`suoi receipt` against a real PostgreSQL: made, listed, shown, exported, then verified alone."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province
from support.receipt_days import DAY, END
from typer.testing import CliRunner, Result

from consumers.province import Province
from infra.errors import Fatal, Usage
from infra.kafka_reader import Place
from infra.local.home import Home
from infra.postgres import Database, connect
from schemas import topics
from schemas.catalogue import Catalogue
from suoi import receipt_making
from suoi.command import build

UNIT = OCOP.owner_unit
HEAD = {"unit", "day", "sequence", "sha256", "key", "corrects", "complete", "generated_at"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        database = Database("test", running.dsn("province_sink"))
        pen = Pen(Province(database, KnownSchemas(), [OCOP]))
        pen.begin(Place(topics.clean(OCOP), 0))
        writer = Writer()
        pen.write(writer.clean(1, 10), writer.clean(2, 11))
        database.close()
        yield running


@pytest.fixture(autouse=True)
def home(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose province is the plain server; Kafka's part, the watermark, is a double."""
    made = Home(tmp_path / "home")
    made.make()
    monkeypatch.setenv("SUOI_HOME", str(made.root))

    @contextmanager
    def books(_home: Path) -> Iterator[SimpleNamespace]:
        proved: dict[str, datetime] = {OCOP.id: END}
        with connect("test", server.dsn("province_reader")) as connection:
            yield SimpleNamespace(
                catalogue=Catalogue({OCOP.id: OCOP}),
                province=connection,
                complete_through=lambda: proved,
            )

    monkeypatch.setattr(receipt_making, "open_books", books)
    monkeypatch.setattr(receipt_making, "postgres_conninfo", lambda _, role: server.dsn(role))
    return made


def ask(*words: object) -> Result:
    return CliRunner().invoke(build(["receipt"]), ["receipt", *map(str, words)])


def answer(*words: object) -> Any:  # noqa: ANN401  a JSON document
    done = ask(*words, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def test_a_receipt_goes_from_the_books_to_a_verifier_without_a_stack(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "lines"
    (made,) = answer("make", "--day", DAY, "--unit", UNIT, "--lines", kept)
    assert made.keys() == HEAD | {"state"}
    assert (made["state"], made["complete"], made["sequence"]) == ("new", True, 1)
    (again,) = answer("make", "--day", DAY)
    assert (again["state"], again["sha256"]) == ("unchanged", made["sha256"])

    (listed,) = answer("list", "--unit", UNIT)
    assert listed == {name: made[name] for name in HEAD}
    assert answer("list", "--day", "2024-10-03") == []
    assert f"{UNIT} {DAY}" in ask("list").stdout
    assert "nnmt_ocop" in ask("show", UNIT, DAY).stdout

    file, chain = tmp_path / "receipt.json", tmp_path / "chain"
    assert ask("export", UNIT, DAY, file, "--chain", chain).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert file.read_bytes() == ask("show", UNIT, DAY, "--json").stdout_bytes
    key = tmp_path / "key.pem"
    told = answer("key")
    key.write_text(told["pem"])
    assert told["key"] == made["key"]

    monkeypatch.setenv("SUOI_HOME", str(tmp_path / "elsewhere"))
    given = (file, "--key", key, "--chain", chain, "--lines", kept)
    done = ask("verify", *given)
    assert done.exit_code == 0, done.stdout
    assert "VALID" in done.stdout
    stored = next(kept.glob("*.stored.txt"))
    assert stored.read_text().count("\n") == 2
    assert home.receipt_secret.read_bytes() not in b"".join(
        one.read_bytes() for one in tmp_path.glob("*.*")
    )


def test_a_unit_that_owes_nothing_and_a_day_without_a_receipt_are_usage() -> None:
    assert isinstance(ask("make", "--day", DAY, "--unit", "nobody").exception, Usage)
    assert isinstance(ask("show", UNIT, "2024-01-01").exception, Usage)


def test_a_paper_changed_behind_our_back_is_told_of_wherever_it_is_shown(
    server: Server, tmp_path: Path
) -> None:
    day = "2024-10-01"
    assert ask("make", "--day", day).exit_code == 0
    with connect("test", server.dsn()) as connection:
        connection.execute("alter table ledger.receipt disable trigger all")
        connection.execute(
            "update ledger.receipt set document = new, sha256 = encode(sha256(convert_to(new,"
            " 'UTF8')), 'hex') from (select sequence as number, overlay(document placing '!' from"
            " 30) as new from ledger.receipt where day = %s) as forged where sequence = number",
            [day],
        )
        connection.commit()
        kept = ("--lines", tmp_path / "lines")
        for words in (("list", "--day", day), ("show", UNIT, day), ("make", "--day", day, *kept)):
            done = ask(*words)
            assert isinstance(done.exception, Fatal), words
            assert "tampered" in str(done.exception)
        connection.execute("truncate ledger.receipt")
        connection.execute("alter table ledger.receipt enable trigger all")


def test_verifying_loads_no_client_of_a_server() -> None:
    """It runs where there is nothing but this package."""
    words = (
        "import sys, suoi.receipt;"
        "print([one for one in ('confluent_kafka', 'redis', 'psycopg') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
