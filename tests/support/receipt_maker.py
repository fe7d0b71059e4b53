"""Makes one receipt in a process of its own, which a test may kill: SERVER-PORT, nothing else."""

import sys
from datetime import timedelta

from infra.postgres import connect
from support.deliveries import OCOP
from support.receipt_days import DAY, END, maker, reading

if __name__ == "__main__":
    place = f"host=127.0.0.1 port={sys.argv[1]} dbname=postgres sslmode=disable user="
    reader, writer = (connect("test", f"{place}province_{one}") for one in ("reader", "receipt"))
    making = maker(writer)
    with making.book.alone():
        made = making.make(OCOP.owner_unit, [OCOP], reading(reader, END + timedelta(hours=1), DAY))
    sys.stdout.write(made.state)
