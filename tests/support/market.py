"""A clerk of the other department: OCOP products in MariaDB, changed at random until told to stop.

The oracle is the department's own table; province and portal must show the same stars.
"""

import json
import random
import threading
import urllib.error
import urllib.request
from contextlib import suppress

import pymysql

from support.products import insert_product, remove_products
from support.stack import Stack
from support.waiting import until_equal

_PREFIX, _CODES = "OCOP-14-6", 150
Stars = dict[str, int]


class Market(threading.Thread):
    """Enters, regrades and removes products; a department that is down is asked again."""

    def __init__(self, stack: Stack, seed: int) -> None:
        """Prepare one who begins when started."""
        super().__init__(name="market", daemon=True)
        self._stack, self._random = stack, random.Random(seed)
        self._halt = threading.Event()
        self.changes = 0

    def run(self) -> None:
        """Commit one change after another."""
        while not self._halt.is_set():
            with suppress(pymysql.Error, OSError), self._stack.agriculture() as source:
                while not self._halt.wait(0.03):
                    self._change(source)
                    self.changes += 1
            self._halt.wait(0.2)

    def stop(self) -> None:
        """Stop; what was in hand may be committed or not, and the table says which."""
        self._halt.set()
        self.join(20)

    def _change(self, source: pymysql.Connection) -> None:
        code = f"{_PREFIX}{self._random.randrange(_CODES):03}"
        with source.cursor() as cursor:
            if self._random.random() < 0.3:
                cursor.execute("delete from ocop where ma_sp = %s", (code,))
                return
            stars = self._random.randint(3, 5)
            if cursor.execute("select id from ocop where ma_sp = %s", (code,)):
                cursor.execute("update ocop set sao = %s where ma_sp = %s", (stars, code))
                return
        insert_product(source, ma_sp=code, sao=stars)


def prove_market(stack: Stack, seconds: float = 90) -> None:
    """The province and the portal show what the department holds (invariants 1, 4, 8)."""
    with stack.agriculture() as source, source.cursor() as cursor:
        cursor.execute("select ma_sp, sao from ocop where ma_sp like %s", (_PREFIX + "%",))
        wanted = {str(code): int(stars) for code, stars in cursor.fetchall()}
    until_equal(lambda: _provincial(stack), wanted, seconds)
    until_equal(lambda: _served(stack), wanted, seconds)


def clear_market(stack: Stack) -> None:
    """Remove the products again, everywhere."""
    with stack.agriculture() as source:
        remove_products(source, _PREFIX)
    prove_market(stack)


def _provincial(stack: Stack) -> Stars:
    query = (
        "select ma_san_pham, so_sao from clean.nnmt_ocop "
        "where _deleted_at is null and ma_san_pham like %s"
    )
    return dict(stack.all(query, _PREFIX + "%"))  # type: ignore[arg-type]


def _served(stack: Stack) -> Stars | str:
    url = stack.env["portal"]["url"].rstrip("/") + "/data/nnmt_ocop.json"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            rows = json.load(answer)["rows"]
    except (urllib.error.URLError, OSError) as refused:
        return str(refused)
    found = {row["ma_san_pham"]: row["so_sao"] for row in rows}
    return {code: stars for code, stars in found.items() if code.startswith(_PREFIX)}
