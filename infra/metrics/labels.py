"""The labels a metric of ours may carry, and what a value of each looks like: the one place.

Invariant 6 in metrics: a label is a name of our own vocabulary (a dataset, a topic, a reason), so a
value with a capital letter, a space, a diacritic or nine digits in a row is none. Whatever does not
fit is left out of the page and counted; it is never repeated in a message.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORDS = re.compile(r"[a-z][a-z0-9_.-]{0,99}")
_TOPIC = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,248}")
_NUMBER = re.compile(r"[0-9]{1,5}")
_STATE = re.compile(r"[A-Za-z][A-Za-z_]{0,31}")
_LONG_NUMBER = re.compile(r"[0-9]{9}")
"""A personal number, a tax code, a telephone: nine digits or more. No name of ours has them."""

LABELS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "dataset": _NAME,
        "source": _NAME,
        "unit": _NAME,
        "hop": _NAME,
        "outcome": _NAME,
        "code": _WORDS,
        "state": _STATE,
        "component": _WORDS,
        "topic": _TOPIC,
        "partition": _NUMBER,
        "consumergroup": _WORDS,
    }
)
"""Label -> the shape of its values."""


def refuse_unlisted(names: Sequence[str]) -> None:
    """Refuse a metric with a label that is not listed here: a fault of the one who writes it.

    Raises:
        ValueError: naming the label.
    """
    unlisted = [name for name in names if name not in LABELS]
    if unlisted:
        message = f"no metric of ours has the label {unlisted[0]}; see infra/metrics/labels.py."
        raise ValueError(message)


def fits(name: str, value: str) -> bool:
    """Say whether *value* may be told as the label *name* (invariant 6)."""
    return LABELS[name].fullmatch(value) is not None and _LONG_NUMBER.search(value) is None
