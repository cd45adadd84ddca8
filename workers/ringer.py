"""The bell as Celery hears it: any number of rings become one call per fifty milliseconds and kind.

Who rings only sets a flag. One thread per process carries the flags to the broker. When the broker is away it says so
once and tries again a little later; meanwhile the work is safe in the books.
"""

import os
import threading
import weakref
from collections.abc import Callable

import structlog

from backorder.bell import Ring

PAUSE_SECONDS = 0.05
# After a failure the broker is left alone for a while.
REST_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Ringer:
    """A Bell whose rings are carried on by ``send``, in a thread of its own."""

    def __init__(self, send: Callable[[Ring], None], pause: float = PAUSE_SECONDS, rest: float = REST_SECONDS) -> None:
        self._send = send
        self._pause = pause
        self._rest = rest
        self._broker_is_away = False
        self._thread: threading.Thread | None = None
        self._fresh()
        _survive_forks(self)

    def ring(self, what: Ring) -> None:
        """Say that ``what`` has become due. Never blocks, never raises."""
        self._rung[what].set()
        self._any.set()

    def start(self) -> None:
        """Carry rings from now on; those that came before are not lost."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._carry, name="ringer", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Carry what was rung, then end. After ``timeout`` seconds the thread is left behind."""
        self._stopping.set()
        self._any.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def _fresh(self) -> None:
        self._rung = {what: threading.Event() for what in Ring}
        self._any = threading.Event()
        self._stopping = threading.Event()

    def _after_fork(self) -> None:
        """A child has no threads, and perhaps a lock that its parent held: begin anew."""
        was_running = self._thread is not None
        self._thread = None
        self._fresh()
        if was_running:
            self.start()

    def _carry(self) -> None:
        while not self._stopping.is_set():
            self._any.wait()
            self._any.clear()
            carried = self._carry_all()
            self._stopping.wait(self._pause if carried else self._rest)
        self._carry_all()

    def _carry_all(self) -> bool:
        for what, flag in self._rung.items():
            if flag.is_set():
                flag.clear()
                if not self._carry_one(what):
                    self.ring(what)
                    return False
        return True

    def _carry_one(self, what: Ring) -> bool:
        try:
            self._send(what)
        except Exception as error:  # noqa: BLE001 - any driver's error means one thing: the broker is away
            if not self._broker_is_away:
                log.warning("broker away", ring=what.value, error=type(error).__name__)
            self._broker_is_away = True
            return False
        if self._broker_is_away:
            log.info("broker back")
        self._broker_is_away = False
        return True


def _survive_forks(ringer: Ringer) -> None:
    remembered = weakref.ref(ringer)

    def begin_anew() -> None:
        if (here := remembered()) is not None:
            here._after_fork()  # noqa: SLF001 - a part of the class that must not keep it alive

    os.register_at_fork(after_in_child=begin_anew)
