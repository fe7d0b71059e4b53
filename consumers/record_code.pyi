from confluent_kafka import Message

from consumers.batch import Record
from schemas.records import Origin

def read_record(message: Message, /) -> Record: ...
def raw_origin(record: Record, /) -> Origin: ...
