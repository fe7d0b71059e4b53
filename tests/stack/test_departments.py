"""Each department's new registers, live: a clerk's row arrives, a spoiled one is explained."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx
import psycopg
import pytest
from support.stack import Stack
from support.waiting import until

from infra.local.departments import DEPARTMENTS, POSTGRES
from infra.local.home import Home
from schemas.catalogue import read_catalogue
from suoi.demo.defects import Defect
from suoi.demo.departments import Department, Key, key_text, local_now, open_departments
from suoi.demo.desk import Desk
from suoi.demo.registers import REGISTERS, Register, write_row
from suoi.demo.stage import as_clerk

CATALOGUE = read_catalogue()
BY_DATASET = {register.dataset: register for register in REGISTERS}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tp_luat_su_cong_chung": (
        {"ma_xa": "03646", "dt_vp": "0212.000.0007", "linh_vuc": "Đất  đai"},
        {
            "loai_hanh_nghe": "luat_su",
            "ma_xa": "03646",
            "dien_thoai": "+842120000007",
            "linh_vuc": "Đất đai",
            "_source": "so_tu_phap",
        },
    ),
    "tp_xac_nhan": (
        {"nguoi_xn": "LƯỜNG THỊ MẪU"},
        {"nguoi_xn": "Lường Thị Mẫu", "huy": False, "ma_xa_he": "DVHC-2025"},
    ),
    "nnmt_thua_dat": (
        {"dien_tich": "212.50", "dt_dat_o": "100", "loai_dat": "odt", "dan_toc_chu": 28},
        {
            "muc_dich_su_dung": "ODT",
            "thoi_han_loai": "lau_dai",
            "thoi_han_den": None,
            "dan_toc_chu": "kho_mu",
            "loai_chu": "ca_nhan",
            "_source": "vbdlis_sonla",
        },
    ),
    "stc_doanh_nghiep": (
        {"ma_xa": "03649", "ma_he": "CU", "von": "1.500.000.000", "loai_hinh": "TN2"},
        {
            "ma_xa": "03646",
            "ma_xa_goc": "03649",
            "von_dieu_le": 1_500_000_000,
            "loai_hinh": "tnhh2",
            "_source": "so_tai_chinh",
        },
    ),
    "stc_ho_kinh_doanh": (
        {"ten_ho": "Quán Chỉ Một", "ten_xa": "p. tô hiệu", "tt": 2},
        {"ma_xa": "03646", "tinh_trang": "tam_ngung"},
    ),
    "nnmt_quan_trac": (
        {
            "thong_so": "pm2,5",
            "gia_tri": 0.1 + 0.2,
            "don_vi": "mg/m³",
            "ten_tram": "Trạm Chỉ Một",
        },
        {"thong_so": "pm2_5", "gia_tri": 300, "don_vi": "ug_m3", "_source": "so_nnmt"},
    ),
}
"""Dataset -> columns put over an ordinary entry, and what the province must hold of it."""
BAD = {
    "tp_luat_su_cong_chung": "organisation without tax code",
    "tp_xac_nhan": "commune of the old list",
    "nnmt_thua_dat": "latitude for longitude",
    "stc_doanh_nghiep": "check digit wrong",
    "stc_ho_kinh_doanh": "granted before its owner was born",
    "nnmt_quan_trac": "unit of something else",
}


@contextmanager
def open_all(stack: Stack) -> Iterator[Mapping[str, Department]]:
    """Every department as its own clerk enters it."""
    opened = open_departments(as_clerk(Home(stack.home), stack.env["sources"]))
    yield opened
    for one in opened.values():
        one.close()


@pytest.fixture
def departments(stack: Stack) -> Iterator[Mapping[str, Department]]:
    with open_all(stack) as opened:
        yield opened


def desk(departments: Mapping[str, Department], register: Register) -> Desk:
    first = departments[register.source].last_number(register) + 1
    return Desk(rng=Random(f"{register.dataset}/{first}"), now=local_now(), first=first, live=True)


def province(stack: Stack, dataset: str, key: Key) -> dict[str, Any] | None:
    """The row of *key* while it lives; None before that and after."""
    query = f"select row_to_json(t) from clean.{dataset} t where _key = %s and _deleted_at is null"  # noqa: S608  our tables
    row = stack.one(query, key_text(key))
    return row[0] if row else None


@pytest.mark.parametrize("dataset", CASES)
def test_a_clerks_row_arrives_in_canonical_form(
    stack: Stack, departments: Mapping[str, Department], dataset: str
) -> None:
    register = BY_DATASET[dataset]
    put, wanted = CASES[dataset]
    row = register.write(desk(departments, register), ordinary=True) | put
    key = departments[register.source].insert(register, row)
    held = until(lambda: province(stack, dataset, key), 30)
    assert {name: held[name] for name in wanted} == wanted
    if CATALOGUE[dataset].open_columns:
        shown = until(lambda: on_portal(stack, dataset, held), 30)
        public = {column.name for column in CATALOGUE[dataset].open_columns}
        assert set(shown) == public  # Invariant 6
    departments[register.source].delete(register, key)
    until(lambda: province(stack, dataset, key) is None, 30)
    if CATALOGUE[dataset].open_columns:
        until(lambda: on_portal(stack, dataset, held) is None, 30)


SIGN = {
    "tp_luat_su_cong_chung": "so_the",
    "nnmt_thua_dat": "ma_dinh_danh_thua",
    "stc_doanh_nghiep": "ma_so",
    "stc_ho_kinh_doanh": "ten",
    "nnmt_quan_trac": "ten_tram",
}
"""Open dataset -> the public column by which a test knows its own row."""


def on_portal(stack: Stack, dataset: str, held: dict[str, Any]) -> dict[str, Any] | None:
    """Find the province's row among those the portal shows."""
    answer = httpx.get(f"{stack.env['portal']['url'].rstrip('/')}/data/{dataset}.json")
    rows = answer.json()["rows"] if answer.status_code == httpx.codes.OK else ()
    sign = SIGN[dataset]
    return next((row for row in rows if row[sign] == held[sign]), None)


def test_an_area_is_shown_as_its_band_alone(
    stack: Stack, departments: Mapping[str, Department]
) -> None:
    register = BY_DATASET["nnmt_thua_dat"]
    row = register.write(desk(departments, register), ordinary=True)
    key = departments[register.source].insert(register, row | {"dien_tich": "9876.54"})
    held = until(lambda: province(stack, register.dataset, key), 30)
    shown = until(lambda: on_portal(stack, register.dataset, held), 30)
    assert float(held["dien_tich_m2"]) == 9876.54
    assert shown["dien_tich_m2"] == "1000–10000"


@pytest.mark.parametrize("dataset", BAD)
def test_a_spoiled_row_stands_in_the_quarantine_with_all_its_problems(
    stack: Stack, departments: Mapping[str, Department], dataset: str
) -> None:
    register = BY_DATASET[dataset]
    defect = named(register, BAD[dataset])
    row = write_row(register, desk(departments, register), defect)
    key = departments[register.source].insert(register, row)
    query = "select problems from quarantine.item where dataset = %s and key = %s"
    ((problems,),) = until(lambda: stack.all(query, dataset, key_text(key)), 30)
    told = sorted((one["code"], one["field"]) for one in problems)
    assert told == sorted(defect.problems)
    assert all(one["message"] for one in problems)
    assert province(stack, dataset, key) is None


def named(register: Register, name: str) -> Defect:
    return next(defect for defect in register.defects if defect.name == name)


def test_a_department_that_dies_stops_no_other_and_goes_on_where_it_was(
    stack: Stack, departments: Mapping[str, Department]
) -> None:
    finance, justice = BY_DATASET["stc_ho_kinh_doanh"], BY_DATASET["tp_luat_su_cong_chung"]
    struck = stack.signal("so_tai_chinh", signal.SIGKILL)
    row = justice.write(desk(departments, justice), ordinary=True)
    key = departments[justice.source].insert(justice, row)
    until(lambda: province(stack, justice.dataset, key), 30)
    stack.wait_restarted("so_tai_chinh", struck)
    with open_all(stack) as again:
        row = finance.write(desk(again, finance), ordinary=True)
        key = again[finance.source].insert(finance, row)
        until(lambda: province(stack, finance.dataset, key), 60)


def test_each_department_answers_under_its_own_name_and_password(stack: Stack) -> None:
    sources = stack.env["sources"]
    assert set(sources) == set(DEPARTMENTS)
    mine = [name for name, item in DEPARTMENTS.items() if item.engine == POSTGRES]
    systems = set()
    for name in mine:
        with psycopg.connect(sources[name]["dsn"]) as connection:
            query = "select system_identifier from pg_control_system()"
            systems.add(connection.execute(query).fetchone())
            assert connection.info.dbname == name
    assert len(systems) == len(mine)  # clusters of their own, not databases of one
    wrong = sources[mine[0]]["dsn"].replace(mine[0], mine[1])
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


def test_the_books_hold_for_every_department(stack: Stack) -> None:
    answer = stack.json("ledger", "check")
    assert answer["holds"]  # Invariant 2
    heard = {one["topic"].split(".")[1] for one in answer["partitions"]}
    assert heard == set(DEPARTMENTS)
    looked = {one["what"] for one in stack.json("doctor", check=False)["checks"]}
    clusters = [name for name, item in DEPARTMENTS.items() if item.engine == POSTGRES]
    assert {f"{name} wal_level" for name in clusters} <= looked
