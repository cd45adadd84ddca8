"""A question that may never be answered, asked within bounds: one thread waits for the answer, the caller only so long."""

import threading
import time
from collections.abc import Callable

from plugin.ready.finding import Findings


class Probe:
    """Asks ``ask`` in a thread of its own. While one question hangs, no second is asked: the same one is waited for."""

    def __init__(self, name: str, ask: Callable[[], Findings], silence: Findings) -> None:
        self._name, self._ask, self._silence = name, ask, silence
        self._lock = threading.Lock()
        self._asked: threading.Event | None = None
        self._answer: Findings = silence

    def begin(self) -> None:
        """Ask, unless a question is under way."""
        with self._lock:
            if self._asked is None or self._asked.is_set():
                self._asked = threading.Event()
                self._answer = self._silence
                threading.Thread(target=self._wait, args=[self._asked], name=f"probe {self._name}", daemon=True).start()

    def answer(self, until: float) -> Findings:
        """What was found; what silence means if there is no answer ``until`` this moment of the monotonic clock."""
        asked = self._asked
        if asked is None or not asked.wait(max(0.0, until - time.monotonic())):
            return self._silence
        return self._answer

    def _wait(self, asked: threading.Event) -> None:
        try:
            self._answer = self._ask()
        finally:
            asked.set()
