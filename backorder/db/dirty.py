"""What must be looked at again: a row per thing, so that a burst of webhooks costs one read.

``marks`` counts how often a thing was marked, 0 for what is only to be looked at again. Whoever looked clears the row only if nobody marked it meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backorder.db.arrays import among, delete_rows, insert_rows
from backorder.db.columns import Instant, StoreId, Words, metadata
from backorder.db.rests import rests


class Kind(StrEnum):
    """What kind of thing must be looked at."""

    ORDER = "order"
    ITEM = "item"
    SWEEP = "sweep"  # some fulfillment order changed, we do not know which
    LOCATIONS = "locations"
    TRANSFER = "transfer"
    TRANSFERS = "transfers"  # some transfer changed, we do not know which
    SHOP = "shop"
    COLLECTION = "collection"
    COLLECTIONS = "collections"  # which collections the merchant's rules mean


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


# Why an order that was read is read again: the store makes its fulfillment orders a moment later.
UNROUTED = "no fulfillment order yet"


@dataclass(frozen=True)
class Dirty:
    """One thing to look at again."""

    kind: Kind
    ref: int
    since: datetime
    marks: int
    attempts: int


def mark(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime, *, patient: bool = False) -> None:
    """Ask that these be looked at now. Marking again is cheap and keeps the oldest ``since``.

    Who is ``patient`` leaves what the store refused to show, and was put off, to its time.
    """
    _put(tx, _marking(tx.dialect.name, patient=patient), shop_id, kind, refs, at, at)


def mark_for(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime, by: datetime) -> None:
    """Ask that these be looked at ``by`` some moment. Who looks sooner, for another reason, has looked for this one too."""
    _put(tx, _marking(tx.dialect.name, in_time=True), shop_id, kind, refs, at, by)


def _put(
    tx: Connection, statement: Any, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime, not_before: datetime
) -> None:
    same = {"shop_id": shop_id, "kind": kind.value, "since": at, "not_before": not_before, "marks": 1, "attempts": 0}
    if rows := [{**same, "ref": ref} for ref in sorted(set(refs))]:
        tx.execute(statement, rows)


# To build a statement costs more than to run it.
@cache
def _marking(dialect: str, *, in_time: bool = False, patient: bool = False) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(dirty)
    asked = insert.excluded.not_before
    sooner = case((dirty.c.not_before < asked, dirty.c.not_before), else_=asked)
    again = {"not_before": sooner} if in_time else {"not_before": asked, "attempts": 0}
    if patient:
        refused = and_(dirty.c.attempts > 0, dirty.c.error.is_distinct_from(UNROUTED))
        again = {"not_before": case((refused, dirty.c.not_before), else_=asked)}
    # What was only to be looked at again some day has been waiting since now.
    again["since"] = case((dirty.c.since < insert.excluded.since, dirty.c.since), else_=insert.excluded.since)
    return insert.on_conflict_do_update(
        index_elements=["shop_id", "kind", "ref"], set_={"marks": dirty.c.marks + 1, **again}
    )


def remind(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int], at: datetime) -> None:
    """Look at these again ``at`` some moment, unless they are on the list already. That marks nothing: what was seen is decided about."""
    same = {"shop_id": shop_id, "kind": kind.value, "since": at, "not_before": at, "marks": 0, "attempts": 0}
    insert_rows(tx, dirty, same, ("ref",), [(ref,) for ref in sorted(set(refs))], "ignore")


def due(tx: Connection, shop_id: int, at: datetime, limit: int = 100, kind: Kind | None = None) -> tuple[Dirty, ...]:
    """What this shop has to look at now, oldest first; only things of one kind, if one is given."""
    asked = {"shop": shop_id, "at": at, "most": limit, "kind": kind.value if kind else None}
    rows = tx.execute(_DUE if kind is None else _DUE_OF_A_KIND, asked)
    return tuple(Dirty(Kind(row.kind), row.ref, row.since, row.marks, row.attempts) for row in rows)


_DUE = (
    select(dirty)
    .where(dirty.c.shop_id == bindparam("shop"), dirty.c.not_before <= bindparam("at"))
    .order_by(dirty.c.since, dirty.c.kind, dirty.c.ref)
    .limit(bindparam("most"))
)
_DUE_OF_A_KIND = _DUE.where(dirty.c.kind == bindparam("kind"))


def announced(tx: Connection, shop_id: int, kind: Kind, refs: Iterable[int]) -> dict[int, tuple[datetime, str | None]]:
    """Which of these somebody has asked to look at: since when, and why nobody could yet, if they tried."""
    rows = tx.execute(
        select(dirty.c.ref, dirty.c.since, dirty.c.error).where(
            dirty.c.shop_id == shop_id, dirty.c.kind == kind.value, among(dirty.c.ref, refs), dirty.c.marks > 0
        )
    )
    return {row.ref: (row.since, row.error) for row in rows}


def clear(tx: Connection, shop_id: int, looked_at: Iterable[Dirty]) -> None:
    """Take these off the list. What was marked again since it was read stays, and waits since that mark."""
    rows = sorted(looked_at, key=_place)
    keys = [(row.kind.value, row.ref, row.since, row.marks) for row in rows]
    if delete_rows(tx, dirty, {"shop_id": shop_id}, ("kind", "ref", "since", "marks"), keys) < len(rows):
        # Else a busy thing, marked at every look, would seem to wait since its first mark, and go before all others.
        tx.execute(_STAYS, [_named(shop_id, row) for row in rows])


def _place(row: Dirty) -> tuple[bool, bool, str, int]:
    """Items before orders before what a shop has one of, as everybody marks them: nobody waits for another in a ring."""
    return (row.kind is not Kind.ITEM, row.kind is not Kind.ORDER, row.kind.value, row.ref)


def _named(shop_id: int, row: Dirty) -> dict[str, Any]:
    return {"shop": shop_id, "of": row.kind.value, "number": row.ref, "was": row.since}


_THE_SAME = and_(
    dirty.c.shop_id == bindparam("shop"),
    dirty.c.kind == bindparam("of"),
    dirty.c.ref == bindparam("number"),
    dirty.c.since == bindparam("was"),
)
_STAYS = update(dirty).where(_THE_SAME).values(since=dirty.c.not_before)
_LATER = update(dirty).where(_THE_SAME, dirty.c.marks == bindparam("marked")).values(not_before=bindparam("until"))


def defer(tx: Connection, shop_id: int, row: Dirty, until: datetime, why: str | None = None) -> None:
    """Look later, without counting an attempt, unless it was marked again meanwhile."""
    if why is None:
        defer_all(tx, shop_id, [(row, until)])
        return
    same = (_same(shop_id, row), dirty.c.marks == row.marks)
    tx.execute(update(dirty).where(*same).values(not_before=until, error=why[:500]))


def defer_all(tx: Connection, shop_id: int, rows: Iterable[tuple[Dirty, datetime]]) -> None:
    """Look at each of these later, without counting an attempt, unless it was marked again meanwhile."""
    ordered = sorted(rows, key=lambda pair: _place(pair[0]))
    asked = [_named(shop_id, row) | {"marked": row.marks, "until": until} for row, until in ordered]
    if asked:
        tx.execute(_LATER, asked)


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


_NEXT_DUE = select(func.min(dirty.c.not_before))


def next_due(tx: Connection) -> datetime | None:
    """When something is next to be looked at."""
    at: datetime | None = tx.execute(_NEXT_DUE).scalar_one()
    return at


def count(tx: Connection, shop_id: int | None = None) -> int:
    """How many things wait to be looked at."""
    asked = select(func.count()).select_from(dirty)
    return tx.execute(asked if shop_id is None else asked.where(dirty.c.shop_id == shop_id)).scalar_one()


def _same(shop_id: int, row: Dirty) -> ColumnElement[bool]:
    """The row as it was read; one that was cleared and marked anew meanwhile has another ``since``."""
    return and_(
        dirty.c.shop_id == shop_id,
        dirty.c.kind == row.kind.value,
        dirty.c.ref == row.ref,
        dirty.c.since == row.since,
    )
