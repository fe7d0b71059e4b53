"""A source's row read again is the row Debezium sent, whatever its engine and its columns."""

# ruff: noqa: S608  the statements hold names of our own

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from support.contracts import a_dataset, a_field
from support.judging import CLEAN
from support.more_rows import MORE
from support.plain_mariadb import MariaDB, plain_mariadb
from support.plain_postgres import Server, plain_postgres
from support.reconciling import insert, stored

from connectors import dba
from connectors.images import Images
from connectors.reading import open_images
from connectors.sources import MARIADB, read_sources
from infra.errors import Fatal, Trouble
from infra.local.departments import DEPARTMENTS
from infra.source_database import Login, SourceDatabase, open_mariadb, open_postgres
from schemas.catalogue import read_catalogue
from schemas.identity import key_text

CATALOGUE = read_catalogue()
ROWS = {
    name: row for name, row in (CLEAN | MORE).items() if CATALOGUE[name].source in read_sources()
}
ROWS["tp_khai_tu"] = ROWS["tp_khai_tu"] | {"uuid": "6f1c0000-0000-4000-8000-000000000001"}


def at(name: str) -> str:
    return CATALOGUE[name].source


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with plain_postgres() as running:
        with psycopg.connect(running.dsn(), autocommit=True) as connection:
            for source in read_sources().values():
                if source.engine != MARIADB:
                    connection.execute(f"create database {source.database}")  # type: ignore[arg-type]
        yield running


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDB]:
    with plain_mariadb() as running:
        running.run("create database so_nnmt")
        yield running


@pytest.fixture
def servers(postgres: Server, mariadb: MariaDB) -> Iterator[dict[str, Any]]:
    for source in read_sources().values():
        script = DEPARTMENTS[source.id].script.read_text()
        grants = dba.script(source, CATALOGUE.of_source(source.id), "only-a-test")
        if source.engine == MARIADB:
            mariadb.run(script + grants, source.database)
        else:
            with psycopg.connect(postgres.dsn(database=source.database)) as connection:
                connection.execute(script + grants)  # type: ignore[arg-type]
    found: dict[str, Any] = {"postgres": postgres, "mariadb": mariadb, "opened": []}
    yield found
    for database in found["opened"]:
        database.close()


def opened(servers: dict[str, Any], source_id: str) -> SourceDatabase:
    source = read_sources()[source_id]
    server = servers[source.engine]
    login = Login(
        host="127.0.0.1",
        port=server.port,
        database=source.database,
        user=source.role,
        password="only-a-test",  # noqa: S106  a server of this run alone
        sslmode="disable",
    )
    database = (open_mariadb if source.engine == MARIADB else open_postgres)(source.id, login)
    servers["opened"].append(database)
    return database


def images(servers: dict[str, Any], name: str) -> Images:
    source = read_sources()[at(name)]
    return open_images(opened(servers, source.id), source, CATALOGUE[name])


def execute(servers: dict[str, Any], source_id: str, statement: str, values: object = None) -> None:
    source = read_sources()[source_id]
    if source.engine == MARIADB:
        with servers["mariadb"].connect(source.database) as connection:
            connection.cursor().execute(statement, values)
    else:
        with psycopg.connect(servers["postgres"].dsn(database=source.database)) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]


def put(servers: dict[str, Any], name: str, image: dict[str, Any]) -> None:
    dataset = CATALOGUE[name]
    execute(servers, at(name), f"delete from {dataset.table}")
    row = stored(dataset, image)
    always = "overriding system value values"
    statement = insert(dataset.table, row)
    if read_sources()[at(name)].engine != MARIADB:
        statement = statement.replace("values", always, 1)
    execute(servers, at(name), statement, row)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """The fraction of a moment may be written or not: the judge reads both alike."""
    return {
        name: value.replace(".000000Z", "Z") if isinstance(value, str) else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_read_again_is_the_row_that_was_captured(servers: dict[str, Any], name: str) -> None:
    put(servers, name, ROWS[name])
    reader = images(servers, name)
    key = key_text([ROWS[name][column] for column in CATALOGUE[name].source_key])
    page = reader.page(None, None, 10)
    assert page.keys == [key]
    assert page.end is None
    taken = CATALOGUE[name].source_columns
    wanted = {column: ROWS[name].get(column) for column in taken}
    found = plain(page.rows[0])
    given = {column: value for column, value in wanted.items() if column in ROWS[name]}
    assert {column: found[column] for column in given} == given  # Invariant 7: null is a value
    assert set(found) == set(taken)
    assert reader.named([key]) == {key: page.rows[0]}


EVERY_KIND = {
    "postgres": "id int primary key, a smallint, b text, c char(5), d varchar(9), e numeric(9,2),"
    " f double precision, g boolean, h date, i timestamp, j timestamptz, k time, l uuid, m jsonb,"
    " n bytea, o real, p bigint",
    "mariadb": "id int primary key, a tinyint(1), b text, c char(5), d varchar(9), e decimal(9,2),"
    " f double, h date, i datetime(6), j timestamp null, k time, n blob, p bigint unsigned",
}


@pytest.mark.parametrize("source_id", ["so_tu_phap", "so_nnmt"])
def test_null_is_null_in_every_kind_of_column(
    servers: dict[str, Any], source_id: str
) -> None:  # Invariant 7
    source = read_sources()[source_id]
    columns = EVERY_KIND[source.engine].split(", ")
    names = [column.split()[0] for column in columns]
    table = f"{source.schemas[0]}.moi_kieu"
    execute(servers, source_id, f"create table {table} ({', '.join(columns)})")
    execute(servers, source_id, f"grant select on {table} to {source.role}")
    execute(servers, source_id, f"insert into {table} (id) values (1)")
    fields = [a_field("text", name=name, columns=(name,)) for name in names]
    kind = "cdc_mariadb" if source.engine == MARIADB else "cdc_postgres"
    short = "moi_kieu" if source.engine == MARIADB else table
    dataset = a_dataset(*fields, source=source_id, source_kind=kind, table=short)
    reader = open_images(opened(servers, source_id), source, dataset)
    page = reader.page(None, None, 10)
    execute(servers, source_id, f"drop table {table}")
    assert page.rows == [dict.fromkeys(names) | {"id": 1}]


def test_odd_values_of_postgres_are_read_as_debezium_sends_them(servers: dict[str, Any]) -> None:
    land = ROWS["nnmt_thua_dat"] | {
        "dien_tich": "0.10",
        "vi_do": 0.1 + 0.2,
        "ten_chu": "  Lò   Văn\tMẫu ",
        "sua_luc": "2026-03-11T02:30:00.123456Z",
    }
    put(servers, "nnmt_thua_dat", land)
    execute(
        servers,
        "vbdlis_sonla",
        "update dat_dai.thua_dat set ngay_cap_gcn = 'infinity', thua_goc = ''",
    )
    (row,) = images(servers, "nnmt_thua_dat").page(None, None, 10).rows
    assert row["dien_tich"] == "0.10"
    assert row["vi_do"] == 0.30000000000000004
    assert row["ten_chu"] == land["ten_chu"]
    assert row["sua_luc"] == "2026-03-11T02:30:00.123456Z"
    assert row["ngay_cap_gcn"] == 2147483647  # no day: refused as it is in the stream
    assert row["thua_goc"] == ""


def test_zero_dates_and_latin1_of_mariadb_are_read_as_debezium_sends_them(
    servers: dict[str, Any],
) -> None:
    put(servers, "nnmt_ocop", ROWS["nnmt_ocop"] | {"chu_the": "HTX ChiÒng LÒ", "truy_xuat": 1})
    execute(
        servers,
        "so_nnmt",
        "set sql_mode=''; update ocop set ngay_cn='0000-00-00', ngay_hh='2026-00-00',"
        " cap_nhat='0000-00-00 00:00:00'",
    )
    (row,) = images(servers, "nnmt_ocop").page(None, None, 10).rows
    assert row["ngay_cn"] is None  # Debezium: null where the column takes null
    assert row["ngay_hh"] is None
    assert row["cap_nhat"] == 0  # Debezium: the epoch where it takes none
    assert row["truy_xuat"] == 1
    assert row["chu_the"] == "HTX ChiÒng LÒ"
    assert row["san_luong"] == ROWS["nnmt_ocop"]["san_luong"]


def test_a_zero_timestamp_of_mariadb_is_null_or_the_epoch(servers: dict[str, Any]) -> None:
    source = read_sources()["so_nnmt"]
    columns = "id int primary key, a timestamp null, b timestamp not null"
    execute(servers, "so_nnmt", f"create table luc_khong ({columns})")
    execute(servers, "so_nnmt", f"grant select on luc_khong to {source.role}")
    zero = "'0000-00-00 00:00:00'"
    execute(servers, "so_nnmt", f"insert into luc_khong values (1, {zero}, {zero})")
    fields = [a_field("text", name=name, columns=(name,)) for name in ("id", "a", "b")]
    dataset = a_dataset(*fields, source="so_nnmt", source_kind="cdc_mariadb", table="luc_khong")
    (row,) = open_images(opened(servers, "so_nnmt"), source, dataset).page(None, None, 9).rows
    execute(servers, "so_nnmt", "drop table luc_khong")
    assert plain(row) == {"id": 1, "a": None, "b": "1970-01-01T00:00:00Z"}


def fill_readings(servers: dict[str, Any]) -> list[str]:
    """Twenty readings whose key has three columns, text and time."""
    image = ROWS["nnmt_quan_trac"]
    execute(servers, "so_nnmt", "delete from quan_trac")
    keys = []
    for station in ("SLA-KK-01", "sla-kk-02"):
        for hour in range(10):
            moment = image["thoi_diem"] + hour * 3_600_000_000 + hour
            row = stored(
                CATALOGUE["nnmt_quan_trac"], image | {"ma_tram": station, "thoi_diem": moment}
            )
            row["thoi_diem"] = row["thoi_diem"].replace(microsecond=0)
            execute(servers, "so_nnmt", insert("quan_trac", row), row)
            keys.append(key_text([station, image["thong_so"], moment - hour]))
    return keys


def test_pages_by_a_key_of_three_columns_meet_every_row_once(servers: dict[str, Any]) -> None:
    keys = fill_readings(servers)
    reader = images(servers, "nnmt_quan_trac")
    assert met(reader, 3) == keys
    execute(servers, "so_nnmt", "analyze table quan_trac")
    [mark] = reader.marks(2)
    low, high = met(reader, 3, (None, mark)), met(reader, 3, (mark, None))
    assert low + high == keys
    assert low
    assert high
    assert set(reader.named(keys[3:9])) == set(keys[3:9])


def met(reader: Images, rows: int, bounds: tuple[Any, Any] = (None, None)) -> list[str]:
    after, upto = bounds
    found: list[str] = []
    while True:
        page = reader.page(after, upto, rows)
        found += page.keys
        if page.end is None:
            return found
        after = page.end


def test_pages_of_postgres_meet_every_row_once_whatever_cuts_them(servers: dict[str, Any]) -> None:
    marriages = []
    execute(servers, "so_tu_phap", "delete from ho_tich.ket_hon")
    for number in range(1, 26):
        image = ROWS["tp_ket_hon"] | {"so_tt": number % 7 + 1, "nam": 2000 + number}
        row = stored(CATALOGUE["tp_ket_hon"], image)
        execute(servers, "so_tu_phap", insert("ho_tich.ket_hon", row), row)
        marriages.append(key_text([image["ma_xa"], image["nam"], image["so_tt"]]))
    execute(servers, "so_tu_phap", "analyze ho_tich.ket_hon")
    reader = images(servers, "tp_ket_hon")
    marks = reader.marks(3)
    assert len(marks) == 2
    parts = zip([None, *marks], [*marks, None], strict=True)
    assert [key for part in parts for key in met(reader, 4, part)] == marriages
    assert set(reader.named(marriages[:5])) == set(marriages[:5])


@pytest.mark.parametrize("source_id", ["vbdlis_sonla", "so_nnmt"])
def test_the_session_that_reads_a_source_cannot_write_to_it(
    servers: dict[str, Any], source_id: str
) -> None:
    source = read_sources()[source_id]
    database = opened(servers, source_id)
    database.run("delete from cdc.signal")  # the role may
    name = {"vbdlis_sonla": "nnmt_thua_dat", "so_nnmt": "nnmt_ocop"}[source_id]
    open_images(database, source, CATALOGUE[name])
    with pytest.raises(Trouble, match="refuse"):
        database.run("delete from cdc.signal")


@pytest.mark.parametrize("source_id", ["vbdlis_sonla", "so_nnmt"])
def test_a_place_in_the_log_never_goes_back_and_carries_the_sources_clock(
    servers: dict[str, Any], source_id: str
) -> None:
    name = {"vbdlis_sonla": "nnmt_thua_dat", "so_nnmt": "nnmt_ocop"}[source_id]
    reader = images(servers, name)
    before = reader.place()
    put(servers, name, ROWS[name])
    after = reader.place()
    assert after.position > before.position
    told = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=after.clock)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)
    assert date.today() - told.date() <= timedelta(days=1)  # noqa: DTZ011  either side of midnight


def test_a_column_the_source_dropped_is_a_hole_and_a_lost_table_a_sentence(
    servers: dict[str, Any],
) -> None:
    put(servers, "nnmt_thua_dat", ROWS["nnmt_thua_dat"])
    execute(servers, "vbdlis_sonla", "alter table dat_dai.thua_dat rename ten_chu to ten")
    try:
        (row,) = images(servers, "nnmt_thua_dat").page(None, None, 10).rows
        assert "ten_chu" not in row  # Invariant 7: absence is not null
        execute(servers, "vbdlis_sonla", "alter table dat_dai.thua_dat rename id to so")
        with pytest.raises(Fatal, match=r"dat_dai\.thua_dat .* no column id"):
            images(servers, "nnmt_thua_dat")
    finally:
        execute(servers, "vbdlis_sonla", "drop table dat_dai.thua_dat")
