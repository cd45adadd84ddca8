"""Fulfilling: say in the store that a supplier has shipped what it was to send.

A row says only *which order*. What is left to be said is read from the store before each step: what is shipped is open no more, so doing a
row twice says nothing twice. Our hold ends and the fulfillment follows at once; only what the supplier sent is let go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import claims, dirty, drop_ships, outbox
from backorder.db.dirty import Kind
from backorder.db.drop_ships import DropShip
from backorder.db.engine import Connection
from backorder.db.outbox import Due, State
from backorder.deliver.holding import NOTE, ROUNDS, read_and_note
from backorder.deliver.outcome import Outcome, done, void
from backorder.house import House
from backorder.rules.holds import HANDLE
from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.parcels import Tracking
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen
from backorder.store.gateway import Gateway


@dataclass(frozen=True)
class Step:
    """What is next: ``parts`` (part id → units) of an open fulfillment order were shipped; first ``holds`` of ours end.

    ``rest``: what goes on being held of it.
    """

    fulfillment_order_id: int
    parts: Mapping[int, int]
    tracking: Tracking
    holds: tuple[int, ...] = ()
    rest: Mapping[int, int] | None = None


def fulfil(house: House, due: Due, now: datetime) -> Outcome:
    """Say of an order what its suppliers have shipped, one step at a time."""
    store = open_store(house, due.shop_id)
    for _ in range(ROUNDS):
        seen = read_and_note(house, store, due, now)
        with house.db.write() as tx:
            outbox.still_ours(tx, due)
            _look_again(tx, due)
            rows = drop_ships.of_orders(tx, due.shop_id, [due.subject])
        if seen is None:
            return void("the order is gone")
        shipped = {line_id: row for line_id, row in rows.items() if row.shipped_at and row.supplier_id is not None}
        step = next_step(seen, shipped)
        if step is None:
            return done()
        if isinstance(step, str):
            return Outcome(State.DUE, error=step)
        _take(store, step)
    return Outcome(State.DUE, error="the order keeps changing under our hands")


def _look_again(tx: Connection, due: Due) -> None:
    """What was noted here of the order's goods is to be decided about."""
    items = {claim.item_id for claim in claims.of_orders(tx, due.shop_id, [due.subject])}
    dirty.mark(tx, due.shop_id, Kind.ITEM, items, transport_now())


def next_step(seen: OrderSeen, shipped: Mapping[int, DropShip]) -> Step | str | None:
    """The next thing to say; why it cannot be said, as a sentence; None when all is said. A cancelled order has nothing open."""
    for each in seen.fulfillment_orders if seen.cancelled_at is None else ():
        parts = {part.part_id: part.remaining for part in each.parts if part.remaining and part.line_id in shipped}
        if parts and is_open(each):
            return _step(each, parts, shipped)
    return None


def _step(each: FulfillmentOrderSeen, parts: dict[int, int], shipped: Mapping[int, DropShip]) -> Step | str:
    number = each.fulfillment_order_id
    first = next(shipped[part.line_id] for part in each.parts if part.part_id in parts)
    tracking = Tracking(first.carrier, first.tracking, first.tracking_url)
    alike = {part.part_id for part in each.parts if part.part_id in parts and _alike(shipped[part.line_id], first)}
    if in_the_works(each):
        return f"fulfillment order {number} is being packed: see in the store's admin who sends it"
    if under_our_hold(each):
        rest = {part.part_id: part.remaining for part in each.parts if part.remaining and part.part_id not in parts}
        ours = tuple(hold.hold_id for hold in each.holds if hold.ours)
        return Step(number, parts, tracking, ours, rest or None)
    if each.status != "OPEN":
        return f"fulfillment order {number} is {each.status.lower().replace('_', ' ')}: somebody else's hold must end first"
    return Step(number, {part: units for part, units in parts.items() if part in alike}, tracking)


def _alike(one: DropShip, other: DropShip) -> bool:
    """Whether two lines came in one parcel."""
    return (one.carrier, one.tracking, one.tracking_url) == (other.carrier, other.tracking, other.tracking_url)


def _take(store: Gateway, step: Step) -> None:
    if step.rest:
        store.narrow(step.fulfillment_order_id, step.holds, HANDLE, step.rest, NOTE)
    elif step.holds:
        store.release(step.fulfillment_order_id, step.holds)
    else:
        store.fulfill(step.fulfillment_order_id, step.parts, step.tracking)
