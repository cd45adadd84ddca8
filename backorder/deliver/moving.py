"""Moves: send an order from another location, where what it waits for lies free.

A row says only *which order*; what is moved is decided when it is taken, from the store and the books as they are then. So doing a row
twice does nothing more.
"""

from datetime import datetime

import structlog

from backorder.access import open_store
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import catalogue, claims, dirty, fulfillment_orders, shops, taking
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.outbox import Due
from backorder.deliver.holding import ROUNDS, read_and_note
from backorder.deliver.outcome import Outcome, done, void
from backorder.elsewhere import lies_elsewhere, serve_all_elsewhere
from backorder.house import House
from backorder.rules.elsewhere import Move, moves
from backorder.rules.terms import Terms
from backorder.store.errors import StoreRefused

log = structlog.get_logger(__name__)


def move(house: House, due: Due, now: datetime) -> Outcome:
    """Move what lies free elsewhere, one fulfillment order after the other; where the store does not let us, it waits as before.

    What lies there is for who stands behind it then, if the shop sends orders from elsewhere by itself.
    """
    with house.db.read() as tx:
        waits = [claim for claim in claims.of_orders(tx, due.shop_id, [due.subject]) if claim.backordered]
    outcome, moved = _move(house, due, now)
    if not moved and waits:
        with house.db.write() as tx:
            items = {claim.item_id for claim in waits}
            catalogue.lock_items(tx, due.shop_id, items)
            if Terms.from_json(shops.one(tx, due.shop_id).terms).serve_elsewhere:
                serve_all_elsewhere(tx, due.shop_id, items, now, behind=max(claim.age for claim in waits))
    return outcome


def _move(house: House, due: Due, now: datetime) -> tuple[Outcome, bool]:
    """What became of it, and whether anything was moved."""
    store = open_store(house, due.shop_id)
    refused: set[tuple[int, int]] = set()
    moved = False
    for _ in range(ROUNDS):
        if read_and_note(house, store, due, now) is None:
            return void("the order is gone"), moved
        with house.db.write() as tx:
            if moved:  # what moved is given to it at once, so that it need not be held there first
                items = {claim.item_id for claim in claims.of_orders(tx, due.shop_id, [due.subject])}
                decide(tx, due.shop_id, items, now, cause="sent from elsewhere")
            planned = [each for each in _planned(tx, due, now) if _spot(each) not in refused]
            taking.still_ours(tx, due)
        if not planned:
            return done(), moved
        first = planned[0]
        if not store.may_move(first.fulfillment_order_id, first.location_id):
            refused.add(_spot(first))
            continue
        try:
            store.move(first.fulfillment_order_id, first.location_id, first.parts)
            moved = True
        except StoreRefused as error:
            log.info("not moved", fulfillment_order=first.fulfillment_order_id, reason=str(error))
            refused.add(_spot(first))
    return done("some of it cannot be moved"), moved


def _spot(planned: Move) -> tuple[int, int]:
    return planned.fulfillment_order_id, planned.location_id


def _planned(tx: Connection, due: Due, now: datetime) -> tuple[Move, ...]:
    """What is to be moved, under the lock of the order's items; they are looked at again after each move."""
    items = {claim.item_id for claim in claims.of_orders(tx, due.shop_id, [due.subject])}
    catalogue.lock_items(tx, due.shop_id, items)
    dirty.mark(tx, due.shop_id, Kind.ITEM, items, transport_now())
    parts = fulfillment_orders.of_orders(tx, due.shop_id, [due.subject]).get(due.subject, ())
    return moves(parts, lies_elsewhere(tx, due.shop_id, due.subject, now))
