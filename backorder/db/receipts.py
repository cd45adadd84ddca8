"""The book of receipts: every booking in on a line of a purchase order, once under its key."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, Integer, String, Table, UniqueConstraint, delete, select

from backorder.db.arrays import among
from backorder.db.columns import Instant, OwnId, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

receipts = Table(
    "receipts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("purchase_order_line_id", StoreId, nullable=False),
    Column("key", String(128), nullable=False),
    Column("units", Integer, nullable=False),
    Column("damaged", Integer, nullable=False, default=0, server_default="0"),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    CheckConstraint("units >= 0 AND damaged >= 0 AND units + damaged > 0", name="something_came"),
    UniqueConstraint("shop_id", "key"),
)


def receive(
    tx: Connection, shop_id: int, line_id: int, key: str, units: int, at: datetime, actor: str, damaged: int = 0
) -> bool:
    """Record a receipt under its key. False if this key was recorded before."""
    return insert_or_ignore(
        tx,
        receipts,
        {
            "shop_id": shop_id,
            "purchase_order_line_id": line_id,
            "key": key,
            "units": units,
            "damaged": damaged,
            "at": at,
            "actor": actor,
        },
    )


def by(tx: Connection, shop_id: int, line_ids: Iterable[int], actor: str) -> dict[str, tuple[int, int]]:
    """What somebody received on these lines: line and units, by key."""
    found = receipts.c
    rows = tx.execute(
        select(found.key, found.purchase_order_line_id, found.units).where(
            found.shop_id == shop_id, among(found.purchase_order_line_id, set(line_ids)), found.actor == actor
        )
    )
    return {row.key: (row.purchase_order_line_id, row.units) for row in rows}


def take_back(tx: Connection, shop_id: int, key: str) -> None:
    """Take a receipt out of the book again: it was booked in by mistake."""
    tx.execute(delete(receipts).where(receipts.c.shop_id == shop_id, receipts.c.key == key))
