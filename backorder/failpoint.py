"""Failpoints: named steps of the path at which a test lets a process die, stop or fail. Nobody else ever does.

Off, a point costs one comparison. ``PROMISED_FAILPOINT`` arms points, separated by commas::

    PROMISED_FAILPOINT="outbox.taken:kill@2,beat.ticked:stop"

The actions are ``kill`` (SIGKILL to the own process), ``stop`` (SIGSTOP, until somebody sends SIGCONT) and ``raise``
(``Died``, which nothing of ours catches). ``@2`` acts at the second passing of a process, by default at the first;
``@every`` at each, which is what a poisonous task looks like. Other points act once: among all processes that share the folder
named by ``PROMISED_FAILPOINT_ONCE``, where each leaves a file of its name; without it, once in each process.

It is refused against the real Shopify, like ``CLOCK_FILE``, and no setting: it belongs to tests alone.
"""

import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ARMED, ONCE = "PROMISED_FAILPOINT", "PROMISED_FAILPOINT_ONCE"
EVERY = 0

# Every point, in the order in which a promise passes them. Each stands in the code once (tests/house/test_failpoints.py).
POINTS = (
    "webhook.kept",  # committed, not answered
    "inbox.taken",
    "delivery.understood",  # marked, not settled, in one transaction
    "delivery.settled",
    "import.read",  # a page is in the books, its cursor is not
    "observe.turn",
    "observe.swept",
    "order.noted",
    "level.read",
    "decided",  # the allocation is committed, nobody was rung
    "outbox.taken",
    "hold.placed",  # in the store, not yet read back
    "release.made",
    "offer.written",
    "order.annotated",
    "letter.handed_over",  # the relay has said yes, the books have not heard it
    "effect.made",  # nothing is left to do but to record it
    "outbox.recorded",
    "reconcile.half",
    "beat.ticked",
)


class Died(BaseException):
    """The process is gone, as far as anybody can tell: nothing of ours catches this."""


class FailpointRefused(ValueError):
    """What is asked for is no failpoint, or may not be armed here; the message is a sentence for the operator."""


@dataclass(frozen=True)
class _Plan:
    action: str
    at: int


@dataclass
class _Armed:
    plans: Mapping[str, _Plan]
    once: Path | None
    passed: Counter[str] = field(default_factory=Counter)

    def reached(self, point: str) -> None:
        plan = self.plans.get(point)
        if plan is None:
            return
        self.passed[point] += 1
        if plan.at != EVERY and (self.passed[point] != plan.at or not self._first(point)):
            return
        if plan.action == "raise":
            raise Died(point)
        os.kill(os.getpid(), signal.SIGKILL if plan.action == "kill" else signal.SIGSTOP)

    def _first(self, point: str) -> bool:
        """Whether no process was here before; from now on one was."""
        if self.once is None:
            return True
        try:
            (self.once / point).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


_armed: _Armed | None = None


def reached(point: str) -> None:
    """Say that the path has come to ``point``. Does nothing unless a test has armed it."""
    if _armed is not None:
        _armed.reached(point)


def arm(environment: Mapping[str, str], *, store_is_overridden: bool) -> None:
    """Arm what the environment asks for, and disarm everything else.

    Raises FailpointRefused for what is no failpoint, and for any of them unless the store is a development store.
    """
    global _armed  # noqa: PLW0603 - armed once at the start of a process; a point must cost nothing
    asked = environment.get(ARMED, "")
    if not asked:
        _armed = None
        return
    if not store_is_overridden:
        raise FailpointRefused(
            f"{ARMED} lets processes die and is refused against the real Shopify: "
            "remove it, or set SHOPIFY_SHOP_URL to a development store."
        )
    once = environment.get(ONCE)
    _armed = _Armed(dict(map(_plan, asked.split(","))), Path(once) if once else None)


def _plan(asked: str) -> tuple[str, _Plan]:
    """``point:action@n``."""
    point, _, how = asked.strip().partition(":")
    action, _, at = how.partition("@")
    if point not in POINTS or action not in {"kill", "stop", "raise"} or not (at in {"", "every"} or at.isdigit()):
        raise FailpointRefused(f"{ARMED}: {asked!r} is no failpoint; see backorder/failpoint.py.")
    return point, _Plan(action, EVERY if at == "every" else int(at or 1))
