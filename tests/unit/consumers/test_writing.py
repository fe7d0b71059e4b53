"""Writing: temporary tables of a session are bounded, whatever flushes it has seen."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from consumers import writing
from consumers.ledger.counts import Counts
from consumers.writing import Desks, Writing


class Staging:
    """A table that notes whether its temporary table is there."""

    def __init__(self) -> None:
        self.there = False

    def stage(self, _connection: object) -> None:
        """Make it."""
        assert not self.there
        self.there = True

    def unstage(self, _connection: object) -> None:
        """Drop it."""
        self.there = False


def test_temporary_tables_of_a_session_are_bounded_and_the_least_used_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "_STAGED", 2)
    tables: dict[str, Any] = {name: Staging() for name in "abc"}
    one = Writing(Desks(tables, set(), {}), {}, Counts("clean"))
    there = []
    for name in "abacabc":
        one._stage(cast("Any", SimpleNamespace()), name)  # noqa: SLF001  no way to see it from outside
        assert tables[name].there
        there.append("".join(name for name, table in tables.items() if table.there))
    assert there == ["a", "ab", "ab", "ac", "ac", "ab", "bc"]
