"""Every name of a commune survives the text rules, and every code finds its commune again."""

from unicodedata import normalize

import pytest
from support.contracts import a_field
from support.judging import CODES, judged

from schemas.contract import Options
from streams.communes import NEW, OLD, Place, read_communes
from streams.days import days
from streams.fold import fold, fold_place
from streams.text import TextRules, cased, refine_text

LISTS = {
    name: [(row["code"], row["label"]) for row in CODES.rows(f"codes/commune_{name}")]
    for name in ("dvhc2025", "dvhc2004", "vn_dvhc2025", "vn_dvhc2004")
}
_DATE = a_field("date", name="ngay", type="date", columns=("ngay",), source_type="date")


def test_the_lists_are_whole() -> None:
    assert {name: len(rows) for name, rows in LISTS.items()} == {
        "dvhc2025": 75,
        "dvhc2004": 200,
        "vn_dvhc2025": 3321,
        "vn_dvhc2004": 10035,
    }


@pytest.mark.parametrize("kind", ["text", "name", "commune_name"])
@pytest.mark.parametrize("name", LISTS)
def test_every_name_of_a_commune_survives_as_it_is(name: str, kind: str) -> None:
    for _, label in LISTS[name]:
        found = refine_text(label, TextRules(kind=kind, max_length=100))
        assert (found.text, tuple(found.codes), tuple(found.flags)) == (label, (), ())
        assert cased(label) == label


@pytest.mark.parametrize("name", LISTS)
def test_every_name_of_a_commune_is_found_again_however_it_is_typed(name: str) -> None:
    rules = TextRules(kind="commune_name")
    for _, label in LISTS[name][:: 1 if "2025" in name else 3]:
        for typed in (label.upper(), label.lower(), normalize("NFD", label), f" {label}\u00a0"):
            read = refine_text(typed, rules)
            assert not read.codes
            assert fold_place(read.text) == fold_place(label)


@pytest.mark.parametrize(
    ("scope", "system", "after"), [("VN", NEW, True), ("VN", OLD, False), ("14", NEW, True)]
)
def test_every_code_with_its_name_is_its_commune(scope: str, system: str, *, after: bool) -> None:
    communes = read_communes(CODES, scope)
    suffix = f"{'vn_' if scope == 'VN' else ''}dvhc{system[-4:]}"
    for code, label in LISTS[suffix]:
        for known in (system, None):
            found = communes.resolve(Place(code, known, label, after))
            assert (found.original, found.system, found.reason) == (code, system, "")


def test_every_new_commune_of_son_la_is_found_by_its_name_alone() -> None:
    communes = read_communes(CODES, "14")
    for row in CODES.rows("codes/commune_dvhc2025"):
        bare = row["label"].removeprefix(row["kind"])
        for name in (row["label"], bare, bare.upper(), fold(bare)):
            assert communes.by_name(name, NEW, after=True).code == row["code"]


@pytest.mark.parametrize(("name", "system"), [("dvhc2025", NEW), ("dvhc2004", OLD)])
def test_every_commune_of_son_la_is_judged_to_itself(name: str, system: str) -> None:
    day = days("2026-01-05" if system == NEW else "2024-05-01")
    options = Options(code_system=system, event_date="ngay", scope="14", name_column="ten")
    item = a_field("commune", type="code", code_list="commune_dvhc2025", options=options)
    today = {row["old_code"]: row["new_code"] for row in CODES.rows(_CROSSWALK)}
    for code, label in LISTS[name]:
        found = judged(_DATE, item, row={"f": code, "ngay": day, "ten": label})
        assert found.values[1:] == (code if system == NEW else today[code], code, system)
        assert found.problems == ()


_CROSSWALK = "crosswalks/commune_2004_to_2025"
