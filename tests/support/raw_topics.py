"""Topics and groups as an administrator may touch them: written again, cut short, set back."""

from collections.abc import Iterable, Mapping, Sequence

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, Message, Producer
from confluent_kafka import TopicPartition as Partition
from confluent_kafka.admin import AdminClient

from infra import kafka_reader
from infra.kafka_reader import Place
from support.canary import open_reader
from support.stack import Stack
from support.waiting import until

CLERKS = ("raw.so_tu_phap.ho_tich.khai_sinh", "raw.so_tu_phap.ho_tich.ket_hon")


def last_records(stack: Stack, topics: Iterable[str], most: int) -> list[Message]:
    """The newest records of *topics*, about *most* in all, in order within each partition."""
    reader = open_reader(stack)
    places = [place for topic in topics for place in kafka_reader.partitions(reader, topic)]
    share = most // len(places)
    stretches = {}
    for place in places:
        low, high = kafka_reader.bounds(reader, place)
        stretches[place] = (max(low, high - share), high)
    found = list(kafka_reader.read(reader, stretches))
    reader.close()
    return found


def send(
    stack: Stack, records: Sequence[Message], values: Mapping[int, bytes] | None = None
) -> int:
    """Write *records* again where they were; *values* replaces the value of some by their index."""
    producer = Producer(stack.env["kafka"] | {"enable.idempotence": True, "acks": "all"})
    for number, record in enumerate(records):
        producer.produce(
            str(record.topic()),
            value=(values or {}).get(number, record.value()),  # type: ignore[arg-type]
            key=record.key(),
            partition=int(record.partition() or 0),
            headers=record.headers(),  # type: ignore[arg-type]
        )
        producer.poll(0)
    assert producer.flush(60) == 0
    return len(records)


def reset_group(stack: Stack, group: str, back: int) -> dict[Place, int]:
    """Set a group without members back by *back* records a partition; returns where it stands."""
    admin = AdminClient(stack.env["kafka"])
    reader = open_reader(stack)
    held = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(
        20
    )
    wanted = {}
    for one in held.topic_partitions:
        place = Place(one.topic, one.partition)
        wanted[place] = max(kafka_reader.bounds(reader, place)[0], one.offset - back)
    reader.close()
    parts = [Partition(*place, offset) for place, offset in wanted.items()]

    def altered() -> bool:
        try:
            asked = ConsumerGroupTopicPartitions(group, parts)
            admin.alter_consumer_group_offsets([asked])[group].result(20)
        except KafkaException:
            return False  # its last member is not yet given up
        return True

    until(altered, 60, pause=0.5)
    return wanted


def cut_short(stack: Stack, topic: str) -> dict[Place, int]:
    """Delete every record of *topic*, as retention would; returns the first offsets kept."""
    admin = AdminClient(stack.env["kafka"])
    reader = open_reader(stack)
    places = kafka_reader.partitions(reader, topic)
    ends = {place: kafka_reader.bounds(reader, place)[1] for place in places}
    reader.close()
    for future in admin.delete_records(
        [Partition(*place, end) for place, end in ends.items()]
    ).values():
        future.result(20)
    return ends
