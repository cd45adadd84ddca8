"""Observe: look at what is dirty and settle it. A webhook is only a bell; nothing is decided from what it carries.

For one shop, by one observer at a time:

1. Sweep the fulfillment orders that changed, so that no order is missing (domain §1).
2. Read the orders that changed or were named, and note them.
3. Read the levels of every item that is dirty, after the sweep.
4. Under the items' lock: note the levels, explain what changed, decide.
5. Where the checksum says that something is still unseen, look again, a little later each time.
"""

import uuid
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog

from backorder import collect, incoming, note, places
from backorder.access import open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import dirty, levels, managing, outbox, shops, troubles, turns, whole_orders
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Target
from backorder.db.turns import Turn
from backorder.failpoint import reached
from backorder.heed import heed
from backorder.house import House
from backorder.read_order import read_order, read_orders
from backorder.rules.seen import OrderSeen
from backorder.rules.terms import Terms
from backorder.settle import ITEMS_AT_ONCE, LOOK_AGAIN, Reading, portions, settle
from backorder.store.errors import AccessLost, MissingScope, StoreBusy, StoreError, StoreRefused, TokenRefused
from backorder.store.gateway import Gateway
from backorder.sweep import Mark, sweep, where_to_begin

log = structlog.get_logger(__name__)

TURN_SECONDS = 120
ROUNDS = 20
# Orders that are read before their goods are decided about; the others have the next round.
ORDERS_AT_ONCE = 25
ORDERS_A_READING = 5
OTHERS_BESIDE = 5
# Transfers that are read before the goods of all are decided about.
TRANSFERS_AT_ONCE = 20
COLLECTIONS_AGAIN = timedelta(minutes=5)
# One act of the store, ours included, rings several times; what was read this recently is not read for each of them.
ECHO = timedelta(seconds=1)
# In a burst a thing is read once a second at most: so long after a reading began, which may take a second, the next one falls into another.
APART = timedelta(seconds=2)
# A burst is over when for so long no round had as many orders to read as it takes.
CALM = timedelta(seconds=3)
# So many that were just read are not read again at once whoever asks: a comparison in the middle of a burst names them all.
MANY = 10
WITHOUT_ACCESS = timedelta(minutes=10)
# A shop whose reading killed this many workers in a row is set aside for a while; somebody should look.
DEATHS = 5
SET_ASIDE = timedelta(hours=1)


def observe(house: House, shop_id: int, now: datetime) -> bool:
    """Look at everything that is due for this shop, within bounds. True if more is due now."""
    with house.db.read() as tx:
        if not dirty.due(tx, shop_id, transport_now(), limit=1):
            return False
    name = uuid.uuid4().hex
    turn = house.db.run(lambda tx: turns.begin_turn(tx, shop_id, "observe", name, transport_now(), TURN_SECONDS))
    if turn is None:
        return False
    if turn.deaths >= DEATHS:
        _set_aside(house, shop_id, turn)
        return False
    reached("observe.turn")
    calm_from = datetime.min.replace(tzinfo=UTC)
    try:
        for _ in range(ROUNDS):
            with house.db.write() as tx:
                if not turns.take_turn(tx, shop_id, "observe", turn.holder, transport_now(), TURN_SECONDS):
                    break  # we were away for longer than a turn, and somebody else has it
                rows = _awake(tx, shop_id, dirty.due(tx, shop_id, transport_now()))
                mark = where_to_begin(tx, shop_id) if rows else None
            if mark is None:
                break
            if sum(row.kind is Kind.ORDER for row in rows) >= ORDERS_AT_ONCE:
                calm_from = transport_now() + CALM
            _look_or_wait(house, shop_id, rows, mark, now, in_burst=transport_now() < calm_from)
            # What was decided goes out while the next round looks on: under a steady stream there is always one.
            house.bell.ring(Ring.OUTBOX)
    finally:
        with house.db.write() as tx:
            turns.end_turn(tx, shop_id, "observe", turn.holder)
    # Whoever was called for what came meanwhile found the turn taken, and went.
    with house.db.read() as tx:
        return bool(dirty.due(tx, shop_id, transport_now(), limit=1))


def _set_aside(house: House, shop_id: int, turn: Turn) -> None:
    """Look no more for a while at what nobody survives; a new mark brings it back at once."""
    why = f"{turn.deaths} workers died one after the other while they looked at this shop."
    log.error("shop set aside", shop_id=shop_id, why=why)
    with house.db.write() as tx:
        for row in dirty.due(tx, shop_id, transport_now(), limit=1000):
            dirty.postpone(tx, shop_id, row, transport_now(), SET_ASIDE, why)
        turns.end_turn(tx, shop_id, "observe", turn.holder)


def _awake(tx: Connection, shop_id: int, rows: tuple[Dirty, ...]) -> tuple[Dirty, ...]:
    """What is due, less the orders that were read a moment ago: the echoes of one act are read once, a little later."""
    if not any(row.kind is Kind.ORDER for row in rows):
        return rows
    last_read = whole_orders.read_at(tx, shop_id, [row.ref for row in rows if row.kind is Kind.ORDER])
    rests = {row: last_read[row.ref] + ECHO for row in rows if row.kind is Kind.ORDER and row.ref in last_read}
    return _rested(tx, shop_id, rows, rests)


def _not_just_read(tx: Connection, shop_id: int, items: tuple[Dirty, ...], *, least: int) -> tuple[Dirty, ...]:
    """Items less those that were just read, where these are so many: in a burst each round would read what all of it is about."""
    last_read = levels.last_read(tx, shop_id, [row.ref for row in items])
    rests = {row: last_read[row.ref] + APART for row in items if row.ref in last_read}
    just_read = sum(until > transport_now() for until in rests.values())
    return _rested(tx, shop_id, items, rests) if just_read >= least else items


def _rested(
    tx: Connection, shop_id: int, rows: tuple[Dirty, ...], rests: Mapping[Dirty, datetime]
) -> tuple[Dirty, ...]:
    """Rows less those that rest until some moment that is to come; these are looked at then."""
    now = transport_now()
    resting = {row: until for row, until in rests.items() if until > now}
    dirty.defer_all(tx, shop_id, resting.items())
    return tuple(row for row in rows if row not in resting)


def _look_or_wait(
    house: House, shop_id: int, rows: tuple[Dirty, ...], mark: Mark, now: datetime, *, in_burst: bool
) -> None:
    """Look; where the store cannot be asked now, put the rows back with the reason."""
    try:
        _look(house, shop_id, rows, mark, now, in_burst=in_burst)
    except TokenRefused as refused:
        _wait(house, shop_id, rows, timedelta(seconds=1), refused)
    except StoreBusy as busy:
        _wait(house, shop_id, rows, timedelta(seconds=busy.retry_after), busy)
    except AccessLost as lost:
        _wait(house, shop_id, rows, WITHOUT_ACCESS, lost)
    except StoreError as refused:
        log.exception("store refused a reading", shop_id=shop_id)
        _postpone(house, shop_id, rows, timedelta(seconds=30), refused)


def _wait(house: House, shop_id: int, rows: Iterable[Dirty], delay: timedelta, why: Exception) -> None:
    """Nothing was looked at, so no look is counted: who has looked often enough decides on what it saw."""
    with house.db.write() as tx:
        for row in rows:
            dirty.defer(tx, shop_id, row, transport_now() + delay, str(why))


def _postpone(house: House, shop_id: int, rows: Iterable[Dirty], delay: timedelta, why: Exception) -> None:
    with house.db.write() as tx:
        for row in rows:
            dirty.postpone(tx, shop_id, row, transport_now(), delay, str(why))


def _look(house: House, shop_id: int, rows: tuple[Dirty, ...], mark: Mark, now: datetime, *, in_burst: bool) -> None:
    store = open_store(house, shop_id)
    by_kind: dict[Kind, list[Dirty]] = {kind: [row for row in rows if row.kind is kind] for kind in Kind}
    if by_kind[Kind.SHOP]:
        _look_at_shop(house, store, shop_id)
    if by_kind[Kind.LOCATIONS]:
        _look_at_locations(house, store, shop_id)
    if by_kind[Kind.TRANSFER] or by_kind[Kind.TRANSFERS]:
        # Before the levels: what a shipment brought explains why they rose.
        _look_at_transfers(house, store, shop_id, now, all_open=by_kind[Kind.TRANSFERS])
    if by_kind[Kind.COLLECTIONS] or by_kind[Kind.COLLECTION]:
        _look_at_collections(house, store, shop_id, by_kind)
    changed = sweep(house, store, shop_id, mark, now)
    reached("observe.swept")
    for some in _by_few(_orders_to_read(house, shop_id, changed)):
        _look_at_orders(house, store, shop_id, some, changed, now)
    with house.db.write() as tx:
        dirty.clear(tx, shop_id, (*by_kind[Kind.SHOP], *by_kind[Kind.LOCATIONS], *by_kind[Kind.SWEEP]))
        items = dirty.due(tx, shop_id, transport_now(), limit=1000, kind=Kind.ITEM)
        if in_burst or len(items) >= MANY:
            items = _not_just_read(tx, shop_id, items, least=1 if in_burst else MANY)
    for start in range(0, len(items), ITEMS_AT_ONCE):
        _look_at_items(house, store, shop_id, items[start : start + ITEMS_AT_ONCE], now)


def _by_few(rows: Iterable[Dirty]) -> Iterator[tuple[Dirty, ...]]:
    """As many at once as one request reads."""
    left = iter(rows)
    while some := tuple(islice(left, ORDERS_A_READING)):
        yield some


def _look_at_shop(house: House, store: Gateway, shop_id: int) -> None:
    seen = store.shop()
    with house.db.write() as tx:
        shops.describe(tx, shop_id, seen)
        # It may have granted more than before.
        troubles.retry_parked_for(tx, shop_id, MissingScope.SAYS, transport_now())


def _look_at_locations(house: House, store: Gateway, shop_id: int) -> None:
    """Read all locations; every managed item is dirty then, because who sells online may have changed."""
    found = places.all_places(store)
    with house.db.write() as tx:
        places.keep(tx, shop_id, found)
        dirty.mark(tx, shop_id, Kind.ITEM, managing.managed_items(tx, shop_id), transport_now())


def _look_at_transfers(house: House, store: Gateway, shop_id: int, now: datetime, *, all_open: Sequence[Dirty]) -> None:
    """Read the transfers on the list, some at a time; where nobody knows which changed (``all_open``), all open ones are on it.

    Orders and levels are looked at all the same where the shop has not granted transfers, or the store refuses one.
    """
    rows: tuple[Dirty, ...] = tuple(all_open)
    try:
        if all_open:
            found = incoming.open_ones(house, store, shop_id)
            with house.db.write() as tx:
                dirty.mark(tx, shop_id, Kind.TRANSFER, found, transport_now())
                dirty.clear(tx, shop_id, all_open)
        with house.db.read() as tx:
            rows = dirty.due(tx, shop_id, transport_now(), limit=TRANSFERS_AT_ONCE, kind=Kind.TRANSFER)
        incoming.read(house, store, shop_id, [row.ref for row in rows], now)
    except MissingScope as missing:
        log.warning("transfers not read", shop_id=shop_id, why=str(missing))
    except StoreRefused as refused:
        log.exception("store refused a reading", shop_id=shop_id)
        _postpone(house, shop_id, rows, timedelta(seconds=30), refused)
        return
    with house.db.write() as tx:
        dirty.clear(tx, shop_id, rows)


def _look_at_collections(house: House, store: Gateway, shop_id: int, by_kind: Mapping[Kind, Sequence[Dirty]]) -> None:
    """Find the collections that rules name, and read on in those; orders and levels are looked at also where the store refuses."""
    try:
        if by_kind[Kind.COLLECTIONS]:
            collect.find(house, store, shop_id, by_kind[Kind.COLLECTIONS])
        collect.read(house, store, shop_id, by_kind[Kind.COLLECTION])
    except (MissingScope, StoreRefused) as refused:
        log.warning("collections not read", shop_id=shop_id, why=str(refused))
        rows = (*by_kind[Kind.COLLECTIONS], *by_kind[Kind.COLLECTION])
        _postpone(house, shop_id, rows, COLLECTIONS_AGAIN, refused)


def _orders_to_read(house: House, shop_id: int, changed: Container[int]) -> list[Dirty]:
    """Orders on the list, those first of which something is unknown: they may hold what the store would ship.

    While there are such, only a few of the others are read beside them, and the goods of the first are decided about at once.
    """
    with house.db.read() as tx:
        rows = dirty.due(tx, shop_id, transport_now(), limit=1000, kind=Kind.ORDER)
        routed = whole_orders.read_at(tx, shop_id, [row.ref for row in rows])
    pressing = [row for row in rows if row.ref in changed or row.ref not in routed]
    others = [row for row in rows if row not in pressing]
    return [*pressing, *others[: OTHERS_BESIDE if pressing else None]][:ORDERS_AT_ONCE]


def look_at_order(house: House, store: Gateway, shop_id: int, order_id: int, now: datetime) -> OrderSeen | None:
    """Read one order and note it. What it touches is marked dirty in the same transaction; a waiver is decided at once.

    Returns what was seen; None: the store has it no more.
    """
    read_at = transport_now()
    seen = read_order(house, store, shop_id, order_id)
    _note(house, shop_id, {order_id: seen}, (), read_at, now)
    return seen


def _look_at_orders(
    house: House,
    store: Gateway,
    shop_id: int,
    rows: Sequence[Dirty],
    changed: Mapping[int, Iterable[int]],
    now: datetime,
) -> None:
    """Read the orders of some rows together and note them, as ``look_at_order`` does for one."""
    read_at = transport_now()
    seen = read_orders(house, store, shop_id, [row.ref for row in rows], changed)
    _note(house, shop_id, seen, rows, read_at, now)


def _note(
    house: House,
    shop_id: int,
    seen: Mapping[int, OrderSeen | None],
    rows: Sequence[Dirty],
    read_at: datetime,
    now: datetime,
) -> None:
    """Note what one reading saw of some orders, for their rows on the list."""
    there = [order for order in seen.values() if order is not None]
    if there:
        with house.db.write() as tx:
            terms = Terms.from_json(shops.one(tx, shop_id).terms)
            noted = note.orders_read(tx, shop_id, terms, there, read_at)
            touched = {item_id for one in noted.values() for item_id in one.items}
            dirty.mark(tx, shop_id, Kind.ITEM, touched, transport_now())
            heed(tx, shop_id, noted.values(), now)
            of_suppliers = [order_id for order_id, one in noted.items() if one.to_tell]
            told = [Target(Effect.FULFIL, outbox.order_lane(order_id), order_id) for order_id in of_suppliers]
            outbox.want_all(tx, shop_id, told, transport_now())
            by_order = {row.ref: row for row in rows}
            awaiting = [order_id for order_id, one in noted.items() if one.awaits_routing]
            overtaken = {order_id for order_id, one in noted.items() if one.overtaken}
            for order_id in awaiting:
                _look_again_for_routing(tx, shop_id, order_id, by_order.get(order_id))
            dirty.clear(
                tx, shop_id, [row for row in rows if row.ref in noted and row.ref not in {*awaiting, *overtaken}]
            )
            # What overtook it saw a part of the order, perhaps; the whole is read once more.
            dirty.defer_all(
                tx, shop_id, [(by_order[one], transport_now() + ECHO) for one in overtaken & by_order.keys()]
            )
    for order_id in (order_id for order_id, order in seen.items() if order is None):
        with house.db.write() as tx:
            dirty.mark(tx, shop_id, Kind.ITEM, note.order_gone(tx, shop_id, order_id, now), transport_now())
            dirty.clear(tx, shop_id, [row for row in rows if row.ref == order_id])
    reached("order.noted")


def _look_again_for_routing(tx: Connection, shop_id: int, order_id: int, row: Dirty | None) -> None:
    """The store makes fulfillment orders after their order; ask again at 1, 2, 4, 8 s, then leave it to the sweep."""
    if row is None:
        dirty.mark(tx, shop_id, Kind.ORDER, [order_id], transport_now() + timedelta(seconds=1))
    elif row.attempts < LOOK_AGAIN:
        delay = timedelta(seconds=2**row.attempts)
        dirty.postpone(tx, shop_id, row, transport_now(), delay, dirty.UNROUTED)
    else:
        dirty.clear(tx, shop_id, [row])


def _look_at_items(house: House, store: Gateway, shop_id: int, rows: Sequence[Dirty], now: datetime) -> None:
    """Read the levels of some items, then settle them, as many together as is quick."""
    read_at = transport_now()
    found = store.items([row.ref for row in rows])
    readings = [Reading(row, found.get(row.ref), read_at) for row in rows]
    reached("level.read")
    for portion in portions(house.db, shop_id, readings, now):
        settle(house.db, shop_id, portion, now)
        reached("decided")
