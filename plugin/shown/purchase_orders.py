"""Purchase orders as shown: what was ordered, what came, what is still to come, and when."""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime
from itertools import chain

from backorder.db import catalogue, locations, lots, purchase_order_acts, purchase_orders
from backorder.db.catalogue import Variant
from backorder.db.purchase_orders import PurchaseOrder, PurchaseOrderLine
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.seen import LocationSeen
from plugin.shown.model import Shown
from plugin.shown.today import today

PAGE = 25


class LocationShown(Shown):
    """A place of the shop where goods lie. One that is not ``active`` was closed in the store: nothing comes there any more."""

    location_id: int
    name: str
    active: bool


class PurchaseOrderLineShown(Shown):
    """One line, in units.

    ``outstanding`` are still to come; ``at_dock`` were booked in and not yet counted in at the store; ``damaged`` came besides what was received, and cannot be sold.
    """

    line_id: int
    variant_id: int
    title: str
    sku: str | None
    barcode: str | None
    ordered: int
    received: int
    cancelled: int
    outstanding: int
    at_dock: int
    damaged: int
    due_on: date
    overdue: bool


class PurchaseOrderShown(Shown):
    """A purchase order. ``status``: *open*, *partly received*, *received* or *cancelled*."""

    purchase_order_id: int
    number: str
    supplier: str
    location: LocationShown
    status: str
    created_at: datetime
    cancelled_at: datetime | None
    lines: tuple[PurchaseOrderLineShown, ...]

    @property
    def outstanding(self) -> int:
        return sum(line.outstanding for line in self.lines)

    @property
    def next_due(self) -> date | None:
        """The soonest day on which something is still to come."""
        return min((line.due_on for line in self.lines if line.outstanding), default=None)

    @property
    def overdue(self) -> bool:
        return any(line.overdue for line in self.lines)


class ActShown(Shown):
    """Something that was done with a purchase order; ``undone_at``: it was taken back."""

    act_id: int
    at: datetime
    actor: str
    sentence: str
    can_be_undone: bool
    undone_at: datetime | None


class History(Shown):
    """What was done with a purchase order, newest first."""

    acts: tuple[ActShown, ...]


class PurchaseOrderPage(Shown):
    """Purchase orders, newest first; ``next_before`` asks for the older ones."""

    purchase_orders: tuple[PurchaseOrderShown, ...]
    next_before: int | None


def page(
    house: House, shop: Shop, now: datetime, before: int | None = None, search: str = "", *, to_come: bool = False
) -> PurchaseOrderPage:
    """A page of the shop's purchase orders; ``search`` looks in numbers, suppliers, titles and SKU.

    ``to_come``: only those of which something is still to come.
    """
    with house.db.read() as tx:
        found = purchase_orders.page(tx, shop.shop_id, before=before, limit=PAGE + 1, search=search, to_come=to_come)
    shown = found[:PAGE]
    return PurchaseOrderPage(
        purchase_orders=_shown(house, shop, shown, now),
        next_before=shown[-1].purchase_order_id if len(found) > PAGE else None,
    )


def one(house: House, shop: Shop, purchase_order_id: int, now: datetime) -> PurchaseOrderShown | None:
    """A purchase order of the shop, or None."""
    with house.db.read() as tx:
        found = purchase_orders.one(tx, shop.shop_id, purchase_order_id)
    return _shown(house, shop, [found], now)[0] if found else None


def history(house: House, shop: Shop, purchase_order_id: int) -> History:
    """What was done with a purchase order of the shop."""
    with house.db.read() as tx:
        found = purchase_order_acts.of_order(tx, shop.shop_id, purchase_order_id)
    return History(
        acts=tuple(
            ActShown(
                act_id=act.act_id,
                at=act.at,
                actor=act.actor,
                sentence=act.sentence,
                can_be_undone=act.change is not None and act.undone_at is None,
                undone_at=act.undone_at,
            )
            for act in found
        )
    )


def of_line(house: House, shop: Shop, line_id: int, now: datetime) -> PurchaseOrderShown | None:
    """The purchase order that this line belongs to, or None."""
    with house.db.read() as tx:
        line = purchase_orders.line(tx, shop.shop_id, line_id)
    return one(house, shop, line.purchase_order_id, now) if line else None


def places(house: House, shop: Shop) -> tuple[LocationShown, ...]:
    """The active locations that goods may come to."""
    with house.db.read() as tx:
        known = locations.all_locations(tx, shop.shop_id)
    return tuple(_place(place) for place in known if place.active)


def _shown(house: House, shop: Shop, orders: Sequence[PurchaseOrder], now: datetime) -> tuple[PurchaseOrderShown, ...]:
    every = tuple(chain.from_iterable(order.lines for order in orders))
    wanted = {line.variant_id for line in every}
    with house.db.read() as tx:
        variants = {variant.variant_id: variant for variant in catalogue.by_ids(tx, shop.shop_id, wanted)}
        known = {place.location_id: _place(place) for place in locations.all_locations(tx, shop.shop_id)}
        coming = lots.of_items(tx, shop.shop_id, {line.item_id for line in every})
    day = today(shop, now)
    # What a shipment carries is late by the shipment's day, not by the order's.
    overdue = frozenset(lot.purchase_order_line_id for lot in coming if lot.overdue(day))
    return tuple(
        PurchaseOrderShown(
            purchase_order_id=order.purchase_order_id,
            number=order.number,
            supplier=order.supplier,
            location=known.get(order.location_id)
            or LocationShown(location_id=order.location_id, name="", active=False),
            status=order.status,
            created_at=order.created_at,
            cancelled_at=order.cancelled_at,
            lines=tuple(_lines(order.lines, variants, overdue)),
        )
        for order in orders
    )


def _place(seen: LocationSeen) -> LocationShown:
    return LocationShown(location_id=seen.location_id, name=seen.name, active=seen.active)


def _lines(
    lines: Iterable[PurchaseOrderLine], variants: dict[int, Variant], overdue: Container[int | None]
) -> Iterable[PurchaseOrderLineShown]:
    for line in lines:
        variant = variants.get(line.variant_id)
        yield PurchaseOrderLineShown(
            line_id=line.line_id,
            variant_id=line.variant_id,
            title=variant.full_title if variant else "A variant that is gone",
            sku=variant.sku if variant else None,
            barcode=variant.barcode if variant else None,
            ordered=line.ordered,
            received=line.received,
            cancelled=line.cancelled,
            outstanding=line.outstanding,
            at_dock=line.at_dock,
            damaged=line.damaged,
            due_on=line.due_on,
            overdue=line.line_id in overdue,
        )
