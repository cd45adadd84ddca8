"""The book of counts: how the shelves changed, what explains it and what does not. Append-only.

One row for each settled read that found another count, and for each word of a person about what was aside. Kept for 400 days, so that
a stocktaking can be laid beside the one of the year before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, and_, case, delete, func, or_, select

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import Instant, OwnId, StoreId, Words, metadata
from backorder.rules.drafts import set_free
from backorder.rules.rises import BELIEVED

KEPT = timedelta(days=400)
# What explains units that were aside until then.
BOOKED_IN, RETURNED = "booked in", "returned"

counts = Table(
    "counts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("at", Instant, nullable=False),
    # What was found.
    Column("on_hand", Integer, nullable=False),
    Column("supply", Integer, nullable=False),
    # How it differed from the read before, and what of that is explained by what.
    Column("by", Integer, nullable=False),
    Column("supply_by", Integer, nullable=False),
    Column("shipped", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("unexplained", Integer, nullable=False),
    # What it was taken for (rules.rises), or what a person said.
    Column("row", String(24), nullable=False),
    # What is aside since then, and by how much that and what is presumed changed.
    Column("aside", Integer, nullable=False),
    Column("aside_by", Integer, nullable=False),
    Column("presumed_by", Integer, nullable=False),
    Column("actor", Words(128), nullable=False),
    Index("ix_counts_shop_id_item_id", "shop_id", "item_id", "id"),
    Index("ix_counts_shop_id_at", "shop_id", "at"),
)
_NAMES = tuple(column.name for column in counts.c if column.name not in {"id", "shop_id"})

_BELIEVED = tuple(sorted(row.value for row in BELIEVED))

Place = tuple[int, int]  # (item, location)


@dataclass(frozen=True)
class Counted:
    """One change of a count, in units; see the columns. ``unexplained`` is r of domain §2."""

    item_id: int
    location_id: int
    at: datetime
    on_hand: int
    supply: int
    by: int
    supply_by: int
    shipped: int
    received: int
    returned: int
    unexplained: int
    row: str
    aside: int
    aside_by: int
    presumed_by: int
    actor: str
    count_id: int = 0

    @property
    def set_free(self) -> int:
        """Units that could not ship before and can since, though none came in."""
        return set_free(self.row, self.supply_by, self.shipped, self.received, self.returned)


def enter(tx: Connection, shop_id: int, changes: Iterable[Counted]) -> None:
    """Write changes down."""
    rows = [tuple(getattr(change, name) for name in _NAMES) for change in changes]
    insert_rows(tx, counts, {"shop_id": shop_id}, _NAMES, rows)


def since(
    tx: Connection, shop_id: int, item_ids: Iterable[int], moment: datetime
) -> Mapping[Place, tuple[Counted, ...]]:
    """The changes of these items from a moment on, oldest first, by (item, location)."""
    asked = select(counts).where(
        counts.c.shop_id == shop_id, among(counts.c.item_id, set(item_ids)), counts.c.at >= moment
    )
    found: dict[Place, tuple[Counted, ...]] = defaultdict(tuple)
    for row in tx.execute(asked.order_by(counts.c.id)):
        found[row.item_id, row.location_id] += (_counted(row),)
    return found


def of_item(
    tx: Connection, shop_id: int, item_id: int, *, before: int | None = None, limit: int = 100
) -> tuple[Counted, ...]:
    """How an item's counts changed, newest first, before the row of this id."""
    wanted = [counts.c.id < before] if before else []
    asked = select(counts).where(counts.c.shop_id == shop_id, counts.c.item_id == item_id, *wanted)
    return tuple(_counted(row) for row in tx.execute(asked.order_by(counts.c.id.desc()).limit(limit)))


def unexplained(
    tx: Connection,
    shop_id: int,
    *,
    falls_only: bool = False,
    since: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Counted, ...]:
    """The changes that nothing explained, newest first."""
    wanted = [counts.c.shop_id == shop_id, counts.c.unexplained < 0 if falls_only else counts.c.unexplained != 0]
    wanted += [counts.c.row.not_in(_BELIEVED)]
    wanted += [counts.c.id < before] if before else []
    wanted += [counts.c.at >= since] if since else []
    asked = select(counts).where(and_(*wanted)).order_by(counts.c.id.desc()).limit(limit)
    return tuple(_counted(row) for row in tx.execute(asked))


def differences(tx: Connection, shop_id: int, item_ids: Iterable[int], since: datetime) -> dict[int, int]:
    """By how many units in all the shelves of these items changed for no known reason since a moment; 0 is left out.

    What was booked in or refunded afterwards is explained by that.
    """
    later = counts.c.row.in_((BOOKED_IN, RETURNED))
    units = func.sum(case((later, counts.c.aside_by), (counts.c.row.in_(_BELIEVED), 0), else_=counts.c.unexplained))
    asked = (
        select(counts.c.item_id, units.label("units"))
        .where(counts.c.shop_id == shop_id, among(counts.c.item_id, set(item_ids)), counts.c.at >= since)
        .group_by(counts.c.item_id)
        .having(or_(units > 0, units < 0))
    )
    return {row.item_id: int(row.units) for row in tx.execute(asked)}


def drop(tx: Connection, shop_id: int, before: datetime, most: int) -> int:
    """Forget changes from before this instant, the oldest first, so many at most; how many."""
    mine = (counts.c.shop_id == shop_id, counts.c.at < before)
    old = select(counts.c.id).where(*mine).order_by(counts.c.at).limit(most)
    return tx.execute(delete(counts).where(counts.c.id.in_(old))).rowcount


def _counted(row: Row[Any]) -> Counted:
    return Counted(count_id=row.id, **{name: getattr(row, name) for name in _NAMES})
