"""Unserved: why nobody who waits for some goods is served, told from the data that they are decided by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from backorder import fronts
from backorder.clock import transport_now
from backorder.db import claims, fulfillment_orders, levels, managing, orders, queues, releases, ways
from backorder.db.engine import Connection
from backorder.judge import deep
from backorder.rules.allocation import Shelf
from backorder.rules.left_alone import left_alone
from backorder.rules.mixed import is_whole
from backorder.rules.pace import DAY, HOUR, PERIODS, room_at
from backorder.rules.rises import Aside
from backorder.rules.seen import FulfillmentOrderSeen
from backorder.rules.unserved import Reason, Shown, Why, why_nobody
from backorder.scene import Goods, Place, Scene, load


@dataclass(frozen=True)
class Unserved:
    """One queue: ``waiting`` units at a location where ``on_shelf`` units can ship, and why they wait.

    ``aside`` units are there besides, and serve nobody.
    """

    location_id: int
    location: str
    waiting: int
    on_shelf: int
    given: int
    aside: int
    reasons: tuple[Reason, ...]


def unserved(tx: Connection, shop_id: int, item_id: int, now: datetime) -> tuple[Unserved, ...]:
    """Why those who wait for an item are not served, by location; of a deep queue only its front is read."""
    scene = load(tx, shop_id, [item_id], now, deep(queues.standing(tx, shop_id, [item_id])))
    aside = {(level.item_id, level.location_id): level.aside for level in levels.of_items(tx, shop_id, [item_id])}
    found = []
    for goods in fronts.read(tx, shop_id, scene.goods):
        for place in goods.places:
            if place.claimed:
                apart = aside.get((place.item_id, place.location.location_id), Aside())
                waiting = place.claimed - place.given
                found.append(
                    Unserved(
                        location_id=place.location.location_id,
                        location=place.location.name,
                        waiting=waiting,
                        on_shelf=place.settled.supply,
                        given=place.given,
                        aside=apart.units,
                        reasons=why_nobody(replace(_shown(tx, scene, goods, place, waiting), quarantined=apart)),
                    )
                )
    return tuple(found)


def _shown(tx: Connection, scene: Scene, goods: Goods, place: Place, waiting: int) -> Shown:
    left = place.settled.to_give - place.given
    shelf = Shelf(place.claims, free=max(0, left), short=max(0, -left) if place.given else 0)
    spot = (place.item_id, place.location.location_id)
    aside = 0
    if scene.serves is not None:
        aside = scene.serves.at(spot).set_aside(place.claims, shelf.free, scene.today)
    served = {claim.order_id for claim in place.claims if claim.given}
    hindered = _hindered(tx, scene.shop.shop_id, served, spot)
    shown = Shown(
        settled=place.settled,
        shelf=shelf,
        waiting=waiting,
        counted=goods.tracked,
        managed=goods.managed,
        hindered=hindered,
        policy=scene.terms.queue_policy,
        aside=aside,
    )
    return _in_turn(tx, scene, served - hindered.keys(), shown)


def _in_turn(tx: Connection, scene: Scene, order_ids: set[int], shown: Shown) -> Shown:
    """With the orders whose release waits for its turn (rules.pace), and when the first of them leaves.

    The pace goes by the machine's clock, so the moment is as far from the shop's now as it is from the machine's.
    """
    most, per, shop_id, at = scene.terms.release_orders, scene.terms.release_per, scene.shop.shop_id, transport_now()
    waiting = {} if most is None or not order_ids else releases.put_off(tx, shop_id, order_ids, at)
    if most is None or not waiting:
        return shown
    first = next(iter(waiting))
    released = releases.since(tx, shop_id, at - PERIODS[per])
    opens = room_at(releases.older(tx, shop_id, first), released, most, PERIODS[per], at)
    leave = max(opens or at, waiting[first])  # it looks again then, also where a new setting has made room meanwhile
    return replace(
        shown,
        hindered={**shown.hindered, **dict.fromkeys(waiting, Why.PACED)},
        paced=f"{most} {'order' if most == 1 else 'orders'} {_A[per]}",
        next_leave=(scene.now + (leave - at)).astimezone(ZoneInfo(scene.shop.timezone)),
    )


_A = {HOUR: "an hour", DAY: "a day"}


def _hindered(tx: Connection, shop_id: int, order_ids: set[int], spot: tuple[int, int]) -> Mapping[int, Why]:
    """Orders whose goods do not leave this shelf by us although they were given, and why: a line that waits besides, a release that failed..."""
    if not order_ids:
        return {}
    found = dict.fromkeys(_wait_for_the_rest(tx, shop_id, order_ids), Why.WITH_THE_REST)
    found |= dict.fromkeys(releases.stuck(tx, shop_id, order_ids), Why.STUCK)
    for order_id, parts in fulfillment_orders.of_orders(tx, shop_id, order_ids).items():
        # Who holds the rest of an order, or its goods elsewhere, does not keep these from leaving.
        if any(not hold.ours for part in parts if _brings(part, spot) for hold in part.holds):
            found[order_id] = Why.HELD_BY_OTHERS
    alone = (one.order_id for one in orders.who(tx, shop_id, order_ids) if left_alone(one.channel) is not None)
    return found | dict.fromkeys(alone, Why.LEFT_ALONE)


def _brings(part: FulfillmentOrderSeen, spot: tuple[int, int]) -> bool:
    """Whether a fulfillment order has open units of an item at a location."""
    item_id, location_id = spot
    return part.location_id == location_id and any(one.remaining and one.item_id == item_id for one in part.parts)


def _wait_for_the_rest(tx: Connection, shop_id: int, order_ids: set[int]) -> set[int]:
    """Of these orders those that ship together, or may, and of which something else waits."""
    whole = {order_id for order_id, way in ways.of_orders(tx, shop_id, order_ids).items() if is_whole(way)}
    everything = claims.of_orders(tx, shop_id, whole)
    managed = managing.managed_of(tx, shop_id, {claim.item_id for claim in everything})
    return {claim.order_id for claim in everything if claim.backordered and claim.item_id in managed}
