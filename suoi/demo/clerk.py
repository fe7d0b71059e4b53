"""A clerk who keeps changing rows: new entries, corrections, small edits, deletions."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from schemas.records import Row
from suoi.demo.departments import Department, Key, key_text, local_now
from suoi.demo.desk import Desk
from suoi.demo.registers import REGISTERS, Register, write_row

_REMEMBERED = 500


class Deed(NamedTuple):
    """One committed change; *began* is the clock just before it was sent (seconds since epoch)."""

    dataset: str
    key: str
    op: str
    good: bool
    began: float


class _Entry(NamedTuple):
    register: Register
    key: Key
    good: Row
    """What the entry should hold; differs from what it holds when it was spoiled."""


@dataclass
class Clerk:
    """Works in every department at once; the same seed on the same books does the same work."""

    departments: Mapping[str, Department]
    seed: int = 2026
    deeds: Counter[str] = field(default_factory=Counter)
    _spoiled: deque[_Entry] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _sound: deque[_Entry] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def __post_init__(self) -> None:
        """Open each book at its next free number."""
        self.rng = Random(f"{self.seed}/{local_now():%Y%m%d%H%M%S}")  # noqa: S311  no secret
        self._desks = {register.dataset: self._desk(register) for register in REGISTERS}

    def _desk(self, register: Register) -> Desk:
        first = self.departments[register.source].last_number(register) + 1
        return Desk(rng=self.rng, now=local_now(), first=first, live=True)

    def work(self, seconds: float, rate: float, tell: Callable[[Deed], None]) -> None:
        """Make *rate* changes a second for *seconds*, evenly; *tell* of each once committed."""
        began = time.monotonic()
        for count in range(int(seconds * rate)):
            ahead = began + count / rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            tell(self.change())

    def change(self) -> Deed:
        """Make one change: usually a new entry, else a correction, an edit or a deletion."""
        chance = self.rng.random()
        if chance < 0.15 and self._spoiled:  # noqa: PLR2004  a share
            deed = self._correct(self._spoiled.popleft())
        elif chance < 0.33 and self._sound:  # noqa: PLR2004  a share
            deed = self._edit(self.rng.choice(self._sound))
        elif chance < 0.38 and self._sound:  # noqa: PLR2004  a share
            deed = self._delete(self._sound.popleft())
        else:
            deed = self._add()
        self.deeds[deed.op] += 1
        return deed

    def _add(self) -> Deed:
        register = self.rng.choices(REGISTERS, [item.share for item in REGISTERS])[0]
        good, written = self.twins(register)
        began = time.time()
        key = self.departments[register.source].insert(register, written)
        entry = _Entry(register, key, good)
        sound = written == good
        (self._sound if sound else self._spoiled).append(entry)
        return Deed(register.dataset, key_text(key), "insert", sound, began)

    def twins(self, register: Register, spoilt: float = 0.15) -> tuple[Row, Row]:
        """Return a good entry and what is written: the same, or one spoiled in a declared way."""
        desk = self._desks[register.dataset]
        desk.now = local_now()
        if self.rng.random() >= spoilt:
            good = write_row(register, desk)
            return good, good
        good = register.write(desk, ordinary=True)
        written = dict(good)
        self.rng.choice(register.correctable).spoil(written, desk)
        return good, written

    def _correct(self, entry: _Entry) -> Deed:
        columns = {
            name: value for name, value in entry.good.items() if name not in entry.register.key
        }
        self._sound.append(entry)
        return self._write(entry, columns, "correct")

    def _edit(self, entry: _Entry) -> Deed:
        text = entry.good[entry.register.note] or "Lò Văn Mẫu"
        return self._write(entry, {entry.register.note: text.strip()}, "update")

    def _write(self, entry: _Entry, columns: Row, op: str) -> Deed:
        began = time.time()
        self.departments[entry.register.source].update(entry.register, entry.key, columns)
        return Deed(entry.register.dataset, key_text(entry.key), op, good=True, began=began)

    def _delete(self, entry: _Entry) -> Deed:
        began = time.time()
        self.departments[entry.register.source].delete(entry.register, entry.key)
        return Deed(entry.register.dataset, key_text(entry.key), "delete", good=True, began=began)
