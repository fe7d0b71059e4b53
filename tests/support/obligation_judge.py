"""Judges one day in a process of its own, which a test may kill: SERVER-PORT, nothing else."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from consumers.ledger.obligations.duties import Duties, Duty, Key
from consumers.ledger.obligations.evidence import Evidence
from consumers.ledger.obligations.judge import Judge
from consumers.ledger.obligations.store import Store
from infra.postgres import connect
from schemas.calendar.book import read_calendar
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.register.reading import read_register
from support.obligations import QUIET, at

REGISTERS = ("tp_khai_sinh", "tp_ket_hon", "tp_khai_tu")


class Quiet:
    """A witness of a chain that is alive and of communes that are silent."""

    def know(self, duties: Sequence[Duty], now: datetime, *, deep: bool) -> Mapping[Key, Evidence]:
        """Say the same of all."""
        del now, deep
        return {one.key: QUIET for one in duties}


def duties() -> Duties:
    """Return what the justice registers owe."""
    law = read_catalogue()
    contracts = {name: law[name] for name in REGISTERS}
    return Duties(
        register=read_register(), contracts=contracts, calendar=read_calendar(), codes=read_codes()
    )


if __name__ == "__main__":
    place = f"host=127.0.0.1 port={sys.argv[1]} dbname=postgres sslmode=disable user="
    store = Store(connect("test", f"{place}province_obligations"))
    store.alone()
    store.begin(at(0).date())
    turn = Judge(store=store, duties=duties(), witness=Quiet()).turn(at(24, 60))
    sys.stdout.write(f"{turn.opened} {turn.judged}")
