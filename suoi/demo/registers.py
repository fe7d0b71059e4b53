"""The four sample registers: who writes them, in which table, with which share of defects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from schemas.records import Row
from suoi.demo.births import write_birth
from suoi.demo.deaths import write_death
from suoi.demo.defects import BIRTHS, DEATHS, DEFECTS, MARRIAGES, PRODUCTS, Defect
from suoi.demo.desk import Desk
from suoi.demo.marriages import write_marriage
from suoi.demo.products import write_product


class Writer(Protocol):
    """How one register's entries are written."""

    def __call__(self, desk: Desk, *, ordinary: bool = False) -> Row:
        """Write one good entry."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """One sample table: where it stands and what goes into it."""

    dataset: str
    source: str
    schema: str
    table: str
    key: tuple[str, ...]
    touched: str
    """Column that holds the time of the last change, local time without zone."""
    note: str
    """A column a clerk may change without harm."""
    share: int
    """Hundredths of all sample rows."""
    write: Writer

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Return what is declared to go wrong in this register."""
        return tuple(defect for defect in DEFECTS if defect.dataset == self.dataset)


REGISTERS: tuple[Register, ...] = (
    Register(
        dataset=BIRTHS,
        source="so_tu_phap",
        schema="ho_tich",
        table="khai_sinh",
        key=("id",),
        touched="sua_luc",
        note="me_cutru",
        share=40,
        write=write_birth,
    ),
    Register(
        dataset=MARRIAGES,
        source="so_tu_phap",
        schema="ho_tich",
        table="ket_hon",
        key=("ma_xa", "nam", "so_tt"),
        touched="cap_nhat",
        note="vo_cu_tru",
        share=25,
        write=write_marriage,
    ),
    Register(
        dataset=DEATHS,
        source="so_tu_phap",
        schema="ho_tich",
        table="khai_tu",
        key=("uuid",),
        touched="thoi_diem",
        note="thuong_tru",
        share=20,
        write=write_death,
    ),
    Register(
        dataset=PRODUCTS,
        source="so_nnmt",
        schema="",
        table="ocop",
        key=("id",),
        touched="cap_nhat",
        note="nguoi_dd",
        share=15,
        write=write_product,
    ),
)


def write_rows(register: Register, desk: Desk, count: int) -> Iterator[tuple[Row, Defect | None]]:
    """Yield *count* entries, each with the defect it was given, if any."""
    defects = register.defects
    edges: list[int] = []
    for defect in defects:
        edges.append((edges[-1] if edges else 0) + defect.share)
    for _ in range(count):
        drawn = desk.rng.randrange(1000)
        chosen = next((d for d, edge in zip(defects, edges, strict=True) if drawn < edge), None)
        yield write_row(register, desk, chosen), chosen


def write_row(register: Register, desk: Desk, defect: Defect | None = None) -> Row:
    """Write one entry, good or spoiled by *defect*."""
    row = register.write(desk, ordinary=defect is not None)
    if defect is not None:
        defect.spoil(row, desk)
    return row


def shares(records: int) -> dict[str, int]:
    """Split *records* over the datasets; nothing is lost to rounding."""
    counts = {register.dataset: records * register.share // 100 for register in REGISTERS}
    counts[BIRTHS] += records - sum(counts.values())
    return counts
