"""Sweep: which fulfillment orders changed since we last asked; the first half of a settled read (domain §1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backorder.clock import transport_now
from backorder.db import dirty, fulfillment_orders, shops, turns
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.seen import SweptSeen
from backorder.store.gateway import Gateway

# The store's timestamps have whole seconds, and its index may lag a little.
OVERLAP = timedelta(seconds=30)
# Under a steady stream one sweep follows another at once: those between look back less, and only one in a while so far.
SHORT_OVERLAP = timedelta(seconds=4)
FAR_EVERY_SECONDS = 5
SAME_MOMENT = timedelta(seconds=2)


@dataclass(frozen=True)
class Mark:
    """How far the sweeps of a shop have come, and from when on to ask now."""

    reached: datetime | None
    since: datetime


def where_to_begin(tx: Connection, shop_id: int) -> Mark:
    """Where the next sweep begins."""
    shop = shops.one(tx, shop_id)
    # A turn that is not given back: who asks meanwhile does not have it.
    far = turns.take_turn(tx, shop_id, "far sweep", uuid.uuid4().hex, transport_now(), FAR_EVERY_SECONDS)
    overlap = OVERLAP if far or shop.swept_until is None else SHORT_OVERLAP
    return Mark(shop.swept_until, (shop.swept_until or shop.installed_at) - overlap)


def sweep(house: House, store: Gateway, shop_id: int, mark: Mark, now: datetime) -> dict[int, list[int]]:
    """Fulfillment orders that changed since the last sweep, by order; shipped and closed ones included.

    Their orders are on the list before the mark moves on, so that whoever dies here forgets nothing.
    """
    page, after = store.sweep(mark.since, None)
    found = list(page)
    while after is not None:
        page, after = store.sweep(mark.since, after)
        found += page
    if not found:
        return {}
    with house.db.write() as tx:
        return _compare(tx, shop_id, mark, found, now)


def _compare(
    tx: Connection, shop_id: int, mark: Mark, found: Sequence[SweptSeen], now: datetime
) -> dict[int, list[int]]:
    """Mark the orders of what is not as we know it, and move the sweep mark on."""
    known = fulfillment_orders.swept(tx, shop_id, [row.fulfillment_order_id for row in found])
    changed: dict[int, list[int]] = {}
    doubtful: set[int] = set()
    for row in found:
        updated_at, read_at = known.get(row.fulfillment_order_id, (None, None))
        if updated_at != row.updated_at or read_at is None:
            changed.setdefault(row.order_id, []).append(row.fulfillment_order_id)
        elif read_at + (now - transport_now()) - row.updated_at < SAME_MOMENT:
            doubtful.add(row.order_id)
    # One that was refused waits as long as was said: a sweep finds the same change again and again until it is read.
    dirty.mark(tx, shop_id, Kind.ORDER, changed, transport_now(), patient=True)
    # Timestamps have whole seconds: a reading within the same moment may have missed a second change.
    dirty.remind(tx, shop_id, Kind.ORDER, doubtful - set(changed), transport_now() + SAME_MOMENT)
    reached = max(row.updated_at for row in found)
    if mark.reached is None or reached > mark.reached:
        shops.sweep_reached(tx, shop_id, reached)
    return changed
