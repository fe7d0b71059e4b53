"""The taker of every field of every contract against its bare refiner: they say the same.

What is sent is usual, odd and hostile: values of other types, numbers without end, texts that only
look like texts, lone surrogates, letters of other planes, nothing at all.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

import pytest
from support.corpus import bases
from support.judging import CATALOGUE, CODES, NOW
from support.oracle.odd import ODD, SEASONING

from schemas.contract import Dataset, Field
from streams.beside import Beside as Told
from streams.beside import beside, with_birth
from streams.days import DAY_US
from streams.fast import taker
from streams.fast.places import place_taker
from streams.fast.task import Task
from streams.notes import ABSENT, BAD, Notes
from streams.plan import plan_field
from streams.refine import refiner
from streams.refine.places import KINDS as PLACES
from streams.refine.places import Beside, place_refiner

Judge = Callable[..., Any]
CLOCKS = (NOW, 0, NOW - 400 * 365 * DAY_US, 2**62, -(2**70))
ROUNDS = 150


class Likeness(str):
    """A text that is not quite one: no JSON gives it."""

    __slots__ = ()


class Pair(NamedTuple):
    """A field's taker and its refiner, which take the same."""

    item: Field
    take: Judge
    refine: Judge
    beside: tuple[tuple[object, ...], ...]
    """What may stand beside what was sent, by place."""


HOSTILE = (
    *(True, False, 0, 1, 1.0, -0.0, 5e-324, float("inf"), float("nan"), 2**63, -(2**63), 10**5000),
    *(
        "",
        " ",
        "  ",
        "\0",
        "\ud800",
        "a\udfff",
        "\U0001f9ff",
        "Mận\U00020000",
        "x" * 600,
        "9" * 600,
    ),
    *(Likeness("Mận"), Likeness("12"), b"12", [], {}, [1], ABSENT, BAD, None),
    *(
        "0" * 12,
        "1" * 12,
        "00/00/0000",
        "29/02/2023",
        "29/02/2024",
        "31.12.2199",
        "1/1/1800",
        "1799",
    ),
    *(
        "+84",
        "0084",
        "+840084",
        "0912345678;",
        "0912345678 ",
        "09 12  345678",
        "2026-03-11T23:59:60Z",
    ),
)
DAYS = (None, BAD, 0, 20_000, 20_270, -30_000, 10_000, 10_357, 11_000, 10_227)
TEXTS = (None, BAD, "1998", "1998-05", "1998-05-12", "2026", "1799", "0001")
MOMENTS = (None, BAD, NOW, 0, NOW - 28 * 365 * DAY_US, -DAY_US)
BIRTHS = {"date": DAYS, "partial_date": TEXTS, "timestamp": MOMENTS}
GENDERS = (None, BAD, "1", "2", "3")
KINDS = (None, BAD, "cccd", "ho_chieu", "cmnd", "khac")
NAMES = ("DVHC-2025", "2025", "2004", "Phường Tô Hiệu", None, ABSENT, 1, True, BAD)


def pairs(dataset: Dataset) -> Iterator[Pair]:
    plans = {item.name: plan_field(item, at, CODES) for at, item in enumerate(dataset.fields)}
    for item in dataset.fields:
        plan = plans[item.name]
        if item.kind in PLACES:
            judge = place_refiner(plan, CODES)
            yield Pair(item, place_taker(plan, judge), _placed(judge), (NAMES, NAMES, DAYS))
            continue
        told = beside(plans, item)
        refine = with_birth(refiner(plan, CODES), told)
        take = taker(Task(plan, CODES, refine, told))
        yield Pair(item, take, refine, _beside(told))


def _beside(told: Told) -> tuple[tuple[object, ...], ...]:
    if told.birth is None:
        return (DAYS,) * len(told.given)
    return (BIRTHS[told.birth], GENDERS, KINDS)[: len(told.given)]


def _placed(judge: Judge) -> Judge:
    def refine(raw: object, system: object, name: object, day: object, notes: Notes) -> Any:  # noqa: ANN401
        said = (None if one is ABSENT else one for one in (system, name))
        return judge(raw, Beside(*said, day), notes)

    return refine


def said(judge: Judge, arguments: tuple[Any, ...], at: int, clock: int) -> str:
    """All that *judge* says; *arguments* with the notes put in place *at*."""
    notes = Notes(clock)
    value = judge(*arguments[:at], notes, *arguments[at:])
    faults = [(one.order, one.code, one.expected, one.value) for one in notes.faults]
    return repr((type(value), value, faults, notes.flags, notes.originals))


def sent(base: object, rng: Random) -> Iterator[object]:
    """What is sent to one field: its clean value, spoiled; odd and hostile values."""
    yield from (base, *USUAL, *HOSTILE, *ODD[rng.randrange(7) :: 7])
    for _ in range(ROUNDS):
        text = base if isinstance(base, str) and rng.random() < 0.6 else rng.choice(USUAL)
        at = rng.randrange(len(text) + 1)
        change = rng.choice((rng.choice(SEASONING), " ", str(rng.randrange(100)), ""))
        spoiled = text[:at] + change + text[at + rng.randrange(2) :]
        yield rng.choice((spoiled, spoiled.upper(), spoiled.lower(), f" {spoiled}"))
        yield rng.choice((rng.randrange(-40_000, 80_000), rng.random() * 100, NOW + at))


USUAL = (
    *(
        "Lò Văn Hùng",
        "QUÀNG THỊ XUÂN",
        "Bản Nà Ngần, xã Chiềng Ơn",
        "OCOP-14-0123",
        "không",
        "B1234567",
    ),
    *("12/05/1998", "2026-03-11", "20260311", "03/2026", "2026", "2026-03-10T03:00:00.120Z"),
    *(
        "2026-03-11T10:00:00+07:00",
        "2026-03-10T22:00:00-05:00",
        "099098000124",
        "099 098 000 124",
        "0386/2026",
        "12 / 2026",
    ),
    *(
        "0912 000 001",
        "+84912000001",
        "0084912000001",
        "02123456789",
        "0100109106",
        "0100109106-001",
        "5500233488",
    ),
    *("1.234.567,50", "1234567.5", "0", "99.9900", "w7cckf8bxg4j", "Nam", "03", "03646"),
)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_taker_says_what_its_refiner_says(name: str) -> None:
    rng, (base, _) = Random(name), bases()[name]
    for pair in pairs(CATALOGUE[name]):
        at = 4 if pair.item.kind in PLACES else 1
        for raw in sent(base.get(pair.item.columns[0]), rng):
            given, clock = (
                (raw, *map(rng.choice, pair.beside)),
                rng.choice((*CLOCKS[:1] * 5, *CLOCKS)),
            )
            right = said(pair.refine, given, at, clock)
            for _ in range(2):  # what was remembered must say what was said
                assert said(pair.take, given, at, clock) == right, (pair.item.name, given, clock)
