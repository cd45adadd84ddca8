"""Read an order as it stands, also one that the store no longer shows us.

Without ``read_all_orders`` the store hides orders older than 60 days, but not their fulfillment orders. An order that we know
is then read through those: what is open, where, under which holds; the rest is as we last saw it.
"""

from collections.abc import Iterable
from dataclasses import replace

from backorder.db import orders
from backorder.house import House
from backorder.rules.order_claims import is_open
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen, OrderSeen
from backorder.store.gateway import Gateway


def read_order(house: House, store: Gateway, shop_id: int, order_id: int, also: Iterable[int] = ()) -> OrderSeen | None:
    """The order, or None if neither it nor any of its fulfillment orders is in the store any more.

    ``also`` names fulfillment orders of it that we may not know yet. Raises the errors of ``backorder.store.errors``.
    """
    seen = ask_order(house, store, order_id)
    if seen is not None:
        return seen
    with house.db.read() as tx:
        known = orders.get(tx, shop_id, order_id)
        lines = orders.lines(tx, shop_id, [order_id]).get(order_id, ())
        parts = orders.parts(tx, shop_id, [order_id]).get(order_id, ())
    if known is None or known.cancelled_at is not None:
        return None
    numbers = sorted({*also, *(part.fulfillment_order_id for part in parts)})
    found = tuple(part for number in numbers if (part := store.fulfillment_order(number)) is not None)
    if not found:
        return None
    return OrderSeen(
        order_id=order_id,
        name=known.name,
        created_at=known.created_at,
        processed_at=known.created_at,
        updated_at=max(known.updated_at, *(part.updated_at for part in found)),
        cancelled_at=None,
        closed=known.closed,
        test=known.test,
        financial_status=known.financial_status,
        currency=known.currency,
        country=known.country,
        source=known.source,
        tags=known.tags,
        status_url=known.status_url,
        promise=None,
        promise_digest=known.promise_digest,
        transactions=(),
        agreements=(),
        lines=tuple(_as_shipped(line, found) for line in lines),
        fulfillment_orders=found,
    )


def ask_order(house: House, store: Gateway, order_id: int) -> OrderSeen | None:
    """The order as the store tells it, fit for the books: the link to its page is sealed."""
    seen = store.order(order_id)
    return None if seen is None else orders.seal_page(house.sealer, seen)


def _as_shipped(line: LineSeen, parts: Iterable[FulfillmentOrderSeen]) -> LineSeen:
    """A line with the units that its fulfillment orders still have to ship."""
    left = sum(p.remaining for fo in parts if is_open(fo) for p in fo.parts if p.line_id == line.line_id)
    return replace(line, unfulfilled=min(left, line.current_quantity))
