"""Reconcile: the store against the books, so that a lost webhook costs time and never truth.

It reads what it must to be sure and lets the same observation that webhooks ask for do the rest; what had drifted is
kept with its likely cause, and counted, because drift that is only repaired is never understood. It goes in slices, each short
enough for a task, so that a shop of any size comes to its end:

1. The store's open orders, a page at a time; and whether they are held and say what the books want.
2. The orders that we think are open and the store did not name.
3. Transfers: those that the store calls open, and those of which we expect something.
4. Every managed item: levels and policies before and after a settled read.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from backorder import collect, compare, incoming, missing, places
from backorder.access import good_pair, open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.compare import Spotted
from backorder.db import (
    answers,
    contacts,
    counts,
    data_requests,
    differences,
    dirty,
    inbox,
    managing,
    offers,
    order_lines,
    past_effects,
    reconciliations,
    shops,
    tokens,
    troubles,
    whole_orders,
)
from backorder.db.differences import Difference
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.reconciliations import Run, Step, Why
from backorder.failpoint import reached
from backorder.house import House
from backorder.learn import learn_within
from backorder.leave import ask_back
from backorder.observe import look_at_order, observe
from backorder.rules import causes
from backorder.rules.causes import Repair
from backorder.rules.drift import Drift
from backorder.rules.seen import OrderSeen
from backorder.store.errors import MissingScope, StoreBusy, StoreError, StoreRefused, TokenRefused
from backorder.store.gateway import Gateway

__all__ = ["Drift", "Run", "Why", "ask", "go_on", "reconcile", "tidy"]

log = structlog.get_logger(__name__)

KEEP_BODIES = timedelta(days=7)
# What is dealt with is kept for longer than any store brings it again; afterwards it would only be counted.
KEEP_DELIVERIES = timedelta(days=30)
KEEP_ANSWERS = timedelta(days=1)
KEEP_ALIVE = timedelta(days=30)
# Old rows are forgotten a part a transaction, so that whoever writes need not wait, and so many parts at most, well within a task.
FORGOTTEN_AT_ONCE, PARTS = 1_000, 400
ROUNDS = 50
# A slice ends when it has read for so long, or so many: well within the four minutes of a task.
SLICE_SECONDS = 45.0
SLICE = 50
TRIES = 5
LONGEST_PAUSE = 300.0

# What a slice read and found, and where the next one begins: the step and its cursor, or None at the end.
Found = tuple[Drift, tuple[Difference, ...]]
Slice = tuple[Found, tuple[Step, str | None] | None]
# What is told by which count. An order that the books did not know is told apart.
_COUNTS = {
    causes.Kind.ORDER: "orders_changed",
    causes.Kind.HOLD: "holds_changed",
    causes.Kind.TAG: "marks_changed",
    causes.Kind.METAFIELD: "marks_changed",
    causes.Kind.LEVEL: "levels_changed",
    causes.Kind.POLICY: "policies_changed",
    causes.Kind.TRANSFER: "transfers_changed",
}
# What waits for a person, or for its turn, is shown by every comparison until it is settled.
_STANDING = frozenset({Repair.TRY_AGAIN, Repair.BY_ITSELF, Repair.DECIDE})


def ask(house: House, shop_id: int, why: Why, actor: str) -> bool:
    """Ask for a comparison, which a worker makes. False if one is under way already: it will do."""
    fresh = house.db.run(lambda tx: reconciliations.ask(tx, shop_id, why, actor, transport_now()))
    house.bell.ring(Ring.RECONCILE)
    return fresh


def reconcile(house: House, shop_id: int, now: datetime) -> Run:
    """Compare everything here and now, in place of whatever comparison is open. For commands. What it found stands in its run.

    Raises the errors of ``backorder.store.errors`` if the store cannot be read; what was read until then is kept.
    """

    def begin(tx: Connection) -> Run | None:
        at = transport_now()
        reconciliations.end(tx, shop_id, None, at, "Another comparison took its place.")
        reconciliations.ask(tx, shop_id, Why.COMMAND, "operator", at)
        return reconciliations.take(tx, shop_id, at)

    run = house.db.run(begin)
    assert run is not None
    while True:
        try:
            run, more = _go_on(house, run, now, keep=True)
        except StoreError as error:
            _fail(house, run, error)
            raise
        if not more:
            return run


def go_on(house: House, shop_id: int, now: datetime) -> bool:
    """Compare the next slice of what is open, if somebody may go on with it now. True if another can follow at once."""
    run = house.db.run(lambda tx: reconciliations.take(tx, shop_id, transport_now()))
    if run is None:
        return False
    try:
        return _go_on(house, run, now)[1]
    except StoreError as error:
        passing = isinstance(error, (StoreBusy, TokenRefused))
        if not passing or run.attempts >= TRIES:
            _fail(house, run, error)
            return False
        asked, why = error.retry_after if isinstance(error, StoreBusy) else 1.0, str(error)
        until = transport_now() + timedelta(seconds=min(LONGEST_PAUSE, max(asked, 2.0**run.attempts)))
        house.db.run(lambda tx: reconciliations.postpone(tx, shop_id, run.run_id, until, why))
        return False


def _go_on(house: House, run: Run, now: datetime, *, keep: bool = False) -> tuple[Run, bool]:
    """One slice. The run as it is after it, and whether there is another."""
    (drift, found), following = _READERS[run.step](house, open_store(house, run.shop_id), run, now)
    reached("reconcile.half")
    step, cursor = following or (run.step, run.cursor)
    after = replace(run, step=step, cursor=cursor, drift=run.drift + drift)
    house.db.run(lambda tx: _save(tx, run, after, found, keep=keep, ends=following is None))
    if following is None:
        log.info("reconciled", shop_id=run.shop_id, why=run.why.value, found=after.drift.found, **asdict(after.drift))
    house.bell.ring(Ring.OUTBOX)
    return after, following is not None


def _save(tx: Connection, before: Run, run: Run, found: Iterable[Difference], *, keep: bool, ends: bool) -> None:
    """Keep what a slice found, unless the comparison was ended meanwhile."""
    at = transport_now()
    if not reconciliations.save(tx, run.shop_id, run, at, keep=keep):
        return
    differences.keep(tx, run.shop_id, run.run_id, found, before.drift.found + before.drift.effects_missing)
    if ends:
        reconciliations.end(tx, run.shop_id, run.run_id, at)


def _counted(read: Drift, found: tuple[Difference, ...], *, unknown: Collection[int] = ()) -> Found:
    """What was read and found, in counts and in rows. ``unknown``: orders that the books did not know."""
    counts = Counter(_count(one, unknown) for one in found)
    counts["unexplained"] = sum(not one.why.is_explained for one in found)
    return replace(read, **counts), found


def _count(one: Difference, unknown: Collection[int]) -> str:
    if one.why.repair in _STANDING:
        return "effects_missing"
    return "orders_unknown" if one.kind is causes.Kind.ORDER and one.subject in unknown else _COUNTS[one.kind]


def _fail(house: House, run: Run, error: StoreError) -> None:
    log.warning("not reconciled", shop_id=run.shop_id, why=str(error))
    house.db.run(lambda tx: reconciliations.end(tx, run.shop_id, run.run_id, transport_now(), str(error)))


def _stores_orders(house: House, store: Gateway, run: Run, now: datetime) -> Slice:
    """A page of what the store calls open."""
    page, after = store.open_orders(run.cursor)
    found, reached = _look(house, store, run, page, now)
    if reached is not None:
        return found, (Step.STORES_ORDERS, run.cursor)  # the same page again: what was read of it is skipped
    return found, (Step.STORES_ORDERS, after) if after else (Step.OUR_ORDERS, None)


def _our_orders(house: House, store: Gateway, run: Run, now: datetime) -> Slice:
    """Some of what we think is open and the store did not name."""
    with house.db.read() as tx:
        ours = [order_id for order_id in order_lines.open_order_ids(tx, run.shop_id) if order_id > int(run.cursor or 0)]
    some = ours[:SLICE]
    found, reached = _look(house, store, run, some, now)
    if reached is not None:
        return found, (Step.OUR_ORDERS, str(reached))
    return found, (Step.OUR_ORDERS, str(some[-1])) if len(ours) > SLICE else (Step.TRANSFERS, None)


def _look(house: House, store: Gateway, run: Run, order_ids: Iterable[int], now: datetime) -> tuple[Found, int | None]:
    """Read orders that were not read since the comparison began; what differed, and what is missing on the others.

    Where time did not suffice for all, the last order that was looked at; else None.
    """
    shop_id, wanted = run.shop_id, sorted(set(order_ids))
    with house.db.read() as tx:
        read_at, listed = whole_orders.read_at(tx, shop_id, wanted), compare.announced(tx, shop_id, wanted)
    unread = [one for one in wanted if run.began_at is None or one not in read_at or read_at[one] < run.began_at]
    ends = time.monotonic() + SLICE_SECONDS
    seen: dict[int, OrderSeen | None] = {}
    spotted: list[Spotted] = []
    unknown = set()
    for order_id in unread:
        if seen and time.monotonic() > ends:
            break
        with house.db.read() as tx:
            before = whole_orders.stored(tx, shop_id, [order_id])
        seen[order_id] = look_at_order(house, store, shop_id, order_id, now)
        with house.db.read() as tx:
            spotted += compare.order_spotted(tx, shop_id, before, order_id)
        unknown |= {order_id} - before.orders.keys()
    found = compare.orders_explained(house, shop_id, spotted, listed, now)
    differs = {one.subject for one in spotted}
    as_it_was = {order_id: order for order_id, order in seen.items() if order is not None and order_id not in differs}
    found += missing.of_orders(house, shop_id, as_it_was, now)
    reached = max(seen) if len(seen) < len(unread) else None
    return _counted(Drift(orders_read=len(seen)), found, unknown=unknown), reached


def _transfers(house: House, store: Gateway, run: Run, now: datetime) -> Slice:
    """Some transfers: what reading them changes. A shop that has not granted them has none."""
    try:
        rest = [
            number for number in sorted(incoming.open_ones(house, store, run.shop_id)) if number > int(run.cursor or 0)
        ]
        some = rest[:SLICE]
        with house.db.read() as tx:
            was = compare.transfers_before(tx, run.shop_id, some)
        incoming.read(house, store, run.shop_id, some, now)
    except MissingScope as not_granted:
        log.warning("transfers not read", shop_id=run.shop_id, why=str(not_granted))
        return _counted(Drift(), ()), (Step.ITEMS, None)
    except StoreRefused as refused:
        # One that cannot be read is shown as such by whoever looks next; levels are compared all the same.
        log.warning("transfers not compared", shop_id=run.shop_id, why=str(refused))
        with house.db.write() as tx:
            dirty.mark(tx, run.shop_id, Kind.TRANSFERS, [0], transport_now())
        return _counted(Drift(), ()), (Step.ITEMS, None)
    found = _counted(Drift(transfers_read=len(some)), compare.transfers_differ(house, run.shop_id, was, some, now))
    return found, (Step.TRANSFERS, str(some[-1])) if len(rest) > SLICE else (Step.ITEMS, None)


def _items(house: House, store: Gateway, run: Run, now: datetime) -> Slice:
    """Some managed items: what a settled read changes about them. Before the first, who sells online: all follow from it."""
    shop_id = run.shop_id
    if run.cursor is None:
        _locations(house, store, shop_id)
    with house.db.write() as tx:
        rest = [item_id for item_id in sorted(managing.managed_items(tx, shop_id)) if item_id > int(run.cursor or 0)]
        some = rest[:SLICE]
        before = compare.items_before(tx, shop_id, some, run.began_at)
        dirty.mark(tx, shop_id, Kind.ITEM, some, transport_now())
    for _ in range(ROUNDS):
        if not observe(house, shop_id, now):
            break
    orders_differed = bool(run.drift.orders_unknown or run.drift.orders_changed)
    found = compare.items_differ(house, shop_id, before, some, now, orders_differed=orders_differed)
    found += missing.of_products(house, shop_id, before.variants.values())
    counted = _counted(Drift(items_read=len(some)), found)
    return counted, (Step.ITEMS, str(some[-1])) if len(rest) > SLICE else None


def _locations(house: House, store: Gateway, shop_id: int) -> None:
    found = places.all_places(store)
    with house.db.write() as tx:
        places.keep(tx, shop_id, found)


_READERS: dict[Step, Callable[[House, Gateway, Run, datetime], Slice]] = {
    Step.STORES_ORDERS: _stores_orders,
    Step.OUR_ORDERS: _our_orders,
    Step.TRANSFERS: _transfers,
    Step.ITEMS: _items,
}


def tidy(house: House, now: datetime) -> None:
    """What time asks for: forget what is old, keep idle shops' tokens alive, learn how late their suppliers are, renew what they show."""
    with house.db.write() as tx:
        answers.drop(tx, transport_now() - KEEP_ANSWERS)
        reconciliations.drop(tx, transport_now() - reconciliations.KEPT)
        differences.drop(tx)
        idle = tokens.expiring(tx, transport_now() + KEEP_ALIVE)
        installed = shops.installed(tx)
    dropped = _forget(house, partial(inbox.drop_bodies, before=transport_now() - KEEP_BODIES))
    forgotten = _forget(house, partial(inbox.drop, before=transport_now() - KEEP_DELIVERIES))
    done_before = transport_now() - past_effects.KEPT
    effects = 0
    for shop in installed:
        _forget(house, partial(counts.drop, shop_id=shop.shop_id, before=now - counts.KEPT))
        _forget(house, partial(contacts.drop, shop_id=shop.shop_id))
        _forget(house, partial(data_requests.drop, shop_id=shop.shop_id, before=now - data_requests.KEPT))
        effects += _forget(house, partial(past_effects.drop, shop_id=shop.shop_id, before=done_before))
        if shop.shop_id in idle:
            try:
                good_pair(house, shop.shop_id, shop.domain)
            except StoreError as error:
                log.warning("token not kept alive", shop=shop.domain, error=str(error))
        with house.db.write() as tx:
            learn_within(tx, shop.shop_id, now)
            # Also what is managed no more: a policy that is still owed back is given back, whatever became of its row.
            items = {*managing.managed_items(tx, shop.shop_id), *offers.borrowed_items(tx, shop.shop_id)}
            dirty.mark(tx, shop.shop_id, Kind.ITEM, items, transport_now())
            if collect.named(tx, shop.shop_id):
                collect.ask(tx, shop.shop_id)
            troubles.retry_parked_targets(tx, shop.shop_id, transport_now())
            if shop.has_left:  # whatever is still there by the books
                ask_back(tx, shop.shop_id, now, actor="promised")
    forgot = {"bodies_dropped": dropped, "deliveries_forgotten": forgotten, "effects_forgotten": effects}
    log.info("tidied", **forgot, shops=len(installed), at=now.isoformat())
    house.bell.ring(Ring.OBSERVE)


def _forget(house: House, drop: Callable[..., int]) -> int:
    """Forget old rows, a part a transaction; how many. What is left after so many parts has its turn the next time."""
    forgotten = 0
    for _ in range(PARTS):
        part = house.db.run(partial(drop, most=FORGOTTEN_AT_ONCE))
        forgotten += part
        if part < FORGOTTEN_AT_ONCE:
            break
    return forgotten
