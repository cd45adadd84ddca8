"""The turn to write: given in the order of asking, and to whoever is in a hurry before the others.

A lock of the language is no queue: a thread that lets it go and asks again at once mostly has it back before another wakes. A worker
that writes a long restock in short transactions would so keep webhooks out until its end.
"""

import threading
from collections import deque

# So many who hurry may go in succession while others wait.
HURRIED_IN_A_ROW = 4


class Turn:
    """Held by one thread at a time and handed to the next one, never dropped between them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._in_a_row = 0
        self._hurried: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()

    def acquire(self, timeout: float, *, hurry: bool = False) -> bool:
        """Wait for the turn. False if it did not come within ``timeout`` seconds."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Lock()
            called.acquire()
            queue = self._hurried if hurry else self._others
            queue.append(called)
        if called.acquire(timeout=max(0.0, timeout)):
            return True
        with self._lock:
            if called in queue:
                queue.remove(called)
                return False
        return True  # it was handed over at this very moment

    def release(self) -> None:
        """Hand the turn on."""
        with self._lock:
            if self._hurried and (self._in_a_row < HURRIED_IN_A_ROW or not self._others):
                self._in_a_row += 1
                self._hurried.popleft().release()
            elif self._others:
                self._in_a_row = 0
                self._others.popleft().release()
            else:
                self._in_a_row = 0
                self._taken = False
