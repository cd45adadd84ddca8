"""Fulfilling: say in the store that a supplier has shipped what it was to send.

A row says only *which order*. What is left to be said is read from the store before each step: what is shipped is open no more, so doing a
row twice says nothing twice. Our hold ends and the fulfillment follows at once; only what the supplier sent is let go. What was added to
its line since is held apart first.

While somebody else holds it or packs it nothing can be said, and nobody waits for that here: when it ends, the order is read, and what can be
said then is asked for again (``observe``).
"""

from datetime import datetime

from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import claims, dirty, drop_ships, taking
from backorder.db.dirty import Kind
from backorder.db.drop_ships import said_of
from backorder.db.engine import Connection
from backorder.db.outbox import Due, State
from backorder.deliver.holding import ROUNDS, SENT, SHORT, read_and_note
from backorder.deliver.outcome import Outcome, done, void
from backorder.house import House
from backorder.rules.holds import HANDLE
from backorder.rules.parcels import NotYet, Step, next_step
from backorder.store.gateway import Gateway


def fulfil(house: House, due: Due, now: datetime) -> Outcome:
    """Say of an order what its suppliers have shipped, one step at a time."""
    store = open_store(house, due.shop_id)
    for _ in range(ROUNDS):
        seen = read_and_note(house, store, due, now)
        with house.db.write() as tx:
            taking.still_ours(tx, due)
            _look_again(tx, due)
            rows = drop_ships.of_orders(tx, due.shop_id, [due.subject])
        if seen is None:
            return void("the order is gone")
        # A cancelled order has nothing open.
        step = next_step(seen.fulfillment_orders if seen.cancelled_at is None else (), said_of(rows, seen.lines))
        if step is None:
            return done()
        if isinstance(step, NotYet):
            return void(f"fulfillment order {step.fulfillment_order_id}: {step.why}")  # its news asks for this again
        _take(store, step)
    return Outcome(State.DUE, error="the order keeps changing under our hands")


def _look_again(tx: Connection, due: Due) -> None:
    """What was noted here of the order's goods is to be decided about."""
    items = {claim.item_id for claim in claims.of_orders(tx, due.shop_id, [due.subject])}
    dirty.mark(tx, due.shop_id, Kind.ITEM, items, transport_now())


def _take(store: Gateway, step: Step) -> None:
    if step.rest and not step.holds:
        store.hold(step.fulfillment_order_id, HANDLE, step.rest, *SENT)
    elif step.rest:
        store.narrow(step.fulfillment_order_id, step.holds, HANDLE, step.rest, *(SENT if step.sent else SHORT))
    elif step.holds:
        store.release(step.fulfillment_order_id, step.holds)
    else:
        store.fulfill(step.fulfillment_order_id, step.parts, step.tracking)
