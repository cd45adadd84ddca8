"""Lots: supply is one thing, units of an item at a location with a due date."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from backorder.rules.allowance import Allowance, Chance
from backorder.rules.claims import Claim


class LotKind(StrEnum):
    ON_HAND = "on_hand"
    DOCK = "dock"  # booked in by the merchant, not yet counted in at the store
    PURCHASE_ORDER = "purchase_order"
    SHIPMENT = "shipment"  # carried by a shipment of the store
    TRANSFER = "transfer"  # announced by a transfer of the store, and on no shipment yet


@dataclass(frozen=True)
class Lot:
    """``units`` due on ``due_on``. Only a lot on hand is ``allocated``; ``short`` units were kept and lost.

    Without a day, what is on hand or at the dock is there today; what is still to come is only known to come. With an
    ``allowance`` for its supplier's lateness it is expected later than stated, and has a ``chance`` to be here by each day.
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
    transfer_part_id: int | None = None
    allowance: Allowance | None = None
    chance: Chance | None = None

    @property
    def source_id(self) -> int:
        """What of the books it comes from: the line of a purchase order or the part of a transfer; 0 for the shelf."""
        return self.purchase_order_line_id or self.transfer_part_id or 0

    @property
    def dated(self) -> bool:
        """Whether it can be said when the units are there. What is not dated serves nobody's day."""
        return self.due_on is not None or self.kind in HERE

    def expected_on(self, lots: int = 1) -> date | None:
        """The day by which the units are reckoned with, where ``lots`` lots must all be here; None: no day is stated."""
        return self.allowance.here_by(lots) if self.allowance else self.due_on

    def due(self, today: date, lots: int = 1) -> date:
        """The day the units are there: never before today for what is still to come; the end of time if no day is known."""
        return max(self.expected_on(lots) or (today if self.dated else date.max), today)

    def overdue(self, today: date) -> bool:
        """Whether the stated day has passed without the units."""
        return self.kind in _ANNOUNCED and self.due_on is not None and self.due_on < today


def by_lead_time(claim: Claim, ordered_on: date, days: int) -> Lot:
    """The shipment that a lead time stands for: nobody has ordered it yet, as far as we know."""
    due_on = ordered_on + timedelta(days=days)
    return Lot(0, claim.item_id, claim.location_id, LotKind.PURCHASE_ORDER, claim.units, due_on)


HERE = frozenset({LotKind.ON_HAND, LotKind.DOCK})
_ANNOUNCED = frozenset({LotKind.PURCHASE_ORDER, LotKind.SHIPMENT})
