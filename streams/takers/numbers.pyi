from typing import Any

from streams.fast.task import Task
from streams.takers.notes import Notes

class WholeText:
    def __init__(self, task: Task, bounds: tuple[int, int], vi: bool) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  a number, None or BAD

class Decimal:
    def __init__(
        self, task: Task, bounds: tuple[int, int], whole: int, scale: int, vi: bool
    ) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD

class Measure:
    def __init__(self, task: Task, bounds: tuple[int, int], whole: int, scale: int) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD
