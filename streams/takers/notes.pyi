from collections.abc import Callable
from typing import Any

from schemas.records import Problem

class Fault:
    order: int
    code: str
    field: str
    title: str
    expected: str | None
    value: str | None
    def __init__(
        self,
        order: int,
        code: str,
        field: str,
        title: str,
        expected: str | None,
        value: str | None,
        /,
    ) -> None: ...

class Notes:
    @property
    def now(self) -> int: ...
    @property
    def today(self) -> int: ...
    @property
    def year(self) -> int: ...
    @property
    def faults(self) -> list[Any]: ...
    @property
    def flags(self) -> list[str]: ...
    @property
    def originals(self) -> dict[str, str]: ...
    def __init__(self, source_ts: int, /) -> None: ...
    def refuse(self, fault: Any, /) -> Any: ...  # noqa: ANN401  BAD stands for a value of any type
    def report(
        self, values: tuple[Any, ...], tell: Callable[[Fault], tuple[Problem, str]], most: int, /
    ) -> tuple[tuple[Any, ...], tuple[Problem, ...], tuple[str, ...], dict[str, str]]: ...
