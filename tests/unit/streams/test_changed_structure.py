"""A source that changes its structure: another type is judged value by value, a new column flagged.

A mandatory column that vanished stops its dataset: test_stop.py.
"""

import pytest
from structlog.testing import capture_logs
from support.judging import CLEAN, codes_of, judge_row, validator_of
from support.raw import PRODUCTS, change

from schemas.records import Accepted
from streams.conditions import CONDITIONS
from streams.judge import Judge


@pytest.mark.parametrize(
    ("dataset", "column", "given", "codes"),
    [
        # varchar became integer: a number where text is declared is not the same value.
        ("nnmt_ocop", "so_qd", 123, ["type.invalid"]),
        ("nnmt_ocop", "so_qd", "123/QĐ-UBND", []),
        # integer became varchar: text in a typed column is refused, a number is still taken
        ("nnmt_ocop", "nhom", "1", ["type.invalid"]),
        ("nnmt_ocop", "nhom", 1, []),
        # date became varchar
        ("nnmt_ocop", "ngay_cn", "10/05/2024", ["type.invalid"]),
        # varchar became boolean, or an object
        ("tp_ket_hon", "chong_ho_ten", True, ["type.invalid"]),
        ("tp_ket_hon", "chong_ho_ten", {"ho": "Lò"}, ["type.invalid"]),
        # integer widened to bigint: the value decides
        ("nnmt_ocop", "sao", 4, []),
        ("nnmt_ocop", "sao", 10**12, ["number.range"]),
    ],
)
def test_a_retyped_column_is_judged_value_by_value(
    dataset: str,
    column: str,
    given: object,
    codes: list[str],
) -> None:
    assert codes_of(judge_row(dataset, **{column: given})) == codes


def test_a_column_nobody_declared_is_a_flag_and_the_row_stays_clean() -> None:
    found = judge_row("nnmt_ocop", la=1)
    assert found.accepted
    assert "schema.unknown_field:la" in found.flags


def judge() -> Judge:
    condition = CONDITIONS[str(PRODUCTS.open_when)]
    return Judge(PRODUCTS, validator_of(PRODUCTS.id), condition)


def test_operators_are_told_once_a_column_and_every_row_carries_the_flag() -> None:
    mine, rows = judge(), [CLEAN[PRODUCTS.id] | {"la": n, "id": n} for n in range(3)]
    rows[2]["khac"] = "x"
    with capture_logs() as told:
        verdicts = [mine.judge(change(PRODUCTS, "r", row)).verdict for row in rows]
    assert [one["column"] for one in told if one["event"] == "column.unknown"] == ["la", "khac"]
    assert {one["revision"] for one in told} == {PRODUCTS.revision}
    for verdict in verdicts:
        assert isinstance(verdict, Accepted)
        assert "schema.unknown_field:la" in verdict.flags


def test_judged_again_by_another_a_row_gives_the_same_bytes() -> None:  # Invariant 3
    mine, row = judge(), CLEAN[PRODUCTS.id] | {"la": 1}
    with capture_logs():
        first, again = (mine.judge(change(PRODUCTS, "r", row)).verdict for _ in range(2))
        other = judge().judge(change(PRODUCTS, "r", row)).verdict
    assert first == again == other


def test_no_value_of_an_unknown_column_is_told() -> None:  # Invariant 6
    with capture_logs() as told:
        judge().judge(change(PRODUCTS, "r", CLEAN[PRODUCTS.id] | {"la": "Lò Thị Mẫu"}))
    assert "Lò Thị Mẫu" not in str(told)
