"""A canary in a log is found; the places that need a stack are met by every journey."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import canary


@pytest.mark.parametrize("word", [canary.NUMBER, canary.NAME])
def test_a_canary_in_a_log_is_named_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setattr(canary, "_redis", lambda _: ())
    monkeypatch.setattr(canary, "_kafka", lambda _, topics: ((topics[0], ""),))
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "streams.log").write_text("a line\n")
    stack: Any = SimpleNamespace(home=tmp_path)
    assert canary.find(stack) == []
    (logs / "province_sink.log").write_text(f"a row: {word}\n")
    assert canary.find(stack) == [str(logs / "province_sink.log")]
