"""From what a webhook asks for to marks in the books: what is dirty is looked at once, however often it was named."""

from collections.abc import Iterable
from datetime import datetime

from backorder.db import catalogue, dirty, orders
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from webhooks.look import Look

# Things of which a shop has one set are looked at as a whole.
WHOLE = 0


def mark(tx: Connection, shop_id: int, look: Look, at: datetime) -> bool:
    """Mark what is to be looked at. False if it comes to nothing we know. ``at`` is transport time."""
    wanted = {
        # Items before orders, as everybody marks them: two who mark at once never wait for each other in a ring.
        Kind.ITEM: {*look.items, *_items_of(tx, shop_id, look)},
        Kind.ORDER: {*look.orders, *_orders_of(tx, shop_id, look.fulfillment_orders or ())},
        Kind.LOCATIONS: {WHOLE} if look.locations else set(),
        Kind.SHOP: {WHOLE} if look.shop else set(),
    }
    if look.fulfillment_orders is not None and not wanted[Kind.ORDER]:
        # Some fulfillment order changed, but we cannot tell whose it is: the sweep asks the store.
        wanted[Kind.SWEEP] = {WHOLE}
    for kind, refs in wanted.items():
        dirty.mark(tx, shop_id, kind, refs, at)
    return any(wanted.values())


def _orders_of(tx: Connection, shop_id: int, fulfillment_order_ids: Iterable[int]) -> set[int]:
    found = (orders.order_of(tx, shop_id, number) for number in fulfillment_order_ids)
    return {order_id for order_id in found if order_id is not None}


def _items_of(tx: Connection, shop_id: int, look: Look) -> set[int]:
    known = [*catalogue.by_ids(tx, shop_id, look.variants)]
    for product_id in look.products:
        known += catalogue.variants_of_product(tx, shop_id, product_id)
    return {variant.item_id for variant in known}
