"""The book of lateness: what came of each shop's shipments, as it was when we last learned from it (rules.lateness).

Kept as a whole rather than asked of the purchase orders each time: all days of a shop then rest on the same record, until it is
learned anew and everything that is to come is looked at again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Column, Connection, Date, Table, Text, and_, func, select

from backorder.db.columns import StoreId, metadata
from backorder.db.lots import lots
from backorder.db.purchase_orders import purchase_order_lines, purchase_orders
from backorder.db.receipts import receipts
from backorder.db.upsert import upsert
from backorder.rules.lateness import Lateness, Shipment
from backorder.rules.lots import LotKind

# So many of the newest lines of purchase orders are learned from.
NEWEST_LINES = 1000

lateness = Table(
    "lateness",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("learned_on", Date, nullable=False),
    Column("shipments", Text, nullable=False),
)


@dataclass(frozen=True)
class Outcome:
    """What came of a line of a purchase order: the day first stated, and when the last of it was booked in (None: not all yet)."""

    supplier: str
    purchase_order_id: int
    stated_on: date
    came_at: datetime | None


def outcomes(tx: Connection, shop_id: int) -> tuple[Outcome, ...]:
    """What came of the newest lines, oldest first; without those that are cancelled, or on the shelf without having been booked in."""
    line, order, lot = purchase_order_lines.c, purchase_orders.c, lots.c
    booked = (
        select(receipts.c.purchase_order_line_id.label("line_id"), func.max(receipts.c.at).label("at"))
        .where(receipts.c.shop_id == shop_id)
        .group_by(receipts.c.purchase_order_line_id)
        .subquery()
    )
    still_to_come = and_(
        lot.shop_id == line.shop_id, lot.kind == LotKind.PURCHASE_ORDER.value, lot.source_id == line.id, lot.units > 0
    )
    rows = tx.execute(
        select(
            order.supplier,
            line.purchase_order_id,
            func.coalesce(line.first_due_on, line.due_on).label("stated_on"),
            booked.c.at,
            lot.id.label("lot_id"),
        )
        .join(purchase_orders, and_(order.shop_id == line.shop_id, order.id == line.purchase_order_id))
        .outerjoin(booked, booked.c.line_id == line.id)
        .outerjoin(lots, still_to_come)
        .where(line.shop_id == shop_id, (lot.id.is_not(None)) | (booked.c.at.is_not(None)))
        .order_by(line.id.desc())
        .limit(NEWEST_LINES)
    ).all()
    return tuple(
        Outcome(row.supplier, row.purchase_order_id, row.stated_on, None if row.lot_id else row.at)
        for row in reversed(rows)
    )


def get(tx: Connection, shop_id: int) -> Lateness:
    """What is known of the suppliers of a shop; nothing, before anything was learned."""
    found = tx.execute(select(lateness.c.shipments).where(lateness.c.shop_id == shop_id)).scalar_one_or_none()
    return _read(found or "[]")


def learned_on(tx: Connection, shop_id: int) -> date | None:
    """The shop's day on which it was learned last."""
    return tx.execute(select(lateness.c.learned_on).where(lateness.c.shop_id == shop_id)).scalar_one_or_none()


def keep(tx: Connection, shop_id: int, shipments: Iterable[Shipment], on: date) -> bool:
    """Keep these shipments as what is known from ``on``, a day of the shop; whether they are others than before."""
    written = json.dumps([[one.supplier, one.days, one.came] for one in shipments], ensure_ascii=False)
    before = tx.execute(select(lateness.c.shipments).where(lateness.c.shop_id == shop_id)).scalar_one_or_none()
    upsert(tx, lateness, {"shop_id": shop_id, "learned_on": on, "shipments": written})
    return written != (before or "[]")


@lru_cache(maxsize=64)
def _read(written: str) -> Lateness:
    """Worked out once for as long as a shop's record is the same."""
    return Lateness(tuple(Shipment(supplier, days, came) for supplier, days, came in json.loads(written)))
