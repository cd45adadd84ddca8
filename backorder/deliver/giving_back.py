"""Giving back: what becomes of each effect in a shop that the app has left (backorder.leave).

Nothing is put into the store. A hold that was wanted becomes a look whether one of ours is there, a release lets go of all that are
ours and of nobody else's, an offer gives the borrowed policies back and takes the metafield off, an annotation takes metafield and tag
off, a letter is put by. Each reads before it writes, or does what may be done twice, so an attempt whose answer was lost is made up for.
"""

from datetime import datetime

import structlog

from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import catalogue, hold_acts, orders, ours, outbox, taking
from backorder.db.mails import PUT_BY
from backorder.db.outbox import Due, Effect, State
from backorder.deliver.annotation import TAG
from backorder.deliver.holding import ROUNDS, read_and_note
from backorder.deliver.letters import write_letter
from backorder.deliver.offering import offer
from backorder.deliver.outcome import Outcome, done, void
from backorder.house import House
from backorder.rules.holds import Wanted, plan
from backorder.rules.order_claims import is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen
from backorder.store.errors import StoreRefused
from backorder.store.gateway import Gateway

log = structlog.get_logger(__name__)


def look_for_holds(house: House, due: Due, _: datetime) -> Outcome:
    """Hold and move nothing; but an earlier attempt may have, so whatever hold of ours is there is let go."""
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        outbox.want(tx, due.shop_id, Effect.RELEASE, due.lane, due.subject, transport_now())
    return void("the app has left the shop")


def let_go(house: House, due: Due, now: datetime) -> Outcome:
    """Release every hold of ours on an order, and make one again what they had cut apart. Nobody is told, and nothing is kept by it."""
    store = open_store(house, due.shop_id)
    for _ in range(ROUNDS):
        seen = read_and_note(house, store, due, now)
        if seen is None:
            return void("the order is gone")
        held = next((fo for fo in seen.fulfillment_orders if is_open(fo) and under_our_hold(fo)), None)
        if held is None:
            _make_one_again(house, store, due, seen)
            return done()
        hold_ids = _written_down(house, due, held)
        store.release(held.fulfillment_order_id, hold_ids)
    return Outcome(State.DUE, error="the order keeps changing under our hands")


def _written_down(house: House, due: Due, held: FulfillmentOrderSeen) -> tuple[int, ...]:
    """Our holds on it, kept on the row before they are released: no reading takes that for the act of staff."""
    hold_ids = tuple(hold.hold_id for hold in held.holds if hold.ours)
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        payload = outbox.payload(tx, due.shop_id, due.outbox_id)
        let_go_before = payload.get("given_back", {})
        given_back = {**let_go_before, str(held.fulfillment_order_id): list(hold_ids)}
        taking.freeze(tx, due.outbox_id, {**payload, "given_back": given_back})
    return hold_ids


def _make_one_again(house: House, store: Gateway, due: Due, seen: OrderSeen) -> None:
    with house.db.read() as tx:
        cut = hold_acts.cut_of(tx, due.shop_id, due.subject)
    for ids in plan(seen.fulfillment_orders, {}, frozenset(), Wanted(cut=cut)).merges:
        try:
            store.merge(ids)
        except StoreRefused as refused:  # they leave one beside the other, then: nobody is harmed
            log.info("not merged", fulfillment_orders=ids, reason=str(refused))


def take_off(house: House, due: Due, _: datetime) -> Outcome:
    """Take the metafield off an order, and the tag that came with it."""
    with house.db.read() as tx:
        order = orders.get(tx, due.shop_id, due.subject)
    if order is None:
        return void("the order is gone")
    if order.annotated is None and order.promise_digest is None and due.attempts == 1:
        return void("nothing of ours is on the order")
    store = open_store(house, due.shop_id)
    # An attempt whose answer was lost may have left a tag that nobody read yet.
    tags = [TAG] if TAG in order.tags or due.attempts > 1 else []
    outcome = done()
    try:
        store.clear_annotation(due.subject, tags)
    except StoreRefused:
        if store.order(due.subject) is not None:
            raise
        outcome = void("the store has the order no more, or shows it to us no more: nothing can be taken off it")
    with house.db.write() as tx:
        ours.says_nothing(tx, due.shop_id, due.subject, order.tags - {TAG})
    return outcome


def return_policies(house: House, due: Due, now: datetime) -> Outcome:
    """Give the borrowed policies of a product back, then take our metafield off its variants."""
    outcome = offer(house, due, now, give_back=True)
    if outcome.state is not State.DONE:
        return outcome
    with house.db.read() as tx:
        there = [v.variant_id for v in catalogue.variants_of_product(tx, due.shop_id, due.subject) if not v.gone]
    if there:
        open_store(house, due.shop_id).clear_promise(there)
        with house.db.write() as tx:
            ours.shows_nothing(tx, due.shop_id, there)
    return done()


def put_by(house: House, due: Due, now: datetime) -> Outcome:
    """Say nothing to anybody. Of a letter that was leaving nobody knows whether it arrived."""
    return write_letter(house, due, now) if due.was_sending else void(PUT_BY)
