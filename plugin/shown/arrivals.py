"""What is to come, as shown: which shipment, when, and whom it serves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from backorder.db import catalogue, lots, purchase_orders
from backorder.db.claims import Waiting
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.lots import Lot, LotKind
from plugin.shown.model import Shown
from plugin.shown.today import today

MOST = 12
Source = tuple[int, int, str, str]  # item, location, kind, label


class ArrivalShown(Shown):
    """Units of one variant that are to come. ``at_dock``: booked in, not yet counted in at the store.

    Of ``units``, ``units_for_waiting`` serve people who wait already, in ``orders_served`` orders.
    """

    purchase_order_id: int | None
    number: str
    supplier: str
    title: str
    location: str
    units: int
    due_on: date | None
    overdue: bool
    at_dock: bool
    units_for_waiting: int
    orders_served: int


@dataclass
class _Served:
    units: int = 0
    orders: set[int] = field(default_factory=set)


def of_shop(house: House, shop: Shop, waiting: Iterable[Waiting], now: datetime) -> tuple[ArrivalShown, ...]:
    """The next arrivals, soonest first. Whom they serve is what the projections of the backlog say."""
    served = _served(waiting)
    with house.db.read() as tx:
        coming = lots.arrivals(tx, shop.shop_id)[:MOST]
        names = {place.location_id: place.name for place in catalogue.all_locations(tx, shop.shop_id)}
        lines = {lot.lot_id: purchase_orders.line(tx, shop.shop_id, lot.purchase_order_line_id or 0) for lot in coming}
        wanted = {line.variant_id for line in lines.values() if line}
        titles = {v.variant_id: v.full_title for v in catalogue.by_ids(tx, shop.shop_id, wanted)}
        sellers = catalogue.variants_of_items(tx, shop.shop_id, {lot.item_id for lot in coming})
    by_item = {variant.item_id: variant.full_title for variant in reversed(sellers)}
    day = today(shop, now)
    shown = []
    for lot in coming:
        line, people = lines[lot.lot_id], served.get(_source(lot), _Served())
        shown.append(
            ArrivalShown(
                purchase_order_id=line.purchase_order_id if line else None,
                number=line.number if line else lot.label,
                supplier=line.supplier if line else "",
                title=titles.get(line.variant_id if line else 0) or by_item.get(lot.item_id, "A variant that is gone"),
                location=names.get(lot.location_id, ""),
                units=lot.units,
                due_on=lot.due_on,
                overdue=lot.overdue(day),
                at_dock=lot.kind is LotKind.DOCK,
                units_for_waiting=min(people.units, lot.units),
                orders_served=len(people.orders),
            )
        )
    return tuple(shown)


def _served(waiting: Iterable[Waiting]) -> dict[Source, _Served]:
    found: dict[Source, _Served] = {}
    for row in waiting:
        for lot in (row.projection or {}).get("lots", ()):
            source = (row.claim.item_id, row.claim.location_id, str(lot["kind"]), str(lot["label"]))
            people = found.setdefault(source, _Served())
            people.units += int(lot["units"])
            people.orders.add(row.claim.order_id)
    return found


def _source(lot: Lot) -> Source:
    return lot.item_id, lot.location_id, lot.kind.value, lot.label
