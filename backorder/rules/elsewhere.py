"""Goods that wait at one location while they lie free at another: the order is served from there, or a transfer brings them (domain §3)."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from backorder.rules.claims import Claim
from backorder.rules.order_claims import in_the_works, is_open
from backorder.rules.seen import FulfillmentOrderSeen, LocationSeen

Spot = tuple[int, int]  # (item, location)

_age = attrgetter("age")


@dataclass(frozen=True)
class Elsewhere:
    """``units`` of a line that wait at ``waits_at`` lie free at ``lies_at``; ``movable``: the order may be sent from there."""

    line_id: int
    item_id: int
    waits_at: int
    lies_at: int
    units: int
    movable: bool


@dataclass(frozen=True)
class Move:
    """Send a fulfillment order from another location: ``parts`` of it (part id → units); None: the whole."""

    fulfillment_order_id: int
    location_id: int
    parts: Mapping[int, int] | None


def elsewhere(
    claims: Iterable[Claim], managed: Container[int], free: Mapping[Spot, int], places: Mapping[int, LocationSeen]
) -> tuple[Elsewhere, ...]:
    """Where units lie free that the claims of an order wait for: all units of a claim at one place, or none.

    A place that sends online orders is taken before one that does not; fulfillment services are left out: what lies or waits there is
    theirs to send. Among equals the one with most is taken.
    """
    left = dict(free)
    found = []
    for claim in sorted(claims, key=lambda claim: claim.line_id):
        if claim.item_id not in managed or not claim.backordered or not claim.ready or not claim.routed:
            continue
        here = places.get(claim.location_id)
        if here is not None and here.is_service:
            continue
        able = [
            (place.fulfills_online, units, -location_id)
            for (item_id, location_id), units in left.items()
            if item_id == claim.item_id and location_id != claim.location_id and units >= claim.backordered
            if (place := places.get(location_id)) is not None and place.active and not place.is_service
        ]
        if able:
            online, _, negative = max(able)
            left[claim.item_id, -negative] -= claim.backordered
            spot = (claim.item_id, claim.location_id, -negative)
            found.append(Elsewhere(claim.line_id, *spot, claim.backordered, online))
    return tuple(found)


def oldest_that_fit(claims: Iterable[Claim], free: Mapping[int, int]) -> tuple[Claim, ...]:
    """Who of those who wait for an item might be sent from another location, where so many units lie ``free`` (by location).

    Oldest first, each with all of its units, as far as they go.
    """
    left = dict(free)
    found = []
    for claim in sorted((each for each in claims if each.backordered and each.ready and each.routed), key=_age):
        able = [
            (units, -at) for at, units in left.items() if at != claim.location_id and units >= claim.backordered > 0
        ]
        if able:
            left[-max(able)[1]] -= claim.backordered
            found.append(claim)
    return tuple(found)


def moves(fulfillment_orders: Iterable[FulfillmentOrderSeen], found: Iterable[Elsewhere]) -> tuple[Move, ...]:
    """How the store is asked to send what lies elsewhere from there. What is held can only be moved whole."""
    wanted = {(each.line_id, each.waits_at): [each.lies_at, each.units] for each in found if each.movable}
    planned = []
    for each in sorted(fulfillment_orders, key=lambda fo: fo.fulfillment_order_id):
        if not is_open(each) or in_the_works(each) or each.is_service or each.location_id is None:
            continue
        going: dict[int, dict[int, int]] = {}
        for part in each.parts:
            to = wanted.get((part.line_id, each.location_id))
            if to is not None and to[1] > 0 and part.remaining > 0:
                units = min(part.remaining, to[1])
                going.setdefault(to[0], {})[part.part_id] = units
        everything = {part.part_id: part.remaining for part in each.parts if part.remaining > 0}
        for location_id, parts in sorted(going.items()):
            whole = parts == everything
            if not whole and (each.holds or each.status != "OPEN"):
                continue
            for part in each.parts:
                if part.part_id in parts:
                    wanted[part.line_id, each.location_id][1] -= parts[part.part_id]
            planned.append(Move(each.fulfillment_order_id, location_id, None if whole else parts))
    return tuple(planned)
