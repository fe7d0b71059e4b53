"""Logs: one JSON line an event on standard error, pretty on a terminal; never a row's content."""

import logging
import logging.config
import sys
from typing import Any

import structlog

_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def start_logs(component: str) -> None:
    """Send our own lines and those of every library through one chain, named by *component*."""
    renderer: Any = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*_STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(component=component)
    logging.config.dictConfig(stdlib_config(renderer))


def stdlib_config(renderer: Any) -> dict[str, Any]:  # noqa: ANN401  a structlog processor
    """The standard library's side of the chain, also given to Faust as its `logging_config`."""
    chain = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": renderer,
        "foreign_pre_chain": _STEPS,
    }
    handler = {"class": "logging.StreamHandler", "formatter": "chain", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chain": chain},
        "handlers": {"stderr": handler},
        "loggers": {"httpx": {"level": "WARNING"}},  # else a line for each question
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }
