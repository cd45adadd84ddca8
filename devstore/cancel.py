"""An order is called off."""

from decimal import Decimal

from devstore.model import Agreement, Order, Refund, RefundLine, Sale, Shop, Transaction
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
        for line in order.line_items:
            units, line.current_quantity = line.unfulfilled, 0
            if not units:
                continue
            kind, place = "cancel" if restock else "no_restock", _location(shop, order, line.id)
            returned.lines.append(RefundLine(shop.next_id(), line.id, units, kind, place))
            agreement.sales.append(Sale(shop.next_id(), line.id, "RETURN", -units))
            if line.item_id is not None and shop.tracks(line.item_id):
                level = level_at(world, shop, line.item_id, place)
                shift(world, shop, level, available=units if restock else 0, committed=-units)
        order.cancelled_at, order.cancel_reason, order.updated_at = now, reason, now
        order.agreements.append(agreement)
        _pay_back(shop, order, returned, world, refund=refund)
        shop.note(now, "order cancelled", by, order_id=order.id, name=order.name, restock=restock, reason=reason)
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
    return order


def _location(shop: Shop, order: Order, line_item_id: int) -> int:
    for part in shop.fulfillment_orders_of(order.id):
        if any(line.line_item_id == line_item_id and line.remaining for line in part.lines):
            return part.location_id
    return order.assigned[line_item_id]


def _pay_back(shop: Shop, order: Order, returned: Refund, world: World, *, refund: bool) -> None:
    order.refunds.append(returned)
    if order.financial_status == "PAID" and refund:
        money = Transaction(shop.next_id(), "REFUND", "SUCCESS", order.total, world.now())
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
