"""Which parts of an order wait under a hold of ours, and which are let go (domain §5, simple form).

A plan is a target computed from what the store shows and what the claims were given, so doing it twice does nothing more.
Only what is ours is released; a hold is released only when everything under it is covered, because a release has no
quantity.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen, PartSeen

# Unique per app and fulfillment order, so the store itself refuses a second hold of ours.
HANDLE = "promised-backorder"

Covered = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Hold:
    """Hold ``parts`` (part id → units) of a fulfillment order; None: the whole of it."""

    fulfillment_order_id: int
    parts: Mapping[int, int] | None
    units: int


@dataclass(frozen=True)
class Release:
    """Release our holds on a fulfillment order; ``units`` by (line, location) then count as kept."""

    fulfillment_order_id: int
    hold_ids: tuple[int, ...]
    units: Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class HoldPlan:
    """What to do so that exactly the uncovered units wait. ``blocked`` says what a person must look at."""

    holds: tuple[Hold, ...] = ()
    releases: tuple[Release, ...] = ()
    blocked: tuple[str, ...] = ()


def plan(
    fulfillment_orders: Iterable[FulfillmentOrderSeen], covered: Covered, managed: frozenset[int], *, may_release: bool
) -> HoldPlan:
    """Compare what an order's fulfillment orders expose with what its claims were given.

    ``covered`` are units given by (line, location); ``managed`` the items whose shortage we handle: parts of
    other items are never held for their own sake. Units in the works are beyond recall and used up first, then what is
    exposed, then whole held fulfillment orders, oldest first. ``may_release`` is false while the order may not be served yet
    (its payment rule is not met).
    """
    open_ones = sorted(filter(is_open, fulfillment_orders), key=lambda fo: fo.fulfillment_order_id)
    left = Counter({key: units for key, units in covered.items() if units > 0})
    for fulfillment_order in filter(in_the_works, open_ones):
        _use_up(fulfillment_order, left, managed)
    holds, blocked = [], []
    for fulfillment_order in open_ones:
        if in_the_works(fulfillment_order) or under_our_hold(fulfillment_order):
            continue
        missing = _use_up(fulfillment_order, left, managed)
        if missing:
            action = _hold(fulfillment_order, missing)
            if action is None:
                blocked.append(f"fulfillment order {fulfillment_order.fulfillment_order_id} cannot be held now")
            else:
                holds.append(action)
    releases = []
    for fulfillment_order in open_ones:
        if under_our_hold(fulfillment_order) and not in_the_works(fulfillment_order):
            wanted = _wanted(fulfillment_order, managed)
            if (may_release or not wanted) and all(left[key] >= units for key, units in wanted.items()):
                left.subtract(wanted)
                releases.append(_release(fulfillment_order, wanted))
    return HoldPlan(tuple(holds), tuple(releases), tuple(blocked))


def _wanted(fulfillment_order: FulfillmentOrderSeen, managed: frozenset[int]) -> Counter[tuple[int, int]]:
    """Units of managed items in a fulfillment order by (line, location)."""
    wanted: Counter[tuple[int, int]] = Counter()
    for key, part in _ours(fulfillment_order, managed):
        wanted[key] += part.remaining
    return wanted


def _ours(
    fulfillment_order: FulfillmentOrderSeen, managed: frozenset[int]
) -> Iterator[tuple[tuple[int, int], PartSeen]]:
    """Parts that we may hold, with the (line, location) they belong to. What is not shipped is never held."""
    if fulfillment_order.location_id is None:
        return
    for part in fulfillment_order.parts:
        if part.item_id in managed and part.requires_shipping and part.remaining > 0:
            yield (part.line_id, fulfillment_order.location_id), part


def _use_up(
    fulfillment_order: FulfillmentOrderSeen, left: Counter[tuple[int, int]], managed: frozenset[int]
) -> dict[int, int]:
    """Spend covered units on what a fulfillment order exposes; the part ids and units that remain uncovered."""
    missing: dict[int, int] = {}
    for key, part in _ours(fulfillment_order, managed):
        spent = min(left[key], part.remaining)
        left[key] -= spent
        if spent < part.remaining:
            missing[part.part_id] = part.remaining - spent
    return missing


def _hold(fulfillment_order: FulfillmentOrderSeen, missing: dict[int, int]) -> Hold | None:
    """Hold the missing units: all of it, or a part where the store can split; None where neither is possible now."""
    everything = {part.part_id: part.remaining for part in fulfillment_order.parts if part.remaining > 0}
    units = sum(missing.values())
    if missing == everything:
        return Hold(fulfillment_order.fulfillment_order_id, None, units)
    if fulfillment_order.holds:
        # Somebody else's hold is on it, so it cannot be split: hold the whole until theirs ends.
        return Hold(fulfillment_order.fulfillment_order_id, None, units)
    if fulfillment_order.status != "OPEN":
        return None
    return Hold(fulfillment_order.fulfillment_order_id, missing, units)


def _release(fulfillment_order: FulfillmentOrderSeen, wanted: Mapping[tuple[int, int], int]) -> Release:
    return Release(
        fulfillment_order_id=fulfillment_order.fulfillment_order_id,
        hold_ids=tuple(hold.hold_id for hold in fulfillment_order.holds if hold.ours),
        units=dict(wanted),
    )
