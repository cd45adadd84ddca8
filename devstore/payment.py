"""Money that comes later than the order."""

from devstore.model import Order, Shop, Transaction
from devstore.payloads import order_payload
from devstore.saying import StoreSays
from devstore.world import World


def mark_paid(world: World, shop: Shop, order_id: int, *, by: str = "merchant") -> Order:
    """Take the money for an order that was pending or authorized. Raises ``StoreSays``."""
    with world.lock:
        order = shop.orders.get(order_id)
        if order is None or order.financial_status not in {"PENDING", "AUTHORIZED"}:
            raise StoreSays("There is nothing to pay.", ("id",))
        kind = "CAPTURE" if order.financial_status == "AUTHORIZED" else "SALE"
        order.transactions.append(Transaction(shop.next_id(), kind, "SUCCESS", order.total, world.now()))
        order.financial_status, order.updated_at = "PAID", world.now()
        shop.note(world.now(), "order paid", by, order_id=order.id, name=order.name)
        world.emit(shop, "orders/paid", order_payload(world, shop, order))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        return order
