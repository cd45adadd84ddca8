"""Settle: note what was read of some items and decide about them, a few at a time, so that no transaction is long.

Other writers stand behind each transaction (SQLite has one turn to write), so what bounds it is the number of claims that it
decides about, not the number of items.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backorder import note
from backorder.allocate import Decided, decide
from backorder.clock import transport_now
from backorder.db import catalogue, claims, dirty, levels
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection, Database
from backorder.rules.seen import ItemSeen

# Items in one transaction, and open claims on them, on one machine's file and on a server of which only the items are locked.
# Both are about 50 ms of work for each side. A single item is never divided, however many wait for it.
ITEMS_AT_ONCE = 25
CLAIMS_AT_ONCE_ON_SQLITE, CLAIMS_AT_ONCE_ON_POSTGRESQL = 400, 1000
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


def portions(db: Database, shop_id: int, rows: Sequence[Dirty]) -> Iterator[tuple[Dirty, ...]]:
    """The items on the list, in its order, as many at once as one short transaction can settle."""
    with db.read() as tx:
        waiting = claims.count_by_item(tx, shop_id, [row.ref for row in rows])
    most = CLAIMS_AT_ONCE_ON_SQLITE if db.is_sqlite else CLAIMS_AT_ONCE_ON_POSTGRESQL
    yield from portioned(rows, waiting, most)


def portioned(rows: Iterable[Dirty], waiting: Mapping[int, int], most: int) -> Iterator[tuple[Dirty, ...]]:
    """Divide ``rows`` so that no portion has more than ``most`` claims in all, but for one that is a single item."""
    portion: list[Dirty] = []
    left = most
    for row in rows:
        if portion and (waiting.get(row.ref, 0) > left or len(portion) == ITEMS_AT_ONCE):
            yield tuple(portion)
            portion, left = [], most
        portion.append(row)
        left -= waiting.get(row.ref, 0)
    if portion:
        yield tuple(portion)


def settle(db: Database, shop_id: int, readings: Sequence[Reading], now: datetime) -> Decided:
    """Note these readings and decide about their items together, in one transaction; mark what must be looked at again."""
    rows = [reading.row for reading in readings]
    ids = [row.ref for row in rows]
    with db.write() as tx:
        catalogue.lock_items(tx, shop_id, ids)
        note.items(tx, shop_id, [(r.row.ref, r.seen, r.read_at) for r in readings], now)
        looked_enough = {row.ref for row in rows if row.attempts >= LOOKS_BEFORE_HOLDING}
        decided = decide(tx, shop_id, ids, now, cause="settled read", looked_enough=looked_enough)
        unsettled = _unsettled(tx, shop_id, ids)
        done = [row for row in rows if not _again(tx, shop_id, row, unsettled.get(row.ref, 0), lost=decided.lost)]
        dirty.clear(tx, shop_id, done)
        missing = [row.ref for row in rows if unsettled.get(row.ref, 0) < 0 and row.attempts == 0]
        suspects = {claim.order_id for claim in claims.of_items(tx, shop_id, missing)} if missing else set()
        dirty.mark(tx, shop_id, Kind.ORDER, suspects, transport_now())
    return decided


def _unsettled(tx: Connection, shop_id: int, item_ids: list[int]) -> dict[int, int]:
    """Managed items whose checksum does not come out: δ of the location where it is furthest off."""
    managed = {v.item_id for v in catalogue.variants_of_items(tx, shop_id, item_ids) if v.managed}
    found: dict[int, int] = {}
    for level in levels.of_items(tx, shop_id, managed):
        if abs(level.unseen) > abs(found.get(level.item_id, 0)):
            found[level.item_id] = level.unseen
    return found


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
