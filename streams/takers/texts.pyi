from typing import Any

from streams.fast.task import Task
from streams.takers.known import Memory
from streams.takers.letters import Alphabet, Nothing
from streams.takers.notes import Notes

class Meanings:
    def __init__(self, letters: dict[str, str]) -> None: ...

class Text:
    memory: Memory
    def __init__(self, task: Task, alphabet: Alphabet, nothing: Nothing, most: int) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD

class Legacy:
    def __init__(
        self, task: Task, alphabet: Alphabet, nothing: Nothing, meanings: Meanings
    ) -> None: ...
    def take(self, raw: object, notes: Notes, /) -> Any: ...  # noqa: ANN401  text, None or BAD
