"""How an order leaves of which something waits, as its customer and the staff see it."""

from datetime import date, datetime
from typing import Literal

from backorder import choose_way
from backorder.db import claims, contacts, order_lines, orders, promises, shops, ways
from backorder.db.engine import Connection
from backorder.db.ways import Said
from backorder.house import House
from backorder.rules.mixed import By, Way
from plugin.shown.model import Shown

BY = {
    By.SHOP: "by the shop's settings",
    By.STAFF: "by staff",
    By.CUSTOMER: "by the customer",
    By.WAREHOUSE: "because the warehouse released a part of it",
    By.SILENCE: "because the customer did not answer in time",
}


# Names of sentences for the customer, in their language (backorder/mail/words).
CANCELLED, ALL_SENT, NOTHING_LEFT = "choosing.cancelled", "choosing.all_sent", "choosing.nothing_left"
ALL_IS_IN = "arrived.thanks"
DECIDED = {By.SHOP: "choosing.decided", By.STAFF: "choosing.decided", By.WAREHOUSE: "choosing.on_its_way"}


class WaySaid(Shown):
    """One thing that was said about how an order leaves. ``until``: when a customer who was asked has no say any more."""

    way: Literal["split", "together", "asked"]
    by: Literal["shop", "staff", "customer", "warehouse", "silence"]
    sentence: str
    actor: str
    at: datetime
    until: datetime | None


class ChoiceLine(Shown):
    """A line with open units: how many could leave now, how many wait, and until when; or that a supplier sends it, in a parcel of its own."""

    title: str
    ready: int
    waiting: int
    ship_by: date | None
    ship_from: date | None = None
    sent_directly: bool = False


class CustomersChoice(Shown):
    """What the page of an order shows its customer. ``closed``: why there is nothing to choose, as the name of a sentence.

    ``locale`` is what they read, as the store names it.
    """

    shop_name: str
    order_name: str
    timezone: str
    locale: str | None
    way: Literal["split", "together", "asked"] | None
    until: datetime | None
    closed: str | None
    lines: tuple[ChoiceLine, ...]

    @property
    def last_day(self) -> date | None:
        """The day of the slowest line that the shop sends; None where one has none."""
        days = [line.ship_by for line in self.lines if line.waiting and not line.sent_directly]
        return max(day for day in days if day) if days and all(days) else None


def said(tx: Connection, shop_id: int, order_id: int) -> tuple[WaySaid, ...]:
    """The history of how an order is to leave, oldest first."""
    return tuple(_said(entry) for entry in ways.history(tx, shop_id, order_id))


def of_order(house: House, shop_id: int, order_id: int) -> CustomersChoice | None:
    """What the customer of an order may choose; None if it is gone."""
    with house.db.read() as tx:
        order = orders.get(tx, shop_id, order_id)
        if order is None:
            return None
        shop = shops.one(tx, shop_id)
        history = ways.history(tx, shop_id, order_id)
        bought = order_lines.of_orders(tx, shop_id, [order_id]).get(order_id, ())
        queue = claims.of_orders(tx, shop_id, [order_id])
        days = promises.latest_days(tx, shop_id, [order_id]).get(order_id, {})
        locale = contacts.language(tx, shop_id, order_id)
    titles = {line.line_id: line.title for line in bought}
    unshipped = {line.line_id for line in bought if not line.requires_shipping}
    sent = {claim.line_id for claim in queue if claim.drop_shipped}
    waiting: dict[int, tuple[int, int]] = {}
    for claim in queue:
        missing, units = waiting.get(claim.line_id, (0, 0))
        waits = claim.backordered if claim.line_id in days else 0
        waiting[claim.line_id] = (missing + waits, units + claim.units)
    lines = tuple(
        ChoiceLine(
            title=titles.get(line_id, ""),
            ready=units - missing,
            waiting=missing,
            ship_by=days[line_id].ship_by if line_id in days else None,
            ship_from=days[line_id].ship_from if line_id in days else None,
            sent_directly=line_id in sent,
        )
        for line_id, (missing, units) in sorted(waiting.items())
        if line_id not in unshipped
    )
    decided = choose_way.decided_by(shop, history)
    # Of what was paid back nothing was sent.
    over = ALL_SENT if any(line.shipped for line in bought) else NOTHING_LEFT
    closed = CANCELLED if order.cancelled_at else None if lines else over
    closed = closed or (DECIDED[decided] if decided else None)
    if closed is None and not any(line.waiting for line in lines):
        closed = ALL_IS_IN
    return CustomersChoice(
        shop_name=shop.name,
        order_name=order.name,
        timezone=shop.timezone,
        locale=locale,
        way=order.way.value if order.way else None,
        until=history[-1].until if history and order.way is Way.ASKED else None,
        closed=closed,
        lines=lines,
    )


def _said(entry: Said) -> WaySaid:
    what = {
        Way.SPLIT: "What is there is sent, the rest follows",
        Way.TOGETHER: "Everything is sent together",
        Way.ASKED: "The customer is asked",
    }[entry.way]
    return WaySaid(
        way=entry.way.value,
        by=entry.by.value,
        sentence=f"{what}, {BY[entry.by]}.",
        actor=entry.actor,
        at=entry.at,
        until=entry.until,
    )
