"""What is to come, as shown: which shipment, when, and whom it serves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from backorder.db import catalogue, locations, lots, purchase_orders
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.lots import LotKind
from backorder.scene import Scene, load
from plugin.shown.model import Shown
from plugin.shown.today import today

MOST = 12


class ArrivalShown(Shown):
    """Units of one variant that are to come. ``at_dock``: booked in, not yet counted in at the store.

    Of ``units``, ``units_for_waiting`` serve people who wait already, in ``orders_served`` orders. ``units_left``: nobody has spoken for
    them yet; the rest makes good what a shelf is short of.
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
    units_left: int


@dataclass
class _Served:
    units: int = 0
    left: int = 0
    orders: set[int] = field(default_factory=set)


def of_shop(house: House, shop: Shop, now: datetime) -> tuple[ArrivalShown, ...]:
    """The next arrivals, soonest first. Whom they serve is what the queues of their goods say."""
    with house.db.read() as tx:
        coming = lots.arrivals(tx, shop.shop_id)[:MOST]
        served = _served(load(tx, shop.shop_id, {lot.item_id for lot in coming}, now))
        names = {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}
        lines = {lot.lot_id: purchase_orders.line(tx, shop.shop_id, lot.purchase_order_line_id or 0) for lot in coming}
        wanted = {line.variant_id for line in lines.values() if line}
        titles = {v.variant_id: v.full_title for v in catalogue.by_ids(tx, shop.shop_id, wanted)}
        sellers = catalogue.variants_of_items(tx, shop.shop_id, {lot.item_id for lot in coming})
    by_item = {variant.item_id: variant.full_title for variant in reversed(sellers)}
    day = today(shop, now)
    shown = []
    for lot in coming:
        line, people = lines[lot.lot_id], served[lot.lot_id]
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
                units_for_waiting=people.units,
                orders_served=len(people.orders),
                units_left=people.left,
            )
        )
    return tuple(shown)


def _served(scene: Scene) -> dict[int, _Served]:
    """Whom each lot serves that is to come, and what is left of it. What the app does not manage serves nobody."""
    found: dict[int, _Served] = defaultdict(_Served)
    for goods in scene.goods:
        for place in goods.places:
            if not goods.managed:
                for lot in place.coming:
                    found[lot.lot_id].left = lot.units
                continue
            order_of = {claim.line_id: claim.order_id for claim in place.claims}
            queue = scene.queue(goods, place)
            for serving in queue.left:
                found[serving.lot.lot_id].left += serving.units
            for (line_id, _), projection in queue.claims.items():
                for serving in projection.servings:
                    found[serving.lot.lot_id].units += serving.units
                    found[serving.lot.lot_id].orders.add(order_of[line_id])
    return found
