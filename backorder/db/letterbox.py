"""The letterbox: deliveries that come at the same moment are kept in one transaction (SQLite).

Whoever gets the writer's turn keeps everybody's: a commit to disk costs the same for one as for fifty, so a burst of webhooks
pays for a few commits instead of one each. PostgreSQL does this by itself.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backorder.db import inbox
from backorder.db.engine import Database, DatabaseBusy
from backorder.db.inbox import Delivery
from backorder.db.sealed import Sealer

# How long a caller waits for the leader who has taken its letter along: the leader holds the turn already.
LEADER_SECONDS = 5.0


@dataclass(eq=False)
class Letter:
    """One delivery on its way into the books, and what became of it."""

    row: Mapping[str, Any]
    decided: threading.Event = field(default_factory=threading.Event)
    fresh: bool = False
    error: BaseException | None = None

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
        self._waiting: list[Letter] = []
        self._lock = threading.Lock()

    def keep(self, delivery: Delivery, at: datetime, patience: float) -> bool:
        """Keep a delivery, on disk when this returns. False if it was here before.

        Raises DatabaseBusy if the turn to write does not come within ``patience`` seconds; nothing of it was kept then.
        """
        letter = Letter(inbox.sealed(self._sealer, delivery, at))
        if not self._database.is_sqlite:
            with self._database.write(patience) as tx:
                return inbox.put_sealed(tx, letter.row)
        with self._lock:
            self._waiting.append(letter)
        try:
            self._lead(patience)
        except DatabaseBusy:
            if self._withdraw(letter):
                raise
        # Either we have led, or another leader has taken the letter along.
        if not letter.decided.wait(LEADER_SECONDS):
            raise DatabaseBusy("the writer who took this along does not come back")
        return letter.outcome()

    def _lead(self, patience: float) -> None:
        """Get the writer's turn and keep whatever waits then; nothing, if another leader was quicker."""
        taken: list[Letter] = []
        try:
            with self._database.write(patience) as tx:
                with self._lock:
                    taken, self._waiting = self._waiting, []
                for letter in taken:
                    letter.fresh = inbox.put_sealed(tx, letter.row)
        except BaseException as error:
            for letter in taken:
                letter.error = error
                letter.decided.set()
            raise
        for letter in taken:
            letter.decided.set()

    def _withdraw(self, letter: Letter) -> bool:
        """Take a letter back; False if a leader has it."""
        with self._lock:
            if letter in self._waiting:
                self._waiting.remove(letter)
                return True
        return False
