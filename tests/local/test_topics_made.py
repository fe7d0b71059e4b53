"""Topics made from a raised contract: new ones of the new count, raw and reject as they were."""

from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient
from support.plain_broker import plain_broker
from support.two_versions import OCOP, RAISED
from support.waiting import until_equal

from infra.errors import Fatal
from infra.kafka_admin import ensure_topics
from schemas import topics


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminClient]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield AdminClient({"bootstrap.servers": address, "log_level": 0})


def test_a_raised_version_is_made_beside_the_one_before(admin: AdminClient) -> None:
    ensure_topics(admin, topics.dataset_topics(OCOP))
    until_equal(lambda: len(counts(admin)), 4)
    made = ensure_topics(admin, topics.dataset_topics(RAISED))
    assert set(made) == {"clean.nnmt_ocop.v2", "open.nnmt_ocop.v2"}
    wanted = {
        topics.raw(OCOP): 2,
        "reject.nnmt_ocop": 2,
        "clean.nnmt_ocop.v1": 2,
        "open.nnmt_ocop.v1": 2,
        "clean.nnmt_ocop.v2": 4,
        "open.nnmt_ocop.v2": 4,
    }
    until_equal(lambda: counts(admin), wanted)
    with pytest.raises(Fatal, match="raise the contract's major version"):
        ensure_topics(admin, [_other_count()])


def counts(admin: AdminClient) -> dict[str, int]:
    there = admin.list_topics(timeout=10).topics
    return {name: len(one.partitions) for name, one in there.items() if "ocop" in name}


def _other_count() -> topics.Topic:
    return topics.Topic(name="clean.nnmt_ocop.v2", partitions=5, config={})
