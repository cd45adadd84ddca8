"""From what webhooks ask for to marks in the books: what is dirty is looked at once, however often it was named."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import TypeVar

from backorder import collect
from backorder.db import catalogue, collections, dirty, fulfillment_orders, transfers, whole_orders
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from webhooks.look import Look

# What our own acts ring for as well is looked at once they are done: an act rings several times, and one seldom comes alone.
ECHOES_SETTLE = timedelta(seconds=3)
# Which automatic collections a product is in, the store works out a little after the product has changed.
MEMBERSHIPS_SETTLE = timedelta(minutes=1)
# Collections are found by their title, in an index that hears a little later what one is called.
TITLES_SETTLE = timedelta(minutes=1)
# Things of which a shop has one set are looked at as a whole.
WHOLE = 0
# Items before orders, as everybody marks them: two who mark at once never wait for each other in a ring.
SINGLE = (Kind.LOCATIONS, Kind.SHOP, Kind.SWEEP, Kind.TRANSFER, Kind.TRANSFERS)
IN_ORDER = (Kind.ITEM, Kind.ORDER, Kind.COLLECTION, Kind.COLLECTIONS, *SINGLE)

Who = TypeVar("Who", bound=Hashable)


def mark(tx: Connection, shop_id: int, look: Look, at: datetime) -> bool:
    """Mark what is to be looked at. False if it comes to nothing we know. ``at`` is transport time."""
    return bool(mark_all(tx, shop_id, {"it": look}, at))


def mark_all(tx: Connection, shop_id: int, looks: Mapping[Who, Look], at: datetime) -> frozenset[Who]:
    """Mark what several ask for, each thing once; those whose asking comes to something we know."""
    known = _Known(tx, shop_id, looks.values())
    heard = set()
    marked: dict[Kind, set[int]] = defaultdict(set)
    echoed: dict[Kind, set[int]] = defaultdict(set)
    for who, look in looks.items():
        wanted = known.wanted(look)
        if any(wanted.values()):
            heard.add(who)
        for kind, refs in wanted.items():
            waits = known.can_wait(kind, refs) if look.echo else frozenset()
            echoed[kind] |= waits
            marked[kind] |= refs - waits
    refilled = collections.known(tx, shop_id).keys() if any(look.memberships for look in looks.values()) else set()
    for kind in IN_ORDER:
        if kind is Kind.COLLECTIONS:
            dirty.mark_for(tx, shop_id, kind, marked[kind], at, at + TITLES_SETTLE)
            continue
        dirty.mark(tx, shop_id, kind, marked[kind], at)
        dirty.mark_for(tx, shop_id, kind, echoed[kind] - marked[kind], at, at + ECHOES_SETTLE)
        if kind is Kind.COLLECTION:
            dirty.mark_for(tx, shop_id, kind, refilled - marked[kind], at, at + MEMBERSHIPS_SETTLE)
    return frozenset(heard)


class _Known:
    """What our books say of the things that some looks name: found in a query for each kind, if any is named."""

    def __init__(self, tx: Connection, shop_id: int, looks: Iterable[Look]) -> None:
        named = list(looks)
        parts = {number for look in named for number in look.fulfillment_orders or ()}
        variants = {number for look in named for number in look.variants}
        products = {number for look in named for number in look.products}
        self._order_of = fulfillment_orders.orders_of(tx, shop_id, parts) if parts else {}
        shipments = {number for look in named for number in look.shipments or ()}
        self._transfer_of = transfers.of_shipments(tx, shop_id, shipments) if shipments else {}
        found = catalogue.by_ids(tx, shop_id, variants) if variants else ()
        self._item_of = {variant.variant_id: variant.item_id for variant in found}
        self._items_in: dict[int, set[int]] = defaultdict(set)
        for product_id in sorted(products):
            of_product = catalogue.variants_of_product(tx, shop_id, product_id)
            self._items_in[product_id] = {variant.item_id for variant in of_product}
        echoed = {number for look in named if look.echo for number in look.orders} | set(self._order_of.values())
        collected = {number for look in named for number in look.collections}
        self._collections = collections.known(tx, shop_id).keys() if collected else set()
        self._may_be_named = bool(collected - self._collections) and bool(collect.named(tx, shop_id))
        self._routed = frozenset(whole_orders.read_at(tx, shop_id, echoed)) if echoed else frozenset[int]()

    def can_wait(self, kind: Kind, refs: AbstractSet[int]) -> frozenset[int]:
        """Which of these an echo may be about: goods, and orders of which nothing is still to be found out."""
        if kind is Kind.ITEM:
            return frozenset(refs)
        return frozenset(refs & self._routed) if kind is Kind.ORDER else frozenset()

    def wanted(self, look: Look) -> dict[Kind, set[int]]:
        """What one look asks for, by kind."""
        items = {*look.items, *(self._item_of[number] for number in look.variants if number in self._item_of)}
        for product_id in look.products:
            items |= self._items_in[product_id]
        parts = look.fulfillment_orders
        wanted = {
            Kind.ITEM: items,
            Kind.ORDER: {*look.orders, *(self._order_of[n] for n in parts or () if n in self._order_of)},
            Kind.LOCATIONS: {WHOLE} if look.locations else set(),
            Kind.SHOP: {WHOLE} if look.shop else set(),
            Kind.TRANSFER: {
                *look.transfers,
                *(self._transfer_of[n] for n in look.shipments or () if n in self._transfer_of),
            },
        }
        wanted[Kind.COLLECTION] = {number for number in look.collections if number in self._collections}
        # One of another number may be called now what a rule names.
        renamed = bool(look.collections) and not wanted[Kind.COLLECTION] and self._may_be_named
        wanted[Kind.COLLECTIONS] = {WHOLE} if renamed else set()
        if parts is not None and not wanted[Kind.ORDER]:
            # Some fulfillment order changed, but we cannot tell whose it is: the sweep asks the store.
            wanted[Kind.SWEEP] = {WHOLE}
        if look.shipments is not None and not wanted[Kind.TRANSFER]:
            wanted[Kind.TRANSFERS] = {WHOLE}
        return wanted
