"""Whether the first load of a dataset is whole: from Debezium's notifications."""

from connectors import loads
from connectors.notifications import read_notifications
from consumers.ledger.obligations.evidence import Load
from infra.errors import Transient
from schemas import topics
from schemas.contract import Dataset
from suoi.figures import Books
from suoi.generation import generation_of


def loaded(books: Books, dataset: Dataset) -> Load:
    """Say how far the load of *dataset* is; unknown where Kafka does not answer."""
    table = topics.qualified(dataset)
    try:
        told = read_notifications(books.reader, dataset.source)
        generation = generation_of(books.reader, dataset.source)
    except Transient:
        return Load()
    found = loads.loads([table], told, None, generation)[table]
    return Load(whole=found.whole, done=found.scanned, total=found.estimated)
