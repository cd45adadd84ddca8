"""Learn: how late each supplier is, from what came of the shop's purchase orders (rules.lateness).

Done when a line has come whole, when the merchant chooses a confidence, and four times a day, so that what is late and not here counts
too. Until then all days of the shop rest on what was learned last.
"""

from collections.abc import Iterable
from datetime import date, datetime

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import dirty, lateness, lots, shops
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.lateness import Outcome
from backorder.house import House
from backorder.rules.allowance import key
from backorder.rules.lateness import Shipment
from backorder.rules.shapes import EARLIEST, LATEST
from backorder.rules.terms import Terms
from backorder.rules.working_calendar import WorkingCalendar


def learn(house: House, shop_id: int, now: datetime) -> None:
    """Learn anew, and look again at everything that is to come if that tells anything new."""
    house.db.run(lambda tx: learn_within(tx, shop_id, now))
    house.bell.ring(Ring.OBSERVE)


def learn_within(tx: Connection, shop_id: int, now: datetime) -> None:
    """``learn`` as a part of the caller's transaction; the caller rings the bell."""
    shop = shops.one(tx, shop_id)
    calendar = WorkingCalendar(timezone=shop.timezone)
    today = calendar.day(now)
    is_new = lateness.keep(tx, shop_id, _shipments(lateness.outcomes(tx, shop_id), calendar, today), today)
    if is_new and Terms.from_json(shop.terms).confidence_percent is not None:
        dirty.mark(tx, shop_id, Kind.ITEM, {lot.item_id for lot in lots.arrivals(tx, shop_id)}, transport_now())


def _shipments(outcomes: Iterable[Outcome], calendar: WorkingCalendar, today: date) -> list[Shipment]:
    """Each shipment once, however many lines it had: those that came in the order in which they did, then those that did not.

    What is later than anything we reckon with was forgotten by somebody, and says nothing of its supplier.
    """
    came: dict[tuple[int, date, date], Shipment] = {}
    out: dict[tuple[int, date], Shipment] = {}
    for one in sorted(outcomes, key=lambda outcome: outcome.came_at.timestamp() if outcome.came_at else 0.0):
        name = key(one.supplier)
        if one.came_at is not None:
            day = calendar.day(one.came_at)
            came[one.purchase_order_id, one.stated_on, day] = Shipment(name, (day - one.stated_on).days)
        elif EARLIEST <= (days := (today - one.stated_on).days - 1) < LATEST:
            out[one.purchase_order_id, one.stated_on] = Shipment(name, days, came=False)
    return [*came.values(), *out.values()]
