"""What the driver hands to an agent: events of Faust, whose message is a Delivery of one chunk."""

from typing import Any


def missed(event: Any) -> tuple[str, int, int, int] | None:  # noqa: ANN401
    """Tell topic, partition, where the group stood and the first record kept; None: no gap."""
    message = event.message
    due = getattr(message, "due", None)
    if due is None:
        return None
    return message.topic, message.partition, due, event.value[0].offset


def settle(event: Any, end: int | None = None) -> None:  # noqa: ANN401  Faust's EventT is untyped
    """Mark the chunk of *event* as durable downstream: its offsets may be committed.

    With *end*, only its records below that offset are.
    """
    event.message.durable = event.message.offset + 1 if end is None else end


def is_void(event: Any) -> bool:  # noqa: ANN401
    """Tell whether the chunk of *event* is to be passed over: its topic was held meanwhile."""
    return bool(event.message.void)
