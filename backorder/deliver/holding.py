"""Holds and releases: make exactly the uncovered part of an order wait in the store.

A row says only *which order*; what to do is decided when it is taken, from the store as it is then and the books under the
items' lock. What a hold did is noted as its own answer tells it; a release is followed by a reading that is noted. So doing a row
twice does nothing more, and a release counts only once the store shows that our hold is gone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from backorder import note
from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    claims,
    dirty,
    fulfillment_orders,
    hold_acts,
    lots,
    mails,
    managing,
    orders,
    outbox,
    promises,
    shops,
    taking,
    ways,
)
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act, HoldAct
from backorder.db.outbox import Due, Effect, State
from backorder.deliver.holds_wanted import holds_wanted
from backorder.deliver.outcome import Outcome, done, void
from backorder.deliver.pacing import must_wait
from backorder.failpoint import reached
from backorder.heed import heed
from backorder.house import House
from backorder.promise import last_told, misannotated
from backorder.read_order import read_order
from backorder.rules.holds import HANDLE, HoldPlan, Narrow, Release, plan
from backorder.rules.mixed import is_whole
from backorder.rules.order_claims import is_open, under_our_hold
from backorder.rules.seen import OrderSeen
from backorder.rules.terms import Terms
from backorder.store.errors import AlreadyHeld, StoreRefused
from backorder.store.gateway import Gateway

# A hold may split a fulfillment order in two, and a move may undo one; more rounds than this are a quarrel.
ROUNDS = 12
NOTE = "Backordered: waiting for stock."
# Notes and reasons that people read beside a hold in the store's admin.
SHORT = (NOTE, "INVENTORY_OUT_OF_STOCK")
SENT = ("Drop-shipped: the supplier sends it to the buyer, so do not pack it here.", "OTHER")
# A hold on what changed since is refused by the store and tried again after a reading. Longer than the queue may be late: a
# house that lags would otherwise read twice for each hold and lag more.
JUST_NOW = timedelta(seconds=5)


def hold(house: House, due: Due, now: datetime) -> Outcome:
    """Hold what waits of an order, one mutation at a time. What each did is told by its answer, and noted."""
    store = open_store(house, due.shop_id)
    with house.db.write() as tx:
        wanted = _wanted(tx, due, now) if _just_read(tx, due) else None
    for _ in range(ROUNDS):
        if wanted is None:
            if read_and_note(house, store, due, now) is None:
                return void("the order is gone")
            with house.db.write() as tx:
                wanted = _wanted(tx, due, now)
        if not wanted.holds:
            return Outcome(State.DUE, error="; ".join(wanted.blocked)) if wanted.blocked else _DONE
        first = wanted.holds[0]
        try:
            held = store.hold(first.fulfillment_order_id, HANDLE, first.parts, *(SENT if first.sent else SHORT))
        except AlreadyHeld:
            wanted = None  # done by an attempt whose answer was lost; a reading shows it
            continue
        reached("hold.placed")
        # A reading that began meanwhile may show either; one that is overtaken so is begun anew.
        read_at = transport_now()
        told = [held.held] if held.rest is None else [held.held, held.rest]
        with house.db.write() as tx:
            note.parts_read(tx, due.shop_id, due.subject, told, read_at)
            if held.rest is not None:
                cut = [HoldAct(due.subject, part.fulfillment_order_id, Act.CUT, now) for part in told]
                hold_acts.enter(tx, due.shop_id, cut)
            wanted = _wanted(tx, due, now, locked=True)
    return Outcome(State.DUE, error="the order keeps changing under our hands")


def _just_read(tx: Connection, due: Due) -> bool:
    """Whether the books show the order as of a moment ago: it was observed, and this row asked for, just now.

    Never on a second attempt: what the first one did must be read back.
    """
    if due.attempts > 1:
        return False
    order = orders.get(tx, due.shop_id, due.subject)
    return order is not None and transport_now() - order.read_at < JUST_NOW


def _wanted(tx: Connection, due: Due, now: datetime, *, locked: bool = False) -> HoldPlan:
    """What the order needs now, while the row is still its taker's; where that is nothing more, the row is done with it."""
    wanted = planned(tx, due.shop_id, due.subject, now, locked=locked)
    taking.still_ours(tx, due)  # after the items' lock, as everybody locks
    if not wanted.holds and not wanted.blocked:
        taking.finish(tx, due.outbox_id, State.DONE, transport_now())
    return wanted


log = structlog.get_logger(__name__)

_DONE = Outcome(State.DONE, recorded=True)


def release(house: House, due: Due, now: datetime) -> Outcome:
    """Release what is covered whole. What is being released is kept from the moment it is decided."""
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        turn = must_wait(tx, due, transport_now())
        if turn is not None:
            taking.wait(tx, due.outbox_id, turn)
            return Outcome(State.DUE, recorded=True)
    store = open_store(house, due.shop_id)
    for _ in range(ROUNDS):
        seen = read_and_note(house, store, due, now)
        if seen is None:
            return void("the order is gone")
        with house.db.write() as tx:
            wanted = _decide_release(tx, due, now)
            taking.still_ours(tx, due)
        if wanted is None:
            return _confirmed(house, due, seen)
        _let_go(store, wanted)
        reached("release.made")
    return Outcome(State.DUE, error="the order keeps changing under our hands")


def _let_go(store: Gateway, wanted: Release | Narrow | tuple[int, ...]) -> None:
    match wanted:
        case Release():
            store.release(wanted.fulfillment_order_id, wanted.hold_ids)
        case Narrow():
            said = SENT if wanted.sent else SHORT
            store.narrow(wanted.fulfillment_order_id, wanted.hold_ids, HANDLE, wanted.parts, *said)
        case ids:
            try:
                store.merge(ids)
            except StoreRefused as refused:  # they leave one beside the other, then: nobody is harmed
                log.info("not merged", fulfillment_orders=ids, reason=str(refused))


def read_and_note(house: House, store: Gateway, due: Due, now: datetime) -> OrderSeen | None:
    """Read the order and note it, so that what follows is decided on what the store shows now."""
    read_at = transport_now()
    seen = read_order(house, store, due.shop_id, due.subject)
    with house.db.write() as tx:
        if seen is None:
            items = note.order_gone(tx, due.shop_id, due.subject, now)
        else:
            terms = Terms.from_json(shops.one(tx, due.shop_id).terms)
            noted = note.order(tx, due.shop_id, terms, seen, read_at)
            items = noted.items
            heed(tx, due.shop_id, [noted], now)
        if seen is None or seen.cancelled_at is not None:
            dirty.mark(tx, due.shop_id, Kind.ITEM, items, transport_now())
    return seen


def planned(tx: Connection, shop_id: int, order_id: int, now: datetime, *, locked: bool = False) -> HoldPlan:
    """What the order's fulfillment orders need, from the books, under the lock of its items.

    ``locked``: it is held already, or nothing will be done about it.
    """
    if not locked:
        before = claims.of_orders(tx, shop_id, [order_id])
        catalogue.lock_items(tx, shop_id, {claim.item_id for claim in before})
    queue = claims.of_orders(tx, shop_id, [order_id])
    managed = managing.managed_of(tx, shop_id, {claim.item_id for claim in queue})
    parts = fulfillment_orders.of_orders(tx, shop_id, [order_id]).get(order_id, ())
    wanted = holds_wanted(tx, shop_id, order_id, queue, parts, managed, now)
    covered = {(claim.line_id, claim.location_id): claim.given for claim in queue}
    covered |= {spot: claim.units for claim in queue if (spot := (claim.line_id, claim.location_id)) in wanted.let_go}
    return plan(parts, covered, managed, wanted)


def _decide_release(tx: Connection, due: Due, now: datetime) -> Release | Narrow | tuple[int, ...] | None:
    """What is next to be let go, kept and written on the row before the store hears of it; None when there is nothing.

    When all is let go, what our holds had cut apart becomes one again.
    """
    wanted = planned(tx, due.shop_id, due.subject, now)
    let_go: list[Release | Narrow] = [*wanted.releases, *wanted.narrows]
    payload = outbox.payload(tx, due.shop_id, due.outbox_id)
    if not let_go:
        fresh = [ids for ids in wanted.merges if list(ids) not in payload.get("merges", [])]
        if fresh:  # each is tried once: a refusal does not stop what was released from being told
            taking.freeze(tx, due.outbox_id, {**payload, "merges": [*payload.get("merges", []), list(fresh[0])]})
        return fresh[0] if fresh else None
    first = let_go[0]
    releases = dict(payload.get("releases", {}))
    if str(first.fulfillment_order_id) not in releases:
        # What ships together is kept together, or others could take the second half while the first is let go (domain §4).
        whole = is_whole(ways.of_orders(tx, due.shop_id, [due.subject]).get(due.subject))
        _keep(tx, due, wanted.releases if whole and not releases else [first], now)
        if isinstance(first, Narrow):
            _open_a_window(tx, due, first, now)
    releases[str(first.fulfillment_order_id)] = {
        "holds": list(first.hold_ids),
        "units": [[line_id, location_id, units] for (line_id, location_id), units in first.units.items()],
        "narrowed": isinstance(first, Narrow),
    }
    taking.freeze(tx, due.outbox_id, {**payload, "releases": releases})
    return first


def _open_a_window(tx: Connection, due: Due, narrowed: Narrow, now: datetime) -> None:
    """Write down what is exposed for a moment, and ask for the hold besides: it is missing if its half of the request fails."""
    exposed = sum(narrowed.parts.values())
    act = HoldAct(due.subject, narrowed.fulfillment_order_id, Act.NARROWED, now, units=exposed)
    hold_acts.enter(tx, due.shop_id, [act])
    outbox.want(tx, due.shop_id, Effect.HOLD, due.lane, due.subject, transport_now())


def _keep(tx: Connection, due: Due, releases: Iterable[Release | Narrow], now: datetime) -> None:
    """From here on these units are the customer's: nobody older takes them back (domain §4 b)."""
    kept_now = sum((Counter(release.units) for release in releases), Counter[tuple[int, int]]())
    for claim in claims.of_orders(tx, due.shop_id, [due.subject]):
        units = kept_now[claim.line_id, claim.location_id]
        if units and not claim.drop_shipped:
            kept = min(claim.given, claim.kept + units)
            lots.keep(tx, due.shop_id, claim, kept, cause="release", actor=f"outbox {due.outbox_id}", at=now)


def _confirmed(house: House, due: Due, seen: OrderSeen) -> Outcome:
    """The store shows that our holds are gone: now, and only now, the customer is told."""
    with house.db.read() as tx:
        releases = outbox.payload(tx, due.shop_id, due.outbox_id).get("releases", {})
    held = {fo.fulfillment_order_id for fo in seen.fulfillment_orders if is_open(fo) and under_our_hold(fo)}
    whole = {int(number) for number, released in releases.items() if not released.get("narrowed")}
    still = sorted(held & whole)
    if still:
        return Outcome(State.DUE, error=f"still held: {still}")
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        if releases:
            _owe_the_good_news(tx, due, _units_by_line(releases, seen))
        # Whoever asked for this release left the order's metafield and tag to us.
        outbox.want_all(tx, due.shop_id, misannotated(tx, due.shop_id, [due.subject]), transport_now())
    return done()


def _units_by_line(releases: Mapping[str, Any], seen: OrderSeen) -> Counter[int]:
    """Units that were let go, by order line; what vanished with its fulfillment order was not let go by us."""
    present = {fo.fulfillment_order_id for fo in seen.fulfillment_orders}
    units: Counter[int] = Counter()
    for fulfillment_order_id, released in releases.items():
        if int(fulfillment_order_id) in present:
            for line_id, _, count in released["units"]:
                units[line_id] += count
    return units


def _owe_the_good_news(tx: Connection, due: Due, released: Mapping[int, int]) -> None:
    """“Your item is in”, once a release, to those who had been told to wait, or perhaps had."""
    shop = shops.one(tx, due.shop_id)
    order = orders.get(tx, due.shop_id, due.subject)
    if order is None or order.test or not Terms.from_json(shop.terms).notify_customers:
        return
    told = promises.of_orders(tx, due.shop_id, [due.subject])
    perhaps = mails.perhaps_told(tx, due.shop_id, due.lane)
    sent = {claim.line_id for claim in claims.of_orders(tx, due.shop_id, [due.subject]) if claim.drop_shipped}
    lines = {
        line_id: units
        for line_id, units in released.items()
        if line_id not in sent and (line_id in perhaps or last_told(told, line_id) is not None)
    }
    if lines:
        outbox.put(
            tx,
            due.shop_id,
            Effect.MAIL,
            due.lane,
            due.subject,
            f"arrived/{due.outbox_id}",
            transport_now(),
            {"about": "arrived", "lines": {str(line_id): units for line_id, units in lines.items()}},
        )
