"""Importing: the first reading of a shop, a page a task, by the same notes as webhooks make.

The sweep mark is set first, so that whatever changes while we read is seen by the first observation afterwards.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from backorder import collect, incoming, note, note_items, places
from backorder.access import open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, imports, levels, managing, shops, turns
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.imports import Progress
from backorder.db.levels import Level
from backorder.failpoint import reached
from backorder.house import House
from backorder.manage import judged_otherwise
from backorder.read_order import ask_order
from backorder.rules.terms import Terms
from backorder.store.errors import MissingScope, StoreBusy, StoreError, StoreRefused
from backorder.store.gateway import Gateway

log = structlog.get_logger(__name__)

STEPS = ("shop", "locations", "variants", "orders", "transfers", "levels")
TURN_SECONDS = 120
LONGEST_PAUSE = 300.0
# A page that killed this many readers in a row waits for a while; somebody should look.
DEATHS = 5
SET_ASIDE = timedelta(hours=1)

# How far a page came: the next cursor (None: the step is done) and what was read.
Page = tuple[str | None, int]


def import_page(house: House, shop_id: int, now: datetime) -> bool:
    """Read the next page of the import, if one may be read now. True if another can follow at once."""
    with house.db.read() as tx:
        if imports.current(tx, shop_id, transport_now()) is None:
            return False  # as nearly always: nobody's turn to write is taken for it
    name = uuid.uuid4().hex
    with house.db.write() as tx:
        turn = turns.begin_turn(tx, shop_id, "import", name, transport_now(), TURN_SECONDS)
        if turn is None:
            return False
        holder = turn.holder
        step = imports.current(tx, shop_id, transport_now())
        if step is not None and turn.deaths >= DEATHS:
            why = f"{turn.deaths} workers died one after the other while they read this page."
            log.error("import set aside", shop_id=shop_id, step=step.step, why=why)
            imports.postpone(tx, shop_id, step.step, transport_now() + SET_ASIDE, why)
            step = None
    if step is None:
        _end_turn(house, shop_id, holder)
        return False
    try:
        cursor, read = _READERS[step.step](house, open_store(house, shop_id), shop_id, step, now)
        reached("import.read")
        with house.db.write() as tx:
            imports.advance(tx, shop_id, step.step, cursor=cursor, read=read, at=transport_now())
    except StoreError as error:
        _postpone(house, shop_id, step, error)
        return False
    finally:
        _end_turn(house, shop_id, holder)
    with house.db.read() as tx:
        more = imports.current(tx, shop_id, transport_now()) is not None
    if not more:
        log.info("imported", shop_id=shop_id)
        house.bell.ring(Ring.OBSERVE)
    return more


def _shop(house: House, store: Gateway, shop_id: int, _step: Progress, _now: datetime) -> Page:
    seen = store.shop()
    created = store.ensure_definitions()
    with house.db.write() as tx:
        shops.describe(tx, shop_id, seen)
    log.info("shop read", shop_id=shop_id, definitions_created=created)
    return None, 1


def _locations(house: House, store: Gateway, shop_id: int, _step: Progress, _now: datetime) -> Page:
    found = places.all_places(store)
    with house.db.write() as tx:
        places.keep(tx, shop_id, found)
    return None, len(found)


def _variants(house: House, store: Gateway, shop_id: int, step: Progress, now: datetime) -> Page:
    """A page of variants with their levels; what the merchant chose before (a reinstall) stays chosen."""
    read_at = transport_now()
    page, after = store.variants(step.cursor)
    with house.db.write() as tx:
        catalogue.lock_items(tx, shop_id, {variant.item_id for variant, _ in page})
        note_items.variants(tx, shop_id, [variant for variant, _ in page], now)
        for variant, found in page:
            catalogue.set_tracked(tx, shop_id, [variant.item_id], tracked=variant.tracked)
            known = {level.location_id for level in levels.of_items(tx, shop_id, [variant.item_id])}
            fresh = [Level.as_read(level, read_at) for level in found if level.location_id not in known]
            levels.save(tx, shop_id, fresh)
    return after, len(page)


def _orders(house: House, store: Gateway, shop_id: int, step: Progress, _now: datetime) -> Page:
    """A page of open orders, each read whole and noted."""
    ids, after = store.open_orders(step.cursor)
    for order_id in ids:
        read_at = transport_now()
        seen = ask_order(house, store, order_id)
        if seen is not None:
            with house.db.write() as tx:
                terms = Terms.from_json(shops.one(tx, shop_id).terms)
                noted = note.order(tx, shop_id, terms, seen, read_at)
                _mark(tx, shop_id, noted.items)
    return after, len(ids)


def _transfers(house: House, store: Gateway, shop_id: int, step: Progress, now: datetime) -> Page:
    """A page of open transfers, read whole and noted. A shop that has not granted them has none."""
    try:
        ids, after = store.open_transfers(step.cursor)
        # A reinstall expects some from before, which may have ended since.
        expected = incoming.expected_ones(house, shop_id) if step.cursor is None else frozenset()
        incoming.read(house, store, shop_id, {*ids, *expected}, now)
    except MissingScope as missing:
        log.warning("transfers not read", shop_id=shop_id, why=str(missing))
        return None, 0
    except StoreRefused as refused:
        # One that cannot be read is shown as such by whoever looks next; the import goes on.
        log.warning("transfers not read", shop_id=shop_id, why=str(refused))
        with house.db.write() as tx:
            dirty.mark(tx, shop_id, Kind.TRANSFERS, [0], transport_now())
        return None, 0
    return after, len(ids)


def _levels(house: House, _store: Gateway, shop_id: int, _step: Progress, _now: datetime) -> Page:
    """Ask for a settled read of everything managed, or to be by the merchant's rules; a reinstall has some from before."""
    with house.db.write() as tx:
        terms = Terms.from_json(shops.one(tx, shop_id).terms)
        managed = tuple({*managing.managed_items(tx, shop_id), *judged_otherwise(tx, shop_id, terms)})
        _mark(tx, shop_id, managed)
        if terms.collections:
            collect.ask(tx, shop_id)
    return None, len(managed)


_READERS: dict[str, Callable[[House, Gateway, int, Progress, datetime], Page]] = {
    "shop": _shop,
    "locations": _locations,
    "variants": _variants,
    "orders": _orders,
    "transfers": _transfers,
    "levels": _levels,
}


def _mark(tx: Connection, shop_id: int, item_ids: frozenset[int] | tuple[int, ...]) -> None:
    dirty.mark(tx, shop_id, Kind.ITEM, item_ids, transport_now())


def _postpone(house: House, shop_id: int, step: Progress, error: StoreError) -> None:
    """Try the page again later, a little later each time."""
    asked = error.retry_after if isinstance(error, StoreBusy) else 0.0
    pause = min(LONGEST_PAUSE, max(asked, 2.0**step.attempts))
    log.warning("import waits", shop_id=shop_id, step=step.step, error=str(error), pause=pause)
    with house.db.write() as tx:
        imports.postpone(tx, shop_id, step.step, transport_now() + timedelta(seconds=pause), str(error))


def _end_turn(house: House, shop_id: int, holder: str) -> None:
    with house.db.write() as tx:
        turns.end_turn(tx, shop_id, "import", holder)
