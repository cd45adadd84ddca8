"""Collect: know which products are in the collections that the merchant's rules name.

Only those collections are read, a page at a look, so that a long one keeps nobody waiting.
"""

from collections.abc import Iterable, Sequence

import structlog

from backorder.clock import transport_now
from backorder.db import collections, dirty, managing, shops
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.terms import Terms
from backorder.store.gateway import Gateway

WHOLE = 0
PAGES_AT_ONCE = 5

log = structlog.get_logger(__name__)


def ask(tx: Connection, shop_id: int) -> None:
    """Ask that the collections that the shop's rules name be found, and read."""
    dirty.mark(tx, shop_id, Kind.COLLECTIONS, [WHOLE], transport_now())


def named(tx: Connection, shop_id: int) -> frozenset[str]:
    """The collections that the shop's rules name, whatever the case of their letters."""
    return Terms.from_json(shops.one(tx, shop_id).terms).collections


def find(house: House, store: Gateway, shop_id: int, rows: Sequence[Dirty]) -> None:
    """Find the collections that the rules name, and ask that each be read. Raises the errors of ``backorder.store.errors``."""
    with house.db.read() as tx:
        wanted = named(tx, shop_id)
    found = {one.collection_id: one.title for title in sorted(wanted) for one in store.collections(title)}
    with house.db.write() as tx:
        known = collections.known(tx, shop_id)
        gone = known.keys() - found.keys()
        lost = collections.products_in(tx, shop_id, gone)
        collections.forget(tx, shop_id, gone)
        collections.put(tx, shop_id, found.items())
        _judge_anew(tx, shop_id, lost)
        dirty.mark(tx, shop_id, Kind.COLLECTION, found, transport_now())
        dirty.clear(tx, shop_id, rows)
    log.info("collections found", shop_id=shop_id, wanted=sorted(wanted), found=len(found))


def read(house: House, store: Gateway, shop_id: int, rows: Sequence[Dirty]) -> None:
    """Read the next page of some collections on the list. Raises the errors of ``backorder.store.errors``."""
    for row in rows[:PAGES_AT_ONCE]:
        with house.db.read() as tx:
            known = collections.known(tx, shop_id).get(row.ref)
        if known is None:
            with house.db.write() as tx:
                dirty.clear(tx, shop_id, [row])
            continue
        began_at = known.began_at or transport_now()
        page = store.collection(row.ref, known.cursor)
        with house.db.write() as tx:
            if page is None or page.title.casefold() not in named(tx, shop_id):
                _judge_anew(tx, shop_id, collections.products_in(tx, shop_id, [row.ref]))
                collections.forget(tx, shop_id, [row.ref])
                dirty.clear(tx, shop_id, [row])
                continue
            changed = collections.add_page(tx, shop_id, row.ref, page.products, began_at, page.cursor)
            if page.cursor is None:
                changed |= collections.end_pass(tx, shop_id, row.ref, began_at)
            _judge_anew(tx, shop_id, changed)
            if page.cursor is None:
                dirty.clear(tx, shop_id, [row])


def _judge_anew(tx: Connection, shop_id: int, product_ids: Iterable[int]) -> None:
    """Ask for a look at what came into a collection or left it."""
    items = managing.items_by_rule(tx, shop_id, product_ids)
    dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
