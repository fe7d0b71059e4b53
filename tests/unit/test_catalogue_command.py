"""`suoi catalogue`: reported beside computed, by unit, with causes; it needs no stack."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from infra.errors import Transient, Usage
from schemas.codes import read_codes
from suoi import catalogue as page
from suoi.catalogue import Chain, catalogue

APP = Typer()
APP.command()(catalogue)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SUOI_HOME", "SUOI_CONTRACTS"):
        monkeypatch.delenv(name, raising=False)


def asked(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(*words, "--json"))
    return found


def said(*words: str) -> str:
    result = CliRunner().invoke(APP, words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_answer_sets_the_computed_beside_the_reported() -> None:
    answer = asked()
    assert answer["reported"]["delivered"] == 310
    assert answer["computed"]["datasets"] == 329
    assert answer["computed"]["delivered"] == 302
    assert len(answer["units"]) == 18
    assert answer["stack"]["asked"] is False
    assert "no stack runs here" in answer["stack"]["note"]


def test_the_sums_are_those_of_the_entries() -> None:
    answer = asked()
    entries = [entry for unit in answer["units"] for entry in unit["entries"]]
    delivered = [entry for entry in entries if entry["stage"] == 5]
    assert len(entries) == sum(unit["assigned"] for unit in answer["units"]) == 329
    assert len(delivered) == answer["computed"]["delivered"]
    assert len(delivered) == sum(unit["delivered"] for unit in answer["units"])
    assert {entry["stage_source"] for entry in entries if entry["contract"]} == {"computed"}
    assert {entry["stage_source"] for entry in entries if not entry["contract"]} == {"assumed"}


def test_one_unit_is_shown_alone_and_the_sums_stay() -> None:
    answer = asked("--unit", "thanh_tra")
    (unit,) = answer["units"]
    assert (unit["unit"], unit["assumed"], unit["assigned"]) == ("thanh_tra", True, 6)
    assert answer["computed"]["datasets"] == 329


def test_an_entry_is_shown_with_its_owner_of_that_day() -> None:
    def owner(day: str) -> dict[str, Any]:
        (found,) = [
            entry | {"unit": unit["unit"]}
            for unit in asked("--as-of", day)["units"]
            for entry in unit["entries"]
            if entry["id"] == "ca_ly_lich_tu_phap"
        ]
        return found

    assert owner("2025-02-28")["unit"] == "so_tu_phap"
    assert owner("2025-03-01")["unit"] == "cong_an_tinh"
    assert owner("2025-03-01")["owner_valid_from"] == "2025-03-01"


def test_a_person_reads_what_is_not_delivered_and_why() -> None:
    text = said()
    assert "reported 2026-03-31: 329 datasets, 310 delivered, 12 of 18 units" in text
    assert "computed now:        329 datasets, 302 delivered" in text
    assert "tp_khai_sinh" in text
    assert read_codes().labels("delay_cause")["VOLUME"] in text
    assert "vp_cong_bao_cua_tinh" not in text  # delivered
    assert "vp_cong_bao" in said("--unit", "vp_ubnd")


def test_a_stack_that_does_not_answer_is_said_not_guessed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def away(home: Path) -> None:
        message = f"Kafka of {home.name} does not answer."
        raise Transient(message)

    class Running:
        def runs(self) -> bool:
            return True

    monkeypatch.setattr(page, "read_state", lambda _file: Running())
    monkeypatch.setattr(page, "open_books", away)
    chain = page.ask_chain(tmp_path)
    assert isinstance(chain, Chain)
    assert chain.figures is None
    assert "does not answer" in chain.note


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--unit", "so_nong"), "there is no unit 'so_nong'; known are vp_ubnd"),
        (("--as-of", "yesterday"), "--as-of 'yesterday' is not a day"),
        (("--as-of", "2026-02-30"), "--as-of '2026-02-30' is not a day"),
    ],
)
def test_a_wrong_word_is_a_usage_error(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(Usage, match=message):
        CliRunner().invoke(APP, words, catch_exceptions=False)
