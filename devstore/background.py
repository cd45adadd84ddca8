"""Work the store does a little later by itself: routing an order, finishing a job."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

Job = Callable[[], object]


class Background:
    """Jobs by the time they are due. A running process has a thread; a test steps by hand with ``run_due``."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._running = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.failures: list[str] = []

    def later(self, delay: float, job: Job) -> None:
        """Do ``job`` in ``delay`` seconds at the earliest."""
        with self._changed:
            heapq.heappush(self._jobs, (self._monotonic() + delay, next(self._order), job))
            self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs."""
        with self._changed:
            return bool(self._jobs or self._running)

    def run_due(self) -> int:
        """Do every job that is due now, those included that they start; returns how many. Failures are raised."""
        done = 0
        while (job := self._take()) is not None:
            try:
                job()
            finally:
                self._finished()
            done += 1
        return done

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing waits or runs; False when that took longer than ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._running, timeout)

    def start(self) -> None:
        """Do jobs in a thread from now on."""
        self._thread = threading.Thread(target=self._loop, name="store-background", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the job at hand; waiting jobs are dropped with the process."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        while not self._stopping:
            try:
                self.run_due()
            except Exception as error:
                # the thread must outlive one bad job; the ledger shows what failed
                logger.exception("background work failed")
                self.failures.append(repr(error))
            with self._changed:
                if not self._stopping:
                    self._changed.wait(self._pause())

    def _pause(self) -> float | None:
        return max(0.0, self._jobs[0][0] - self._monotonic()) if self._jobs else None

    def _take(self) -> Job | None:
        with self._changed:
            if not self._jobs or self._jobs[0][0] > self._monotonic():
                return None
            self._running += 1
            return heapq.heappop(self._jobs)[2]

    def _finished(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()
