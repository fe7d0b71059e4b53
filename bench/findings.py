"""What rules over rows cost: tables read whole, rows touched again, bytes kept.

    PYTHONPATH=tests .venv/bin/python -m bench.findings [--rows 1000000] [--touched 100000] [--json]

Rows are invented in SQL; one in a thousand shares its number with another. The finder follows them
as it follows the sink, with durable commits. Before a number counts, what was found is compared
with one plain GROUP BY over the table.

first_DATASET: rows a second when a table is judged for the first time, page by page
same_DATASET: touched rows a second whose groups stay (a correction of another field)
moved_DATASET: touched rows a second that leave their group for another
bytes: of quarantine.member and its indexes, for each row judged
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from support.plain_postgres import Server, plain_province

from bench.machine import facts
from consumers.batch import Move
from consumers.findings.finder import Finder
from consumers.findings.judge import Judge
from consumers.findings.rules import rules_of
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from schemas.catalogue import read_catalogue

SHARED = 1000
"""One row in so many claims the number of the row before it."""
COLUMNS = {
    "nnmt_thua_dat": {
        "ma_dinh_danh_thua": "'w7' || lpad({number}::text, 10, '0')",
        "trang_thai": "'hien_hanh'",
    },
    "tp_khai_sinh": {
        "so_dang_ky": "({number} % 9000 + 1) || '/' || (1950 + {number} / 9000 % 75)",
        "co_quan_dang_ky_goc": "lpad(({number} / 675000)::text, 5, '0')",
        "co_quan_dang_ky_he": "'DVHC-2004'",
        "ho": "(array['Lò','Quàng','Cầm','Hà','Nguyễn'])[1 + {number} % 5]",
        "chu_dem": "(array['Thị','Văn','Đức','Thanh'])[1 + {number} % 4]",
        "ten": "'Mẫu ' || chr(97 + {number} % 26) || chr(97 + {number} / 26 % 26)",
        "ngay_sinh": "date '1960-01-01' + {number} % 20000",
        "me_so_giay_to": "'C' || lpad({number}::text, 8, '0')",
        "ngay_dang_ky": "date '1960-02-01' + {number} % 20000",
    },
}
DISTINCT = {
    "nnmt_thua_dat": ["ma_dinh_danh_thua"],
    "tp_khai_sinh": ["co_quan_dang_ky_goc", "co_quan_dang_ky_he", "so_dang_ky"],
}


class Touched:
    """The keys of one topic, by number; upholds consumers.findings.follower.Keys."""

    def read(self, moves: Mapping[Place, Move]) -> dict[str, list[str]]:
        """Give one key an offset."""
        return {
            place.topic: [f"[{number + 1}]" for number in range(move.start, move.next)]
            for place, move in moves.items()
        }


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--touched", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    found = [measure(name, given.rows, given.touched) for name in COLUMNS]
    said: dict[str, Any] = {"machine": facts(), "rows": given.rows, "touched": given.touched}
    for part in ("rates", "cpu_us", "bytes", "findings"):
        said[part] = {name: value for one in found for name, value in one[part].items()}
    sys.stdout.write(json.dumps(said, indent=None if given.json else 1) + "\n")


def measure(name: str, rows: int, touched: int) -> dict[str, dict[str, float]]:
    """Measure one dataset in a database of its own."""
    dataset = read_catalogue()[name]
    catalogue = {name: dataset}
    topic = topics.clean(dataset)
    with plain_province(dataset) as server, psycopg.connect(server.dsn(), autocommit=True) as admin:
        durable(admin)
        fill(admin, name, rows)
        database = Database("bench", server.dsn("province_findings"))
        finder = Finder(database, Touched(), Judge(rules_of(catalogue), catalogue))
        finder.begin(catalogue)
        place(admin, topic, 0)
        works: dict[str, tuple[int, Callable[[], None]]] = {
            "first": (rows, lambda: None),
            "same": (touched, lambda: place(admin, topic, touched)),
            "moved": (touched, lambda: leave(admin, topic, name, touched)),
        }
        rates, cpu = {}, {}
        for work, (count, prepare) in works.items():
            prepare()
            seconds, python = settle(finder)
            rates[f"{work}_{name}"] = round(count / seconds)
            cpu[f"{work}_{name}"] = round(python / count * 1e6, 1)
            agree(admin, name)
        sizes = kept(server, rows)
        database.close()
    return {
        "rates": rates,
        "cpu_us": cpu,
        "bytes": {f"{part}_{name}": one for part, one in sizes.items() if part != "findings"},
        "findings": {name: sizes["findings"]},
    }


def durable(admin: psycopg.Connection) -> None:
    """Have commits reach the disk, with the memory of a small server of its own."""
    for setting in ("fsync = on", "max_wal_size = '4GB'", "work_mem = '16MB'"):
        admin.execute(f"alter system set {setting}")  # type: ignore[arg-type]
    admin.execute("select pg_reload_conf()")


def fill(admin: psycopg.Connection, name: str, rows: int) -> None:
    """Invent *rows* rows."""
    shared = sql.SQL("(number - (number % {} = 0)::int)").format(sql.Literal(SHARED))
    columns = COLUMNS[name]
    values = [sql.SQL(text).format(number=shared) for text in columns.values()]  # type: ignore[arg-type]
    admin.execute(
        sql.SQL(
            "insert into {table} ({names}, _key, _source, _generation, _position, _step, _ruleset,"
            " _source_ts, _raw) select {values}, '[' || number || ']', 'bench', 1, number, 0, 1,"
            " now(), 'raw:0:0' from generate_series(1, {rows}) as number"
        ).format(
            table=sql.Identifier("clean", name),
            names=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values),
            rows=sql.Literal(rows),
        )
    )
    admin.execute("vacuum analyze")


def place(admin: psycopg.Connection, topic: str, moved: int) -> None:
    """Say how far the sink has come."""
    admin.execute(
        "insert into ledger.progress as progress (consumer, topic, partition, next) values "
        "('province', %s, 0, %s) on conflict (consumer, topic, partition) "
        "do update set next = progress.next + excluded.next",
        [topic, moved],
    )


def leave(admin: psycopg.Connection, topic: str, name: str, touched: int) -> None:
    """Have every second touched row take the number of the row before it."""
    column = DISTINCT[name][-1]
    admin.execute(
        sql.SQL(
            "update {table} as held set {column} = other.{column} from {table} as other "
            "where held._position between %s and %s and held._position %% 2 = 0 "
            "and other._key = '[' || held._position - 1 || ']'"
        ).format(table=sql.Identifier("clean", name), column=sql.Identifier(column)),
        [touched + 1, 2 * touched],
    )
    place(admin, topic, touched)


def settle(finder: Finder) -> tuple[float, float]:
    """Let the finder work until nothing is left: seconds, and seconds of our processor."""
    begun, python = time.perf_counter(), time.process_time()
    while finder.turn():
        pass
    return time.perf_counter() - begun, time.process_time() - python


def agree(admin: psycopg.Connection, name: str) -> None:
    """Assert that the numbers found twice are those a plain GROUP BY finds."""
    columns = sql.SQL(", ").join(map(sql.Identifier, DISTINCT[name]))
    wanted = sql.SQL(
        "select string_agg(keys, ' ' order by keys) from ("
        "select string_agg(_key, ',' order by _key) as keys from {table}"
        " group by {columns} having count(*) > 1) as groups"
    ).format(table=sql.Identifier("clean", name), columns=columns)
    found = (
        "select string_agg(keys, ' ' order by keys) from ("
        "select (select string_agg(key, ',' order by key) from unnest(keys) as key) as keys"
        " from quarantine.finding join quarantine.rule on rule.id = finding.rule"
        " where status = 'open' and reason = 'rule.duplicate_number') as f"
    )
    assert admin.execute(wanted).fetchone() == admin.execute(found).fetchone()


def kept(server: Server, rows: int) -> dict[str, float]:
    """Bytes for each row judged, and how many findings are open."""
    query = (
        "select pg_relation_size('quarantine.member'), pg_relation_size('quarantine.member_pkey'),"
        " pg_relation_size('quarantine.member_group'),"
        " (select count(*) from quarantine.finding where status = 'open')"
    )
    with psycopg.connect(server.dsn()) as connection:
        table, primary, group, findings = connection.execute(query).fetchone() or (0, 0, 0, 0)
    sizes = {"table": table, "primary_key": primary, "group_index": group}
    return {name: round(size / rows, 1) for name, size in sizes.items()} | {"findings": findings}


if __name__ == "__main__":
    main()
