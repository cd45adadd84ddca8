"""Rests: until when a shop's store is left alone because it did not answer, and when the shop was last served.

A store that fails again when its rest is over rests longer, at least as long as it has been failing. From the first
failure to the first good answer it is *poorly*: one worker at a time asks whether it is well again.

The mail relay rests in the same way, under the number of no shop.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, select, update

from backorder.db.columns import SHOP, Instant, Sentences, StoreId, metadata
from backorder.db.upsert import insert_or_ignore, upsert

RELAY = 0  # no shop has this number: the relay is everybody's

rests = Table(
    "rests",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("served_at", Instant),
    # Both empty while the store answers.
    Column("since", Instant),
    Column("until", Instant),
    Column("why", Sentences),
)


@dataclass(frozen=True)
class Rest:
    """A store fails since ``since``; before ``until`` nobody asks it anything."""

    since: datetime
    until: datetime
    why: str


_FAILING = select(rests).where(rests.c.shop_id == SHOP, rests.c.until.is_not(None))


def get(tx: Connection, shop_id: int) -> Rest | None:
    """How the shop's store fails; None while it answers."""
    row = tx.execute(_FAILING, {"shop": shop_id}).one_or_none()
    return Rest(row.since, row.until, row.why or "") if row else None


def begin(tx: Connection, shop_id: int, at: datetime, pause: timedelta, longest: timedelta, why: str) -> datetime:
    """Let the store rest for ``pause``, or for as long as it has been failing, but no longer than ``longest`` for that.

    Returns when the rest ends. Who fails beside others does not cut their rest short.
    """
    insert_or_ignore(tx, rests, {"shop_id": shop_id})
    row = tx.execute(select(rests).where(rests.c.shop_id == shop_id).with_for_update()).one()
    since = row.since or at
    until: datetime = max(at + max(pause, min(longest, at - since)), row.until or at)
    tx.execute(update(rests).where(rests.c.shop_id == shop_id).values(since=since, until=until, why=why))
    return until


def end(tx: Connection, shop_id: int) -> None:
    """The store answers."""
    tx.execute(
        update(rests)
        .where(rests.c.shop_id == shop_id, rests.c.until.is_not(None))
        .values(since=None, until=None, why=None)
    )


def served(tx: Connection, shop_id: int, at: datetime) -> None:
    """Somebody took up work of this shop."""
    upsert(tx, rests, {"shop_id": shop_id, "served_at": at})
