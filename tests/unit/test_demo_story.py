"""The story says what a reader saw, in order, and says plainly what did not come."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from infra.errors import Usage
from schemas.records import Row
from suoi.demo.departments import Key, key_text
from suoi.demo.province import Item
from suoi.demo.registers import Register
from suoi.demo.story import Story
from suoi.demo.words import LANGUAGES, Words, sentences

PROBLEM = {"code": "date.two_digit_year", "field": "me_ngay_sinh", "message": "Chỉ hai chữ số."}


@dataclass
class Chain:
    """Department, province and portal in one: what is written without a fault appears at once."""

    rows: dict[str, Row] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    broken: bool = False

    def last_number(self, _register: Register) -> int:
        """Count the rows."""
        return len(self.rows)

    def insert(self, _register: Register, row: Row) -> Key:
        """Take a row; refuse the one with two digits of a year."""
        key = (len(self.rows) + 1,)
        self.rows[key_text(key)] = dict(row)
        if row.get("me_ns") == "12/04/91":
            self.items[key_text(key)] = Item("open", [PROBLEM])
        return key

    def update(self, _register: Register, key: Key, changes: Row) -> None:
        """Change a row and close its item."""
        self.rows[key_text(key)] |= changes
        if key_text(key) in self.items:
            self.items[key_text(key)] = Item("fixed_at_source", [PROBLEM])

    def row(self, _dataset: str, _key: str, columns: tuple[str, ...]) -> Row | None:
        """Show any row, unless broken."""
        return None if self.broken else dict.fromkeys(columns, "x")

    def item(self, _dataset: str, key: str) -> Item | None:
        """Show the item of a key."""
        return self.items.get(key)

    def stars(self, code: str) -> int | None:
        """Answer as the portal would."""
        rows = (row for row in self.rows.values() if row.get("ma_sp") == code)
        return next((row["sao"] for row in rows), None)


def story(chain: Any, said: list[str], language: str = "vi") -> Story:  # noqa: ANN401  a double
    return Story(
        departments={"so_tu_phap": chain, "so_nnmt": chain},
        province=chain,
        stars=chain.stars,
        words=Words(language=language),
        say=said.append,
        patience_s=0.05,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_story_has_four_steps_and_ends_well(language: str) -> None:
    said: list[str] = []
    steps = story(Chain(), said, language).tell()
    assert [(step.name, step.ok) for step in steps] == [
        ("birth", True),
        ("bad", True),
        ("fixed", True),
        ("stars", True),
    ]
    assert any("Chỉ hai chữ số." in line for line in said)


def test_a_step_that_does_not_come_ends_the_story_plainly() -> None:
    said: list[str] = []
    steps = story(Chain(broken=True), said).tell()
    assert [(step.name, step.ok) for step in steps] == [("birth", False)]
    assert "suoi status" in said[-1]


def test_every_sentence_is_there_in_both_languages_with_the_same_facts() -> None:
    for name, held in sentences().items():
        assert set(held) == set(LANGUAGES), name
        facts = [sorted(part.split("}")[0] for part in held[lang].split("{")[1:]) for lang in held]
        assert facts[0] == facts[1], name


def test_an_unknown_language_is_a_wrong_question() -> None:
    with pytest.raises(Usage, match="vi or en"):
        Words(language="fr")


def test_a_key_is_written_as_the_province_writes_it() -> None:
    assert key_text(("03646", 2026, 12)) == '["03646",2026,12]'
    assert key_text((17,)) == "[17]"
    assert key_text((date(2026, 1, 2),)) == "[20455]"
    assert key_text((datetime(2026, 1, 2, 0, 10),)) == "[1767312600000000]"  # noqa: DTZ001  as if UTC
