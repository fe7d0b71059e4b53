from collections.abc import Iterable
from typing import Any

from streams.fast.task import Task
from streams.refine.dates import Bounds
from streams.takers.known import Memory
from streams.takers.notes import Notes

class Forms:
    def __init__(self, *, days: str, months: str, years: Iterable[int], compact: bool) -> None: ...

class Whole:
    def __init__(self, task: Task, bounds: Bounds | tuple[int, int]) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  a number, None or BAD

class Day:
    memory: Memory
    def __init__(
        self,
        task: Task,
        forms: Forms,
        bounds: Bounds,
        serials: tuple[int, int, int] | None,
        most: int,
    ) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  a day, None or BAD

class PartialDay:
    memory: Memory
    def __init__(self, task: Task, forms: Forms, bounds: Bounds, most: int) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD

class CodeOrDay:
    memory: Memory
    def __init__(
        self, task: Task, forms: Forms, most: int, value: str, flags: list[str]
    ) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  a code, None or BAD
