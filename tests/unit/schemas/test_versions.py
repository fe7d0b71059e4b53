"""A raised contract: its topics before are known, drained by readers, written by nobody."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from consumers.findings import finder
from consumers.ledger import sampling
from consumers.ledger.watermark import Chain, Names
from infra.kafka_reader import Place
from schemas import topics
from schemas.access import closed, grants
from schemas.catalogue import read_catalogue

FIRST = read_catalogue()["nnmt_ocop"]
THIRD = replace(FIRST, version="3.1.0", partitions=8)


def test_the_first_version_replaced_nothing() -> None:
    assert topics.former(FIRST, topics.clean) == ()
    assert closed(read_catalogue().values()) == []


def test_every_version_before_is_named() -> None:
    assert topics.former(THIRD, topics.open_) == ("open.nnmt_ocop.v1", "open.nnmt_ocop.v2")
    assert [topics.major_of(name) for name in topics.former(THIRD, topics.clean)] == [1, 2]


def test_what_was_replaced_is_read_and_written_by_nobody() -> None:
    mine = [one for one in grants([THIRD]) if one.name == "clean.nnmt_ocop.v2"]
    assert {one.operation for one in mine} == {"READ", "DESCRIBE"}
    assert {one.principal for one in mine} == {"streams", "province", "findings", "reader"}
    gone = {(one.principal, one.name, one.operation) for one in closed([THIRD])}
    assert len(gone) == 12
    written_once = {one for one in grants([FIRST]) if one.operation == "WRITE"}
    old = {one for one in written_once if one.name.startswith(("clean.", "open."))}
    assert {(one.principal, one.name, one.operation) for one in old} <= gone
    assert not set(closed([THIRD])) & set(grants([THIRD]))


def test_raw_and_reject_keep_the_count_they_were_made_with() -> None:
    counted = {one.name for one in topics.dataset_topics(THIRD) if one.versioned}
    assert counted == {"clean.nnmt_ocop.v3", "open.nnmt_ocop.v3"}


def test_finder_and_watermark_follow_what_the_sink_may_still_take() -> None:
    names = {"clean.nnmt_ocop.v1", "clean.nnmt_ocop.v2", "clean.nnmt_ocop.v3"}
    assert set(finder._topics(THIRD)) == names  # noqa: SLF001
    assert {name for word, name in sampling._outputs([THIRD]) if word == "clean"} == names  # noqa: SLF001
    asked: list[str] = []
    followed = Followed(None, None, None, partial(remembered, asked))  # type: ignore[arg-type]
    assert set(followed.complete_through({THIRD.id: (THIRD, datetime.now(UTC))}, 0)) == {THIRD.id}
    assert names < set(asked)


def remembered(asked: list[str], names: Names) -> dict[str, dict[Place, int]]:
    asked += [one for some in names.values() for one in some]
    return {key: {} for key in names}


class Followed(Chain):
    """Follows nothing."""

    def _passed(self, ends: dict[str, dict[Place, int]], _ask: object, _until: float) -> set[str]:
        return set(ends)
