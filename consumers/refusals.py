"""Which errors a consumer meets are Kafka's to heal, and which are for a person."""

import structlog
from confluent_kafka import KafkaError

from infra.errors import Fatal

log = structlog.get_logger()

_FATAL = {
    KafkaError._AUTO_OFFSET_RESET: (  # noqa: SLF001  the client's only name for it
        "the offset where we stopped no longer exists; records were deleted before they were "
        "delivered. Load the dataset again"
    ),
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "we may not read it; run `suoi prepare kafka`",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "we may not join our group; run `suoi prepare kafka`",
    KafkaError._AUTHENTICATION: "the broker refused our password; compare the secrets of this home",  # noqa: SLF001  as above
    KafkaError._MAX_POLL_EXCEEDED: "a batch took longer than the group allows; start again",  # noqa: SLF001  as above
}


def refuse(error: KafkaError, topic: str) -> None:
    """Stop for what only a person can heal; the client heals the rest itself, which is logged.

    Raises:
        Fatal: going on would skip records or never succeed.
    """
    code = error.code()
    if code in _FATAL:
        message = f"Kafka stopped the delivery of {topic}: {_FATAL[code]}."
        raise Fatal(message)
    log.warning("kafka.trouble", reason=error.name(), topic=topic)
