"""Law 2 as arithmetic: the sum closes, or the first hole is named."""

from consumers.ledger.conservation import Sample, first_failure, judge
from consumers.ledger.spans import Range, Run, resolved


def counted(**outcomes: int) -> dict[tuple[str, str], int]:
    """Outcomes as the ledger keeps them: what is quarantined was judged reject, the rest clean."""
    judged = {"quarantined": "reject"}
    return {(judged.get(name, "clean"), name): n for name, n in outcomes.items()}


RUNS = (Run(0, 6, "clean"), Run(6, 2, "reject"), Run(8, 2, "filtered:tombstone"))


def sample(runs: tuple[Run, ...] = RUNS, **changes: object) -> Sample:
    values: dict[str, object] = {
        "dataset": "tp_khai_sinh",
        "topic": "raw.so_tu_phap.ho_tich.khai_sinh",
        "partition": 0,
        "end": 12,
        "verdicts": resolved(runs, 10),
        "counted": counted(applied=4, superseded=1, replayed=1, quarantined=2),
    }
    return Sample(**(values | changes))  # type: ignore[arg-type]


def test_the_sum_closes_when_every_decided_record_has_one_outcome() -> None:
    finding = judge(sample())  # Invariant 2
    assert finding.holds
    assert finding.verdicts == {"clean": 6, "reject": 2, "filtered": 2}
    assert finding.in_flight == 2


def test_an_offset_without_a_verdict_is_the_hole_that_is_named() -> None:
    finding = judge(sample(runs=(Run(0, 3, "clean"), Run(5, 5, "clean"))))
    assert not finding.holds
    assert finding.hole == Range(3, 4)
    assert "3 to 4" in finding.reason


def test_a_clean_record_missing_from_the_ledger_is_seen() -> None:
    finding = judge(sample(counted=counted(applied=5, quarantined=2)))
    assert not finding.holds
    assert "6 records were judged clean, but 5 are in the ledger" in finding.reason


def test_a_record_counted_twice_is_seen() -> None:
    assert not judge(sample(counted=counted(applied=7, quarantined=2))).holds


def test_a_reject_that_was_never_filed_is_seen() -> None:
    assert "judged reject" in judge(sample(counted=counted(applied=6, quarantined=1))).reason


def test_records_on_their_way_to_a_sink_are_in_flight_not_lost() -> None:
    finding = judge(sample(counted=counted(applied=5, quarantined=2), waiting={"clean": 1}))
    assert finding.holds
    assert finding.in_flight == 3


def test_an_offset_judged_again_after_a_kill_counts_once() -> None:
    runs = (Run(0, 10, "clean"), Run(4, 6, "clean"))
    assert judge(sample(runs=runs, counted=counted(applied=10))).holds


def test_verdicts_beyond_the_commit_are_not_decided_yet() -> None:
    runs = (Run(0, 10, "clean"), Run(10, 2, "clean"))
    finding = judge(sample(runs=runs, counted=counted(applied=10)))
    assert finding.holds
    assert finding.verdicts["clean"] == 10


def test_books_that_expired_without_a_checkpoint_are_called_so() -> None:
    finding = judge(sample(runs=(Run(4, 6, "clean"),), expired=True))
    assert finding.hole == Range(0, 3)
    assert "have expired" in finding.reason  # Invariant 10


def test_the_first_partition_that_fails_is_the_one_named() -> None:
    good, bad = judge(sample()), judge(sample(partition=1, runs=()))
    assert first_failure([good, bad]) is bad
    assert first_failure([good]) is None


def test_a_reject_the_source_sent_twice_is_replayed_among_the_rejects() -> None:
    ended = counted(applied=6, quarantined=1) | {("reject", "replayed"): 1}
    assert judge(sample(counted=ended)).holds
    assert judge(sample(counted=ended)).ended("replayed") == 1
