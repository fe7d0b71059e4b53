"""What a failed journey leaves behind: logs, the ledger, the ends of topics, in a directory."""

import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from infra import kafka_reader
from infra.errors import Trouble
from support.canary import open_reader
from support.stack import Stack

_LEDGER = ("progress", "seen", "outcome", "count")


def keep(stack: Stack, name: str) -> Path:
    """Copy what helps to understand a failure to a new directory, and return it.

    A part that cannot be had is said there in its place: a failure is no time to fail again.
    """
    place = Path(tempfile.mkdtemp(prefix=f"suoi-failed-{name[:40]}-"))
    with suppress(OSError):  # of a stack that never started there is nothing
        shutil.copytree(stack.home / "logs", place / "logs", dirs_exist_ok=True)
        shutil.copy(stack.home / "run" / "state.json", place / "state.json")
    for part, ask in {"ledger.json": _ledger, "topics.json": _ends, "status.json": _status}.items():
        try:
            answer = ask(stack)
        except (Trouble, psycopg.Error, AssertionError, ValueError, OSError) as error:
            answer = {"not to be had": str(error)}
        (place / part).write_text(json.dumps(answer, indent=1, default=str))
    return place


def _ledger(stack: Stack) -> dict[str, Any]:
    with psycopg.connect(stack.env["province"]["dsn"], connect_timeout=5) as connection:
        tables = {
            one: connection.execute(f"select * from ledger.{one}").fetchall()  # type: ignore[arg-type]  # noqa: S608
            for one in _LEDGER
        }
        items = (
            "select dataset, key_hash, status, generation, position, step, ruleset, raw_topic,"
            " raw_partition, raw_offset from quarantine.item"
        )
        return tables | {"items": connection.execute(items).fetchall()}


def _ends(stack: Stack) -> dict[str, list[int]]:
    reader = open_reader(stack)
    names = sorted(reader.list_topics(timeout=10).topics)
    found = {
        f"{place.topic}[{place.partition}]": list(kafka_reader.bounds(reader, place))
        for name in names
        if name.startswith(("raw.", "clean.", "reject.", "open.", "books.", "control."))
        for place in kafka_reader.partitions(reader, name)
    }
    reader.close()
    return found


def _status(stack: Stack) -> Any:  # noqa: ANN401  a JSON document
    return {
        "status": stack.json("status", check=False),
        "check": stack.suoi("ledger", "check", "--json", check=False).stdout,
    }
