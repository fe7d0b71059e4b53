"""Takers of identifiers: personal numbers, papers, register numbers, telephones."""

from functools import lru_cache

from streams.fast.task import Task
from streams.identifiers import PHONE_ENDS, PHONE_NOISE, TOLD, geohash, phone
from streams.plan import Refine
from streams.refine.papers import personal_numbers
from streams.takers.identifiers import Cell, Phone, Register
from streams.takers.papers import People, Personal, TaxCode

_ASCII = [chr(code) for code in range(128)]
_CCCD, _PASSPORT, _PHONE = 12, 20, len("+842123456789")
_TAX, _REGISTER = len("0123456789-001"), len("999999/2026")


def personal_taker(task: Task) -> Refine:
    """Return the taker of personal numbers, and of what may stand in their place."""
    longest = {"id_paper": _PASSPORT, "mst_or_person": _TAX}.get(task.plan.item.kind, _CCCD)
    if not (task.textual and task.wordy and task.longest >= longest):
        return task.refine
    taker = Personal(task, _people(personal_numbers(task.plan, task.codes).places))
    if task.plan.item.options.paper_kind:
        return taker.take_declared
    return taker.take_born if task.beside.given else taker.take


@lru_cache(maxsize=8)  # one table for all fields
def _people(places: frozenset[str]) -> People:
    return People(places, TOLD)


def register_taker(task: Task) -> Refine:
    """Return the taker of N/YYYY, with zeros before it and single spaces inside."""
    marks = "".join(task.plan.item.options.separators)
    if (
        not (task.wordy and task.longest >= _REGISTER)
        or set(marks) & set(" .")
        or not marks.isascii()
    ):
        return task.refine
    return Register(task, marks).take


def tax_taker(task: Task) -> Refine:
    """Return the taker of a tax code that is right as it stands."""
    if not (task.textual and task.wordy and task.longest >= _TAX):
        return task.refine
    return TaxCode(task).take


def geohash_taker(task: Task) -> Refine:
    """Return the taker of a parcel's id: in its canonical form, and in capitals."""
    if not (task.textual and task.wordy and task.longest >= _CCCD):
        return task.refine
    letters = {one: geohash(one * _CCCD) for one in _ASCII}
    return Cell(task, {one: said.text[0] for one, said in letters.items() if not said.codes}).take


def phone_taker(task: Task) -> Refine:
    """Return the taker of one number of Việt Nam: bare, or with single marks in it."""
    if not (task.textual and task.wordy and task.longest >= _PHONE):
        return task.refine
    noise = "".join(map(chr, PHONE_NOISE))
    return Phone(task, noise=noise, ends=PHONE_ENDS, lengths=_phone_lengths()).take


@lru_cache(maxsize=1)
def _phone_lengths() -> tuple[int, ...]:
    """Return how many digits a number has, by its second one; 0 where there is none such."""
    return tuple(
        next(
            (size for size in range(9, 14) if phone(f"0{digit}".ljust(size, "5")).text[:1] == "+"),
            0,
        )
        for digit in range(10)
    )
