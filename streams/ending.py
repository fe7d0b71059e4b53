"""How the stream worker ends where it cannot go on: as by kill -9, committing nothing more."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from infra.errors import Trouble
from streams.judge import fault

_log = structlog.get_logger()


@asynccontextmanager
async def or_die() -> AsyncIterator[None]:
    """Whatever goes wrong inside ends this process, with nothing more acknowledged."""
    try:
        yield
    except Trouble as trouble:
        die(str(trouble))
    except Exception as error:  # noqa: BLE001  a fault of ours: start anew, lose nothing
        die("The worker met a fault of its own; report where.", **fault(error))


def die(sentence: str, **facts: str) -> None:
    """Leave at once, committing nothing; a stop could wait for ever for what is unsettled."""
    _log.error("worker.stopped", reason=sentence, **facts)
    logging.shutdown()
    os._exit(1)  # invariant 8: any moment is a good moment to die
