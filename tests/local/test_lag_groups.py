"""Whether somebody serves a group, on a real broker."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

from infra.errors import Transient
from infra.lag.groups import Groups


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        make_topic(address, "lag.one", 3)
        make_topic(address, "lag.two", 1)
        yield address


@pytest.fixture
def groups(bootstrap: str) -> Groups:
    return Groups({"bootstrap.servers": bootstrap, "log_level": 2})


def test_a_group_lives_while_a_member_serves_it(bootstrap: str, groups: Groups) -> None:
    assert groups.alive(["sink"]) == {"sink": False}
    member = Consumer({"bootstrap.servers": bootstrap, "group.id": "sink"})
    member.subscribe(["lag.one"])

    def lives() -> bool:
        member.poll(0.2)
        return groups.alive(["sink"])["sink"] is True

    until(lives, 30)
    member.close()
    until(lambda: groups.alive(["sink"])["sink"] is False, 30)


def test_a_broker_that_is_away_is_a_transient_trouble() -> None:
    away = Groups({"bootstrap.servers": "127.0.0.1:1", "log_level": 0})
    with pytest.raises(Transient, match="Kafka did not answer"):
        away.alive(["sink"])


class Silent:
    """An admin client that waits for its coordinator for ever."""

    def describe_consumer_groups(self, groups: list[str], **_: float) -> dict[str, Future[object]]:
        """Answer nothing."""
        return {name: _failed() for name in groups}


def _failed() -> Future[object]:
    found: Future[object] = Future()
    found.set_exception(KafkaException(KafkaError(KafkaError._TIMED_OUT)))  # noqa: SLF001  its code
    return found


def test_a_client_that_was_silent_is_asked_no_more(bootstrap: str) -> None:
    groups = Groups({"bootstrap.servers": bootstrap, "log_level": 2})
    groups._admin = Silent()  # type: ignore[assignment]  # noqa: SLF001  the broker was killed under it
    with pytest.raises(Transient):
        groups.alive(["nobody"])
    assert groups.alive(["nobody"]) == {"nobody": False}
