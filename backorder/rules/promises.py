"""What was told: a ship date for an order line, versioned, never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Basis(StrEnum):
    """What a date rests on."""

    LOT = "lot"  # a known lot serves this place in the queue
    LEAD_TIME = "lead_time"  # nothing is on order; the supplier's lead time from the order date
    ASAP = "asap"  # no date, by the merchant's choice
    UNKNOWN = "unknown"  # no supply is known
    TOGETHER = "together"  # the slowest line of an order that ships together
    SHOWN = "shown"  # the page showed it, and the order proves that (rules.evidence)


@dataclass(frozen=True)
class Promise:
    """One version of what a buyer was told about one order line. ``ship_by`` is a day in the shop's time zone.

    Where a range is told, ``ship_from`` is its first day; what is promised is the last one, ``ship_by``.
    """

    line_id: int
    order_id: int
    version: int
    ship_by: date | None
    basis: Basis
    source: str
    rule: str
    confidence: float | None
    reason: str
    actor: str
    made_at: datetime
    told_at: datetime | None
    previous: date | None
    # The day stated by the supplier of the last lot, where it is allowed to be late.
    stated_on: date | None = None
    ship_from: date | None = None


def promised(versions: Sequence[Promise]) -> dict[int, date | None]:
    """The day that each buyer goes by, by line: the last that was told; before any was, the newest, which stands on the order.

    ``versions`` are in order.
    """
    return {version.line_id: version.ship_by for version in versions} | told(versions)


def told(versions: Sequence[Promise]) -> dict[int, date | None]:
    """The day that each buyer was last told, by line, of those who were told any. ``versions`` are in order."""
    return {version.line_id: version.ship_by for version in versions if version.told_at is not None}
