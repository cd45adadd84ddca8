"""An order is called off."""

from collections import Counter
from decimal import Decimal

from devstore.model import Agreement, LineItem, Order, Refund, RefundLine, Sale, Shop, Transaction
from devstore.parts import announce
from devstore.payloads import order_payload, refund_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World


def cancel_order(
    world: World,
    shop: Shop,
    order_id: int,
    *,
    restock: bool = True,
    reason: str = "CUSTOMER",
    refund: bool = True,
    note: str | None = None,
    by: str = "merchant",
) -> Order:
    """Cancel what has not shipped of an order that has shipped nothing. Raises ``StoreSays``.

    With ``restock`` committed units become available; without, they leave the shelf with the order.
    """
    with world.lock:
        order = cancellable(shop, order_id)
        now = world.now()
        returned = Refund(shop.next_id(), now, note, restock)
        agreement = Agreement(shop.next_id(), now, "REFUND")
        told: list[object] = []
        for line in order.line_items:
            units = line.unfulfilled
            line.current_quantity -= units
            if not units:
                continue
            kind, places = "cancel" if restock else "no_restock", _locations(shop, order, line, units)
            returned.lines.append(RefundLine(shop.next_id(), line.id, units, kind, next(iter(places))))
            agreement.sales.append(Sale(shop.next_id(), line.id, "RETURN", -units))
            told.append({"line_item_id": line.id, "item_id": line.item_id, "units": units})
            if line.item_id is not None and shop.tracks(line.item_id):
                for place, here in places.items():
                    level = level_at(world, shop, line.item_id, place)
                    shift(world, shop, level, available=here if restock else 0, committed=-here)
        order.cancelled_at, order.cancel_reason, order.updated_at = now, reason, now
        order.agreements.append(agreement)
        _pay_back(shop, order, returned, world, refund=refund)
        detail = {"name": order.name, "restock": restock, "reason": reason, "lines": told}
        shop.note(now, "order cancelled", by, order_id=order.id, **detail)
        _end_parts(world, shop, order)
        world.emit(shop, "refunds/create", refund_payload(shop, order, returned))
        world.emit(shop, "orders/cancelled", order_payload(world, shop, order))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        return order


def cancellable(shop: Shop, order_id: int) -> Order:
    """The order, if it can be cancelled. Raises ``StoreSays``."""
    order = shop.orders.get(order_id)
    if order is None:
        raise StoreSays("Order does not exist.", ("orderId",), "NOT_FOUND")
    if order.cancelled_at is not None:
        raise StoreSays("Cannot cancel an order that has already been canceled.", ("orderId",), "INVALID")
    if any(line.fulfilled for line in order.line_items):
        raise StoreSays("Cannot cancel an order that has shipped.", ("orderId",), "INVALID")
    if any(part.status == "IN_PROGRESS" and part.at_a_service for part in shop.fulfillment_orders_of(order.id)):
        raise StoreSays("Cannot cancel an order that a fulfillment service ships.", ("orderId",), "INVALID")
    return order


def _locations(shop: Shop, order: Order, line: LineItem, units: int) -> Counter[int]:
    """How many of a line's ``units`` are to be shipped from where; before it was routed, all from where it is likely."""
    found = Counter[int]()
    for part in shop.fulfillment_orders_of(order.id):
        for each in part.lines:
            if each.line_item_id == line.id and each.remaining:
                found[part.location_id] += each.remaining
    return found or Counter({order.assigned[line.id]: units})


def _pay_back(shop: Shop, order: Order, returned: Refund, world: World, *, refund: bool) -> None:
    order.refunds.append(returned)
    if order.financial_status in {"PAID", "PARTIALLY_REFUNDED"} and refund:
        before = sum((each.amount for each in order.transactions if each.kind == "REFUND"), Decimal(0))
        money = Transaction(shop.next_id(), "REFUND", "SUCCESS", order.total - before, world.now())
        returned.transactions.append(money)
        order.transactions.append(money)
        order.financial_status = "REFUNDED"
    elif order.financial_status in {"AUTHORIZED", "PENDING"}:
        order.transactions.append(Transaction(shop.next_id(), "VOID", "SUCCESS", Decimal(0), world.now()))
        order.financial_status = "VOIDED"


def _end_parts(world: World, shop: Shop, order: Order) -> None:
    for part in shop.fulfillment_orders_of(order.id):
        if part.finished:
            continue
        part.holds.clear()
        part.status, part.updated_at = "CANCELLED", world.now()
        for line in part.lines:
            line.remaining = 0
        announce(world, shop, "cancelled", part)
