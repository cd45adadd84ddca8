"""How the app speaks to its operator: one line an event on stderr, JSON for machines, colours on a terminal."""

import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog

from promised.hush import Hush

# What these say of every step we say ourselves, with the shop, and only when it matters.
QUIET = {
    "alembic": logging.WARNING,
    "celery": logging.WARNING,
    "celery.app.trace": logging.CRITICAL,
    "kombu": logging.WARNING,
}


def speak(secrets: Iterable[str] = (), stream: TextIO | None = None, *, json: bool | None = None) -> None:
    """Set logging up for this process, that of libraries included. ``json`` defaults to "not a terminal"."""
    stream = stream or sys.stderr
    as_json = json if json is not None else not stream.isatty()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_seen(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_said(Hush(secrets), as_json)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_seen(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _seen() -> list[Any]:
    """What every entry tells: what is bound (shop, webhook, task), level, logger, time."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _said(hush: Hush, as_json: bool) -> list[Any]:  # noqa: FBT001 - one of two renderings
    if as_json:
        return [structlog.processors.format_exc_info, hush, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [structlog.processors.format_exc_info, hush, structlog.dev.ConsoleRenderer()]
