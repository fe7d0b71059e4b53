"""Redis: how we open it as one ACL user, and which of its errors mean wait and which mean stop."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from infra.errors import Fatal, Transient
from infra.settings import RedisAccess

Redis = redis.Redis
ASKED_S = 2.0
"""How long Redis may be silent where a person waits for the answer, or one asks every second."""
_TRANSIENT = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.OutOfMemoryError,
)
_REFUSED = (redis.exceptions.AuthenticationError, redis.exceptions.NoPermissionError)


def open_redis(access: RedisAccess, name: str, patience_s: float = 10.0) -> Redis:
    """Make a client that connects when first used; *name* is what Redis shows for us.

    *patience_s* is how long one command may take.

    It never retries by itself: whether a batch was written is asked of the offsets in Redis.
    """
    return redis.Redis(
        host=access.host,
        port=access.port,
        username=access.user,
        password=access.password_file.read_text().strip(),
        client_name=name,
        socket_timeout=patience_s,
        socket_connect_timeout=min(patience_s, 5),
        retry=Retry(NoBackoff(), 0),
        decode_responses=False,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turn errors of Redis inside the block into Transient or Fatal; no value is ever quoted.

    Raises:
        Transient: Redis is away, loading or full.
        Fatal: Redis refuses this user or this command.
    """
    try:
        yield
    except _REFUSED as error:
        message = "Redis refused our user; compare its ACL file with the secrets of this home."
        raise Fatal(message) from error
    except _TRANSIENT as error:
        message = f"Redis cannot be used now ({type(error).__name__}); it is tried again."
        raise Transient(message) from error
    except redis.RedisError as error:
        message = f"Redis refused a command ({type(error).__name__}); read its log."
        raise Fatal(message) from error
