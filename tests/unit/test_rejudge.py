"""What `suoi rejudge` reads, refuses and says, without a stack."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from support.contracts import a_dataset

from infra.control import enter
from infra.errors import Fatal, Usage
from infra.kafka_reader import Place
from schemas import rewinds
from schemas.control import Standing
from schemas.marks import Mark
from schemas.rewinds import Rewind
from suoi.rejudge import Start, document, read_start, refuse, sentence

DATASET = a_dataset()
ASKED = Rewind(dataset="thu", id="x", starts={0: 7}, since="2026-03-11T17:00+07:00", by="lan")


class Message(NamedTuple):
    """A record of control.datasets."""

    its_key: bytes
    its_value: bytes | None

    def key(self) -> bytes:
        """Its key."""
        return self.its_key

    def value(self) -> bytes | None:
        """Its value."""
        return self.its_value

    def offset(self) -> int:
        """Where it lies."""
        return 3


def test_it_begins_at_an_offset_or_at_an_instant() -> None:
    assert read_start("120") == 120
    assert read_start("2026-03-11T17:00+07:00") == datetime(2026, 3, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "-1", "hôm qua", "2026-03-11T17:00", "1e3"])
def test_a_time_without_a_zone_is_no_instant(text: str) -> None:
    with pytest.raises(Usage, match="no raw offset and no time"):
        read_start(text)


def test_an_older_contract_is_refused() -> None:
    refuse(DATASET, None, [Mark(), Mark(rulesets=(DATASET.revision,))])
    with pytest.raises(Fatal, match="an older verdict never wins"):
        refuse(DATASET, None, [Mark(rulesets=(1, DATASET.revision + 1))])


def test_one_request_at_a_time() -> None:
    with pytest.raises(Fatal, match="asked by lan"):
        refuse(DATASET, ASKED, [])


def test_it_says_how_many_records_and_under_which_rules() -> None:
    starts = [Start(Place("raw", 0), 7, 10), Start(Place("raw", 1), 5, 5)]
    answer = document(DATASET, starts, paused=True)
    assert (answer["records"], answer["ruleset"]) == (3, DATASET.revision)
    assert answer["partitions"] == [{"partition": 0, "from": 7, "before": 10}]
    assert "3 records" in sentence(answer)
    assert "dataset resume" in sentence(answer)  # it is paused: it says so
    assert "nothing to judge again" in sentence(document(DATASET, starts[1:], paused=False))


def test_a_request_lies_beside_the_standings_until_it_is_taken_away() -> None:
    standings: dict[str, Standing] = {}
    asked: dict[str, Rewind] = {}
    enter(standings, Message(rewinds.key("thu"), rewinds.encode(ASKED)), asked)  # type: ignore[arg-type]
    assert (standings, asked) == ({}, {"thu": ASKED})
    for spoilt in (b"{", rewinds.encode(ASKED)):
        enter(standings, Message(rewinds.key("khac"), spoilt), asked)  # type: ignore[arg-type]
    assert asked == {"thu": ASKED}
    enter(standings, Message(rewinds.key("thu"), None), asked)  # type: ignore[arg-type]
    assert asked == {}
