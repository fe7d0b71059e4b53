"""The console's own state: one SQLite file of the home (mode 0600), and nothing anywhere else.

Users, sessions, failed logins and the audit; figures are never kept here.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from infra.errors import Transient
from infra.local.home import Home
from infra.queries import read_queries

Row = dict[str, Any]
_BUSY_S = 2.0


def state_file(home: Home) -> Path:
    """Return where the state of the console at *home* lies."""
    return home.data / "console.sqlite"


class Store:
    """One open file; any thread may ask. A command line may have it open at the same time."""

    def __init__(self, path: Path) -> None:
        """Open the file at *path*, made with mode 0600 where there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._open = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=wal", "foreign_keys=on", "synchronous=full"):
            self._open.execute(f"pragma {pragma}")
        self._open.executescript(query("schema"))

    def ask(self, name: str, values: Mapping[str, object] | None = None) -> list[Row]:
        """Run the query *name* of console_state.sql; rows by the names of their columns.

        Raises:
            Transient: another process holds the file.
        """
        with self._lock:
            try:
                cursor = self._open.execute(query(name), dict(values or {}))
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            except sqlite3.OperationalError as error:
                message = f"the console's file cannot be used now ({error}); try again."
                raise Transient(message) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is asked in the block hold, or none of it."""
        with self._lock:
            self._open.execute("begin immediate")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.OperationalError):
                    self._open.execute("rollback")
                raise
            self._open.execute("commit")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._open.close()


@cache
def query(name: str) -> str:
    """Return the text of the query *name*."""
    return read_queries("console_state")[name].as_string()
