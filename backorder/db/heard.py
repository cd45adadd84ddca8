"""The book of what was heard: when each store last sent something, and how long it is silent in its usual days. A row a shop."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, Row, Table, select

from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.upsert import insert_or_ignore, upsert
from backorder.rules.silence import Heard, HeardDay, heard_again

heard = Table(
    "heard",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("last_at", Instant, nullable=False),
    # Day, seconds of the longest gap, deliveries: of the last days on which there was something.
    Column("days", JSON, nullable=False, default=list),
)


_MINE = select(heard).where(heard.c.shop_id == SHOP).with_for_update()


def note(tx: Connection, shop_id: int, received: Iterable[datetime]) -> None:
    """The store sent something at these instants."""
    instants = sorted(received)
    if not instants:
        return
    mine = {"shop": shop_id}
    row = tx.execute(_MINE, mine).one_or_none()
    if row is None:
        insert_or_ignore(tx, heard, {"shop_id": shop_id, "last_at": instants[0], "days": []})
        row = tx.execute(_MINE, mine).one()
    known = _heard(row)
    for at in instants:
        known = heard_again(known, at)
    days = [[each.day.isoformat(), each.longest_gap.total_seconds(), each.deliveries] for each in known.days]
    upsert(tx, heard, {"shop_id": shop_id, "last_at": known.last_at, "days": days})


def of_shop(tx: Connection, shop_id: int) -> Heard:
    """When the store was last heard of."""
    row = tx.execute(select(heard).where(heard.c.shop_id == shop_id)).one_or_none()
    return Heard() if row is None else _heard(row)


def of_all(tx: Connection) -> dict[int, Heard]:
    """The same of every shop."""
    return {row.shop_id: _heard(row) for row in tx.execute(select(heard))}


def _heard(row: Row[Any]) -> Heard:
    days = tuple(HeardDay(date.fromisoformat(day), timedelta(seconds=gap), n) for day, gap, n in row.days)
    return Heard(row.last_at, days)
