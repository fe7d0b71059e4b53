"""Invented rows for the department's registers, and a clerk who keeps changing them.

Each row carries its version in a field that no rule changes (`so_gcs`, `so_ban_an`), so that an
oracle can say which version the province should hold without using any code of ours. A bad version
lacks a mandatory name. Personal numbers are not used: papers are invented passports.
"""

import itertools
import random
import threading
import time
from typing import Any

import psycopg
from psycopg import sql

from support import canary
from support.rows import BIRTH
from support.witness import Key, Witness

MARRIAGE: dict[str, Any] = {
    "ma_xa": "03646",
    "nam": 2026,
    "so_tt": 1,
    "ten_xa": "Phường Tô Hiệu",
    "ngay_dang_ky": "05/01/2026",
    "yeu_to_nn": "không",
    "tinh_trang": "Có hiệu lực",
    "so_ban_an": "V0",
    "chong_ho_ten": "LÒ VĂN VÍ DỤ",
    "chong_ns": "1990",
    "chong_dt": "Thái",
    "chong_qt": "Việt Nam",
    "chong_cu_tru": "Phường Tô Hiệu",
    "chong_loai_gt": "Hộ chiếu",
    "chong_so_gt": "B7654321",
    "vo_ho_ten": "CẦM THỊ VÍ DỤ",
    "vo_ns": "1992",
    "vo_dt": "Thái",
    "vo_qt": "Việt Nam",
    "vo_cu_tru": "Phường Tô Hiệu",
    "vo_loai_gt": "Hộ chiếu",
    "vo_so_gt": "C7654321",
}
DEATH: dict[str, Any] = {
    "so": "12/2024",
    "ngay_dang_ky": "2024-05-01",
    "loai_dk": 1,
    "xa": "03649",
    "ho_ten": "Lò Văn Ví Dụ",
    "ngay_sinh": "1940",
    "gioi_tinh": 1,
    "dan_toc": 3,
    "quoc_tich": "VN",
    "ngay_chet": "01/04/2024",
    "noi_chet": "Tại nhà",
    "nyc_ho_ten": "Lò Thị Ví Dụ",
    "nyc_giay_to": "B1234567",
}
_NUMBERS = itertools.count(1)
"""Versions and register numbers: none is used twice in a run."""

VERSION = {"ho_tich.khai_sinh": "so_gcs", "ho_tich.ket_hon": "so_ban_an"}
MANDATORY = {"ho_tich.khai_sinh": "nyc_hoten", "ho_tich.ket_hon": "chong_ho_ten"}
TARGET = {
    "ho_tich.khai_sinh": ("clean.tp_khai_sinh", "so_giay_chung_sinh"),
    "ho_tich.ket_hon": ("clean.tp_ket_hon", "so_ban_an"),
}


def insert(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> Any:  # noqa: ANN401
    """Insert one row; returns the key's first column."""
    names = [sql.Identifier(name) for name in row]
    first = {"ho_tich.khai_sinh": "id", "ho_tich.ket_hon": "so_tt", "ho_tich.khai_tu": "uuid"}
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(names),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
        sql.Identifier(first.get(table, next(iter(row)))),
    )
    found = connection.execute(statement, tuple(row.values())).fetchone()
    assert found is not None
    return found[0]


def expected(witness: Witness, table: str) -> dict[Key, str]:
    """For each source key the version the province must hold: its last clean one, if it lives.

    A bad version leaves the clean one before it in place; a delete removes the row; a bad version
    after a delete leaves it absent.
    """
    mandatory, version = MANDATORY[table], VERSION[table]
    held: dict[Key, str] = {}
    for key, versions in witness.last_versions(table).items():
        for row in versions:
            if row is None:
                held.pop(key, None)
            elif row[mandatory] is not None:
                held[key] = str(row[version])
    return held


class Clerk(threading.Thread):
    """Changes births and marriages at random until told to stop; the seed is printed on failure."""

    def __init__(self, dsn: str, seed: int, per_second: float = 100.0) -> None:
        """Prepare a clerk who will connect with *dsn* when started."""
        super().__init__(name="clerk", daemon=True)
        self._dsn, self._random, self._pause = dsn, random.Random(seed), 1.0 / per_second
        self._halt = threading.Event()
        self._births: list[int] = []
        self._marriages: list[int] = []
        self.changes = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Commit one small transaction after another; a department that is down is asked again.

        What was in hand then may be committed or not: the witness knows.
        """
        while not self._halt.is_set() and self.failure is None:
            try:
                self._work()
            except psycopg.OperationalError:
                self._halt.wait(0.2)
            except BaseException as error:  # noqa: BLE001  shown by stop()
                self.failure = error

    def _work(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
            while not self._halt.is_set():
                with connection.transaction():
                    self._change(connection)
                self.changes += 1
                time.sleep(self._pause)

    def stop(self) -> int:
        """Stop and return how many transactions were committed."""
        self._halt.set()
        self.join(10)
        if self.failure is not None:
            raise self.failure
        return self.changes

    def _change(self, connection: psycopg.Connection) -> None:
        choice = self._random.random()
        if choice < 0.35 or not self._births:
            self._births.append(insert(connection, "ho_tich.khai_sinh", BIRTH | self._birth()))
        elif choice < 0.65:
            self._update_birth(connection)
        elif choice < 0.75:
            gone = self._births.pop(self._random.randrange(len(self._births)))
            connection.execute("delete from ho_tich.khai_sinh where id = %s", (gone,))
        elif choice < 0.9 or not self._marriages:
            self._marry(connection)
        else:
            self._move_marriage(connection)

    def _birth(self) -> dict[str, Any]:
        bad = self._random.random() < 0.1
        name = None if bad else BIRTH["nyc_hoten"]
        return {"so_gcs": f"V{next(_NUMBERS)}", "nyc_hoten": name, **canary.CARRIED}

    def _update_birth(self, connection: psycopg.Connection) -> None:
        change = self._birth()
        connection.execute(
            "update ho_tich.khai_sinh set so_gcs = %s, nyc_hoten = %s where id = %s",
            (change["so_gcs"], change["nyc_hoten"], self._random.choice(self._births)),
        )

    def _marry(self, connection: psycopg.Connection) -> None:
        number = next(_NUMBERS)
        row = MARRIAGE | {"so_tt": number, "so_ban_an": f"V{number}"}
        insert(connection, "ho_tich.ket_hon", row)
        self._marriages.append(number)

    def _move_marriage(self, connection: psycopg.Connection) -> None:
        """Correct the number in the register: the key changes."""
        place = self._random.randrange(len(self._marriages))
        number = next(_NUMBERS)
        connection.execute(
            "update ho_tich.ket_hon set so_tt = %s, so_ban_an = %s where so_tt = %s",
            (number, f"V{number}", self._marriages[place]),
        )
        self._marriages[place] = number
