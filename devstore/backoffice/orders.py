"""Orders: the list, one order, and calling it off."""

from flask import abort, request
from werkzeug.wrappers import Response

from devstore.backoffice.door import attempt, backoffice, one_moment, page
from devstore.cancel import cancel_order
from devstore.fulfilment import cancel_fulfilment
from devstore.here import current_world, shop_or_404
from devstore.model import Act, Order, Shop
from devstore.payment import mark_paid
from devstore.saying import StoreSays

REASONS = ("CUSTOMER", "INVENTORY", "DECLINED", "FRAUD", "STAFF", "OTHER")
HOLD_REASONS = ("OTHER", "INVENTORY_OUT_OF_STOCK", "AWAITING_PAYMENT", "HIGH_RISK_OF_FRAUD", "INCORRECT_ADDRESS")


@backoffice.get("/<shop>/admin/orders")
@one_moment
def orders(shop: str) -> str:
    """Every order, the newest first."""
    found = shop_or_404(shop)
    newest = list(found.orders.values())[::-1]
    return page("orders", found, orders=newest, standing={order.id: standing(found, order) for order in newest})


@backoffice.get("/<shop>/admin/orders/<int:order_id>")
@one_moment
def order(shop: str, order_id: int) -> str:
    """One order with its fulfillment orders, holds and history."""
    found = shop_or_404(shop)
    wanted = order_or_404(found, order_id)
    return page(
        "order",
        found,
        order=wanted,
        standing=standing(found, wanted),
        parts=list(found.fulfillment_orders_of(wanted.id)),
        metafields=[one for one in found.metafields.values() if (one.owner, one.owner_id) == ("ORDER", wanted.id)],
        history=history(found, wanted)[::-1],
        reasons=REASONS,
        hold_reasons=HOLD_REASONS,
    )


@backoffice.post("/<shop>/admin/orders/<int:order_id>/cancel")
def cancel(shop: str, order_id: int) -> Response:
    """Call the whole order off."""
    world, found = current_world(), shop_or_404(shop)
    wanted = order_or_404(found, order_id)

    def act() -> str:
        reason = request.form.get("reason", "")
        if reason not in REASONS:
            raise StoreSays("Choose why the order is cancelled.", ("reason",))
        cancel_order(world, found, wanted.id, restock="restock" in request.form, reason=reason)
        return f"{wanted.name} is cancelled."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}", "cancel")


@backoffice.post("/<shop>/admin/orders/<int:order_id>/paid")
def paid(shop: str, order_id: int) -> Response:
    """The money came."""
    world, found = current_world(), shop_or_404(shop)
    wanted = order_or_404(found, order_id)

    def act() -> str:
        mark_paid(world, found, wanted.id)
        return f"{wanted.name} is paid."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}")


@backoffice.post("/<shop>/admin/orders/<int:order_id>/fulfillments/<int:parcel_id>/cancel")
def unship(shop: str, order_id: int, parcel_id: int) -> Response:
    """A parcel did not leave after all."""
    world, found = current_world(), shop_or_404(shop)
    order_or_404(found, order_id)

    def act() -> str:
        cancel_fulfilment(world, found, parcel_id)
        return "The parcel is back: its units are to be shipped again."

    return attempt(act, f"/{found.domain}/admin/orders/{order_id}")


def standing(shop: Shop, order: Order) -> str:
    """In one word how far the shipping of an order has come, as the orders list shows it."""
    if order.cancelled_at is not None:
        return "Cancelled"
    open_parts = [part for part in shop.fulfillment_orders_of(order.id) if not part.finished]
    shipped = any(line.fulfilled for line in order.line_items)
    if not any(line.unfulfilled for line in order.line_items):
        return "Shipped"
    if open_parts and all(part.status == "ON_HOLD" for part in open_parts):
        return "On hold"
    if any(part.status == "ON_HOLD" for part in open_parts):
        return "Partly on hold"
    return "Partly shipped" if shipped else "To ship"


def history(shop: Shop, order: Order) -> list[Act]:
    """Everything in the journal that concerns an order, its parts and its metafields."""
    return [
        act
        for act in shop.journal
        if act.detail.get("order_id") == order.id
        or (act.detail.get("owner"), act.detail.get("owner_id")) == ("ORDER", order.id)
    ]


def order_or_404(shop: Shop, order_id: int) -> Order:
    return shop.orders.get(order_id) or abort(404, "There is no such order.")
