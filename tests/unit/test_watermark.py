"""The watermark is proved by a heartbeat the connector has committed past, or it is unknown."""

from datetime import UTC, datetime, timedelta

from consumers.ledger.watermark import MARGIN, Beat, position, settled

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


def beat(second: int, *place: int) -> Beat:
    return Beat(at=NOON + timedelta(seconds=second), position=place)


def test_the_newest_beat_the_connector_has_committed_past_is_the_watermark() -> None:
    beats = [beat(0, 100), beat(10, 200), beat(20, 300)]
    assert settled(beats, (250,)) == NOON + timedelta(seconds=10) - MARGIN  # Invariant 9


def test_a_beat_beyond_the_commit_proves_nothing_yet() -> None:
    assert settled([beat(0, 100)], (99,)) is None


def test_without_a_committed_offset_the_watermark_is_unknown() -> None:
    assert settled([beat(0, 100)], None) is None
    assert settled([], (100,)) is None


def test_places_of_both_engines_are_read_from_records_and_from_stored_offsets() -> None:
    assert position({"lsn": 7, "file": None}) == (7,)
    assert position({"file": "binlog.000012", "pos": 34}) == (12, 34)
    assert position({"file": "binlog.000002", "pos": 9}) < position({"file": "binlog.10", "pos": 1})
