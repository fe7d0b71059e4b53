from collections.abc import Sequence

from consumers.row_code import Cells

class RowReader:
    def __init__(
        self,
        steps: Sequence[tuple[str, bool, int, int]],
        width: int,
        noted: list[int],
        cells: type[Cells],
    ) -> None: ...
    def read(self, value: bytes, at: bytes, /) -> Cells: ...
    def glance(self, value: bytes, /) -> Cells: ...
