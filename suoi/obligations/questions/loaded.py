"""Whether the first load of a dataset is whole: from Debezium's notifications."""

from consumers.ledger.obligations.evidence import Load
from infra.errors import Transient
from schemas.contract import Dataset
from suoi.figures import Books
from suoi.loading import told_loads


def loaded(books: Books, dataset: Dataset) -> Load:
    """Say how far the load of *dataset* is; unknown where Kafka does not answer."""
    try:
        found = told_loads(books.reader, dataset.source, [dataset])[dataset.id]
    except Transient:
        return Load()
    return Load(whole=found.whole, done=found.scanned, total=found.estimated)
