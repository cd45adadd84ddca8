"""Celery's worker and beat as threads of this process, for the embedded mode.

The ``threads`` pool, because ``solo`` would die of a SystemExit in a task; one process, because two would not share a
queue in memory. Signals stay with whoever owns the process.
"""

import os
import signal
import threading
from typing import Any

import structlog
from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import state

from backorder.bell import Ring
from workers.ringer import Ringer

CONCURRENCY = 4

log = structlog.get_logger(__name__)


class EngineRoom:
    """Worker, beat and ringer of one process. Starts once, stops once."""

    def __init__(self, celery: Celery, ringer: Ringer) -> None:
        self._celery = celery
        self._ringer = ringer
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._worker: Any = None
        self._beat: Any = EmbeddedService(celery, thread=True, scheduler_cls="workers.timetable:Ticker")
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to work, first at what was left over from before."""
        self._thread.start()
        self._beat.start()
        self._ringer.start()
        for what in Ring:
            self._ringer.ring(what)

    def wait_until_ready(self, timeout: float) -> bool:
        """Whether the worker listens to its queue within ``timeout`` seconds."""
        return self._ready.wait(timeout)

    def stop_taking(self) -> None:
        """Take no new work. Returns at once; may be called from a signal handler."""
        self._stopping.set()
        state.should_stop = os.EX_OK

    def stop(self, timeout: float) -> bool:
        """Finish what is at hand and end. False if that took longer than ``timeout`` seconds; the books keep the rest."""
        self.stop_taking()
        self._ringer.stop()
        self._beat.service.stop()  # it sleeps until its next tick, which nobody would hear: that is not waited for
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        state.should_stop = None  # module-wide in Celery: an earlier room of this process may have left it set
        self._worker = self._celery.WorkController(
            pool="threads",
            concurrency=CONCURRENCY,
            ready_callback=lambda _consumer: self._ready.set(),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._worker.start()
        if not self._stopping.is_set():
            log.critical("worker ended by itself; the process restarts")
            os.kill(os.getpid(), signal.SIGTERM)
