from collections.abc import Callable
from typing import Any

from streams.takers.known import Memory
from streams.takers.notes import Notes

class Place:
    memory: Memory
    def __init__(self, judge: Callable[..., Any], name: str, wanted: type, most: int) -> None: ...
    def take(
        self, raw: object, system: object, name: object, day: object, notes: Notes, /
    ) -> Any: ...  # noqa: ANN401  three values
