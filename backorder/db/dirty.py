"""What must be looked at again: a row per thing, so that a burst of webhooks costs one read.

``marks`` counts how often a thing was marked. Whoever looked clears the row only if nobody marked it meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backorder.db.arrays import delete_rows
from backorder.db.columns import Instant, StoreId, Words, metadata
from backorder.db.rests import rests
from backorder.db.upsert import insert_or_ignore


class Kind(StrEnum):
    """What kind of thing must be looked at."""

    ORDER = "order"
    ITEM = "item"
    SWEEP = "sweep"  # some fulfillment order changed, we do not know which
    LOCATIONS = "locations"
    SHOP = "shop"


dirty = Table(
    "dirty",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("ref", StoreId, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("marks", Integer, nullable=False, default=1),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Words(500)),
    Index("ix_dirty_not_before", "not_before"),
)


@dataclass(frozen=True)
class Dirty:
    """One thing to look at again."""

    kind: Kind
    ref: int
    since: datetime
    marks: int
    attempts: int


def mark(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime) -> None:
    """Ask that these be looked at now. Marking again is cheap and keeps the oldest ``since``."""
    rows = [
        {"shop_id": shop_id, "kind": kind.value, "ref": ref, "since": at, "not_before": at, "marks": 1, "attempts": 0}
        for ref in sorted(set(refs))
    ]
    if not rows:
        return
    insert = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(dirty)
    tx.execute(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "kind", "ref"],
            set_={"marks": dirty.c.marks + 1, "not_before": insert.excluded.not_before, "attempts": 0},
        ),
        rows,
    )


def remind(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime) -> None:
    """Look at these again ``at`` some moment, unless they are on the list already."""
    for ref in sorted(set(refs)):
        row = {"shop_id": shop_id, "kind": kind.value, "ref": ref, "since": at, "not_before": at, "marks": 1}
        insert_or_ignore(tx, dirty, {**row, "attempts": 0})


def due(tx: Connection, shop_id: int, at: datetime, limit: int = 100) -> tuple[Dirty, ...]:
    """What this shop has to look at now, oldest first."""
    rows = tx.execute(
        select(dirty)
        .where(dirty.c.shop_id == shop_id, dirty.c.not_before <= at)
        .order_by(dirty.c.since, dirty.c.kind, dirty.c.ref)
        .limit(limit)
    )
    return tuple(Dirty(Kind(row.kind), row.ref, row.since, row.marks, row.attempts) for row in rows)


def clear(tx: Connection, shop_id: int, looked_at: Iterable[Dirty]) -> None:
    """Take these off the list. What was marked again since it was read stays, and waits since that mark."""
    rows = list(looked_at)
    keys = [(row.kind.value, row.ref, row.since, row.marks) for row in rows]
    if delete_rows(tx, dirty, {"shop_id": shop_id}, ("kind", "ref", "since", "marks"), keys) == len(rows):
        return
    for row in rows:
        # Else a busy thing, marked at every look, would seem to wait since its first mark, and go before all others.
        tx.execute(update(dirty).where(_same(shop_id, row)).values(since=dirty.c.not_before))


def defer(tx: Connection, shop_id: int, row: Dirty, until: datetime, why: str | None = None) -> None:
    """Look later, without counting an attempt, unless it was marked again meanwhile."""
    said = {} if why is None else {"error": why[:500]}
    tx.execute(update(dirty).where(_same(shop_id, row), dirty.c.marks == row.marks).values(not_before=until, **said))


def hurry(tx: Connection, shop_id: int, at: datetime) -> None:
    """Look now at whatever waits because of an error."""
    waits = (dirty.c.shop_id == shop_id) & dirty.c.error.is_not(None) & (dirty.c.not_before > at)
    tx.execute(update(dirty).where(waits).values(not_before=at))


def unread(tx: Connection, shop_id: int, before: datetime) -> tuple[tuple[str, datetime], ...]:
    """Why things that have been on the list since before this instant could not be looked at, and since when."""
    rows = tx.execute(
        select(dirty.c.error, func.min(dirty.c.since).label("since"))
        .where(dirty.c.shop_id == shop_id, dirty.c.since < before, dirty.c.error.is_not(None))
        .group_by(dirty.c.error)
        .order_by("since", dirty.c.error)
    )
    return tuple((row.error, row.since) for row in rows)


def postpone(tx: Connection, shop_id: int, row: Dirty, at: datetime, delay: timedelta, why: str) -> None:
    """Look again after ``delay``, counting the attempt, unless it was marked again meanwhile."""
    tx.execute(
        update(dirty)
        .where(_same(shop_id, row), dirty.c.marks == row.marks)
        .values(not_before=at + delay, attempts=row.attempts + 1, error=why[:500])
    )


def shops_with_work(tx: Connection, at: datetime) -> tuple[int, ...]:
    """Shops that have something to look at now, and whose store does not rest."""
    resting = select(rests.c.shop_id).where(rests.c.until > at)
    return tuple(
        tx.scalars(select(dirty.c.shop_id).where(dirty.c.not_before <= at, dirty.c.shop_id.not_in(resting)).distinct())
    )


def next_due(tx: Connection) -> datetime | None:
    """When something is next to be looked at."""
    at: datetime | None = tx.execute(select(func.min(dirty.c.not_before))).scalar_one()
    return at


def count(tx: Connection, shop_id: int | None = None) -> int:
    """How many things wait to be looked at."""
    asked = select(func.count()).select_from(dirty)
    return tx.execute(asked if shop_id is None else asked.where(dirty.c.shop_id == shop_id)).scalar_one()


def forget_shop(tx: Connection, shop_id: int) -> None:
    tx.execute(delete(dirty).where(dirty.c.shop_id == shop_id))


def _same(shop_id: int, row: Dirty) -> ColumnElement[bool]:
    """The row as it was read; one that was cleared and marked anew meanwhile has another ``since``."""
    return and_(
        dirty.c.shop_id == shop_id,
        dirty.c.kind == row.kind.value,
        dirty.c.ref == row.ref,
        dirty.c.since == row.since,
    )
