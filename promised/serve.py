"""``promised serve``: web, worker and beat in one process over one database. Nothing else to install."""

import signal
import sys
from typing import Any

import structlog
from flask import Flask

from backorder.config import Settings
from backorder.db import migrate
from backorder.db.engine import Database, DatabaseBusy
from backorder.house import House
from backorder.take_over import take_over
from plugin.app import create_app
from plugin.ready import machine
from promised.alone import Alone
from promised.engine_room import EngineRoom
from promised.refusal import CannotStart
from promised.server import GRACE_SECONDS, Server
from promised.start import look_around, stop_here
from workers.app import make_celery, move_in

# A thread that computes gives way to one that has to answer after this long, not after the usual five milliseconds: a webhook
# needs the interpreter a dozen times, and workers compute in the same process.
SWITCH_SECONDS = 0.0005
# The web threads have ended by now; what is left of the grace is for tasks.
STOP_SECONDS = GRACE_SECONDS - 10

log = structlog.get_logger(__name__)


def serve(settings: Settings, *, works: bool = True) -> None:
    """Migrate the database and serve until told to stop; ends the process. A REDIS_URL is not used here.

    One that does not work has pages and keeps webhooks: after a restore, people enter what the store does not know before anybody acts.
    """
    settings = settings.model_copy(update={"redis_url": None})
    stop_here(machine.at_first(settings, new=True))
    alone = Alone(machine.file_of(settings))
    bring_up_to_date(settings.database_url)
    look_around(settings)
    embedded = Embedded(settings, works=works)
    Server(
        settings.port,
        embedded.make_app,
        workers=1,
        post_worker_init=embedded.start,
        worker_exit=embedded.stop,
        on_exit=alone.leave,
    ).run()


def bring_up_to_date(database_url: str) -> None:
    """Migrate, and keep no connection that a fork would share. Raises CannotStart where the database does not answer."""
    database = Database(database_url)
    try:
        migrate.upgrade(database)
        log.info("database migrated", revision=migrate.head())
    except DatabaseBusy as away:
        raise CannotStart(f"Not migrated: {away}. See whether it runs and DATABASE_URL names it.") from away
    finally:
        database.close()


class Embedded:
    """What lives in the one worker process; gunicorn calls these in it, in this order."""

    def __init__(self, settings: Settings, *, works: bool = True) -> None:
        self._settings = settings
        self._works = works
        self._room: EngineRoom | None = None
        self._house: House | None = None

    def make_app(self) -> Flask:
        """The application, over a house whose bell rings in this process's own engine room."""
        sys.setswitchinterval(SWITCH_SECONDS)
        celery = make_celery(self._settings)
        self._house, ringer = move_in(celery, self._settings)
        self._room = EngineRoom(celery, ringer) if self._works else None
        return create_app(self._house)

    def start(self, worker: Any) -> None:
        """Begin to work once the web server is ready, and take SIGTERM for both."""
        assert self._house is not None
        room = self._room
        if room is None:
            log.warning("serving without workers: webhooks are kept, and nobody looks, holds, releases or writes")
            return
        # One process a file, so whoever was at work before is gone, perhaps killed in the middle of it.
        take_over(self._house)

        def told_to_stop(number: int, frame: object) -> None:
            room.stop_taking()
            worker.handle_exit(number, frame)

        signal.signal(signal.SIGTERM, told_to_stop)
        signal.siginterrupt(signal.SIGTERM, False)  # noqa: FBT003 - as gunicorn: do not disturb requests under way
        room.start()
        log.info("serving", address=f"http://localhost:{self._settings.port}", app=self._settings.app_url)

    def stop(self, _arbiter: object, _worker: object) -> None:
        """The web threads have ended; let the tasks at hand end too, and close the books: then all of them is in the one file."""
        if self._room is not None and not self._room.stop(STOP_SECONDS):
            log.warning("left work under way; it comes back when its lease ends")
        elif self._house is not None:
            self._house.http.close()
            self._house.db.close()
