"""How a variant is sold now, and why (design §3, number 8). The function returns the state *and the reason*."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backorder.rules.projection import Projection
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.wording import units, units_wait


class SellingState(StrEnum):
    IN_STOCK = "in_stock"
    BACKORDER = "backorder"  # sold beyond stock, with a date
    ASAP = "asap"  # sold beyond stock, without one, because the merchant allows it
    WAITLIST = "waitlist"  # not for sale: no date, no lead time, or everything to come is spoken for
    ENDED = "ended"  # not for sale any more


@dataclass(frozen=True)
class Situation:
    """What the decision rests on, for one variant over all locations that serve the online shop (units).

    ``free``: shelf less everything already claimed, may be negative. ``inbound``: units to come. ``limit_percent`` of those
    may be sold. ``open_backorders``: units claimed that no stock covers. ``next_place``: the projection for one more unit.
    ``set_by_hand``: the policy somebody else has set since, which we respect. ``made_to_order``: no shipment to come counts.
    """

    tracked: bool
    on_sale: bool
    free: int
    inbound: int
    open_backorders: int
    limit_percent: int
    max_backorders: int | None
    next_place: Projection
    set_by_hand: Policy | None = None
    made_to_order: bool = False

    @property
    def room(self) -> int:
        """Units that may still be sold before everything on the shelf and the allowed share of what comes is claimed."""
        return self.free + self.inbound * self.limit_percent // 100


@dataclass(frozen=True)
class Decision:
    """``policy`` is what the store must have so that the state is true; None: leave it as the merchant had it."""

    state: SellingState
    policy: Policy | None
    ship_by: date | None
    reason: str


def decide(situation: Situation) -> Decision:
    """The selling state of a managed variant, in the order in which a merchant would ask."""
    if not situation.tracked:
        return Decision(SellingState.IN_STOCK, None, None, "The store does not count this item, so it never runs out.")
    if not situation.on_sale:
        return Decision(SellingState.ENDED, None, None, "The product is not active in the store.")
    if situation.free > 0:
        return Decision(SellingState.IN_STOCK, None, None, f"{units(situation.free)} on the shelf and free.")
    return _beyond_stock(situation)


def _beyond_stock(situation: Situation) -> Decision:
    # Set by hand to go on, it is being sold whatever we think: what is shown follows the policy that the store has.
    refusal = None if situation.set_by_hand is Policy.CONTINUE else _refusal(situation)
    if refusal is not None:
        return _closed(refusal)
    place = situation.next_place
    if place.basis is Basis.LOT:
        lot = place.last_lot
        late = " That shipment is overdue." if place.overdue else ""
        left = units(max(0, situation.room))
        reason = f"{left} left to sell, next from {lot.label if lot else 'the next shipment'}.{late}"
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.LEAD_TIME and situation.made_to_order:
        reason = "Made to order: the date is the day of the order and the lead time."
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.LEAD_TIME:
        reason = "Nothing more is on order; the date follows the supplier's lead time."
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.UNKNOWN:
        return _open(SellingState.ASAP, None, "Somebody set the policy by hand to go on selling; no date is known.")
    return _open(SellingState.ASAP, None, "No date is known, and the terms allow selling without one.")


def _refusal(situation: Situation) -> str | None:
    """Why nothing may be sold beyond stock, or None."""
    cap, basis = situation.max_backorders, situation.next_place.basis
    if situation.set_by_hand is Policy.DENY:
        return "Somebody set the policy by hand to stop selling when out of stock."
    if cap is not None and situation.open_backorders >= cap:
        return f"{units_wait(situation.open_backorders)} already, and the limit is {cap}."
    if basis is Basis.LOT and situation.room <= 0:
        return "Everything that may be sold of the coming shipments is spoken for."
    if basis is Basis.UNKNOWN and situation.inbound > 0:
        return "Everything to come is already spoken for."
    if basis is Basis.UNKNOWN:
        return "Sold out: nothing is on order and no lead time is known."
    return None


def _open(state: SellingState, ship_by: date | None, reason: str) -> Decision:
    return Decision(state, Policy.CONTINUE, ship_by, reason)


def _closed(reason: str) -> Decision:
    return Decision(SellingState.WAITLIST, Policy.DENY, None, reason)
