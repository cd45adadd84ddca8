"""The bell: after a commit it says that there is work, never what work. The books remember the work itself.

The house only knows how to ring; who hears it (Celery, a test, nobody) is the doors' business. A bell must never block
and never raise: a lost ring costs seconds, because the clock sweeps the books anyway.
"""

from enum import StrEnum
from typing import Protocol


class Ring(StrEnum):
    """What became due."""

    INBOX = "inbox"
    OBSERVE = "observe"
    OUTBOX = "outbox"
    IMPORT = "import"
    RECONCILE = "reconcile"


class Bell(Protocol):
    """Something that can be rung after a commit."""

    def ring(self, what: Ring) -> None:
        """Say that ``what`` has become due. Never blocks, never raises."""


class SilentBell:
    """Nobody listens; the clock finds the work."""

    def ring(self, what: Ring) -> None:
        """Do nothing."""
