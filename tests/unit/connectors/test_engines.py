"""A connector that moves while it is judged is never taken for a gap in the log."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.engines import ENGINES
from connectors.sources import MARIADB, POSTGRES, read_sources


@pytest.mark.parametrize(
    ("engine", "source", "order"),
    [
        (POSTGRES, "so_tu_phap", ["facts", "offset"]),
        (MARIADB, "so_nnmt", ["offset", "facts"]),
    ],
)
def test_what_follows_is_read_before_what_leads(engine: str, source: str, order: list[str]) -> None:
    asked: list[str] = []

    def facts(*_: object) -> None:
        asked.append("facts")

    def offset() -> dict[str, Any]:
        asked.append("offset")
        return {"lsn": 1}

    judged = replace(ENGINES[engine], read_facts=facts, refusals=lambda *_: iter(()))
    judged.judge(None, read_sources()[source], [], offset)  # type: ignore[arg-type]  # not asked
    assert asked == order  # Invariant 10
