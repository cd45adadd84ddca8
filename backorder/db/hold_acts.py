"""The book of what holds did to fulfillment orders: which were cut from one, which lost a hold of ours, where a window stood open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, Index, Integer, String, Table, func, select

from backorder.db.arrays import insert_rows
from backorder.db.columns import Instant, OwnId, StoreId, metadata


class Act(StrEnum):
    """What happened to a fulfillment order on account of a hold of ours."""

    CUT = "cut"  # it was cut from another, so that a part of it could be held
    LOST = "lost"  # it went away with our hold on it, by a move, merge, split or edit
    NARROWED = "narrowed"  # our hold was released and placed anew on less: for a moment nothing was held


hold_acts = Table(
    "hold_acts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("order_id", StoreId, nullable=False),
    Column("fulfillment_order_id", StoreId, nullable=False),
    # Of what was lost or laid open: the line and how many units of it; 0 where it concerns the whole.
    Column("line_id", StoreId, nullable=False, default=0),
    Column("units", Integer, nullable=False, default=0),
    Column("act", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_hold_acts_shop_id_order_id", "shop_id", "order_id"),
)


@dataclass(frozen=True)
class HoldAct:
    """One entry."""

    order_id: int
    fulfillment_order_id: int
    act: Act
    at: datetime
    line_id: int = 0
    units: int = 0


def enter(tx: Connection, shop_id: int, acts: Iterable[HoldAct]) -> None:
    """Enter what happened."""
    rows = [(a.order_id, a.fulfillment_order_id, a.line_id, a.units, a.act.value, a.at) for a in acts]
    names = ("order_id", "fulfillment_order_id", "line_id", "units", "act", "at")
    insert_rows(tx, hold_acts, {"shop_id": shop_id}, names, rows)


def cut_of(tx: Connection, shop_id: int, order_id: int) -> frozenset[int]:
    """The fulfillment orders of an order that holds of ours made of one."""
    return frozenset(
        tx.scalars(
            select(hold_acts.c.fulfillment_order_id).where(
                hold_acts.c.shop_id == shop_id, hold_acts.c.order_id == order_id, hold_acts.c.act == Act.CUT.value
            )
        )
    )


def lost_since(tx: Connection, shop_id: int, order_id: int, since: datetime) -> dict[int, int]:
    """How often each line of an order lost a hold of ours since then."""
    rows = tx.execute(
        select(hold_acts.c.line_id, func.count())
        .where(
            hold_acts.c.shop_id == shop_id,
            hold_acts.c.order_id == order_id,
            hold_acts.c.act == Act.LOST.value,
            hold_acts.c.at > since,
        )
        .group_by(hold_acts.c.line_id)
    )
    return dict(rows.all())


def windows(tx: Connection, shop_id: int, limit: int = 50) -> tuple[HoldAct, ...]:
    """When a hold was placed anew and nothing was held for a moment, newest first."""
    rows = tx.execute(
        select(hold_acts)
        .where(hold_acts.c.shop_id == shop_id, hold_acts.c.act == Act.NARROWED.value)
        .order_by(hold_acts.c.id.desc())
        .limit(limit)
    )
    return tuple(
        HoldAct(row.order_id, row.fulfillment_order_id, Act(row.act), row.at, row.line_id, row.units) for row in rows
    )
