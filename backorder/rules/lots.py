"""Lots: supply is one thing, units of an item at a location with a due date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backorder.rules.allowance import Allowance


class LotKind(StrEnum):
    ON_HAND = "on_hand"
    DOCK = "dock"  # booked in by the merchant, not yet counted in at the store
    PURCHASE_ORDER = "purchase_order"


@dataclass(frozen=True)
class Lot:
    """``units`` due on ``due_on`` (None: today). Only a lot on hand is ``allocated``; ``short`` units were kept and lost.

    With an ``allowance`` for its supplier's lateness it is expected later than stated.
    """

    lot_id: int
    item_id: int
    location_id: int
    kind: LotKind
    units: int
    due_on: date | None = None
    allocated: int = 0
    short: int = 0
    purchase_order_line_id: int | None = None
    label: str = ""
    allowance: Allowance | None = None

    def expected_on(self, lots: int = 1) -> date | None:
        """The day by which the units are reckoned with, where ``lots`` lots must all be here; None: today."""
        return self.allowance.here_by(lots) if self.allowance else self.due_on

    def due(self, today: date, lots: int = 1) -> date:
        """The day the units are there: never before today for what is still to come."""
        return max(self.expected_on(lots) or today, today)

    def overdue(self, today: date) -> bool:
        """Whether the stated day has passed without the units."""
        return self.kind is LotKind.PURCHASE_ORDER and self.due_on is not None and self.due_on < today
