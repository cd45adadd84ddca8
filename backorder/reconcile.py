"""Reconcile: the store against the books, so that a lost webhook costs time and never truth.

It reads what it must to be sure and lets the same observation that webhooks ask for do the rest; what had drifted is
counted, because drift that is only repaired is never understood.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog

from backorder.access import good_pair, open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import answers, catalogue, dirty, inbox, levels, orders, outbox, shops, tokens
from backorder.db.dirty import Kind
from backorder.house import House
from backorder.observe import look_at_order, observe
from backorder.store.errors import StoreError
from backorder.store.gateway import Gateway

log = structlog.get_logger(__name__)

KEEP_BODIES = timedelta(days=7)
KEEP_ANSWERS = timedelta(days=1)
KEEP_ALIVE = timedelta(days=30)
ROUNDS = 50


@dataclass(frozen=True)
class Drift:
    """What differed between store and books before this reconciliation repaired it."""

    orders_read: int = 0
    orders_unknown: int = 0
    orders_changed: int = 0
    items_read: int = 0
    levels_changed: int = 0
    policies_changed: int = 0

    @property
    def found(self) -> int:
        return self.orders_unknown + self.orders_changed + self.levels_changed + self.policies_changed


def reconcile(house: House, shop_id: int, now: datetime) -> Drift:
    """Read every open order and every managed item of a shop again and settle them.

    Raises the errors of ``backorder.store.errors`` if the store cannot be read; what was read until then is kept.
    """
    store = open_store(house, shop_id)
    unknown, changed, read = _orders(house, store, shop_id, now)
    with house.db.write() as tx:
        items = catalogue.managed_items(tx, shop_id)
        dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
        dirty.mark(tx, shop_id, Kind.LOCATIONS, [0], transport_now())
        before = {(level.item_id, level.location_id): level for level in levels.of_items(tx, shop_id, items)}
        policies = {v.variant_id: v.policy for v in catalogue.variants_of_items(tx, shop_id, items)}
    for _ in range(ROUNDS):
        if not observe(house, shop_id, now):
            break
    with house.db.read() as tx:
        after = {(level.item_id, level.location_id): level for level in levels.of_items(tx, shop_id, items)}
        policies_now = {v.variant_id: v.policy for v in catalogue.variants_of_items(tx, shop_id, items)}
    drift = Drift(
        orders_read=read,
        orders_unknown=unknown,
        orders_changed=changed,
        items_read=len(items),
        levels_changed=sum(1 for key, level in after.items() if key not in before or _moved(before[key], level)),
        policies_changed=sum(1 for key, policy in policies_now.items() if policies.get(key) != policy),
    )
    log.info("reconciled", shop_id=shop_id, **asdict(drift))
    house.bell.ring(Ring.OUTBOX)
    return drift


def tidy(house: House, now: datetime) -> None:
    """What time asks for: forget old bodies, keep idle shops' tokens alive, renew what shops show before it falls silent."""
    with house.db.write() as tx:
        dropped = inbox.drop_bodies(tx, transport_now() - KEEP_BODIES)
        answers.drop(tx, transport_now() - KEEP_ANSWERS)
        idle = tokens.expiring(tx, transport_now() + KEEP_ALIVE)
        installed = shops.installed(tx)
    for shop in installed:
        if shop.shop_id in idle:
            try:
                good_pair(house, shop.shop_id, shop.domain)
            except StoreError as error:
                log.warning("token not kept alive", shop=shop.domain, error=str(error))
        with house.db.write() as tx:
            dirty.mark(tx, shop.shop_id, Kind.ITEM, catalogue.managed_items(tx, shop.shop_id), transport_now())
            outbox.retry_parked_targets(tx, shop.shop_id, transport_now())
    log.info("tidied", bodies_dropped=dropped, shops=len(installed), at=now.isoformat())
    house.bell.ring(Ring.OBSERVE)


def _orders(house: House, store: Gateway, shop_id: int, now: datetime) -> tuple[int, int, int]:
    """Read what the store calls open and what we think is open; how many were unknown, changed and read."""
    wanted: set[int] = set()
    after: str | None = None
    while True:
        page, after = store.open_orders(after)
        wanted.update(page)
        if after is None:
            break
    with house.db.read() as tx:
        wanted.update(orders.open_order_ids(tx, shop_id))
    unknown = changed = 0
    for order_id in sorted(wanted):
        with house.db.read() as tx:
            was = orders.fingerprint(tx, shop_id, order_id)
        look_at_order(house, store, shop_id, order_id, None, now)
        with house.db.read() as tx:
            now_is = orders.fingerprint(tx, shop_id, order_id)
        unknown += was is None and now_is is not None
        changed += was is not None and was != now_is
    return unknown, changed, len(wanted)


def _moved(before: levels.Level, after: levels.Level) -> bool:
    return (before.available, before.committed) != (after.available, after.committed)
