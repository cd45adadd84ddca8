"""Read an order as it stands, also one that the store no longer shows us.

Without ``read_all_orders`` the store hides orders older than 60 days, but not their fulfillment orders. An order that we know
is then read through those: what is open, where, under which holds; the rest is as we last saw it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backorder.db import orders, whole_orders
from backorder.db.orders import Order
from backorder.house import House
from backorder.keys import signing_key
from backorder.rules import evidence
from backorder.rules.order_claims import is_open
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen, OrderSeen
from backorder.rules.tranches import units_up_to
from backorder.store.gateway import Gateway


def read_order(house: House, store: Gateway, shop_id: int, order_id: int, also: Iterable[int] = ()) -> OrderSeen | None:
    """The order, or None if neither it nor any of its fulfillment orders is in the store any more.

    ``also`` names fulfillment orders of it that we may not know yet. Raises the errors of ``backorder.store.errors``.
    """
    seen = ask_order(house, store, order_id)
    if seen is not None:
        return seen
    with house.db.read() as tx:
        stored = whole_orders.stored(tx, shop_id, [order_id])
    known = stored.orders.get(order_id)
    if known is None or known.cancelled_at is not None:
        return None
    numbers = sorted({*also, *(part.fulfillment_order_id for part in stored.parts.get(order_id, ()))})
    found = tuple(part for number in numbers if (part := store.fulfillment_order(number)) is not None)
    return order_with(known, stored.lines.get(order_id, ()), found) if found else None


def order_with(known: Order, lines: Iterable[LineSeen], found: tuple[FulfillmentOrderSeen, ...]) -> OrderSeen:
    """An order as last seen, but for its fulfillment orders, which were seen alone; its claims keep their places."""
    return OrderSeen(
        order_id=known.order_id,
        name=known.name,
        created_at=known.created_at,
        processed_at=known.created_at,
        updated_at=max(known.updated_at, *(part.updated_at for part in found)),
        cancelled_at=known.cancelled_at,
        closed=known.closed,
        test=known.test,
        financial_status=known.financial_status,
        currency=known.currency,
        country=known.country,
        source=known.source,
        customer_id=known.customer_id,
        tags=known.tags,
        status_url=known.status_url,
        promise=None,
        promise_digest=known.promise_digest,
        transactions=(),
        agreements=(),
        lines=tuple(_as_shipped(line, found) for line in lines),
        fulfillment_orders=found,
    )


def read_orders(
    house: House, store: Gateway, shop_id: int, order_ids: Sequence[int], also: Mapping[int, Iterable[int]]
) -> dict[int, OrderSeen | None]:
    """Each of these orders as ``read_order`` reads it; ``also`` names fulfillment orders by order."""
    shown = store.orders(order_ids)
    return {
        order_id: _fit_for_the_books(house, store, shown[order_id])
        if order_id in shown
        else read_order(house, store, shop_id, order_id, also.get(order_id, ()))
        for order_id in order_ids
    }


def ask_order(house: House, store: Gateway, order_id: int) -> OrderSeen | None:
    """The order as the store tells it, fit for the books: the link to its page is sealed, what its lines prove is judged."""
    seen = store.order(order_id)
    return None if seen is None else _fit_for_the_books(house, store, seen)


def _fit_for_the_books(house: House, store: Gateway, seen: OrderSeen) -> OrderSeen:
    key = signing_key(house.settings, evidence.PURPOSE)
    units = units_up_to(seen)
    lines = tuple(_judged(key, store.domain, seen, line, units[line.line_id]) for line in seen.lines)
    return orders.seal_page(house.sealer, replace(seen, lines=lines))


def _judged(key: bytes, shop: str, order: OrderSeen, line: LineSeen, units: int) -> LineSeen:
    """A line with what its properties prove to ``units``: those that were bought, not those an edit added, and behind earlier lines."""
    found = evidence.judge(key, line.token, line.shown, shop, line.variant_id, units, order.created_at)
    return replace(line, token=None, evidence=found)


def _as_shipped(line: LineSeen, parts: Iterable[FulfillmentOrderSeen]) -> LineSeen:
    """A line with the units that its fulfillment orders still have to ship."""
    left = sum(p.remaining for fo in parts if is_open(fo) for p in fo.parts if p.line_id == line.line_id)
    return replace(line, unfulfilled=min(left, line.current_quantity))
