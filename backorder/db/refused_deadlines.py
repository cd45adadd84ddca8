"""The deadlines that a store would not take for fulfillment orders, beside them, so that the same is not asked for again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from backorder.db.arrays import among
from backorder.db.columns import SHOP
from backorder.db.fulfillment_orders import fulfillment_orders

_REFUSED = select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.refused_deadline).where(
    fulfillment_orders.c.shop_id == SHOP,
    among(fulfillment_orders.c.order_id, "orders"),
    fulfillment_orders.c.refused_deadline.is_not(None),
)


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, datetime]:
    """What the store refused for fulfillment orders of these orders, by fulfillment order."""
    rows = tx.execute(_REFUSED, {"shop": shop_id, "orders": order_ids})
    return {row.fulfillment_order_id: row.refused_deadline for row in rows}


def remember(tx: Connection, shop_id: int, fulfillment_order_id: int, at: datetime) -> None:
    """Remember that the store refused this deadline for a fulfillment order."""
    one = (
        fulfillment_orders.c.shop_id == shop_id,
        fulfillment_orders.c.fulfillment_order_id == fulfillment_order_id,
    )
    tx.execute(update(fulfillment_orders).where(*one).values(refused_deadline=at))


def forget(tx: Connection, shop_id: int) -> None:
    """Let every deadline be asked for again."""
    some = (fulfillment_orders.c.shop_id == shop_id, fulfillment_orders.c.refused_deadline.is_not(None))
    tx.execute(update(fulfillment_orders).where(*some).values(refused_deadline=None))
