"""Settle: note what was read of some items and decide about them, a few at a time, so that no transaction is long.

Other writers stand behind each transaction (SQLite has one turn to write), so what bounds it is the number of claims that it
looks at, not the number of items.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backorder import note_items
from backorder.allocate import MANY, Decided, ask_ahead, decide_locked
from backorder.clock import transport_now
from backorder.db import catalogue, claims, dirty, footings, queues, shops
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection, Database
from backorder.rules.footing import Standing
from backorder.rules.seen import ItemSeen
from backorder.rules.working_calendar import WorkingCalendar

# Items in one transaction, and claims that it looks at: on one machine's file everybody who writes waits for it, webhooks too; on a
# server only who wants the same items.
# A single item is never divided, however many wait for it.
ITEMS_AT_ONCE = 100
CLAIMS_AT_ONCE_ON_SQLITE, CLAIMS_AT_ONCE_ON_POSTGRESQL = 1_000, 10_000
# Fulfillment orders come after their order: look at 1, 2, 4, 8 s … (domain §5).
LOOK_AGAIN = 7
# After ½, 1 and 2 s, orders that we cannot see are taken to be older than those that we can.
LOOKS_BEFORE_HOLDING = 3


@dataclass(frozen=True)
class Reading:
    """What a reading that began at ``read_at`` (transport time) saw of an item on the list; None: the store has it no more."""

    row: Dirty
    seen: ItemSeen | None
    read_at: datetime


def portions(db: Database, shop_id: int, readings: Sequence[Reading], now: datetime) -> Iterator[tuple[Reading, ...]]:
    """The readings in their order, as many at once as one short transaction can settle."""
    ids = [reading.row.ref for reading in readings]
    with db.read() as tx:
        standing, footing_at = queues.standing(tx, shop_id, ids), footings.of_items(tx, shop_id, ids)
        today = WorkingCalendar(timezone=shops.one(tx, shop_id).timezone).day(now)
    of_today = {place for place, footing in footing_at.items() if footing.worked_out_on == today}
    by_item: dict[int, list[Standing]] = defaultdict(list)
    whole = set()
    for place, one in standing.items():
        by_item[place[0]].append(one)
        if place not in of_today or None in one.by_run:
            whole.add(place[0])
    sizes = {r.row.ref: _concerned(r, by_item[r.row.ref], whole=r.row.ref in whole) for r in readings}
    yield from portioned(readings, sizes, CLAIMS_AT_ONCE_ON_SQLITE if db.is_sqlite else CLAIMS_AT_ONCE_ON_POSTGRESQL)


def _concerned(reading: Reading, standing: Sequence[Standing], *, whole: bool) -> int:
    """How many claims a decision about an item looks at, as far as can be told before: all, or those whom the shelf can serve."""
    everybody, units = sum(one.claims for one in standing), sum(one.units for one in standing)
    if whole or reading.seen is None:
        return everybody
    to_give = sum(max(0, level.available + level.committed) for level in reading.seen.levels)
    return min(everybody, -(-to_give * everybody // max(1, units)))


def portioned(readings: Iterable[Reading], concerned: Mapping[int, int], most: int) -> Iterator[tuple[Reading, ...]]:
    """Divide ``readings`` so that none concerns more than ``most`` claims in all, but for one that is of a single item."""
    portion: list[Reading] = []
    left = most
    for reading in readings:
        size = concerned.get(reading.row.ref, 0)
        if portion and (size > left or len(portion) == ITEMS_AT_ONCE):
            yield tuple(portion)
            portion, left = [], most
        portion.append(reading)
        left -= size
    if portion:
        yield tuple(portion)


def settle(db: Database, shop_id: int, readings: Sequence[Reading], now: datetime) -> Decided:
    """Note these readings and decide about their items together, in one transaction; mark what must be looked at again."""
    rows = [reading.row for reading in readings]
    ids = [row.ref for row in rows]
    with db.write() as tx:
        catalogue.lock_items(tx, shop_id, ids)
        standing = queues.standing(tx, shop_id, ids)
        _ask(tx, shop_id, readings)
        looked = note_items.items(tx, shop_id, [(r.row.ref, r.seen, r.read_at) for r in readings], now, standing)
        looked_enough = {row.ref for row in rows if row.attempts >= LOOKS_BEFORE_HOLDING}
        decided = decide_locked(
            tx,
            shop_id,
            ids,
            now,
            standing,
            cause="settled read",
            keeps=looked.born,
            looked_enough=looked_enough,
            sure={row.ref for row in rows if row.attempts >= LOOK_AGAIN},
            just_read=looked.just_read,
        )
        unseen = decided.unseen
        done = [row for row in rows if not _again(tx, shop_id, row, unseen.get(row.ref, 0), lost=decided.lost)]
        dirty.clear(tx, shop_id, done)
        missing = [row.ref for row in rows if unseen.get(row.ref, 0) < 0 and row.attempts == 0]
        suspects = {claim.order_id for claim in claims.of_items(tx, shop_id, missing)} if missing else set()
        dirty.mark(tx, shop_id, Kind.ORDER, suspects, transport_now())
        dirty.mark(tx, shop_id, Kind.TRANSFER, looked.transfers, transport_now())
    return decided


def _ask(tx: Connection, shop_id: int, readings: Sequence[Reading]) -> None:
    """Of many items let a server look up what the note of their readings, and the decision after it, are going to ask.

    Not where the store has one no more: what becomes of its variants is written before.
    """
    seen = [reading.seen for reading in readings if reading.seen is not None]
    if len(seen) == len(readings) >= MANY:
        note_items.ask_ahead(tx, shop_id, seen)
        variants = {variant.variant_id for item in seen for variant in item.variants}
        ask_ahead(tx, shop_id, sorted(item.item_id for item in seen), variants)


def _again(tx: Connection, shop_id: int, row: Dirty, unseen: int, *, lost: bool) -> bool:
    """Whether to look again: at unseen orders for a while, at a loss once more before anyone is told."""
    if unseen and row.attempts < LOOK_AGAIN:
        why = f"{abs(unseen)} committed units are {'of orders not seen yet' if unseen > 0 else 'no longer committed'}"
        dirty.postpone(tx, shop_id, row, transport_now(), timedelta(seconds=2**row.attempts / 2), why)
        return True
    if lost and row.attempts == 0:
        dirty.postpone(tx, shop_id, row, transport_now(), timedelta(seconds=1), "units were lost; reading once more")
        return True
    return False
