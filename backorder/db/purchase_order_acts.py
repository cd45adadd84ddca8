"""The book of what was done with purchase orders: a sentence for each act, who did it, and how to take it back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, String, Table, Text, select, update

from backorder.db.arrays import insert_rows
from backorder.db.columns import Instant, OwnId, StoreId, Words, metadata

purchase_order_acts = Table(
    "purchase_order_acts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("purchase_order_id", StoreId, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("sentence", Words(1000), nullable=False),
    # What it changed, as JSON; nothing: it cannot be taken back.
    Column("change", Text),
    Column("undone_at", Instant),
    Index("ix_purchase_order_acts_shop_id_po", "shop_id", "purchase_order_id"),
)


@dataclass(frozen=True)
class Act:
    """One act; ``change`` is what it changed (rules.undo), None if it cannot be taken back."""

    act_id: int
    purchase_order_id: int
    at: datetime
    actor: str
    sentence: str
    change: Mapping[str, Any] | None
    undone_at: datetime | None


def record(
    tx: Connection,
    shop_id: int,
    purchase_order_id: int,
    sentence: str,
    *,
    actor: str,
    at: datetime,
    change: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done."""
    tx.execute(
        purchase_order_acts.insert().values(
            shop_id=shop_id,
            purchase_order_id=purchase_order_id,
            at=at,
            actor=actor[:128],
            sentence=sentence,
            change=None if change is None else json.dumps(change),
        )
    )


def record_all(
    tx: Connection,
    shop_id: int,
    acts: Iterable[tuple[int, str, Mapping[str, Any] | None]],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Write down what was done together: each act with its purchase order, its sentence and what it changed."""
    rows = [(order_id, sentence, None if change is None else json.dumps(change)) for order_id, sentence, change in acts]
    same = {"shop_id": shop_id, "actor": actor[:128], "at": at}
    insert_rows(tx, purchase_order_acts, same, ("purchase_order_id", "sentence", "change"), rows)


def undone(tx: Connection, shop_id: int, act_id: int, at: datetime) -> None:
    """Enter, once, that an act was taken back."""
    tx.execute(
        update(purchase_order_acts)
        .where(
            purchase_order_acts.c.shop_id == shop_id,
            purchase_order_acts.c.id == act_id,
            purchase_order_acts.c.undone_at.is_(None),
        )
        .values(undone_at=at)
    )


def one(tx: Connection, shop_id: int, act_id: int) -> Act | None:
    row = tx.execute(
        select(purchase_order_acts).where(purchase_order_acts.c.shop_id == shop_id, purchase_order_acts.c.id == act_id)
    ).one_or_none()
    return _act(row) if row else None


def of_order(tx: Connection, shop_id: int, purchase_order_id: int, limit: int = 100) -> tuple[Act, ...]:
    """What was done with a purchase order, newest first."""
    rows = tx.execute(
        select(purchase_order_acts)
        .where(
            purchase_order_acts.c.shop_id == shop_id,
            purchase_order_acts.c.purchase_order_id == purchase_order_id,
        )
        .order_by(purchase_order_acts.c.id.desc())
        .limit(limit)
    )
    return tuple(_act(row) for row in rows)


def _act(row: Row[Any]) -> Act:
    return Act(
        act_id=row.id,
        purchase_order_id=row.purchase_order_id,
        at=row.at,
        actor=row.actor,
        sentence=row.sentence,
        change=None if row.change is None else json.loads(row.change),
        undone_at=row.undone_at,
    )
