"""The letterbox: deliveries that come at the same moment are kept together.

On SQLite one caller leads: it gets the writer's turn and keeps whatever waits then, its own delivery and everybody's. The others
wait for their own outcome; whoever is first among those that came meanwhile leads next. A commit to disk costs the same for one
as for eight, so a burst of webhooks pays for a few commits instead of one each. PostgreSQL groups commits by itself: there each
caller has a line of its own (``inbox_lines``).
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backorder.db import inbox
from backorder.db.engine import Database, DatabaseBusy
from backorder.db.inbox import Delivery
from backorder.db.inbox_lines import InboxLines
from backorder.db.sealed import Sealer

# How long a caller waits for the leader who has taken its letter along: the leader holds the turn already.
LEADER_SECONDS = 5.0


class Letter:
    """One delivery on its way into the books, and what became of it."""

    __slots__ = ("_signal", "decided", "error", "fresh", "leads", "row")

    def __init__(self, row: Sequence[Any]) -> None:
        self.row = row
        self.decided = self.leads = self.fresh = False
        self.error: BaseException | None = None
        self._signal = threading.Lock()
        self._signal.acquire()

    def wait(self, seconds: float) -> bool:
        """Until its caller is told something: that it leads, or its outcome. False if that took too long."""
        return self._signal.acquire(timeout=max(0.0, seconds))

    def tell(self) -> None:
        """Wake its caller."""
        self._signal.release()

    def outcome(self) -> bool:
        """Whether it was new. Raises what went wrong."""
        if self.error is not None:
            raise self.error
        return self.fresh


class Letterbox:
    """Keeps deliveries; safe to be used by many threads at once."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._lines = None if database.is_sqlite else InboxLines(database.url)
        if self._lines is not None:
            database.closing.append(self._lines.close)
        self._waiting: list[Letter] = []
        self._somebody_leads = False
        self._lock = threading.Lock()

    def keep(self, delivery: Delivery, at: datetime, patience: float) -> bool:
        """Keep a delivery, on disk when this returns. False if it was here before.

        Raises DatabaseBusy if the turn to write does not come within ``patience`` seconds; nothing of it was kept then.
        """
        deadline = time.monotonic() + patience
        row = inbox.sealed(self._sealer, delivery, at)
        if self._lines is not None:
            return self._lines.keep(row)
        letter = Letter(inbox.bound(row))
        with self._lock:
            self._waiting.append(letter)
            letter.leads = not self._somebody_leads
            self._somebody_leads = True
        if not letter.leads and not letter.wait(deadline - time.monotonic()):
            self._withdraw(letter)
        if letter.leads and not letter.decided:
            self._lead(letter, deadline - time.monotonic())
        return letter.outcome()

    def _lead(self, own: Letter, patience: float) -> None:
        """Keep whatever waits when the turn comes; then let the first who came meanwhile lead."""
        taken: list[Letter] = []
        try:
            with self._database.write_bare(max(0.0, patience)) as line:
                taken = self._take_all()
                fresh = inbox.put_bare(line, [letter.row for letter in taken])
        except BaseException as error:  # noqa: BLE001 - told to everybody who was taken along, and raised to each
            with self._lock:
                if own in self._waiting:  # the turn did not come
                    self._waiting.remove(own)
            own.error = error
            for letter in taken:
                letter.error = error
        else:
            for letter, new in zip(taken, fresh, strict=True):
                letter.fresh = new
        finally:
            for letter in taken:
                letter.decided = True
                if letter is not own:
                    letter.tell()
            self._next_leads()

    def _take_all(self) -> list[Letter]:
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def _next_leads(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].tell()
            else:
                self._somebody_leads = False

    def _withdraw(self, letter: Letter) -> None:
        """Its time is over: take it back, unless a leader has it or it was to lead at this very moment."""
        with self._lock:
            if letter in self._waiting and not letter.leads:
                self._waiting.remove(letter)
                raise DatabaseBusy("the turn to write did not come")
        if not letter.leads and not letter.wait(LEADER_SECONDS):
            raise DatabaseBusy("the writer who took this along does not come back")
