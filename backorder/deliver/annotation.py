"""Annotations: what was promised stands on the order itself, as a metafield and a tag."""

import json
from datetime import datetime

import structlog

from backorder import note
from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import dirty, orders, refused_deadlines, shops
from backorder.db.dirty import Kind
from backorder.db.outbox import Due
from backorder.deliver.outcome import Outcome, done, void
from backorder.failpoint import reached
from backorder.heed import heed
from backorder.house import House
from backorder.promise import annotation, undated
from backorder.read_order import ask_order
from backorder.rules.terms import Terms
from backorder.store.errors import ChangedMeanwhile, MissingScope, StoreRefused
from backorder.store.gateway import Gateway

TAG = "backorder"

log = structlog.get_logger(__name__)


def annotate(house: House, due: Due, now: datetime) -> Outcome:
    """Write the order's metafield and tag as the books say now. Raises ChangedMeanwhile if somebody wrote in between."""
    with house.db.read() as tx:
        order = orders.get(tx, due.shop_id, due.subject)
        wanted = annotation(tx, due.shop_id, due.subject)
        late = undated(tx, due.shop_id, [due.subject]).get(due.subject, {})
    if order is None or wanted is None:
        return void("the order is gone or never waited")
    text = json.dumps(wanted, sort_keys=True)
    if text == order.annotated and not late:
        return done("nothing to change")
    store = open_store(house, due.shop_id)
    for at, fulfillment_orders in sorted(late.items()):
        _set_deadline(house, store, due.shop_id, fulfillment_orders, at)
    if text == order.annotated:
        return done()
    fresh = {TAG} if wanted["waiting"] and TAG not in order.tags else set[str]()
    tags = order.tags | fresh
    try:
        digest = store.annotate(due.subject, wanted, order.promise_digest, fresh)
        if not wanted["waiting"] and TAG in tags:
            store.tags_remove(order.order_id, [TAG])
            tags -= {TAG}
    except ChangedMeanwhile:
        _read_anew(house, store, due, now)
        raise
    except (StoreRefused, MissingScope):
        if store.order(due.subject) is not None:
            raise
        # One that waited for longer than sixty days, say. Its buyer hears of it all the same: the letter stands behind this row.
        return void("the store has the order no more, or shows it to us no more: nothing can be written on it")
    reached("order.annotated")
    with house.db.write() as tx:
        orders.annotation_written(tx, due.shop_id, due.subject, digest, tags)
        orders.annotated(tx, due.shop_id, due.subject, text)
    return done()


def _set_deadline(
    house: House, store: Gateway, shop_id: int, fulfillment_orders: tuple[int, ...], at: datetime
) -> None:
    """Set a deadline; where the store will not have it for all, for each by itself, and for whom not is remembered.

    What takes the place of a fulfillment order that is gone is noted with the next reading, and gets its day with the next comparison.
    """
    try:
        store.set_deadline(fulfillment_orders, at)
    except StoreRefused as refused:
        if len(fulfillment_orders) > 1:
            for each in fulfillment_orders:
                _set_deadline(house, store, shop_id, (each,), at)
            return
        (number,) = fulfillment_orders
        with house.db.write() as tx:
            refused_deadlines.remember(tx, shop_id, number, at)
        log.warning("no deadline set", shop_id=shop_id, fulfillment_order=number, by=at.isoformat(), why=str(refused))


def _read_anew(house: House, store: Gateway, due: Due, now: datetime) -> None:
    """Somebody wrote the metafield since we last read it: note what it says now, for the next attempt."""
    read_at = transport_now()
    seen = ask_order(house, store, due.subject)
    if seen is not None:
        with house.db.write() as tx:
            terms = Terms.from_json(shops.one(tx, due.shop_id).terms)
            noted = note.order(tx, due.shop_id, terms, seen, read_at)
            heed(tx, due.shop_id, [noted], now)
            dirty.mark(tx, due.shop_id, Kind.ITEM, noted.items, transport_now())
