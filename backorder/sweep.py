"""Sweep: which fulfillment orders changed since we last asked; the first half of a settled read (domain §1)."""

from datetime import datetime, timedelta

from backorder.clock import transport_now
from backorder.db import dirty, orders, shops
from backorder.db.dirty import Kind
from backorder.house import House
from backorder.store.gateway import Gateway

# The store's timestamps have whole seconds, and its index may lag a little.
OVERLAP = timedelta(seconds=30)
SAME_MOMENT = timedelta(seconds=2)


def sweep(house: House, store: Gateway, shop_id: int, now: datetime) -> dict[int, list[int]]:
    """Fulfillment orders that changed since the last sweep, by order; shipped and closed ones included.

    Their orders are on the list before the mark moves on, so that whoever dies here forgets nothing.
    """
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
    since = (shop.swept_until or shop.installed_at) - OVERLAP
    after: str | None = None
    changed: dict[int, list[int]] = {}
    doubtful: set[int] = set()
    reached = shop.swept_until
    while True:
        page, after = store.sweep(since, after)
        with house.db.read() as tx:
            known = orders.swept(tx, shop_id, [row.fulfillment_order_id for row in page])
        for row in page:
            reached = max(reached, row.updated_at) if reached else row.updated_at
            updated_at, read_at = known.get(row.fulfillment_order_id, (None, None))
            if updated_at != row.updated_at or read_at is None:
                changed.setdefault(row.order_id, []).append(row.fulfillment_order_id)
            elif read_at + (now - transport_now()) - row.updated_at < SAME_MOMENT:
                doubtful.add(row.order_id)
        if after is None:
            break
    with house.db.write() as tx:
        dirty.mark(tx, shop_id, Kind.ORDER, changed, transport_now())
        # Timestamps have whole seconds: a reading within the same moment may have missed a second change.
        dirty.remind(tx, shop_id, Kind.ORDER, doubtful - set(changed), transport_now() + SAME_MOMENT)
        if reached is not None:
            shops.sweep_reached(tx, shop_id, reached)
    return changed
