from typing import Any

from streams.fast.task import Task
from streams.refine.dates import Bounds
from streams.takers.notes import Notes

class LocalMoment:
    def __init__(self, task: Task, bounds: Bounds) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  µs, None or BAD

class Moment:
    def __init__(self, task: Task, bounds: Bounds, typed: bool) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  µs, None or BAD
