"""A purchase order as its supplier reads it on paper: to whom, from whom, and what, of which nothing is of our own housekeeping."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from backorder.db import catalogue, locations, purchase_orders, suppliers
from backorder.db.catalogue import Variant
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.model import Money, Shown


class PaperLine(Shown):
    """``units`` that are ordered and not struck off; ``received`` of them. What a unit costs is what the store knows of it, if anything."""

    title: str
    sku: str | None
    barcode: str | None
    units: int
    received: int
    due_on: date
    each: Money | None
    amount: Money | None


class Paper(Shown):
    """``total`` is only there where every line has its price. Nobody is named where no supplier is."""

    purchase_order_id: int
    number: str
    entered_on: date
    cancelled: bool
    shop: str
    shop_email: str
    supplier: str
    supplier_email: str
    location: str
    lines: tuple[PaperLine, ...]
    total: Money | None

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def has_prices(self) -> bool:
        return any(line.each for line in self.lines)

    @property
    def one_day(self) -> date | None:
        """The day on which everything is due, if it is one."""
        days = {line.due_on for line in self.lines}
        return days.pop() if len(days) == 1 else None


def of_order(house: House, shop: Shop, purchase_order_id: int) -> Paper | None:
    """A purchase order of the shop, for its supplier, or None."""
    with house.db.read() as tx:
        order = purchase_orders.one(tx, shop.shop_id, purchase_order_id)
        if order is None:
            return None
        known = catalogue.by_ids(tx, shop.shop_id, {line.variant_id for line in order.lines})
        writes = suppliers.named(tx, shop.shop_id, [order.supplier]).get(suppliers.key_of(order.supplier))
        places = {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}
    variants = {variant.variant_id: variant for variant in known}
    lines = tuple(_line(line, variants, shop.currency) for line in order.lines if line.ordered > line.cancelled)
    amounts = [line.amount.amount for line in lines if line.amount]
    return Paper(
        purchase_order_id=order.purchase_order_id,
        number=order.number,
        entered_on=order.created_at.astimezone(ZoneInfo(shop.timezone)).date(),
        cancelled=order.cancelled_at is not None,
        shop=shop.name,
        shop_email=shop.email,
        supplier=order.supplier,
        supplier_email=writes.email if writes else "",
        location=places.get(order.location_id, ""),
        lines=lines,
        total=_money(sum(amounts, Decimal(0)), shop.currency) if lines and len(amounts) == len(lines) else None,
    )


def _line(line: PurchaseOrderLine, variants: Mapping[int, Variant], currency: str) -> PaperLine:
    variant = variants.get(line.variant_id)
    cost = variant.unit_cost if variant else None
    units = line.ordered - line.cancelled
    return PaperLine(
        title=variant.full_title if variant else "A variant that is gone",
        sku=variant.sku if variant else None,
        barcode=variant.barcode if variant else None,
        units=units,
        received=line.received,
        due_on=line.due_on,
        each=None if cost is None else _money(cost, currency),
        amount=None if cost is None else _money(cost * units, currency),
    )


def _money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)
