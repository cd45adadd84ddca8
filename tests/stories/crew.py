"""A crew: the workers of one process side by side in the town's time, so that what one waits for does not stop the others.

Each hand is a thread, but one of them runs at a time: who waits (for the store, or for work) hands on to whoever is next
in time, and time goes on to that moment. So a story about several workers has one end, and minutes pass in no time.

The hands run the real tasks, called as Celery calls them: by rings of the bell, by each other, by beat every five seconds.
"""

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from backorder.bell import Ring
from tests.stories.town import Town
from workers import tasks
from workers.calls import ANSWERS, Call
from workers.timetable import SWEEP_SECONDS

IDLE_SECONDS = 0.05
PATIENCE = 60.0  # of the real clock, for a story that hangs


class Crew:
    """So many hands at work in a town, whatever its shops."""

    def __init__(self, town: Town, hands: int = 4) -> None:
        self.town = town
        self.house = replace(town.house, sleep=self.wait, bell=self)
        self.calls: deque[Call] = deque()
        self._rung: set[Ring] = set()
        self._hands = hands
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._over = False
        self._error: BaseException | None = None
        self._took: float | None = None
        self._enough: Callable[[], bool] = lambda: True
        self._ended = threading.Event()

    def ring(self, what: Ring) -> None:
        """The bell of this house."""
        self._rung.add(what)

    def work(self, enough: Callable[[], bool], at_most: float) -> float:
        """Work until it is enough; the seconds that took. Fails when it takes longer than ``at_most``.

        Each hand ends what it is at.
        """
        self._began = began = self.town.time()
        self._over, self._enough = False, enough
        self._ends = began + timedelta(seconds=at_most)
        self._ended.clear()
        actors = [self._street, *[self._hand] * self._hands]
        threads = [threading.Thread(target=self._act, args=(actor,), daemon=True) for actor in actors]
        clock = SimpleNamespace(monotonic=lambda: self.town.time().timestamp())
        kept = self.town.world.pause, self.town.app.extensions["house"]
        self.town.world.pause, self.town.app.extensions["house"] = self.wait, self.house
        try:
            with patch.object(tasks, "time", clock):
                for thread in threads:
                    thread.start()
                while len(self._waiting) < len(threads):
                    threading.Event().wait(0.001)
                self._next()
                assert self._ended.wait(PATIENCE), "the crew hangs"
                for thread in threads:
                    thread.join(PATIENCE)
        finally:
            self.town.world.pause, self.town.app.extensions["house"] = kept
            self._waiting.clear()
        if self._error is not None:
            raise self._error
        assert self._took is not None, f"after {at_most:.1f} s it is not enough"
        return self._took

    def wait(self, seconds: float) -> None:
        """The hand that calls this waits; the others go on."""
        mine = self._stand(seconds)
        self._next()
        mine.wait()

    def _stand(self, seconds: float) -> threading.Event:
        mine = threading.Event()
        heapq.heappush(self._waiting, (self.town.time().timestamp() + seconds, next(self._order), mine))
        return mine

    def _next(self) -> None:
        """Whoever is next in time goes on."""
        if not self._waiting:
            self._ended.set()
            return
        at, _, who = heapq.heappop(self._waiting)
        self.town.time.passes(max(0.0, at - self.town.time().timestamp()))
        who.set()

    def _act(self, actor: Callable[[], None]) -> None:
        mine = self._stand(0)
        mine.wait()
        try:
            while not self._over:
                actor()
        except BaseException as error:  # noqa: BLE001 - told to whoever reads the story
            self._error, self._over = error, True
        self._next()

    def _hand(self) -> None:
        if not self.calls:
            self.wait(IDLE_SECONDS)
            return
        call = self.calls.popleft()
        self.calls.extend(tasks.TASKS[call.task](self.house, *call.args))

    def _street(self) -> None:
        """The store's own work, the post, the ringer and beat."""
        sweeps_at = self.town.time()
        while not self._enough() and self.town.time() < self._ends:
            self.town.bring_the_post()
            if self.town.time() >= sweeps_at:
                self.calls.append(Call("sweep"))
                sweeps_at += timedelta(seconds=SWEEP_SECONDS)
            self.calls.extend(ANSWERS[what] for what in sorted(self._rung))
            self._rung.clear()
            self.wait(IDLE_SECONDS)
        self._took = (self.town.time() - self._began).total_seconds() if self._enough() else None
        self._over = True
