"""Elsewhere: of an order that waits, whether its goods lie free at another location; and the wish to send it from there."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from backorder.access import open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import claims, fulfillment_orders, locations, managing, orders, outbox, shops
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Target
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.claims import Age
from backorder.rules.elsewhere import Elsewhere, Move, elsewhere, moves, oldest_that_fit
from backorder.scene import load
from backorder.store.errors import StoreError

log = structlog.get_logger(__name__)

HAS_LEFT = "The app has left the shop, so it moves no orders. Come back first, on the page Settings."
LIES_NOWHERE = "What this order waits for lies free at no other location that sends online orders."
HELD_TOGETHER = (
    "It cannot be sent from there as it stands: it is being packed, or on hold together with what does not lie there."
)
NOT_FROM_THERE = (
    "The store does not let it be sent from there: its buyer collects it, or that location does not send it."
)


def lies_elsewhere(tx: Connection, shop_id: int, order_id: int, now: datetime) -> tuple[Elsewhere, ...]:
    """Where goods lie free that the order waits for. Nothing is free where units of unseen orders are not settled yet."""
    found = claims.of_orders(tx, shop_id, [order_id])
    queue = [claim for claim in found if claim.backordered and not claim.drop_shipped]
    if not queue:
        return ()
    items = {claim.item_id for claim in queue}
    places = {place.location_id: place for place in locations.all_locations(tx, shop_id)}
    if len(places) < 2:
        return ()
    free = {
        (place.item_id, place.location.location_id): place.settled.to_give - place.given
        for goods in load(tx, shop_id, items, now).goods
        for place in goods.places
        if place.stocked and place.settled.complete and not any(claim.backordered for claim in place.claims)
    }
    return elsewhere(queue, managing.managed_of(tx, shop_id, items), free, places)


def serve_all_elsewhere(
    tx: Connection, shop_id: int, items: Iterable[int], now: datetime, behind: Age | None = None
) -> None:
    """Have those who wait for these items sent from where goods lie free already, oldest first. The caller holds the items' lock.

    ``behind``: only those who came later.
    """
    found = set()
    for goods in load(tx, shop_id, items, now).goods:
        free = {
            place.location.location_id: place.settled.to_give - place.given
            for place in goods.places
            if goods.managed and place.sells_online and not place.location.is_service
        }
        if any(units > 0 for units in free.values()):
            here = (place for place in goods.places if not place.location.is_service)
            queue = (claim for place in here for claim in place.claims if behind is None or claim.age > behind)
            found |= {claim.order_id for claim in oldest_that_fit(queue, free)}
    targets = [Target(Effect.MOVE, outbox.order_lane(order_id), order_id) for order_id in sorted(found)]
    outbox.want_all(tx, shop_id, targets, transport_now())


def serve_elsewhere(house: House, shop_id: int, order_id: int, *, actor: str, now: datetime) -> None:
    """Send what waits of an order from where it lies.

    Raises Unknown for no such order, Refused where nothing lies elsewhere, and where the store lets none of it be sent from there.
    """
    if sentence := why_it_stays(house, shop_id, order_id, now):
        raise Refused("order", sentence)
    house.db.run(
        lambda tx: outbox.want(tx, shop_id, Effect.MOVE, outbox.order_lane(order_id), order_id, transport_now())
    )
    log.info("served from elsewhere", shop_id=shop_id, actor=actor, order_id=order_id)
    house.bell.ring(Ring.OUTBOX)


def why_it_stays(house: House, shop_id: int, order_id: int, now: datetime) -> str | None:
    """Why nothing of an order may be sent from where it lies, as a sentence; None if some of it may. The store is asked.

    Raises Unknown for no such order.
    """
    with house.db.read() as tx:
        if orders.get(tx, shop_id, order_id) is None:
            raise Unknown("order", "The shop has no such order.")
        if shops.has_left(tx, shop_id):
            return HAS_LEFT
        lies = lies_elsewhere(tx, shop_id, order_id, now)
        if not any(each.movable for each in lies):
            return LIES_NOWHERE
        planned = moves(fulfillment_orders.of_orders(tx, shop_id, [order_id]).get(order_id, ()), lies)
    if not planned:
        return HELD_TOGETHER
    return None if _may_move(house, shop_id, planned) else NOT_FROM_THERE


def _may_move(house: House, shop_id: int, planned: Iterable[Move]) -> bool:
    """Whether the store lets any of it be sent from there. A store that is away says it later, when the wish is delivered."""
    try:
        store = open_store(house, shop_id)
        return any(store.may_move(each.fulfillment_order_id, each.location_id) for each in planned)
    except StoreError as error:
        log.info("not asked whether it may be moved", shop_id=shop_id, reason=str(error))
        return True
