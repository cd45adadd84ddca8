"""The book of ways: how an order is to leave of which something waits (rules.mixed), who said so and when. Append-only.

What holds now stands on the order itself (``orders.way``), so that whoever reads the order knows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, String, Table, false, select, update

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.db.orders import orders
from backorder.db.shops import shops
from backorder.rules.mixed import By, Way

order_ways = Table(
    "order_ways",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("order_id", StoreId, nullable=False),
    Column("way", String(16), nullable=False),
    Column("by", String(16), nullable=False),
    Column("actor", Words(128), nullable=False, default=""),
    Column("at", Instant, nullable=False),
    # Until when the customer may answer, where they were asked; ``open`` while nobody has said anything since.
    Column("until", Instant),
    Column("open", Instant),
    Index("ix_order_ways_shop_id_order_id", "shop_id", "order_id"),
    Index("ix_order_ways_open", "open"),
)


@dataclass(frozen=True)
class Said:
    """One entry: how the order leaves from then on. ``until``: when a customer who was asked is taken to have no preference."""

    order_id: int
    way: Way
    by: By
    actor: str
    at: datetime
    until: datetime | None = None


def say(tx: Connection, shop_id: int, said: Iterable[Said]) -> None:
    """Enter how orders leave from now on. What was asked before is answered by it."""
    entries = list(said)
    if not entries:
        return
    ids = [entry.order_id for entry in entries]
    of_these = (order_ways.c.shop_id == shop_id, among(order_ways.c.order_id, ids))
    tx.execute(update(order_ways).where(*of_these, order_ways.c.open.is_not(None)).values(open=None))
    rows = [
        (entry.order_id, entry.way.value, entry.by.value, entry.actor, entry.at, entry.until, entry.until)
        for entry in entries
    ]
    insert_rows(tx, order_ways, {"shop_id": shop_id}, _NAMES, rows)
    for way in Way:
        alike = [entry.order_id for entry in entries if entry.way is way]
        if alike:
            tx.execute(
                update(orders).where(orders.c.shop_id == shop_id, among(orders.c.order_id, alike)).values(way=way.value)
            )
    tx.execute(update(shops).where(shops.c.id == shop_id, shops.c.mixes == false()).values(mixes=True))


_NAMES = ("order_id", "way", "by", "actor", "at", "until", "open")


_OF_ORDERS = select(orders.c.order_id, orders.c.way).where(
    orders.c.shop_id == SHOP, among(orders.c.order_id, "orders"), orders.c.way.is_not(None)
)


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, Way]:
    """How each of these orders leaves, of those of which somebody said so."""
    rows = tx.execute(_OF_ORDERS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.order_id: Way(row.way) for row in rows}


def history(tx: Connection, shop_id: int, order_id: int) -> tuple[Said, ...]:
    """All that was said of an order, oldest first."""
    asked = select(order_ways).where(order_ways.c.shop_id == shop_id, order_ways.c.order_id == order_id)
    return tuple(_said(row) for row in tx.execute(asked.order_by(order_ways.c.id)))


def unanswered(tx: Connection, now: datetime, limit: int = 100) -> tuple[tuple[int, int], ...]:
    """(shop, order) of customers who were asked and whose time to answer has passed, the longest ago first."""
    rows = tx.execute(
        select(order_ways.c.shop_id, order_ways.c.order_id)
        .where(order_ways.c.open <= now)
        .order_by(order_ways.c.open, order_ways.c.id)
        .limit(limit)
    )
    return tuple((row.shop_id, row.order_id) for row in rows)


def close(tx: Connection, shop_id: int, order_id: int) -> None:
    """Wait for no answer any more."""
    of_this = (order_ways.c.shop_id == shop_id, order_ways.c.order_id == order_id)
    tx.execute(update(order_ways).where(*of_this).values(open=None))


def _said(row: Row[Any]) -> Said:
    return Said(row.order_id, Way(row.way), By(row.by), row.actor, row.at, row.until)
