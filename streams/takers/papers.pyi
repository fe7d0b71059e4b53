from collections.abc import Collection, Mapping
from typing import Any

from streams.fast.task import Task
from streams.takers.notes import Notes

class People:
    def __init__(self, places: Collection[str], told: Mapping[str, tuple[int, str]]) -> None: ...

class Personal:
    def __init__(self, task: Task, people: People) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD
    def take_born(self, raw: object, notes: Notes, birth: object, gender: object, /) -> Any: ...  # noqa: ANN401
    def take_declared(
        self, raw: object, notes: Notes, birth: object, gender: object, kind: object, /
    ) -> Any: ...  # noqa: ANN401

class TaxCode:
    def __init__(self, task: Task) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD
