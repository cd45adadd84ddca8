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
# A traceback has lines of its own.
TRACES = frozenset({"exception", "stack"})


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
    render = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    return [structlog.processors.format_exc_info, hush, _on_one_line, render]


def _on_one_line(_logger: object, _method: str, entry: Any) -> Any:
    """What a stranger wrote begins no line of its own and turns no text around; a traceback keeps its lines."""
    return {name: _tame(value, keep="\n" if name in TRACES else "") for name, value in entry.items()}


def _tame(value: Any, keep: str = "") -> Any:
    if isinstance(value, str):
        return "".join(sign if sign.isprintable() or sign in keep else ascii(sign)[1:-1] for sign in value)
    if isinstance(value, dict):
        return {name: _tame(inner) for name, inner in value.items()}
    return [_tame(inner) for inner in value] if isinstance(value, list) else value
