"""The real servers of the local stack: killed all at once, they come up again with their data."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pymysql
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from support.waiting import until

from infra.local.access import PROVINCE, dsn, kafka_client, reach
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from infra.local.stack import Stack
from infra.local.state import birth

TESTS = Path(__file__).parents[1]
SERVERS = ("province", *DEPARTMENTS, "redis", "kafka")


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    root = Path(tempfile.mkdtemp(prefix="suoi-servers-"))  # 0700: nobody but root passes through
    stack = Stack(Home(root / "home"), "support.standins:servers")
    stack.start()
    yield stack
    stack.stop()
    elsewhere = stack.home.data / "elsewhere"
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text())
    shutil.rmtree(root)


def in_mariadb(home: Home, statement: str) -> tuple[tuple[object, ...], ...]:
    way = reach(home)["sources"]["so_nnmt"]
    names = ("host", "port", "user", "password", "database")
    entrance = {name: way[name] for name in names}
    with (
        pymysql.connect(**entrance, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return tuple(cursor.fetchall())


def test_a_stack_killed_with_9_comes_up_again_with_its_data(servers: Stack) -> None:
    home = servers.home
    with psycopg.connect(dsn(home, PROVINCE, PROVINCE)) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('suối')")
    in_mariadb(home, "create table kept (word text)")
    in_mariadb(home, "insert into kept values ('nước')")
    admin = AdminClient(kafka_client(home, "admin"))
    for future in admin.create_topics([NewTopic("kept", 1, 1)]).values():
        future.result(30)

    struck = [servers.pid(name) for name in ("supervisor", *SERVERS)]
    for pid in struck:
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(birth(pid) is None for pid in struck))
    Stack(home, "support.standins:servers").start()

    assert not set(struck) & {servers.pid(name) for name in SERVERS}
    with psycopg.connect(dsn(home, PROVINCE, PROVINCE)) as connection:
        assert connection.execute("select word from kept").fetchall() == [("suối",)]
    assert in_mariadb(home, "select word from kept") == (("nước",),)
    assert "kept" in AdminClient(kafka_client(home, "admin")).list_topics(timeout=30).topics
