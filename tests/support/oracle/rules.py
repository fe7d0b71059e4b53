# ruff: noqa: SIM102  first what must be there, then what is wrong with it
"""DOMAIN.md 9 and rules.csv: the rules across the fields of one record (not the stateful ones)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.codes import CodeLists
from support.oracle.dates import EPOCH, LOCAL, MIDNIGHT, earliest, latest
from support.oracle.identifiers import cell_of
from support.oracle.lookups import listed

Said = Iterator[tuple[str, str]]
"""(code, field) of each problem."""


class Record(NamedTuple):
    """The canonical values of a record, which of its fields were refused, and its day."""

    values: dict[str, Any]
    refused: frozenset[str]
    today: date
    codes: CodeLists

    def given(self, *names: str) -> bool:
        """Whether every one is there and free of rejects."""
        return all(self.free(name) and self.values.get(name) is not None for name in names)

    def free(self, *names: str) -> bool:
        """Whether none was refused."""
        return not self.refused & {*names}

    def day(self, name: str) -> date:
        """A date field's day."""
        return EPOCH + timedelta(days=self.values[name])

    def moment(self, name: str) -> datetime:
        """A timestamp field's moment."""
        return MIDNIGHT + timedelta(microseconds=self.values[name])

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """A value by name."""
        return self.values[name]


def years(born: date, day: date) -> int:
    """Full years between."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_later(day: date, months: int) -> date:
    """The same day *months* later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = latest(f"{year:04}-{month + 1:02}").day
    return date(year, month + 1, min(day.day, last))


def register_year(r: Record) -> Said:
    """The year in the number is the year of registration."""
    if r.given("so_dang_ky", "ngay_dang_ky"):
        if int(r["so_dang_ky"][-4:]) != r.day("ngay_dang_ky").year:
            yield "rule.register_year", "so_dang_ky"


def order(later: str, sooner: str, field: str) -> Callable[[Record], Said]:
    """*later* is not before *sooner*; two dates."""

    def judged(r: Record) -> Said:
        if r.given(later, sooner) and r[later] < r[sooner]:
            yield "rule.date_order", field

    return judged


def active_after_expiry(field: str) -> Callable[[Record], Said]:
    """In force, though *field* has passed."""

    def judged(r: Record) -> Said:
        if r.given("trang_thai", field) and r["trang_thai"] == "hieu_luc":
            if r.day(field) < r.today:
                yield "rule.active_after_expiry", field

    return judged


def parent_age(birth_year: Callable[[Record], int | None]) -> Callable[[Record], Said]:
    """The mother is 10 to 60, by years alone."""

    def judged(r: Record) -> Said:
        born = birth_year(r)
        if born is not None and r.given("me_ngay_sinh"):
            if not 10 <= born - int(r["me_ngay_sinh"][:4]) <= 60:
                yield "rule.parent_age", "me_ngay_sinh"

    return judged


def births(r: Record) -> Said:
    """tp_khai_sinh."""
    if r.given("ngay_sinh", "ngay_dang_ky"):
        passed = r["ngay_dang_ky"] - r["ngay_sinh"]
        if passed < 0:
            yield "rule.date_order", "ngay_sinh"
        if r.given("loai_dang_ky"):
            said = {"dung_han": passed > 60, "qua_han": passed <= 60}
            if said.get(r["loai_dang_ky"]):
                yield "rule.late_registration", "loai_dang_ky"
    for parent in ("me_ngay_sinh", "cha_ngay_sinh"):
        if r.given(parent, "ngay_sinh") and earliest(r[parent]) >= r.day("ngay_sinh"):
            yield "rule.date_order", parent
    papers = ("me_so_giay_to", "cha_so_giay_to")
    if r.given("so_dinh_danh") and r.free(*papers):
        if r["so_dinh_danh"] in [r[paper] for paper in papers]:
            yield "rule.same_person", "so_dinh_danh"


def marriages(r: Record) -> Said:
    """tp_ket_hon."""
    for who, least in (("chong", 20), ("vo", 18)):
        if r.given(f"{who}_ngay_sinh", "ngay_dang_ky"):
            if years(earliest(r[f"{who}_ngay_sinh"]), r.day("ngay_dang_ky")) < least:
                yield "rule.marriage_age", f"{who}_ngay_sinh"
    if r.given("chong_so_giay_to", "vo_so_giay_to"):
        if r["chong_so_giay_to"] == r["vo_so_giay_to"]:
            yield "rule.same_person", "vo_so_giay_to"


def deaths(r: Record) -> Said:
    """tp_khai_tu."""
    if r.given("ngay_chet", "ngay_sinh"):
        if latest(r["ngay_chet"]) < earliest(r["ngay_sinh"]):
            yield "rule.date_order", "ngay_chet"
    if r.given("ngay_dang_ky", "ngay_chet"):
        if r.day("ngay_dang_ky") < earliest(r["ngay_chet"]):
            yield "rule.date_order", "ngay_dang_ky"


def parcels(r: Record) -> Said:
    """nnmt_thua_dat."""
    if r.given("ma_dinh_danh_thua", "vi_do", "kinh_do"):
        south, north, west, east = cell_of(r["ma_dinh_danh_thua"])
        slack = 1e-7
        lat, lon = float(r["vi_do"]), float(r["kinh_do"])
        inside = south - slack <= lat <= north + slack and west - slack <= lon <= east + slack
        if not inside:
            yield "rule.geohash_mismatch", "ma_dinh_danh_thua"
    if r.given("dien_tich_dat_o_m2", "dien_tich_m2"):
        if Decimal(r["dien_tich_dat_o_m2"]) > Decimal(r["dien_tich_m2"]):
            yield "rule.area_order", "dien_tich_dat_o_m2"


def outside_province(r: Record) -> Said:
    """The point lies in the box of Sơn La."""
    if r.given("vi_do", "kinh_do"):
        north = Decimal("20.57") <= Decimal(r["vi_do"]) <= Decimal("22.03")
        east = Decimal("103.21") <= Decimal(r["kinh_do"]) <= Decimal("105.03")
        if not (north and east):
            yield "geo.outside_province", "vi_do"


def cards(r: Record) -> Said:
    """bhxh_the_bhyt: the card's third character and last ten digits."""
    if not r.given("ma_the") or not r.free("muc_huong", "ma_so_bhxh") or len(r["ma_the"]) != 15:
        return
    level, number = r["muc_huong"], r["ma_so_bhxh"]
    wrong = level is not None and r["ma_the"][2] != str(level)
    if number is not None and len(number) == 10:
        wrong = wrong or r["ma_the"][-10:] != number
    if wrong:
        yield "rule.card_mismatch", "ma_the"


def enterprises(r: Record) -> Said:
    """stc_doanh_nghiep."""
    if r.given("ma_so", "loai_hinh"):
        branch = r["loai_hinh"] in ("chi_nhanh", "van_phong_dai_dien")
        if ("-" in r["ma_so"]) != branch:
            yield "rule.branch_code", "ma_so"


def households(r: Record) -> Said:
    """stc_ho_kinh_doanh."""
    if r.given("chu_ho_ngay_sinh", "ngay_cap"):
        if r.day("ngay_cap") < earliest(r["chu_ho_ngay_sinh"]):
            yield "rule.date_order", "ngay_cap"


def schools(r: Record) -> Said:
    """gddt_truong."""
    if r.given("so_hoc_sinh_nu", "so_hoc_sinh") and r["so_hoc_sinh_nu"] > r["so_hoc_sinh"]:
        yield "rule.count_order", "so_hoc_sinh_nu"
    if r.given("so_lop", "so_hoc_sinh") and r["so_hoc_sinh"] > 0 and r["so_lop"] == 0:
        yield "rule.count_order", "so_lop"


def birth_notices(r: Record) -> Said:
    """yt_giay_chung_sinh."""
    if r.given("ngay_chung_tu", "con_ngay_sinh"):
        if r.day("ngay_chung_tu") < r.moment("con_ngay_sinh").astimezone(LOCAL).date():
            yield "rule.date_order", "ngay_chung_tu"


def products(r: Record) -> Said:
    """nnmt_ocop."""
    if r.given("ngay_cong_nhan", "ngay_het_han"):
        due = months_later(r.day("ngay_cong_nhan"), 36)
        if r.day("ngay_het_han") not in (due, due - timedelta(days=1)):
            yield "rule.ocop_term", "ngay_het_han"
    if r.given("don_vi_san_luong"):
        unit = listed(r.codes, "unit")[r["don_vi_san_luong"]]
        if unit["dimension"] not in ("mass", "volume", "count"):
            yield "rule.unit_mismatch", "don_vi_san_luong"


def measurements(r: Record) -> Said:
    """nnmt_quan_trac."""
    if r.given("thong_so", "don_vi"):
        wanted = listed(r.codes, "monitor_parameter")[r["thong_so"]]["canonical_unit"]
        if r["don_vi"] != wanted:  # the unit is the canonical one of its dimension by now
            yield "rule.unit_mismatch", "don_vi"
    if r.given("thoi_diem", "nhan_luc"):
        if r.moment("thoi_diem") > r.moment("nhan_luc") + timedelta(minutes=5):
            yield "rule.date_order", "thoi_diem"


def _year_of_birth(r: Record) -> int | None:
    return r.day("ngay_sinh").year if r.given("ngay_sinh") else None


def _local_year_of_birth(r: Record) -> int | None:
    if not r.given("con_ngay_sinh"):
        return None
    return r.moment("con_ngay_sinh").replace(tzinfo=UTC).astimezone(LOCAL).year


RULES: dict[str, tuple[Callable[[Record], Said], ...]] = {
    "tp_khai_sinh": (births, parent_age(_year_of_birth), register_year),
    "tp_ket_hon": (marriages, order("ngay_ban_an", "ngay_dang_ky", "ngay_ban_an"), register_year),
    "tp_khai_tu": (deaths, register_year),
    "ca_ly_lich_tu_phap": (order("ngay_tra", "ngay_tiep_nhan", "ngay_tra"),),
    "nnmt_thua_dat": (parcels, outside_province),
    "bhxh_the_bhyt": (
        order("gia_tri_den", "gia_tri_tu", "gia_tri_den"), cards,
        active_after_expiry("gia_tri_den"),
    ),
    "stc_doanh_nghiep": (order("ngay_thay_doi", "ngay_dang_ky", "ngay_thay_doi"), enterprises),
    "stc_ho_kinh_doanh": (households,),
    "gddt_truong": (schools,),
    "yt_giay_chung_sinh": (birth_notices, parent_age(_local_year_of_birth)),
    "nnmt_ocop": (
        order("ngay_het_han", "ngay_cong_nhan", "ngay_het_han"), products,
        active_after_expiry("ngay_het_han"),
    ),
    "nnmt_quan_trac": (measurements, outside_province),
    "xd_van_tai_giay_phep": (
        order("ngay_het_han", "ngay_cap", "ngay_het_han"), active_after_expiry("ngay_het_han"),
    ),
}  # fmt: skip
"""Dataset -> its rules (rules.csv); the others have none."""
