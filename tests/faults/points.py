"""At which named steps (backorder/failpoint.py) which kind of test lets somebody die."""

from backorder.failpoint import POINTS

# Beat has no part in a story that turns time by hand.
DIED_AT_IN_PROCESS = tuple(point for point in POINTS if point != "beat.ticked")

# One for each kind of process, and both sides of what cannot be taken back: ``web``, ``worker`` (a pool child), ``beat``.
KILLED_AT = (
    "webhook.kept",
    "delivery.understood",
    "observe.swept",
    "decided",
    "hold.placed",
    "release.made",
    "letter.handed_over",
    "outbox.recorded",
    "beat.ticked",
)
