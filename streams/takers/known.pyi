from typing import Any

from streams.fast.task import Task
from streams.takers.notes import Notes

class Memory:
    def __len__(self) -> int: ...

class Known:
    memory: Memory
    def __init__(self, task: Task, wanted: type, most: int) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  a value of any type
    def take_today(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401
    def take_on(self, raw: object, notes: Notes, day: object, /) -> Any: ...  # noqa: ANN401
