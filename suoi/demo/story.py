"""The story of four changes, told while they happen: registered, refused, corrected, published.

Every step waits on what a reader sees, with a deadline, and says plainly when it did not come.
The people are invented, so their rows may be shown.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol

from infra.waiting import wait_for
from schemas.records import Row
from suoi.demo.defects import BIRTHS, PRODUCTS
from suoi.demo.departments import Department, Key, key_text, local_now
from suoi.demo.desk import Desk
from suoi.demo.province import Item
from suoi.demo.registers import REGISTERS, Register
from suoi.demo.words import Words

_WRITTEN = ("so_ks", "ma_xa", "ma_he", "ten_xa", "ho", "dem", "ten", "gt", "dan_toc", "me_ns")
_HELD = (
    "so_dang_ky",
    "co_quan_dang_ky",
    "co_quan_dang_ky_goc",
    "ho",
    "chu_dem",
    "ten",
    "gioi_tinh",
    "dan_toc",
    "me_ngay_sinh",
)
_SPOILED: Row = {"me_ns": "12/04/91", "ma_xa": "03646", "ma_he": None, "ten_xa": None, "gt": None}
"""A year of two digits, a commune code with two meanings, no sex: three problems at once."""
_ASK_S = 0.02
_SOON_S = 0.005
"""Between two questions to the portal: each answer is the whole dataset, or nothing new."""
_CLOSED = ("fixed_at_source", "superseded", "replayed", "waived")


class Reader(Protocol):
    """What the story asks of the province."""

    def row(self, dataset: str, key: str, columns: tuple[str, ...]) -> Row | None:
        """Return columns of one live row."""
        ...

    def item(self, dataset: str, key: str) -> Item | None:
        """Return the newest quarantine item of a key."""
        ...


class Step(NamedTuple):
    """How one step of the story went; *facts* fill its sentence."""

    name: str
    ok: bool
    facts: Mapping[str, object]


@dataclass(kw_only=True)
class Story:
    """Everything the story touches, and how it speaks."""

    departments: Mapping[str, Department]
    province: Reader
    stars: Callable[[str], int | None]
    """Asks the portal for the stars of a product by its code; None while it does not know it."""
    words: Words
    say: Callable[[str], None]
    patience_s: float = 20.0

    def tell(self) -> list[Step]:
        """Tell the whole story; a step that failed ends it."""
        steps: list[Step] = []
        for part in (self._birth, self._refusal, self._product):
            steps.extend(part())
            if not steps[-1].ok:
                say = self.words.say("failed", step=steps[-1].name, seconds=self.patience_s)
                self.say(say)
                break
        return steps

    def _birth(self) -> list[Step]:
        register = _register(BIRTHS)
        written = self._write(register)
        key, began = self._insert(register, written)
        held = wait_for(
            lambda: self.province.row(BIRTHS, key_text(key), _HELD), self.patience_s, _SOON_S
        )
        if held is None:
            return [Step("birth", ok=False, facts={})]
        facts = {"ms": _since(began)}
        self.say(self.words.say("birth", **facts))
        self.say(self.words.say("wrote", text=_shown(written, _WRITTEN)))
        self.say(self.words.say("holds", text=_shown(held, _HELD)))
        return [Step("birth", ok=True, facts=facts)]

    def _refusal(self) -> list[Step]:
        register = _register(BIRTHS)
        good = self._write(register)
        key, began = self._insert(register, good | _SPOILED)
        item = wait_for(lambda: self._item(key, ("open",)), self.patience_s, _SOON_S)
        if item is None:
            return [Step("bad", ok=False, facts={})]
        codes = [problem["code"] for problem in item.problems]
        facts = {"ms": _since(began), "codes": codes}
        self.say(self.words.say("bad", ms=facts["ms"]))
        for problem in item.problems:
            self.say(f"   • {problem['message']}  [{problem['code']}]")
        return [Step("bad", ok=True, facts=facts), self._correction(register, key, good)]

    def _correction(self, register: Register, key: Key, good: Row) -> Step:
        began = time.monotonic()
        columns = {name: good[name] for name in _SPOILED}
        self.departments[register.source].update(register, key, columns)
        name = key_text(key)
        held = wait_for(lambda: self.province.row(BIRTHS, name, _HELD), self.patience_s, _SOON_S)
        applied = _since(began)
        closed = wait_for(lambda: self._item(key, _CLOSED), self.patience_s, _SOON_S)
        if held is None or closed is None:
            return Step("fixed", ok=False, facts={})
        facts = {"ms": applied, "closed": _since(began), "status": closed.status}
        self.say(self.words.say("fixed", **facts))
        return Step("fixed", ok=True, facts=facts)

    def _product(self) -> list[Step]:
        register = _register(PRODUCTS)
        row = self._write(register) | {"sao": 3}
        key, _ = self._insert(register, row)
        code = str(row["ma_sp"])
        if wait_for(lambda: self._has(code, 3), self.patience_s, _ASK_S) is None:
            return [Step("stars", ok=False, facts={})]
        began = time.monotonic()
        self.departments[register.source].update(register, key, {"sao": 4})
        if wait_for(lambda: self._has(code, 4), self.patience_s, _ASK_S) is None:
            return [Step("stars", ok=False, facts={})]
        facts = {"ms": _since(began), "code": code, "old": 3, "new": 4}
        self.say(self.words.say("stars", **facts))
        return [Step("stars", ok=True, facts=facts)]

    def _has(self, code: str, stars: int) -> bool | None:
        return True if self.stars(code) == stars else None

    def _item(self, key: Key, statuses: tuple[str, ...]) -> Item | None:
        item = self.province.item(BIRTHS, key_text(key))
        return item if item is not None and item.status in statuses else None

    def _write(self, register: Register) -> Row:
        """Write one ordinary entry of today, numbered after the last."""
        now = local_now()
        first = self.departments[register.source].last_number(register) + 1
        desk = Desk(rng=Random(now.timestamp()), now=now, first=first, live=True)  # noqa: S311
        return register.write(desk, ordinary=True)

    def _insert(self, register: Register, row: Row) -> tuple[Key, float]:
        began = time.monotonic()
        return self.departments[register.source].insert(register, row), began


def _register(dataset: str) -> Register:
    return next(register for register in REGISTERS if register.dataset == dataset)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _shown(row: Row, columns: tuple[str, ...]) -> str:
    return " · ".join(f"{name}={_value(row[name])}" for name in columns)


def _value(value: object) -> str:
    return "∅" if value is None else str(value)
