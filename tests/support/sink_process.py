"""The provincial sink as a process of its own: `python -m support.sink_process DSN`.

It writes a fixed history from where the ledger stands, in batches by arrays and by COPY, one of
them with a row the database refuses; a test kills it at a named point and starts it again.
"""

import sys

from consumers import writing
from consumers.batch import Record
from consumers.province import Province
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from support.deliveries import OCOP, KnownSchemas, Pen, Writer

PLACE = Place(topics.clean(OCOP), 0)
REFUSED = 47
_SIZES = (10, 80, 10, 80, 60)


def history() -> list[Record]:
    """Every record, in order: each key comes again, some are deleted, one is refused."""
    writer, records = Writer(), []
    for offset in range(sum(_SIZES)):
        number = offset % 90
        if offset % 13 == 5:
            records.append(writer.clean_gone(number, offset))
        else:
            stars = 2**40 if offset == REFUSED else offset
            records.append(writer.clean(number, offset, so_sao=stars))
    return records


def main() -> None:
    """Write what is left of the history."""
    writing.COPY_FROM = 50
    database = Database("test", sys.argv[1])
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(PLACE)
    records, start = history(), 0
    for size in _SIZES:
        if start >= pen.places[PLACE]:
            pen.write(*records[start : start + size])
        start += size
    database.close()


if __name__ == "__main__":
    main()
