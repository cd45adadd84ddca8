"""Orders whole, with their lines and fulfillment orders: kept and forgotten as one reading of the store tells them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from backorder.db import fulfillment_orders, order_lines, orders
from backorder.db.arrays import among
from backorder.db.columns import SHOP
from backorder.db.orders import Order, Saying
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen, OrderSeen


@dataclass(frozen=True)
class Stored:
    """What the books say of some orders, by order id."""

    orders: dict[int, Order]
    lines: dict[int, tuple[LineSeen, ...]]
    parts: dict[int, tuple[FulfillmentOrderSeen, ...]]


def stored(tx: Connection, shop_id: int, order_ids: Collection[int]) -> Stored:
    """These orders whole, as far as they are known."""
    return Stored(
        orders.many(tx, shop_id, order_ids),
        order_lines.of_orders(tx, shop_id, order_ids),
        fulfillment_orders.of_orders(tx, shop_id, order_ids),
    )


def save(tx: Connection, shop_id: int, seen: OrderSeen, ready_at: datetime | None, read_at: datetime) -> None:
    """Keep an order whole, replacing what was known of its lines and fulfillment orders."""
    save_all(tx, shop_id, [Saying(seen, ready_at, read_at)], stored(tx, shop_id, [seen.order_id]))


def save_all(tx: Connection, shop_id: int, sayings: Sequence[Saying], known: Stored) -> None:
    """Keep orders whole, where ``known`` is what is stored of them; of one that is as it was only when it was read."""
    orders.keep(tx, shop_id, sayings, known.orders)
    seen_lines = ((seen.order_id, line) for seen in (saying.seen for saying in sayings) for line in seen.lines)
    fresh_lines = [(order_id, line) for order_id, line in seen_lines if line not in known.lines.get(order_id, ())]
    order_lines.keep(tx, shop_id, fresh_lines)
    there = {fo.fulfillment_order_id: fo for saying in sayings for fo in saying.seen.fulfillment_orders}
    stood = {fo.fulfillment_order_id: fo for saying in sayings for fo in known.parts.get(saying.seen.order_id, ())}
    changed = [fo for number, fo in there.items() if stood.get(number) != fo]
    fulfillment_orders.keep(tx, shop_id, changed, stood.keys() - there.keys())


_ROUTED = exists().where(
    fulfillment_orders.fulfillment_orders.c.shop_id == orders.orders.c.shop_id,
    fulfillment_orders.fulfillment_orders.c.order_id == orders.orders.c.order_id,
)
_READ_AT = select(orders.orders.c.order_id, orders.orders.c.read_at).where(
    orders.orders.c.shop_id == SHOP, among(orders.orders.c.order_id, "orders"), _ROUTED
)


def read_at(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last reading of each of these orders began; only of those that the store has routed."""
    rows = tx.execute(_READ_AT, {"shop": shop_id, "orders": order_ids})
    return {row.order_id: row.read_at for row in rows}


def forget(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """The store no longer knows these orders."""
    gone = sorted(set(order_ids))
    for table in (fulfillment_orders.fulfillment_orders, order_lines.order_lines, orders.orders):
        tx.execute(delete(table).where(table.c.shop_id == shop_id, table.c.order_id.in_(gone)))
