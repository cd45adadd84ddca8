"""What beat ticks, and how often. It only ticks: what is due is asked of the books."""

from typing import Any

from celery.beat import Scheduler

from backorder.config import Settings
from backorder.failpoint import reached
from workers.calls import full_name

SWEEP_SECONDS = 5.0
EXPIRE_SECONDS = 15.0
TIDY_SECONDS = 60.0


class Ticker(Scheduler):  # type: ignore[misc]  # Celery has no types
    """Beat's own scheduler, which keeps nothing on disk; it only says that it has ticked."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send the task of an entry."""
        super().apply_entry(entry, producer)
        reached("beat.ticked")


def rounds_seconds(settings: Settings) -> float:
    """How often to ask which shops are due for a reconciliation: a fifth of its period, thirty seconds at most."""
    return min(30.0, settings.reconcile_seconds / 5)


def timetable(settings: Settings) -> dict[str, dict[str, Any]]:
    """Beat's schedule. A tick that nobody heard before the next one is dropped."""
    return {
        "sweep": _every(SWEEP_SECONDS, "sweep"),
        "close_unanswered": _every(TIDY_SECONDS, "close_unanswered"),
        "rounds": _every(rounds_seconds(settings), "rounds"),
        "expire": _every(EXPIRE_SECONDS, "expire"),
        "tidy": _every(TIDY_SECONDS, "tidy"),
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": full_name(task), "schedule": seconds, "options": {"expires": seconds, "ignore_result": True}}
