"""How a variant is sold now, and why (design §3, number 8). The function returns the state *and the reason*."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from backorder.rules.cap import Cap, Closed
from backorder.rules.projection import Projection
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.wording import day as in_words
from backorder.rules.wording import units, units_wait, units_will


class SellingState(StrEnum):
    IN_STOCK = "in_stock"
    SILENT = (
        "silent"  # sold beyond stock as if in stock: what comes lands within the time in which the shop ships anyway
    )
    BACKORDER = "backorder"  # sold beyond stock, with a date
    ASAP = "asap"  # sold beyond stock, without one, because the merchant allows it
    WAITLIST = "waitlist"  # not for sale now: no date, no lead time, or everything to come is spoken for
    ENDED = "ended"  # not for sale any more


class Lifecycle(StrEnum):
    """What the merchant means to do with a variant."""

    REGULAR = "regular"
    LIMITED = "limited"  # once sold out it never opens again
    DISCONTINUED = "discontinued"  # what is on the shelf is sold, nothing beyond it


@dataclass(frozen=True)
class Situation:
    """What the decision rests on, for one variant over all locations that serve the online shop (units).

    ``free``: shelf less everything already claimed, may be negative. ``lies_free``: as many lie free at one place for whoever buys next,
    however many wait at others. ``counted``: what the store itself counts over all its locations, where it sells none at 0; None: as
    ``free``. ``inbound``: units to come by a known day, ``undated``
    without one, ``to_others`` come to locations that send no online orders. ``limit_percent`` of those with a day may be sold. ``open_backorders``: units claimed that no stock covers.
    ``next_place``: the projection for one more unit. ``set_by_hand``: the policy somebody else has set since, which we respect.
    ``silent``: the next place ships within the shop's ordinary window. ``supply``: on the shelves and to come, whoever claimed it.
    ``reserve``: units of the cap that are kept back. ``closed``: the cap was reached and has not opened since. ``open_at``: with so
    few free units the backorder is open already, so that no sale is lost in a burst. ``sell_until``: the last day on which it is
    sold beyond stock. ``made_to_order``: no shipment to come counts.
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
    undated: int = 0
    silent: bool = False
    supply: int = 0
    reserve: int = 0
    closed: Closed | None = None
    open_at: int = 0
    lifecycle: Lifecycle = Lifecycle.REGULAR
    sell_until: date | None = None
    today: date | None = None
    made_to_order: bool = False
    lies_free: int = 0
    to_others: int = 0
    counted: int | None = None

    @property
    def at_once(self) -> int:
        """Units that ship at once. What lies free at one place counts as far as there is room: who waits at others goes before."""
        limited = self.next_place.basis in {Basis.LOT, Basis.UNKNOWN} and self.set_by_hand is not Policy.CONTINUE
        return max(0, self.free, min(self.lies_free, self.left) if limited else self.lies_free)

    @property
    def room(self) -> int:
        """Units that may still be sold before everything on the shelf and the allowed share of what comes is claimed."""
        return self.free + self._allowed

    @property
    def left(self) -> int:
        """What may still be shown as left to sell: the room less what is kept back."""
        return max(0, self.room - self.reserve)

    @property
    def caps(self) -> tuple[Cap, ...]:
        """What limits it: the supply, unless a lead time or *asap* goes beyond it, and the merchant's own number."""
        found = []
        if self.next_place.basis in {Basis.LOT, Basis.UNKNOWN}:
            found.append(self._cap(self.room, self._allowed))
        if self.max_backorders is not None:
            found.append(self._cap(self.max_backorders - self.open_backorders, self.max_backorders))
        return tuple(found)

    @cached_property
    def cap(self) -> Cap | None:
        """The cap that leaves the least room; None: nothing limits it."""
        return min(self.caps, key=lambda cap: cap.room, default=None)

    @property
    def over(self) -> int:
        """Units that were sold beyond the cap."""
        return max(0, -self.cap.room) if self.cap else 0

    @property
    def _allowed(self) -> int:
        return self.inbound * self.limit_percent // 100

    def _cap(self, room: int, size: int) -> Cap:
        terms = f"{self.limit_percent} {self.max_backorders} {self.reserve} {self.lifecycle.value}"
        return Cap(room, size, self.supply, terms, self.reserve, final=self.lifecycle is Lifecycle.LIMITED)


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
        return _in_stock(situation)
    beyond = _beyond_stock(situation)
    if situation.lies_free <= 0:
        return beyond
    lies = f"{units(situation.lies_free)} on the shelf and free at one location, and more wait at others."
    if situation.at_once > 0 and beyond.policy is Policy.CONTINUE:
        return Decision(SellingState.IN_STOCK, Policy.CONTINUE, None, f"{lies} {_NOT_COUNTED}")
    return replace(beyond, reason=f"{beyond.reason} {lies}")


# Under a policy to stop the store sells nothing then, wherever it lies.
_NOT_COUNTED = "The store counts all locations together and finds none, so the backorder is open."


def _in_stock(situation: Situation) -> Decision:
    said = f"{units(situation.free)} on the shelf and free."
    few = situation.free <= situation.open_at
    uncounted = situation.counted is not None and situation.counted <= 0
    by_itself = situation.set_by_hand is None and (few or uncounted)
    if by_itself and _beyond_stock(situation).policy is Policy.CONTINUE:
        why = f"The backorder is open already, from {units(situation.open_at)} on." if few else _NOT_COUNTED
        return Decision(SellingState.IN_STOCK, Policy.CONTINUE, None, f"{said} {why}")
    return Decision(SellingState.IN_STOCK, None, None, said)


def _beyond_stock(situation: Situation) -> Decision:
    # Set by hand to go on, it is being sold whatever we think: what is shown follows the policy that the store has.
    if situation.set_by_hand is not Policy.CONTINUE:
        if ended := _ended(situation):
            return Decision(SellingState.ENDED, Policy.DENY, None, ended)
        if refusal := _refusal(situation):
            return Decision(SellingState.WAITLIST, Policy.DENY, None, refusal)
    return _by_lot(situation) if situation.next_place.basis is Basis.LOT else _without_lot(situation)


def _by_lot(situation: Situation) -> Decision:
    place = situation.next_place
    lot = place.last_lot
    label = lot.label if lot else "the next shipment"
    left = f"{units(situation.left)} left to sell"
    if situation.silent and place.ship_by is not None:
        soon = f"{label} lets it ship by {in_words(place.ship_by)}, within the shop's ordinary time"
        return _open(SellingState.SILENT, None, f"{left} as if in stock: {soon}.")
    late = " That shipment is overdue." if place.overdue else ""
    return _open(SellingState.BACKORDER, place.ship_by, f"{left}, next from {label}.{late}")


def _without_lot(situation: Situation) -> Decision:
    place = situation.next_place
    if place.sent_by and place.basis is Basis.LEAD_TIME:
        reason = f"Sent by {place.sent_by} directly: the date is the day of the order and their lead time."
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.LEAD_TIME and situation.made_to_order:
        reason = "Made to order: the date is the day of the order and the lead time."
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.LEAD_TIME:
        reason = f"{_nothing_dated(situation)}; the date follows the supplier's lead time."
        return _open(SellingState.BACKORDER, place.ship_by, reason)
    if place.basis is Basis.UNKNOWN:
        return _open(SellingState.ASAP, None, "Somebody set the policy by hand to go on selling; no date is known.")
    return _open(SellingState.ASAP, None, "No date is known, and the terms allow selling without one.")


def _ended(situation: Situation) -> str | None:
    """Why it is not sold beyond stock any more, for good, or None."""
    if situation.lifecycle is Lifecycle.DISCONTINUED:
        return "Discontinued: what is on the shelf is sold, and nothing beyond it."
    until = situation.sell_until
    if until is not None and situation.today is not None and until < situation.today:
        return f"It was sold on backorder until {in_words(until)}."
    if situation.lifecycle is Lifecycle.LIMITED and situation.closed is not None and situation.closed.sold_out:
        return "A limited edition that is sold out: it does not open again."
    return None


def _refusal(situation: Situation) -> str | None:
    """Why nothing may be sold beyond stock now, or None."""
    typed, basis = situation.max_backorders, situation.next_place.basis
    if situation.set_by_hand is Policy.DENY:
        return "Somebody set the policy by hand to stop selling when out of stock."
    if typed is not None and situation.open_backorders >= typed:
        return f"{units_wait(situation.open_backorders)} already, and the limit is {typed}."
    if basis is Basis.LOT and situation.room <= 0:
        return "Everything that may be sold of the coming shipments is spoken for."
    return _nothing_known(situation) if basis is Basis.UNKNOWN else _held_back(situation)


def _nothing_known(situation: Situation) -> str:
    """Why no day can be named to the next buyer."""
    if situation.next_place.sent_by:
        return f"{situation.next_place.sent_by} would send it, and no lead time of theirs is known."
    if situation.inbound > 0:
        return "Everything to come is already spoken for."
    if situation.undated > 0:
        return f"Sold out: {units_will(situation.undated)} come, but nobody has said when."
    if situation.to_others > 0:
        return f"Sold out: {units_will(situation.to_others)} come, but to no location that sends online orders."
    return "Sold out: nothing is on order and no lead time is known."


def _held_back(situation: Situation) -> str | None:
    """Why what little room there is is not sold: it is kept for orders under way, or has come free too recently."""
    cap = situation.cap
    if cap is None:
        return None
    if cap.reached:
        return f"{units(cap.room)} left, kept back for orders that are under way."
    if situation.closed is None:
        return None
    wait = "when supply or settings change, or a day after it sold out"
    return f"{units(cap.room)} left since it sold out; it opens again with {units(cap.opens_at)}, {wait}."


def _nothing_dated(situation: Situation) -> str:
    """That nothing with a day is left for the next buyer."""
    if situation.undated > 0:
        return f"{units(situation.undated)} more will come, but nobody has said when"
    if situation.to_others > 0:
        return f"{units(situation.to_others)} more will come, but to no location that sends online orders"
    return "Nothing more is on order"


def _open(state: SellingState, ship_by: date | None, reason: str) -> Decision:
    return Decision(state, Policy.CONTINUE, ship_by, reason)
