"""Turns: at most one process at a time does a named piece of work for a shop. A turn ends by itself when its holder dies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, bindparam, delete, select, update

from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

turns = Table(
    "turns",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("work", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)

# Between a holder's own name and how many holders before it died.
_AFTER = "+"


@dataclass(frozen=True)
class Turn:
    """A turn that was begun. ``deaths``: how many holders before this one, one after the other, never gave it back."""

    holder: str
    deaths: int


_OURS = turns.c.holder == bindparam("holder_")
_SAME = (turns.c.shop_id == SHOP) & (turns.c.work == bindparam("work_"))
_TAKING = update(turns).where(_SAME, _OURS | (turns.c.until < bindparam("at")))
_ENDING = delete(turns).where(_SAME, _OURS)


def begin_turn(tx: Connection, shop_id: int, work: str, holder: str, at: datetime, seconds: int) -> Turn | None:
    """Begin a turn. None while somebody else has it.

    Who works at something that kills cannot say so afterwards; so the turn itself carries the count to the next.
    """
    until = at + timedelta(seconds=seconds)
    if insert_or_ignore(tx, turns, {"shop_id": shop_id, "work": work, "holder": holder, "until": until}):
        return Turn(holder, 0)
    same = (turns.c.shop_id == shop_id) & (turns.c.work == work)
    left = tx.execute(select(turns.c.holder).where(same, turns.c.until < at).with_for_update()).scalar_one_or_none()
    if left is None:
        return None
    deaths = int(left.partition(_AFTER)[2] or 0) + 1
    turn = Turn(f"{holder}{_AFTER}{deaths}", deaths)
    tx.execute(update(turns).where(same).values(holder=turn.holder, until=until))
    return turn


def take_turn(tx: Connection, shop_id: int, work: str, holder: str, at: datetime, seconds: int) -> bool:
    """Begin or extend a turn. False while somebody else has it."""
    until = at + timedelta(seconds=seconds)
    same = {"shop": shop_id, "work_": work, "holder_": holder}
    # Mostly it is ours and goes on.
    if tx.execute(_TAKING, {**same, "at": at, "until": until, "holder": holder}).rowcount == 1:
        return True
    return insert_or_ignore(tx, turns, {"shop_id": shop_id, "work": work, "holder": holder, "until": until})


def end_turn(tx: Connection, shop_id: int, work: str, holder: str) -> None:
    """Give the turn back."""
    tx.execute(_ENDING, {"shop": shop_id, "work_": work, "holder_": holder})


def end_all(tx: Connection, works: Collection[str], at: datetime) -> None:
    """End every turn at these works: whoever had one is known to be gone. That they never gave it back is still counted."""
    tx.execute(
        update(turns)
        .where(turns.c.work.in_(sorted(works)), turns.c.until >= at)
        .values(until=at - timedelta(microseconds=1))
    )
