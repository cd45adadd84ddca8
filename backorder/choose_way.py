"""Choose a way: staff, a customer or the clock says how an order leaves of which something waits (rules.mixed)."""

from datetime import date, datetime
from functools import partial

import structlog

from backorder.allocate import decide_locked
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, claims, orders, outbox, promises, shops, ways
from backorder.db.engine import Connection
from backorder.db.orders import Order
from backorder.db.outbox import Effect, Target
from backorder.db.shops import Shop
from backorder.db.ways import Said
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.promise import misannotated
from backorder.rules.mixed import By, Way
from backorder.rules.promises import Basis

log = structlog.get_logger(__name__)

DECIDED_BY = {
    By.SHOP: "The shop has decided how this order is sent.",
    By.STAFF: "The shop has decided how this order is sent.",
    By.WAREHOUSE: "A part of this order is being sent already.",
}


def choose(house: House, shop_id: int, order_id: int, way: Way, *, actor: str, now: datetime) -> None:
    """Staff say how an order leaves. Raises Unknown for an order that the shop lacks, Refused where nothing is left to send."""
    _say(house, shop_id, order_id, way, By.STAFF, actor, now)


def answer(house: House, shop_id: int, order_id: int, way: Way, now: datetime) -> None:
    """A customer who was asked says how their order leaves; they may change their mind while something of it waits.

    Raises Unknown for an order that is gone, Refused where somebody else decided or nothing is left to send.
    """
    _say(house, shop_id, order_id, way, By.CUSTOMER, By.CUSTOMER.value, now)


def close_unanswered(house: House, now: datetime) -> int:
    """Send what can leave of orders whose customers were asked and did not answer in time; how many these were."""
    with house.db.read() as tx:
        late = ways.unanswered(tx, now)
    for shop_id, order_id in late:
        try:
            _say(house, shop_id, order_id, Way.SPLIT, By.SILENCE, "promised", now)
        except Refused as settled:  # shipped or cancelled meanwhile: there is nothing to decide any more
            house.db.run(partial(_close, shop_id=shop_id, order_id=order_id))
            log.info("nothing left to ask about", shop_id=shop_id, order_id=order_id, reason=settled.sentence)
    return len(late)


def _close(tx: Connection, *, shop_id: int, order_id: int) -> None:
    ways.close(tx, shop_id, order_id)


def may_answer(shop: Shop, said: tuple[Said, ...]) -> str | None:
    """Why the customer has no say in how their order leaves; None if they have. ``said`` is the order's history."""
    decided = decided_by(shop, said)
    return DECIDED_BY[decided] if decided else None


def decided_by(shop: Shop, said: tuple[Said, ...]) -> By | None:
    """Who has decided in the customer's place, by the order's history; None: nobody, they may say.

    Where the app has left it holds nothing back any more, so the shop sends as it always did.
    """
    if shop.has_left or not shop.is_installed:
        return By.SHOP
    if not any(entry.way is Way.ASKED for entry in said):
        return By.SHOP
    last = said[-1]
    return last.by if last.way is not Way.ASKED and last.by in DECIDED_BY else None


def _say(house: House, shop_id: int, order_id: int, way: Way, by: By, actor: str, now: datetime) -> None:
    house.db.run(lambda tx: say_in(tx, shop_id, order_id, way, by, actor, now))
    log.info("way chosen", shop_id=shop_id, order_id=order_id, way=way.value, by=by.value, actor=actor)
    house.bell.ring(Ring.OUTBOX)


def say_in(tx: Connection, shop_id: int, order_id: int, way: Way, by: By, actor: str, now: datetime) -> None:
    """Enter how an order leaves and decide what follows, within the caller's transaction."""
    order = _open_order(tx, shop_id, order_id)
    items = {claim.item_id for claim in claims.of_orders(tx, shop_id, [order_id])}
    catalogue.lock_items(tx, shop_id, items)
    offered = _last_day(tx, shop_id, order_id)
    if by is By.CUSTOMER and (why_not := may_answer(shops.one(tx, shop_id), ways.history(tx, shop_id, order_id))):
        raise Refused("way", why_not)
    if by is By.SILENCE and order.way is not Way.ASKED:
        return  # they answered after all
    if not items:
        raise Refused("way", "Nothing of this order is left to send.")
    ways.say(tx, shop_id, [Said(order_id, way, by, actor, now)])
    # Without what is known of the queues everybody is looked at: the days of this order's lines follow from one another.
    decide_locked(tx, shop_id, sorted(items), now, {}, cause="how the order leaves", actor=actor)
    if by is By.CUSTOMER:
        _told_by_the_page(tx, shop_id, order_id, offered, now)
    lane = outbox.order_lane(order_id)
    both = [Target(effect, lane, order_id) for effect in (Effect.HOLD, Effect.RELEASE)]
    outbox.want_all(tx, shop_id, [*both, *misannotated(tx, shop_id, [order_id])], transport_now())


def _last_day(tx: Connection, shop_id: int, order_id: int) -> date | None:
    """By which day the customer is offered all of the order together: the slowest line's; None where one has none."""
    from_here = [claim for claim in claims.of_orders(tx, shop_id, [order_id]) if not claim.drop_shipped]
    waits = {claim.line_id for claim in from_here if claim.backordered}
    said = promises.latest_days(tx, shop_id, [order_id]).get(order_id, {})
    days = [latest.ship_by for line_id, latest in said.items() if line_id in waits]
    return max(day for day in days if day) if days and all(days) else None


def _told_by_the_page(tx: Connection, shop_id: int, order_id: int, offered: date | None, now: datetime) -> None:
    """What the page offered was told by it: no letter apologises for what the customer chose. A later day than that is news."""
    latest = {version.line_id: version for version in promises.of_orders(tx, shop_id, [order_id])}
    for version in latest.values():
        as_offered = offered is None or (version.ship_by is not None and version.ship_by <= offered)
        if version.basis is Basis.TOGETHER and version.actor == By.CUSTOMER.value and as_offered:
            promises.tell(tx, shop_id, version.line_id, version.version, now)


def _open_order(tx: Connection, shop_id: int, order_id: int) -> Order:
    order = orders.get(tx, shop_id, order_id)
    if order is None:
        raise Unknown("order", "The shop has no such order.")
    if order.cancelled_at is not None:
        raise Refused("way", "The order is cancelled.")
    return order
