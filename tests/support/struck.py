"""A fault inside the process of a test: everything after a named point does not happen."""

import pytest

from infra import faults


class Killed(BaseException):
    """Nothing of the process runs after this: not even its handlers."""


def strike_at(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be killed once, at *point*."""

    def strike(name: str) -> None:
        if name == point:
            monkeypatch.setattr(faults, "point", lambda _: None)
            raise Killed

    monkeypatch.setattr(faults, "point", strike)
