"""The book of the lines of orders: what was bought, what the buyer was shown, what is left to ship."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Index, Integer, Row, String, Table, select

from backorder.db.arrays import among
from backorder.db.columns import SHOP, Money, StoreId, Words, metadata
from backorder.db.orders import orders
from backorder.db.upsert import upsert
from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.seen import LineSeen

order_lines = Table(
    "order_lines",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("variant_id", StoreId),
    Column("item_id", StoreId),
    Column("title", Words(512), nullable=False),
    Column("sku", Words(255)),
    Column("quantity", Integer, nullable=False),
    Column("current_quantity", Integer, nullable=False),
    Column("unfulfilled", Integer, nullable=False),
    Column("requires_shipping", Boolean, nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("shown", Words(255)),
    # What that proves (``rules.evidence``), judged when the order was read.
    Column("evidence", String(16)),
    Column("shown_by", Date),
    Column("shown_rule", String(64)),
    Column("shown_from", Date),
    Index("ix_order_lines_shop_id_order_id", "shop_id", "order_id"),
)


@dataclass(frozen=True)
class ShownLine:
    """What the buyer of a line was shown, and when they bought."""

    evidence: Evidence
    bought_at: datetime


_OF_ORDERS = (
    select(order_lines)
    .where(order_lines.c.shop_id == SHOP, among(order_lines.c.order_id, "orders"))
    .order_by(order_lines.c.line_id)
)
_VARIANTS = select(order_lines.c.line_id, order_lines.c.variant_id).where(
    order_lines.c.shop_id == SHOP, among(order_lines.c.order_id, "orders")
)


def keep(tx: Connection, shop_id: int, lines: Iterable[tuple[int, LineSeen]]) -> None:
    """Keep lines as the store tells them, each with the order that it is of."""
    upsert(tx, order_lines, [_line_row(shop_id, order_id, line) for order_id, line in lines])


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, tuple[LineSeen, ...]]:
    """The lines of each of these orders, by line id."""
    found: dict[int, tuple[LineSeen, ...]] = {}
    for row in tx.execute(_OF_ORDERS, {"shop": shop_id, "orders": order_ids}):
        found[row.order_id] = (*found.get(row.order_id, ()), _line(row))
    return found


def variants(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, int | None]:
    """The variant of each line of these orders, by line; None where the store has deleted it."""
    rows = tx.execute(_VARIANTS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.line_id: row.variant_id for row in rows.all()}


def shown(tx: Connection, shop_id: int, line_ids: Collection[int]) -> dict[int, ShownLine]:
    """What the buyers of these lines were shown, of those whose order proves it."""
    if not line_ids:
        return {}
    rows = tx.execute(
        select(
            *(order_lines.c[name] for name in ("line_id", "evidence", "shown_by", "shown_rule", "shown_from")),
            orders.c.created_at,
        )
        .join(orders, (orders.c.shop_id == order_lines.c.shop_id) & (orders.c.order_id == order_lines.c.order_id))
        .where(
            order_lines.c.shop_id == shop_id,
            among(order_lines.c.line_id, line_ids),
            order_lines.c.evidence == Verdict.VALID.value,
        )
    )
    return {
        row.line_id: ShownLine(Evidence(Verdict.VALID, row.shown_by, row.shown_rule, row.shown_from), row.created_at)
        for row in rows
    }


def open_order_ids(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Orders with something left to ship, oldest first."""
    rows = tx.execute(
        select(order_lines.c.order_id)
        .join(
            orders,
            (orders.c.shop_id == order_lines.c.shop_id) & (orders.c.order_id == order_lines.c.order_id),
        )
        .where(order_lines.c.shop_id == shop_id, order_lines.c.unfulfilled > 0, orders.c.cancelled_at.is_(None))
        .distinct()
        .order_by(order_lines.c.order_id)
    )
    return tuple(row.order_id for row in rows)


def _line_row(shop_id: int, order_id: int, line: LineSeen) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "line_id": line.line_id,
        "order_id": order_id,
        "variant_id": line.variant_id,
        "item_id": line.item_id,
        "title": line.title,
        "sku": line.sku,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "unfulfilled": line.unfulfilled,
        "requires_shipping": line.requires_shipping,
        "unit_price": line.unit_price,
        "shown": line.shown[:255] if line.shown else None,
        "evidence": line.evidence.verdict.value if line.evidence else None,
        "shown_by": line.evidence.ship_by if line.evidence else None,
        "shown_rule": line.evidence.rule if line.evidence else None,
        "shown_from": line.evidence.ship_from if line.evidence else None,
    }


def _line(row: Row[Any]) -> LineSeen:
    price: Decimal = row.unit_price
    return LineSeen(
        line_id=row.line_id,
        variant_id=row.variant_id,
        item_id=row.item_id,
        title=row.title,
        sku=row.sku,
        quantity=row.quantity,
        current_quantity=row.current_quantity,
        unfulfilled=row.unfulfilled,
        requires_shipping=row.requires_shipping,
        unit_price=price,
        shown=row.shown,
        evidence=Evidence(Verdict(row.evidence), row.shown_by, row.shown_rule, row.shown_from)
        if row.evidence
        else None,
    )
