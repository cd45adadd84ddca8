"""``promised web``, ``worker`` and ``beat``: any number of processes over PostgreSQL and Redis, one beat."""

import os
import signal
import threading
from contextlib import suppress
from typing import Any

import structlog
from billiard import active_children
from celery import signals
from flask import Flask

from backorder.config import Settings, SettingsError
from plugin.app import create_app
from promised.server import GRACE_SECONDS, Server
from promised.start import look_around
from workers.app import make_celery, move_in

# A task mostly waits: for the store's answer, for the database's disk. With one child a core, holds would wait for readings.
CHILDREN_A_CORE = 3

log = structlog.get_logger(__name__)


def shared(settings: Settings, command: str) -> Settings:
    """The same settings, if they describe a database and a queue that processes can share, and nothing forbids the start.

    Raises SettingsError or CannotStart.
    """
    missing = []
    if settings.redis_url is None:
        missing.append(
            f"REDIS_URL is not set: `promised {command}` needs a queue that processes share. "
            "Set it, or run everything in one process with `promised serve`."
        )
    if settings.database_url.startswith("sqlite:"):
        missing.append(
            f"DATABASE_URL is a SQLite file: `promised {command}` needs PostgreSQL, which processes can share. "
            "Set it to postgresql://user:password@host/name, or run `promised serve`."
        )
    if missing:
        raise SettingsError("\n".join(missing))
    look_around(settings)
    return settings


def web(settings: Settings) -> None:
    """Serve requests, in WEB_CONCURRENCY processes (default 1); ends the process."""
    web_process = _WebProcess(shared(settings, "web"))
    Server(settings.port, web_process.make_app, worker_exit=web_process.stop).run()


def worker(settings: Settings) -> int:
    """Work at the queue in CHILDREN_A_CORE processes per core until told to stop. Returns the exit status."""
    celery = make_celery(shared(settings, "worker"))
    _keep_our_log()

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery has no types
    def begin(**_: Any) -> None:
        move_in(celery, settings)[1].start()

    children = CHILDREN_A_CORE * (os.cpu_count() or 1)

    @signals.worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery has no types
    def end_in_time(**_: Any) -> None:
        # A broker that is away can keep the worker in its search for it; what it leaves undone comes back by its lease.
        end_soon()

    controller = celery.Worker(
        pool="prefork", concurrency=children, without_gossip=True, without_mingle=True, quiet=True
    )
    controller.start()
    return int(controller.exitcode or 0)


def beat(settings: Settings) -> None:
    """Tick until told to stop; ends the process. A second beat does no harm: what is due is asked of the database."""
    celery = make_celery(shared(settings, "beat"))
    _keep_our_log()
    celery.Beat(scheduler="workers.timetable:Ticker", quiet=True).run()


def end_soon() -> None:
    """End this process when its time to stop is over (I15), whatever keeps it."""
    last = threading.Timer(GRACE_SECONDS, _end_now)
    last.daemon = True
    last.start()


def _end_now() -> None:
    """Leave, with whatever children there are: the time to stop is over (I15)."""
    try:
        log.warning("left work under way; it comes back when its lease ends")
        for child in active_children():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
    finally:
        os._exit(os.EX_OK)


class _WebProcess:
    """One web process: its house and its ringer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ringer: Any = None

    def make_app(self) -> Flask:
        house, self._ringer = move_in(make_celery(self._settings), self._settings)
        self._ringer.start()
        return create_app(house)

    def stop(self, _arbiter: object, _worker: object) -> None:
        if self._ringer is not None:
            self._ringer.stop()


def _keep_our_log() -> None:
    """Celery sets logging up itself unless somebody says that it is done."""
    signals.setup_logging.connect(lambda **_: None, weak=False)
