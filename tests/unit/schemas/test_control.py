"""The standing of a dataset: what is written is read again, what is not ours is refused."""

import json
from typing import Any

import pytest
from support.contracts import a_dataset

from schemas import control
from schemas.control import Cause, Standing, State

DATASET = a_dataset()
GONE = control.vanished(DATASET, ("nam", "so_tt"), "raw.x.y.z:0:7")


def stopped(**parts: Any) -> Standing:  # noqa: ANN401
    return control.paused(parts.get("dataset", "thu"), parts.get("cause", GONE), "streams")


def test_what_is_written_is_read_again() -> None:
    standing = stopped()
    assert control.decode(b"thu", control.encode(standing)) == standing
    written = json.loads(control.encode(standing))
    assert written.keys() == {"dataset", "state", "cause", "since", "by", "accepted"}
    assert (written["state"], written["cause"]["code"]) == ("paused", "schema.missing_field")
    assert written["cause"]["columns"] == ["nam", "so_tt"]


def test_a_pause_says_what_vanished_to_officers_and_to_operators() -> None:
    assert "nam, so_tt" in GONE.vi
    assert "nam, so_tt" in GONE.en
    assert DATASET.table in GONE.vi
    assert GONE.at == "raw.x.y.z:0:7"


def test_a_resume_accepts_what_the_pause_named_and_forgets_nothing() -> None:
    first = control.resumed(stopped(), control.decided("đã trao đổi với Sở"), "lan")
    assert (first.state, first.accepted, first.by) == (State.RUNNING, ("nam", "so_tt"), "lan")
    again = control.paused("thu", control.vanished(DATASET, ("ten",), "x:0:9"), "streams", first)
    assert again.accepted == ("nam", "so_tt")
    assert control.resumed(again, control.decided("x"), "lan").accepted == ("nam", "so_tt", "ten")


def test_a_pause_by_a_person_accepts_nothing() -> None:
    standing = stopped(cause=control.decided("bảo trì"))
    assert control.resumed(standing, control.decided("xong"), "lan").accepted == ()


@pytest.mark.parametrize("reason", ["", "  ", "hai\ndòng", "x" * 501, "chuông \x07"])
def test_a_reason_is_one_line_of_words(reason: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        control.decided(reason)


def test_a_reason_is_kept_without_its_margins() -> None:
    assert control.decided("  bảo trì ") == Cause(code="operator", vi="bảo trì", en="bảo trì")


WHOLE = json.loads(control.encode(stopped()))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"thu", b""),
        (b"thu", b"{"),
        (b"thu", b"[]"),
        (b"thu", b"\xff"),
        (b"khac", json.dumps(WHOLE).encode()),
        (None, json.dumps(WHOLE).encode()),
        (b"thu", json.dumps(WHOLE | {"state": "sleeping"}).encode()),
        (b"thu", json.dumps(WHOLE | {"since": "yesterday"}).encode()),
        (b"thu", json.dumps(WHOLE | {"since": "2026-11-22T05:00:00"}).encode()),
        (b"thu", json.dumps(WHOLE | {"accepted": "nam"}).encode()),
        (b"thu", json.dumps(WHOLE | {"cause": None}).encode()),
    ],
)
def test_what_is_no_standing_is_refused(key: bytes | None, value: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        control.decode(key, value)
