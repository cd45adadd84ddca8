"""The book of what people did with the queue by hand: a sentence for each act, its reason, who did it, and how to take it back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, String, Table, Text, select, update

from backorder.db.columns import Instant, OwnId, StoreId, Words, metadata

queue_acts = Table(
    "queue_acts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("order_id", StoreId, nullable=False),
    Column("line_id", StoreId, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("sentence", Words(1000), nullable=False),
    Column("reason", Words(500), nullable=False),
    # What it changed, as JSON; nothing: it is the taking back of another act.
    Column("change", Text),
    Column("undone_at", Instant),
    Index("ix_queue_acts_shop_id_order_id", "shop_id", "order_id"),
)


@dataclass(frozen=True)
class Act:
    """One act; ``change`` is what it changed (``by_hand``), None if it cannot be taken back."""

    act_id: int
    order_id: int
    line_id: int
    at: datetime
    actor: str
    sentence: str
    reason: str
    change: Mapping[str, Any] | None
    undone_at: datetime | None


def record(
    tx: Connection,
    shop_id: int,
    order_id: int,
    line_id: int,
    sentence: str,
    reason: str,
    *,
    actor: str,
    at: datetime,
    change: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done."""
    tx.execute(
        queue_acts.insert().values(
            shop_id=shop_id,
            order_id=order_id,
            line_id=line_id,
            at=at,
            actor=actor[:128],
            sentence=sentence,
            reason=reason,
            change=None if change is None else json.dumps(change),
        )
    )


def undone(tx: Connection, shop_id: int, act_id: int, at: datetime) -> None:
    """Enter, once, that an act was taken back."""
    tx.execute(
        update(queue_acts)
        .where(queue_acts.c.shop_id == shop_id, queue_acts.c.id == act_id, queue_acts.c.undone_at.is_(None))
        .values(undone_at=at)
    )


def one(tx: Connection, shop_id: int, act_id: int) -> Act | None:
    row = tx.execute(select(queue_acts).where(queue_acts.c.shop_id == shop_id, queue_acts.c.id == act_id)).one_or_none()
    return _act(row) if row else None


def of_order(tx: Connection, shop_id: int, order_id: int, limit: int = 100) -> tuple[Act, ...]:
    """What was done with an order's places in the queue, newest first."""
    rows = tx.execute(
        select(queue_acts)
        .where(queue_acts.c.shop_id == shop_id, queue_acts.c.order_id == order_id)
        .order_by(queue_acts.c.id.desc())
        .limit(limit)
    )
    return tuple(_act(row) for row in rows)


def _act(row: Row[Any]) -> Act:
    return Act(
        act_id=row.id,
        order_id=row.order_id,
        line_id=row.line_id,
        at=row.at,
        actor=row.actor,
        sentence=row.sentence,
        reason=row.reason,
        change=None if row.change is None else json.loads(row.change),
        undone_at=row.undone_at,
    )
