"""Turns: at most one process at a time does a named piece of work for a shop. A turn ends by itself when its holder dies."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, delete, update

from backorder.db.columns import Instant, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

turns = Table(
    "turns",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("work", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)


def take_turn(tx: Connection, shop_id: int, work: str, holder: str, at: datetime, seconds: int) -> bool:
    """Begin or extend a turn. False while somebody else has it."""
    until = at + timedelta(seconds=seconds)
    if insert_or_ignore(tx, turns, {"shop_id": shop_id, "work": work, "holder": holder, "until": until}):
        return True
    taken = tx.execute(
        update(turns)
        .where(turns.c.shop_id == shop_id, turns.c.work == work, (turns.c.holder == holder) | (turns.c.until < at))
        .values(holder=holder, until=until)
    )
    return taken.rowcount == 1


def end_turn(tx: Connection, shop_id: int, work: str, holder: str) -> None:
    """Give the turn back."""
    tx.execute(delete(turns).where(turns.c.shop_id == shop_id, turns.c.work == work, turns.c.holder == holder))
