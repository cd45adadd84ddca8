"""Demand changed: an order came, was edited, paid, cancelled or refunded."""

from webhooks.look import Hint, Look
from webhooks.payload import Payload, Unreadable


def order(payload: Payload) -> Look:
    """A topic that carries the order itself."""
    return Look(orders=(payload.id("id", "Order"),))


def updated(payload: Payload) -> Look:
    """Something about an order changed; what moves claims has a topic of its own besides."""
    return Look(orders=(payload.id("id", "Order"),), echo=True)


def edited(payload: Payload) -> Look:
    """Lines were added to or taken from an order."""
    edit = payload.part("order_edit")
    if edit is None:
        raise Unreadable("order_edit is missing.")
    return Look(orders=(edit.id("order_id", "Order"),))


def refunded(payload: Payload) -> Look:
    """Money went back, and perhaps units with it."""
    return Look(orders=(payload.id("order_id", "Order"),))


TOPICS: dict[str, Hint] = {
    "orders/create": order,
    "orders/updated": updated,
    "orders/cancelled": order,
    "orders/paid": order,
    "orders/edited": edited,
    "refunds/create": refunded,
}
