"""The meter over a real broker and a real province: what it measures, what it leaves unknown."""

import signal
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from support.contracts import a_dataset, a_field
from support.plain_broker import plain_broker
from support.plain_postgres import plain_province
from support.waiting import until

from infra.kafka_admin import ensure_topics
from infra.kafka_glance import Glance
from infra.kafka_reader import ALONE, Reader
from infra.lag.groups import Groups
from infra.lag.sample import Hop
from infra.postgres import Database
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.measure import holes_of
from suoi.meter import Meter

DATASET = a_dataset(
    a_field("text", open="row"), id="thu", table="thu.thu", source="so_tu_phap", open_mode="row"
)


class Away:
    """A Connect or a Redis of which only this is asked."""

    def names(self) -> list[str]:
        """No connector."""
        return []

    def offset(self, _name: str) -> None:
        """No offset: no heartbeat is settled."""

    def ping(self) -> bool:
        """Redis answers."""
        return True


def test_it_measures_what_waits_and_says_what_does_not_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    away: Any = Away()
    with (
        plain_broker(tmp_path_factory.mktemp("broker")) as address,
        plain_province(DATASET) as province,
    ):
        admin = AdminClient({"bootstrap.servers": address, "log_level": 2})
        ensure_topics(admin, topics.all_topics([DATASET]))
        own = {"bootstrap.servers": address} | ALONE
        readers = [Reader(own | {"group.id": one}) for one in ("reader", "streams", "portal")]
        glance = Glance(own | {"group.id": "reader"})
        meter = Meter(
            catalogue=Catalogue({"thu": DATASET}),
            groups=Groups({"bootstrap.servers": address, "log_level": 2}),
            glance=glance,
            reader=readers[0],
            streams=readers[1],
            portal=readers[2],
            province=Database("test", province.dsn()),
            redis=away,
            connect=away,
        )
        producer = Producer({"bootstrap.servers": address})
        for _ in range(3):
            producer.produce(topics.raw(DATASET), value=b"{}")
        assert producer.flush(20) == 0
        until(lambda: not meter.look().scene.silent, 30)  # topics just made get their leaders
        look = meter.look()
        hops = look.hops["thu"]
        assert look.scene.silent == {}
        assert hops[Hop.COMMIT_TO_RAW].seconds is None
        assert hops[Hop.RAW_TO_VERDICT].messages == 3
        assert 0 <= (hops[Hop.RAW_TO_VERDICT].seconds or -1) < 60
        assert (hops[Hop.VERDICT_TO_APPLIED].messages, hops[Hop.VERDICT_TO_APPLIED].alive) == (
            0,
            False,
        )
        assert hops[Hop.APPLIED_TO_PORTAL].seconds is None  # Invariant 9: nobody would take it
        assert look.workers["streams"].messages == 3
        assert look.workers["findings"].messages == 0
        assert holes_of(look.scene, DATASET) == {}
        province.kill(signal.SIGINT)
        again = meter.look()
        assert list(again.scene.silent) == ["province"]
        assert again.hops["thu"][Hop.VERDICT_TO_APPLIED].messages is None
        assert again.hops["thu"][Hop.RAW_TO_VERDICT].messages == 3
        assert again.workers["province_sink"].messages is None
        province.start()
        for reader in (*readers, glance):
            reader.close()
        meter.province.close()
