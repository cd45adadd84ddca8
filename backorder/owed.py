"""Owed: what customers of a shop still wait for, with whom to tell when nobody but the merchant will."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backorder.db import backlog, contacts, locations, managing, orders, promises, shops
from backorder.db.backlog import Owing
from backorder.db.engine import Connection
from backorder.db.sealed import Sealer
from backorder.house import House
from backorder.rules.promises import told
from backorder.rules.sheet.cells import written

HEADINGS = (
    *("Order", "Customer", "E-mail", "Location", "SKU", "Product", "Units"),
    *("Promised for", "Expected", "Waits since", "Order line"),
)
AT_ONCE = 1000


@dataclass(frozen=True)
class Owed:
    """Units of one order line at one location that no stock covers.

    ``promised_for`` is what the customer was told last, ``expected`` when it would ship by the books. Name and address are known only
    of those to whom a letter was owed.
    """

    order_id: int
    order_name: str
    line_id: int
    location: str
    sku: str | None
    title: str
    units: int
    promised_for: date | None
    expected: date | None
    since: datetime
    first_name: str | None
    email: str | None


def summed(tx: Connection, shop_id: int) -> Owing:
    """How much the customers of a shop wait for, of goods whose shortage the app handles."""
    return backlog.owing(tx, shop_id, managing.managed_of(tx, shop_id, managing.managed_items(tx, shop_id)))


def export(house: House, shop_id: int) -> str:
    """What is owed as a sheet, in the order in which it would be served. Days are days in the shop's time zone."""
    with house.db.read() as tx:
        zone = ZoneInfo(shops.one(tx, shop_id).timezone)
        return written(HEADINGS, (_row(one, zone) for one in waiting(tx, shop_id, house.sealer)))


def waiting(tx: Connection, shop_id: int, sealer: Sealer) -> Iterator[Owed]:
    """Everything that is owed, in queue order, of goods whose shortage the app handles. Test orders are owed nothing.

    Raises CannotOpen for an address that was sealed under another key.
    """
    places = {place.location_id: place.name for place in locations.all_locations(tx, shop_id)}
    offset = 0
    while rows := backlog.page(tx, shop_id, only_waiting=True, offset=offset, limit=AT_ONCE):
        offset += len(rows)
        of_orders = {row.claim.order_id for row in rows}
        managed = managing.managed_of(tx, shop_id, {row.claim.item_id for row in rows})
        known = orders.many(tx, shop_id, of_orders)
        said = told(promises.history(tx, shop_id, {row.claim.line_id for row in rows}))
        people = contacts.many(tx, sealer, shop_id, of_orders)
        for row in rows:
            claim, order, person = row.claim, known[row.claim.order_id], people.get(row.claim.order_id)
            if claim.item_id not in managed or order.test:
                continue
            yield Owed(
                order_id=claim.order_id,
                order_name=row.order_name,
                line_id=claim.line_id,
                location=places.get(claim.location_id, ""),
                sku=row.sku,
                title=row.title,
                units=claim.backordered,
                promised_for=said.get(claim.line_id),
                expected=claim.projected_on,
                since=claim.since,
                first_name=person.first_name if person else None,
                email=person.email if person else None,
            )


def _row(one: Owed, zone: ZoneInfo) -> tuple[str | int | None, ...]:
    return (
        one.order_name,
        one.first_name,
        one.email,
        one.location,
        one.sku,
        one.title,
        one.units,
        one.promised_for.isoformat() if one.promised_for else None,
        one.expected.isoformat() if one.expected else None,
        one.since.astimezone(zone).date().isoformat(),
        one.line_id,
    )
