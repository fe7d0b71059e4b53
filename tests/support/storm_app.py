"""The product's stream worker on a plain broker; its rules say what the test put into the row.

storm_app.py BOOTSTRAP DATA REVISION
"""

import dataclasses
import sys
from functools import partial
from pathlib import Path

from infra.control import Control, write_standing
from infra.kafka import Outbox, producer_config
from infra.settings import Timing
from streams.gate import Gate
from streams.worker import GROUP, Place, carry
from support.raw import PRODUCTS
from support.workshops import a_workshop


def main() -> None:
    bootstrap, data, revision = sys.argv[1:]
    config = {"bootstrap.servers": bootstrap}
    workshop = a_workshop(dataclasses.replace(PRODUCTS, revision=int(revision)))
    control, outbox = Control(config, GROUP), Outbox(config | producer_config())
    write = partial(write_standing, outbox)
    gate = Gate(control, write, workshop.datasets, workshop.storms.forget)
    timing = Timing(session_timeout=6.0, heartbeat=1.0, commit=0.2)
    carry(workshop, outbox, Place(None, bootstrap, timing, Path(data)), gate)


if __name__ == "__main__":
    main()
