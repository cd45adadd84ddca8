"""Expire: what is sold on backorder until a day is sold no more from the moment when that day is over in the shop's zone.

Pages whose day follows from today's say a later one then. Decisions are made when something happens; when a day ends nothing does, so
somebody has to ask.
"""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, offers, shops
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.working_calendar import WorkingCalendar

# Somewhere on earth it is as late as this already, compared with UTC.
FIRST_ZONE = timedelta(hours=14)

log = structlog.get_logger(__name__)


def expire(house: House, now: datetime) -> int:
    """Decide anew about what has come to its end and was not decided about since; of how many items."""
    with house.db.read() as tx:
        over = offers.past_their_end(tx, (now + FIRST_ZONE).date())
        zones = {shop.shop_id: shop.timezone for shop in shops.installed(tx)} if over else {}
    ended = 0
    for shop_id, found in over.items():
        if shop_id not in zones:
            continue
        days = WorkingCalendar(timezone=zones[shop_id])
        items = {one.item_id for one in found if days.day(one.decided_at) <= one.sell_until < days.day(now)}
        if items:
            house.db.run(partial(_decide, shop_id=shop_id, items=items, now=now))
            log.info("sold until now", shop_id=shop_id, items=len(items))
            ended += len(items)
    if ended:
        house.bell.ring(Ring.OUTBOX)
    return ended


def new_day(house: House, now: datetime) -> int:
    """Have looked at anew what is sold with a day that was worked out before the shop's day began; how many items.

    A lead time counts from today, and so does a shipment that is overdue: who is shown yesterday's day is promised what cannot be.
    """
    with house.db.read() as tx:
        zones = {shop.timezone for shop in shops.installed(tx)}
        over = offers.dated_before(tx, {zone: _day_began(zone, now) for zone in zones})
    if not over:
        return 0
    with house.db.write() as tx:
        for shop_id, items in over.items():
            dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now(), patient=True)
    house.bell.ring(Ring.OBSERVE)
    return sum(map(len, over.values()))


def _day_began(zone: str, now: datetime) -> datetime:
    today = WorkingCalendar(timezone=zone).day(now)
    return datetime.combine(today, time.min, ZoneInfo(zone)).astimezone(UTC)


def _decide(tx: Connection, *, shop_id: int, items: set[int], now: datetime) -> None:
    catalogue.lock_items(tx, shop_id, items)
    decide(tx, shop_id, items, now, cause="end date")
