"""Two readings of one contract: the compiled judge and the plain interpreter must agree.

They agree on problems, verdict, canonical values and the flags of silent repairs: on every row of
the corpus, on every public vector, on every odd value in every column, and on rows made by chance.
"""

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from support.contracts import a_dataset
from support.corpus import Case, bases, cases
from support.judging import CATALOGUE, CODES, NOW, validator_of
from support.oracle.interpreter import Opinion, consider
from support.oracle.odd import ODD, SEASONING
from support.raw import change
from support.vectors import VECTORS, question

from schemas.contract import Dataset, Options
from schemas.records import Accepted, Rejected, Row
from streams.compiler import compile_dataset
from streams.judge import Judge
from streams.judgement import Judgement

DATASETS = sorted(CATALOGUE)
BOUNDED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The same rows in every run: a failure of CI is the failure of everyone."""


def opinion_of(dataset: Dataset, found: Judgement) -> Opinion:
    """The compiled judgement in the interpreter's words."""
    names = [column.name for column in dataset.columns]
    return Opinion(
        dict(zip(names, found.values, strict=True)) if found.accepted else {},
        [(one.code, one.field) for one in found.problems],
        {flag for flag in found.flags if flag[:1].isupper()} if found.accepted else set(),
        found.accepted,
    )


def second(dataset: Dataset, row: Row, at: int) -> Opinion:
    """The second reader's opinion; of a refused row only the problems count."""
    said = consider(dataset, CODES, row, at)
    return said if said.accepted else said._replace(values={}, flags=set())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_both_readers_agree_on_the_corpus(case: Case) -> None:
    dataset = CATALOGUE[case.dataset]
    found = validator_of(dataset.id).judge(case.row, case.at)
    assert opinion_of(dataset, found) == second(dataset, case.row, case.at)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_both_readers_agree_on_the_public_vectors(vector: dict[str, str]) -> None:
    dataset, row, at = question(vector)
    found = compile_dataset(dataset, CODES).judge(row, at)
    assert opinion_of(dataset, found) == second(dataset, row, at)


STRIDE = 17
"""Each column takes every seventeenth odd value, others than its neighbour."""


@pytest.mark.parametrize("name", DATASETS)
def test_both_readers_agree_on_odd_values_in_every_column(name: str) -> None:
    dataset, (base, at), judge = CATALOGUE[name], bases()[name], validator_of(name).judge
    for place, column in enumerate(base):
        for odd in ODD[place % STRIDE :: STRIDE]:
            row = base | {column: odd}
            assert opinion_of(dataset, judge(row, at)) == second(dataset, row, at), (column, odd)


VALUES = some.one_of(
    some.sampled_from(ODD),
    some.lists(some.sampled_from(SEASONING), max_size=8).map("".join),
    some.text(max_size=8),
    some.integers(-(2**70), 2**70),
    some.integers(-30_000, 60_000),
    some.floats(),
    some.dates().map(lambda day: f"{day.day}/{day.month}/{day.year}"),
    some.dates().map(str),
    some.from_regex(r"\d{9,13}(-\d{3})?", fullmatch=True),
    some.decimals(-(10**12), 10**12, places=3).map(str),
    some.recursive(
        some.none(),
        lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
        max_leaves=3,
    ),
)


@some.composite
def rows(draw: some.DrawFn, dataset: str) -> Row:
    """A clean row with up to four columns replaced, seasoned, swapped or left out."""
    row = dict(bases()[dataset].row)
    columns = some.sampled_from(sorted(row))
    for column in draw(some.lists(columns, min_size=1, max_size=4)):
        deed = draw(some.sampled_from(("replace", "replace", "season", "swap", "drop")))
        if deed == "replace":
            row[column] = draw(VALUES)
        elif deed == "drop":
            row.pop(column, None)
        elif deed == "swap":
            other = draw(columns)
            row[column], row[other] = row.get(other), row.get(column)
        elif isinstance(row.get(column), str):
            row[column] = _seasoned(row[column], draw(some.sampled_from(SEASONING)), draw)
    return row


def _seasoned(text: str, pinch: str, draw: some.DrawFn) -> str:
    place = draw(some.integers(0, len(text)))
    return text[:place] + pinch + text[place:]


TIMES = some.sampled_from((NOW, NOW + 14 * 3_600_000_000, NOW - 400 * 86_400_000_000))


@pytest.mark.parametrize("name", DATASETS)
def test_both_readers_agree_on_rows_made_by_chance(name: str) -> None:
    dataset, judge = CATALOGUE[name], validator_of(name).judge

    @BOUNDED
    @given(rows(name), TIMES)
    def agree(row: Row, at: int) -> None:
        found = judge(dict(row), at)
        assert opinion_of(dataset, found) == second(dataset, row, at)
        assert judge(dict(row), at) == found  # the same again

    agree()


def _writable(odd: object) -> bool:
    """Whether *odd* can stand in JSON at all."""
    return not isinstance(odd, float) or odd - odd == 0


@pytest.mark.parametrize("name", DATASETS)
def test_every_row_given_is_either_accepted_or_rejected(name: str) -> None:
    dataset = CATALOGUE[name]
    given_rows = [
        base_with(name, column, odd) for column in bases()[name].row for odd in WRITABLE[::41]
    ]
    mine = Judge(dataset, validator_of(name))
    verdicts = [mine.judge(change(dataset, "c", row)).verdict for row in given_rows]
    accepted = sum(isinstance(one, Accepted) for one in verdicts)
    rejected = sum(isinstance(one, Rejected) and bool(one.problems) for one in verdicts)
    assert accepted + rejected == len(given_rows)  # Invariant 2


WRITABLE = [odd for odd in ODD if _writable(odd)]


def base_with(name: str, column: str, odd: object) -> Row:
    """The clean row with one odd value."""
    return bases()[name].row | {column: odd}


CANONICAL = Options(code_system="canonical", date_formats=("iso",), placeholders=("none",))
TEXTUAL = ("string", "code", "partial_date")


def canonical_of(dataset: Dataset) -> Dataset:
    """The contract of *dataset*'s own output: every text as we write it."""
    fields = [
        dataclasses.replace(
            item,
            columns=(item.name,),
            source_type="varchar(5000)",
            requirement="O",
            condition=None,
            options=dataclasses.replace(CANONICAL, paper_kind=item.options.paper_kind),
        )
        for item in dataset.fields
        if item.type in TEXTUAL and item.kind not in ("commune", "commune_name", "province", "vsic")
    ]
    return a_dataset(*fields)


@pytest.mark.parametrize("name", DATASETS)
def test_what_was_standardised_stays_as_it_is(name: str) -> None:
    dataset, again = CATALOGUE[name], canonical_of(CATALOGUE[name])
    judge, rejudge = validator_of(name).judge, compile_dataset(again, CODES).judge
    names = [field.name for field in again.fields]

    @BOUNDED
    @given(rows(name))
    def stays(row: Row) -> None:
        values = dict(
            zip([one.name for one in dataset.columns], judge(row, NOW).values, strict=True)
        )
        given_again = {name: values[name] for name in names}
        found = rejudge(given_again, NOW)
        assert dict(zip(names, _without_units(again, found.values), strict=True)) == given_again
        assert found.originals == {}

    stays()


def _without_units(dataset: Dataset, values: tuple[Any, ...]) -> list[Any]:
    """The values of fields alone: a unit's original is no field."""
    fields = {field.name for field in dataset.fields}
    return [
        value
        for column, value in zip(dataset.columns, values, strict=True)
        if column.name in fields
    ]
