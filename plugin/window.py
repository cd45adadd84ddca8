"""Counting questions: so many in a window of time from one asker, and then no more until it ends.

In the memory of each process, for nothing else is at stake: an asker may get as many windows as there are processes. A library
would keep addresses of visitors in Redis, which half of the installations do not have; here nobody's address is kept at all.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable

SECONDS = 60.0


class Window:
    """At most ``most`` of each asker in a window; the windows of all begin together."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._began = clock()
        self._asked: Counter[Hashable] = Counter()
        self._lock = threading.Lock()

    def admit(self, asker: Hashable) -> float | None:
        """None if the asker may ask; else the seconds after which they may again."""
        with self._lock:
            now = self._clock()
            if now - self._began >= SECONDS:
                self._began = now
                self._asked.clear()
            if self._asked[asker] >= self._most:
                return self._began + SECONDS - now
            self._asked[asker] += 1
            return None
