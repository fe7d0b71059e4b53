"""Whether somebody serves a group, as Kafka tells: one question for many groups."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from infra.errors import Transient

_WAIT_S = 10.0


class Groups:
    """Asks about groups; after a silence with a new client.

    Kafka's admin client may wait for the coordinator for ever once its broker was killed under a
    question, though the broker is long back and answers everybody else.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Open a client with *config* when it is first asked."""
        self._config = dict(config)
        self._admin: AdminClient | None = None

    def alive(self, groups: Iterable[str]) -> dict[str, bool | None]:
        """Say of each group whether a living member serves it; None = it is being shared out anew.

        A member that is frozen or gone is struck off after its session timeout; one whose loop
        hangs after its poll interval.

        Raises:
            Transient: Kafka does not answer.
        """
        admin, self._admin = self._admin or AdminClient(self._config), None
        found = admin.describe_consumer_groups(list(groups), request_timeout=_WAIT_S)
        described = {name: _answer(future) for name, future in found.items()}
        self._admin = admin  # it has answered
        return {name: _served(one) for name, one in described.items()}


def _served(group: Any) -> bool | None:  # noqa: ANN401  the client's own type
    if not group.members:
        return False
    return True if group.state is ConsumerGroupState.STABLE else None


def _answer(future: Future[Any]) -> Any:  # noqa: ANN401  the client's own types
    try:
        return future.result(timeout=_WAIT_S + 1)
    except KafkaException as error:
        raise _silent(error) from error
    except TimeoutError as error:
        message = f"Kafka did not answer within {_WAIT_S:g} s. Is the stack up (suoi status)?"
        raise Transient(message) from error


def _silent(error: KafkaException) -> Transient:
    return Transient(f"Kafka did not answer: {error.args[0].str()}. Is the stack up (suoi status)?")
