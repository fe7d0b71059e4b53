from collections.abc import Mapping, Sequence
from typing import Any

from streams.fast.task import Task
from streams.takers.notes import Notes

class Register:
    def __init__(self, task: Task, marks: str) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD

class Phone:
    def __init__(self, task: Task, *, noise: str, ends: str, lengths: Sequence[int]) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD

class Cell:
    def __init__(self, task: Task, letters: Mapping[str, str]) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD
