"""What the rules, conditions and transforms that a contract names do, as one hash of their Python.

The fingerprint of a contract (schemas.fingerprint) sees what it names, not what stands behind the
names. Here stands the rest: the text of each function without comments, layout and docstring, the
values it closes over, and everything of ours that it calls.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from schemas.contract import Dataset
from streams.conditions import CONDITIONS
from streams.rules import RULES
from streams.transforms import TRANSFORMS

_DOCSTRING = re.compile(r'"""(?:.|\n)*?"""')
_COMMENT = re.compile(r"#[^\n\"']*$", re.MULTILINE)
_OURS = ("streams.", "schemas.")
_PLAIN = (int, str, float, tuple, frozenset, bool, type(None))


def behaviour(dataset: Dataset) -> str:
    """Return the SHA-256 (hex) of what *dataset*'s names stand for."""
    lines = sorted(f"{name}: {line}" for name, line in _named(dataset))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _named(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for rule in RULES:
        if rule.dataset == dataset.id:
            named = (rule.reason, rule.field, rule.inputs, rule.reads_null)
            yield from ((str(named), line) for line in _said(rule.broken, set()))
    conditions = {item.condition for item in dataset.fields} | {dataset.open_when}
    for name in filter(None, conditions):
        inputs, holds = CONDITIONS[name]
        yield from ((f"{name}{inputs}", line) for line in _said(holds, set()))
    for name in filter(None, {item.open_transform for item in dataset.fields}):
        yield from ((name, line) for line in _said(TRANSFORMS[name], set()))


def _said(function: Callable[..., Any], seen: set[str]) -> Iterator[str]:
    """Yield the text of *function*, the values it reads, and those of what it calls."""
    if not isinstance(function, FunctionType):
        function = inspect.unwrap(function)  # a cached one
    held = inspect.getclosurevars(function)
    if function.__qualname__ in seen and not held.nonlocals:
        return
    seen.add(function.__qualname__)
    yield bare(inspect.getsource(function))
    for name, value in {**held.nonlocals, **held.globals}.items():
        if isinstance(value, _PLAIN):
            yield f"{name}={sorted(value) if isinstance(value, frozenset) else value!r}"
        elif callable(value) and getattr(value, "__module__", "").startswith(_OURS):
            yield from _called(value, seen)


def _called(value: Any, seen: set[str]) -> Iterator[str]:  # noqa: ANN401  a function or a class
    if isinstance(inspect.unwrap(value), FunctionType):
        yield from _said(inspect.unwrap(value), seen)


def bare(source: str) -> str:
    """Return *source* without docstrings, comments and layout."""
    return " ".join(_COMMENT.sub("", _DOCSTRING.sub("", source)).split())
