"""A judge is compiled at its first record; a contract that gives none is known, or stops."""

from dataclasses import replace
from typing import Any

import pytest
from support.contracts import a_dataset, a_field
from support.judging import CATALOGUE, CLEAN, CODES, NOW
from support.raw import BIRTHS, PRODUCTS, change

from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset, Field, Options
from streams import lazy
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.judge import Unjudged
from streams.lazy import LazyValidator
from streams.workshop import Secrets, Workshop, open_workshop

IDS = dict.fromkeys(
    [*map(topics.clean, CATALOGUE.values()), *map(topics.open_, CATALOGUE.values())], 1
)
TWO = Catalogue({item.id: item for item in (BIRTHS, PRODUCTS)})


def made(monkeypatch: pytest.MonkeyPatch, broken: str = "") -> list[str]:
    """Note each dataset that is compiled from now on; *broken* cannot be."""
    found: list[str] = []

    def compiled(dataset: Dataset, codes: Any) -> Any:  # noqa: ANN401
        found.append(dataset.id)
        if dataset.id == broken:
            message = "a slip of ours on Lò Thị Mẫu"
            raise ZeroDivisionError(message)
        return compile_dataset(dataset, codes)

    monkeypatch.setattr(lazy, "compile_dataset", compiled)
    return found


def opened() -> Workshop:
    return open_workshop(
        TWO, lambda dataset: LazyValidator(dataset, CODES), CONDITIONS, Secrets(IDS, b"secret")
    )


def test_only_what_is_judged_is_compiled_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = made(monkeypatch)
    workshop = opened()
    assert compiled == []
    births = [change(BIRTHS, "c", CLEAN["tp_khai_sinh"], offset=n) for n in (7, 8)]
    assert workshop.refine(births).counts.total() == 2
    assert compiled == ["tp_khai_sinh"]
    workshop.refine([change(PRODUCTS, "c", {"id": 1})])
    assert compiled == ["tp_khai_sinh", "nnmt_ocop"]


@pytest.mark.parametrize("name", CLEAN)
def test_it_says_what_the_compiled_judge_says(name: str) -> None:
    dataset = CATALOGUE[name]
    late, at_once = LazyValidator(dataset, CODES), compile_dataset(dataset, CODES)
    for row in (CLEAN[name], {}, CLEAN[name]):
        assert late.judge(row, NOW) == at_once.judge(row, NOW)


WRONG: dict[str, Field] = {
    "kind": a_field("horoscope"),
    "list": a_field("code", code_list="stars"),
    "crosswalk": a_field("code", code_list="stars", options=Options(code_system="local")),
    "condition": a_field("text", requirement="C", condition="full_moon"),
    "input of a condition": a_field("text", requirement="C", condition=next(iter(CONDITIONS))),
    "birth": a_field("cccd", options=Options(birth="ngay_sinh")),
    "gender": a_field("cccd", options=Options(gender="gioi_tinh")),
    "paper": a_field("id_paper", options=Options(paper_kind="loai")),
    "unit": a_field("decimal", scale=2, precision=9, options=Options(unit_field="don_vi")),
    "event date": a_field("commune", code_list="commune", options=Options(event_date="ngay")),
    "itself": a_field("cccd", options=Options(birth="f")),
}


@pytest.mark.parametrize("field", WRONG.values(), ids=WRONG.keys())
def test_a_name_that_is_not_there_is_known_before_the_first_record(field: Field) -> None:
    with pytest.raises(LookupError):
        LazyValidator(a_dataset(field), CODES)  # Invariant 10


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_contract_of_ours_is_right(name: str) -> None:
    LazyValidator(CATALOGUE[name], CODES)


def test_a_rule_that_reads_no_field_is_known_at_once() -> None:
    fields = tuple(item for item in BIRTHS.fields if item.name != "ngay_dang_ky")
    with pytest.raises(LookupError, match="ngay_dang_ky"):
        LazyValidator(replace(BIRTHS, fields=fields), CODES)


def test_a_contract_that_gives_no_judge_stops_its_dataset_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # Invariant 10
    made(monkeypatch, broken=BIRTHS.id)
    workshop = opened()
    gone = change(BIRTHS, "d", None, before={"id": 1}, offset=6)
    refined = workshop.refine([gone, change(BIRTHS, "c", {"id": 1}), change(BIRTHS, "c", {})])
    assert refined.counts.total() == 1  # the delete: it needs only its key
    assert refined.stop is not None
    assert (refined.stop.dataset.id, refined.stop.offset) == (BIRTHS.id, 7)
    assert refined.stop.cause is not None
    assert "ZeroDivisionError" in refined.stop.cause.en
    assert "Mẫu" not in refined.stop.cause.en + refined.stop.cause.vi  # Invariant 6
    assert workshop.refine([change(PRODUCTS, "c", CLEAN["nnmt_ocop"])]).stop is None


def test_it_goes_on_saying_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made(monkeypatch, broken=BIRTHS.id)
    validator = LazyValidator(BIRTHS, CODES)
    for _ in range(2):
        with pytest.raises(Unjudged):
            validator.judge({}, NOW)
