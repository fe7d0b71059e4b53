"""A running stack signs the day that is open now; its paper verifies, and the next corrects it."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until

UNIT = "so_tu_phap"


def today() -> str:
    """The day whose window is open: it changes at 17:00 in Việt Nam, 10:00 UTC."""
    return (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()


def counted(document: str) -> Counter[str]:
    """How the births of a receipt ended."""
    (births,) = [
        one for one in json.loads(document)["body"]["datasets"] if one["dataset"] == "tp_khai_sinh"
    ]
    found: Counter[str] = Counter()
    for one in births["counts"]:
        found[one["outcome"]] += one["records"]
    return found


def test_the_day_that_is_open_is_signed_verified_and_corrected(
    stack: Stack, tmp_path: Path
) -> None:
    day = today()
    stack.suoi("receipt", "make", "--day", day, "--unit", UNIT)
    first = stack.suoi("receipt", "show", UNIT, day, "--json").stdout
    with stack.justice() as clerk:
        insert(clerk, "ho_tich.khai_sinh", BIRTH | {"so_gcs": "RECEIPT"})

    def corrected() -> bool:
        (made,) = stack.json("receipt", "make", "--day", day, "--unit", UNIT)
        shown = stack.suoi("receipt", "show", UNIT, day, "--json").stdout
        more = counted(shown)["applied"] > counted(first)["applied"]
        return more and bool(made["corrects"])

    until(corrected, 60)
    file, chain = tmp_path / "receipt.json", tmp_path / "chain"
    stack.suoi("receipt", "export", UNIT, day, str(file), "--chain", str(chain))
    done = stack.suoi("receipt", "verify", str(file), "--chain", str(chain))
    assert "VALID" in done.stdout
    file.write_bytes(file.read_bytes().replace(b'"applied"', b'"replied"', 1))
    assert stack.suoi("receipt", "verify", str(file), check=False).returncode == 1
