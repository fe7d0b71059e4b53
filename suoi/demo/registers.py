"""The sample registers: who writes them, in which table, with which share of defects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from schemas.records import Row
from suoi.demo.attestations import write_attestation
from suoi.demo.births import write_birth
from suoi.demo.deaths import write_death
from suoi.demo.defects import (
    ATTESTATIONS,
    BIRTHS,
    DEATHS,
    DEFECTS,
    ENTERPRISES,
    HOUSEHOLDS,
    MARRIAGES,
    PARCELS,
    PRACTITIONERS,
    PRODUCTS,
    READINGS,
    Defect,
)
from suoi.demo.desk import Desk
from suoi.demo.enterprises import write_enterprise
from suoi.demo.households import write_household
from suoi.demo.marriages import write_marriage
from suoi.demo.parcels import write_parcel
from suoi.demo.practitioners import write_practitioner
from suoi.demo.products import write_product
from suoi.demo.readings import write_reading


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
    last: str = "max(id)"
    """SQL of a number that no later entry may be given again; null when there is no entry."""

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Return what is declared to go wrong in this register."""
        return tuple(defect for defect in DEFECTS if defect.dataset == self.dataset)

    @property
    def correctable(self) -> tuple[Defect, ...]:
        """Return the defects that a clerk can put right in the same row."""
        return tuple(defect for defect in self.defects if not defect.in_key)


REGISTERS: tuple[Register, ...] = (
    Register(
        dataset=BIRTHS,
        source="so_tu_phap",
        schema="ho_tich",
        table="khai_sinh",
        key=("id",),
        touched="sua_luc",
        note="me_cutru",
        share=25,
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
        share=15,
        write=write_marriage,
        last="max(so_tt)",
    ),
    Register(
        dataset=DEATHS,
        source="so_tu_phap",
        schema="ho_tich",
        table="khai_tu",
        key=("uuid",),
        touched="thoi_diem",
        note="thuong_tru",
        share=12,
        write=write_death,
        last="count(*)",
    ),
    Register(
        dataset=PRODUCTS,
        source="so_nnmt",
        schema="",
        table="ocop",
        key=("id",),
        touched="cap_nhat",
        note="nguoi_dd",
        share=8,
        write=write_product,
    ),
    Register(
        dataset=PRACTITIONERS,
        source="so_tu_phap",
        schema="bo_tro",
        table="hanh_nghe",
        key=("id",),
        touched="cap_nhat",
        note="dia_chi",
        share=3,
        write=write_practitioner,
    ),
    Register(
        dataset=ATTESTATIONS,
        source="so_tu_phap",
        schema="ho_tich",
        table="xac_nhan_khong_phat_sinh",
        key=("ma_xa", "loai_so", "ngay"),
        touched="luc_xn",
        note="nguoi_xn",
        share=4,
        write=write_attestation,
        # Numbers count back through the days; 225 a day, 75 communes and three books.
        last="(current_date - min(ngay)) * 225",
    ),
    Register(
        dataset=PARCELS,
        source="vbdlis_sonla",
        schema="dat_dai",
        table="thua_dat",
        key=("id",),
        touched="sua_luc",
        note="ten_chu",
        share=15,
        write=write_parcel,
    ),
    Register(
        dataset=ENTERPRISES,
        source="so_tai_chinh",
        schema="dkkd",
        table="doanh_nghiep",
        key=("ma_so",),
        touched="cap_nhat",
        note="dia_chi",
        share=6,
        write=write_enterprise,
        last="max(substring(ma_so from '^559([0-9]{6})')::int)",
    ),
    Register(
        dataset=HOUSEHOLDS,
        source="so_tai_chinh",
        schema="dkkd",
        table="ho_kinh_doanh",
        key=("id",),
        touched="cap_nhat",
        note="dia_chi",
        share=5,
        write=write_household,
    ),
    Register(
        dataset=READINGS,
        source="so_nnmt",
        schema="",
        table="quan_trac",
        key=("ma_tram", "thong_so", "thoi_diem"),
        touched="nhan_luc",
        note="ten_tram",
        share=7,
        write=write_reading,
        last="count(*)",
    ),
)


def write_rows(register: Register, desk: Desk, count: int) -> Iterator[tuple[Row, Defect | None]]:
    """Yield *count* entries, each with the defect it was given, if any."""
    declared = register.defects
    edges: list[int] = []
    for defect in declared:
        edges.append((edges[-1] if edges else 0) + defect.share)
    for _ in range(count):
        drawn = desk.rng.randrange(1000)
        chosen = next((d for d, edge in zip(declared, edges, strict=True) if drawn < edge), None)
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
