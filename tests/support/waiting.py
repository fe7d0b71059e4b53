"""Waiting for a condition, with a deadline: the only way a test of ours waits."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def until(ask: Callable[[], Value], seconds: float = 30.0, pause: float = 0.05) -> Value:
    """Ask again until the answer is truthy and return it; fail with the last answer otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            message = f"still {answer!r} after {seconds:g} s: {ask.__qualname__}"
            raise AssertionError(message)
        time.sleep(pause)


def until_equal(ask: Callable[[], Value], wanted: Value, seconds: float = 60.0) -> None:
    """Ask again until the answer equals *wanted*; show the difference otherwise."""
    deadline = time.monotonic() + seconds
    answer = ask()
    while answer != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = ask()
    if answer != wanted:
        raise AssertionError(difference(answer, wanted))


def difference(answer: object, wanted: object) -> str:
    """What differs, as a sentence a log can hold: of two dicts the first unequal entries alone."""
    if not isinstance(answer, dict) or not isinstance(wanted, dict):
        return f"is {answer!r}, not {wanted!r}"
    unequal = sorted(
        (repr(key), answer.get(key, "nothing"), wanted.get(key, "nothing"))
        for key in answer.keys() | wanted.keys()
        if answer.get(key, "nothing") != wanted.get(key, "nothing")
    )
    shown = "; ".join(f"{key} is {held!r}, not {due!r}" for key, held, due in unequal[:10])
    return f"{len(unequal)} of {len(answer.keys() | wanted.keys())} entries differ: {shown}"
