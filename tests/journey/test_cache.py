"""Redis comes back empty: the cache is rebuilt from open.*, and until then the portal says so."""

import json
import urllib.error
import urllib.request
from typing import Any

from support.products import insert_product, remove_products
from support.stack import Stack
from support.waiting import until, until_equal


def served(stack: Stack) -> dict[str, Any] | int:
    """Products on the portal by code, or the status with which it refuses."""
    url = stack.env["portal"]["url"].rstrip("/") + "/data/nnmt_ocop.json"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            rows = json.load(answer)["rows"]
    except urllib.error.HTTPError as refused:
        return refused.code
    return {row["ma_san_pham"]: row["so_sao"] for row in rows}


def test_an_empty_redis_is_filled_again(stack: Stack) -> None:
    wanted = {}
    with stack.agriculture() as source:
        for number in range(20):
            code = f"OCOP-14-9{number:03}"
            insert_product(source, ma_sp=code, sao=3 + number % 3)
            wanted[code] = 3 + number % 3
    until(
        lambda: (
            wanted.items() <= dict(served(stack) if isinstance(served(stack), dict) else {}).items()
        )
    )
    everything = served(stack)
    struck = stack.signal("redis")
    stack.wait_restarted("redis", struck)
    until_equal(lambda: served(stack), everything)
    with stack.agriculture() as source:
        remove_products(source, "OCOP-14-9")
    until(
        lambda: (
            not (set(wanted) & set(served(stack) if isinstance(served(stack), dict) else wanted))
        )
    )
