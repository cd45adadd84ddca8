"""Drift: what differed between a store and our books before a comparison mended it, and when that is alarming.

Drift is repaired either way. It is alarming when it grows, when more and more of it has no explanation, when comparisons fail, or
when none takes place: each says that something else is broken, most often the store's webhooks.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from backorder.rules.alarm import Alarm, AlarmKind, lasting

WEEK = timedelta(days=7)
# Fewer differences in a week than this are the noise of a living shop, whatever the weeks before were like.
FEW = 5
TIMES_USUAL = 3
FAILURES = 3
PERIODS = 2
# What nothing explains is alarming when it grows over so many comparisons, or when it is more than this share of all they found.
RUNS = 3
SHARE = 0.25


@dataclass(frozen=True)
class Drift:
    """What a comparison read, and what differed before it was mended.

    ``marks_changed``: our tags and metafields on orders. ``effects_missing``: what we want of the store and it does not show,
    because our change is late, stopped or waits for a person; that is shown again by every comparison until it is settled, so it
    is no drift. ``unexplained``: of what differed, that for which nothing is known that explains it (rules.causes).
    """

    orders_read: int = 0
    orders_unknown: int = 0
    orders_changed: int = 0
    transfers_read: int = 0
    transfers_changed: int = 0
    items_read: int = 0
    levels_changed: int = 0
    policies_changed: int = 0
    holds_changed: int = 0
    marks_changed: int = 0
    effects_missing: int = 0
    unexplained: int = 0

    @property
    def found(self) -> int:
        """How many differences there were that are mended now."""
        orders = self.orders_unknown + self.orders_changed + self.holds_changed + self.marks_changed
        return orders + self.transfers_changed + self.levels_changed + self.policies_changed

    def __add__(self, other: "Drift") -> "Drift":
        return Drift(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Record:
    """How the comparisons of a shop went. ``found`` names those that found something, with when and how much.

    ``first`` and ``last`` are when the first and the last successful one ended; ``failures`` counts the latest in a row.
    ``latest``: of the last RUNS that succeeded, oldest first, how much they found and how much of it nothing explains.
    """

    first: datetime | None = None
    last: datetime | None = None
    failures: int = 0
    error: str | None = None
    found: tuple[tuple[datetime, int], ...] = ()
    latest: tuple[tuple[int, int], ...] = ()


def alarm(record: Record, since: datetime, period: timedelta, now: datetime) -> Alarm | None:
    """Whether a person should look at how books and store differ. ``since``: when the shop came; ``period``: the usual pause."""
    if record.failures >= FAILURES:
        why = f" The last reason: {record.error}" if record.error else ""
        return Alarm(
            AlarmKind.COMPARISON,
            f"The last {record.failures} comparisons with the store failed.{why}",
            "Open the app once, so that it gets access again; if that does not help, tell whoever runs the app.",
        )
    last = max(record.last or since, since)
    if now - last > PERIODS * period:
        return Alarm(
            AlarmKind.COMPARISON,
            f"The books have not been compared with the store for {lasting(now - last)}.",
            "Compare them now; if nothing happens, the workers of the app do not run.",
        )
    return _unexplained(record) or _growth(record, now)


def _unexplained(record: Record) -> Alarm | None:
    """Whether the last comparisons found more and more that nothing explains, or much of what they found has no explanation."""
    if len(record.latest) < RUNS:
        return None
    found, counts = sum(all_of_it for all_of_it, _ in record.latest), [without for _, without in record.latest]
    grows = all(before < after for before, after in pairwise(counts))
    if sum(counts) < FEW or not (grows or sum(counts) > SHARE * found):
        return None
    return Alarm(
        AlarmKind.UNEXPLAINED,
        f"For {sum(counts)} of the {found} differences that the last {RUNS} comparisons found nothing is known that explains them.",
        "All were mended. Whoever runs the app should look at the list of differences: webhooks came, and the books did not follow.",
    )


def _growth(record: Record, now: datetime) -> Alarm | None:
    """Whether this week found more than three times the median of the weeks before."""
    if record.first is None:
        return None
    weeks = (now - record.first) // WEEK
    if weeks < 1:
        return None  # nothing to compare this week with
    by_week = [0] * (weeks + 1)
    for at, found in record.found:
        age = (now - at) // WEEK
        if 0 <= age <= weeks:
            by_week[age] += found
    this, *before = by_week
    usual = median(before)
    if this < FEW or this <= TIMES_USUAL * usual:
        return None
    return Alarm(
        AlarmKind.DRIFT,
        f"Comparisons found {this} differences in the last 7 days; usually there are {usual:g} a week.",
        "All were mended. Look at what drifted: most often the store's webhooks are late or do not reach the app.",
    )
