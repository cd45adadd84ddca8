"""The book of fulfillment orders as the store tells them, with their parts and holds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Index, Row, String, Table, select

from backorder.db.arrays import among, delete_rows
from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.orders import orders
from backorder.db.upsert import upsert
from backorder.rules.seen import FulfillmentOrderSeen, HoldSeen, PartSeen

# Fulfillment orders change identity on split, move and merge, so they are kept as the store last told them, whole.
fulfillment_orders = Table(
    "fulfillment_orders",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("fulfillment_order_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("location_id", StoreId),
    Column("status", String(32), nullable=False),
    Column("request_status", String(32), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("is_service", Boolean, nullable=False, default=False),
    Column("actions", JSON, nullable=False, default=list),
    Column("holds", JSON, nullable=False, default=list),
    Column("parts", JSON, nullable=False, default=list),
    # The deadline that it has in the store, whoever set it.
    Column("fulfill_by", Instant),
    # The deadline that the store would not take for it (``refused_deadlines``).
    Column("refused_deadline", Instant),
    Index("ix_fulfillment_orders_shop_id_order_id", "shop_id", "order_id"),
)

_OF_ORDERS = (
    select(fulfillment_orders)
    .where(fulfillment_orders.c.shop_id == SHOP, among(fulfillment_orders.c.order_id, "orders"))
    .order_by(fulfillment_orders.c.fulfillment_order_id)
)
_THESE = (
    fulfillment_orders.c.shop_id == SHOP,
    among(fulfillment_orders.c.fulfillment_order_id, "parts"),
)
_ORDERS_OF = select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.order_id).where(*_THESE)
_SWEPT = (
    select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.updated_at, orders.c.read_at)
    .join(
        orders,
        (orders.c.shop_id == fulfillment_orders.c.shop_id) & (orders.c.order_id == fulfillment_orders.c.order_id),
    )
    .where(*_THESE)
)


def keep(tx: Connection, shop_id: int, seen: Iterable[FulfillmentOrderSeen], gone: Iterable[int]) -> None:
    """Keep fulfillment orders as the store tells them, and nothing of those that are gone."""
    there_no_more = [(number,) for number in sorted(gone)]
    delete_rows(tx, fulfillment_orders, {"shop_id": shop_id}, ("fulfillment_order_id",), there_no_more)
    upsert(tx, fulfillment_orders, [_part_row(shop_id, fo) for fo in seen])


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, tuple[FulfillmentOrderSeen, ...]]:
    """The fulfillment orders of each of these orders, by id."""
    found: dict[int, tuple[FulfillmentOrderSeen, ...]] = {}
    for row in tx.execute(_OF_ORDERS, {"shop": shop_id, "orders": order_ids}):
        found[row.order_id] = (*found.get(row.order_id, ()), _fulfillment_order(row))
    return found


def swept(tx: Connection, shop_id: int, fulfillment_order_ids: Iterable[int]) -> dict[int, tuple[datetime, datetime]]:
    """When each of these fulfillment orders last changed, as far as we know, and when that reading began."""
    rows = tx.execute(_SWEPT, {"shop": shop_id, "parts": set(fulfillment_order_ids)})
    return {row.fulfillment_order_id: (row.updated_at, row.read_at) for row in rows}


def orders_of(tx: Connection, shop_id: int, fulfillment_order_ids: Iterable[int]) -> dict[int, int]:
    """The orders that fulfillment orders belong to, as far as we know them."""
    rows = tx.execute(_ORDERS_OF, {"shop": shop_id, "parts": set(fulfillment_order_ids)})
    return {row.fulfillment_order_id: row.order_id for row in rows}


def _part_row(shop_id: int, seen: FulfillmentOrderSeen) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "fulfillment_order_id": seen.fulfillment_order_id,
        "order_id": seen.order_id,
        "location_id": seen.location_id,
        "status": seen.status,
        "request_status": seen.request_status,
        "updated_at": seen.updated_at,
        "is_service": seen.is_service,
        "actions": sorted(seen.actions),
        "holds": [_held(hold) for hold in seen.holds],
        "fulfill_by": seen.fulfill_by,
        "parts": [[p.part_id, p.line_id, p.item_id, p.remaining, p.requires_shipping] for p in seen.parts],
    }


def _fulfillment_order(row: Row[Any]) -> FulfillmentOrderSeen:
    return FulfillmentOrderSeen(
        fulfillment_order_id=row.fulfillment_order_id,
        order_id=row.order_id,
        location_id=row.location_id,
        status=row.status,
        request_status=row.request_status,
        updated_at=row.updated_at,
        is_service=row.is_service,
        actions=frozenset(row.actions),
        holds=tuple(_hold(*hold) for hold in row.holds),
        parts=tuple(PartSeen(*part) for part in row.parts),
        fulfill_by=row.fulfill_by,
    )


def _held(hold: HoldSeen) -> list[Any]:
    """A hold as it is written: since when it was seen stands beside those of others only."""
    told: list[Any] = [hold.hold_id, hold.handle, hold.reason, hold.ours]
    return [*told, hold.since.isoformat()] if hold.since else told


def _hold(hold_id: int, handle: str | None, reason: str, ours: bool, since: str | None = None) -> HoldSeen:  # noqa: FBT001 - as it stands in the row
    return HoldSeen(hold_id, handle, reason, ours, datetime.fromisoformat(since) if since else None)
