"""Arrival days: how many orders, lines, units and hours each day's arrivals bring, walked from the queues as they are."""

from collections.abc import Iterator
from datetime import datetime

from backorder.db import managing, shops
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.projection import Projection
from backorder.rules.terms import Terms
from backorder.rules.working_calendar import WorkingCalendar
from backorder.rules.workload import Workload, workload
from backorder.scene import load

AT_ONCE = 50  # items whose queues are walked together


def arrival_days(house: House, shop_id: int, now: datetime) -> Workload:
    """The work that what is to come brings to the shop."""
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
        terms = Terms.from_json(shop.terms)
        today = WorkingCalendar(timezone=shop.timezone).day(now)
        return workload(_waiting(tx, shop_id, now), today, terms.minutes_an_order)


def _waiting(tx: Connection, shop_id: int, now: datetime) -> Iterator[tuple[int, int, int, Projection]]:
    """Line, order, waiting units and projection of every claim that waits."""
    items = managing.managed_items(tx, shop_id)
    for start in range(0, len(items), AT_ONCE):
        scene = load(tx, shop_id, items[start : start + AT_ONCE], now)
        for goods in scene.goods:
            for place in goods.places if goods.managed else ():
                days = scene.queue(goods, place).claims
                for claim in place.claims:
                    projection = days.get((claim.line_id, claim.location_id))
                    if projection is not None:
                        yield claim.line_id, claim.order_id, claim.backordered, projection
