"""Where an order stands, read from its lines, its money and its fulfillment orders."""

from devstore.model import FulfillmentOrder, LineItem, Order, Shop


def fulfillment_status(order: Order) -> str | None:
    """The word webhooks use: nothing, ``partial`` or ``fulfilled``."""
    shipped = sum(line.fulfilled for line in order.line_items)
    if not shipped:
        return None
    return "partial" if any(line.unfulfilled for line in order.line_items) else "fulfilled"


def line_fulfillment_status(line: LineItem) -> str | None:
    """The same for one line."""
    if not line.fulfilled:
        return None
    return "partial" if line.unfulfilled else "fulfilled"


def display_fulfillment_status(shop: Shop, order: Order) -> str:
    """The word the Admin API and the back office show (``OrderDisplayFulfillmentStatus``)."""
    shipped = fulfillment_status(order)
    if shipped == "fulfilled":
        return "FULFILLED"
    if shipped == "partial":
        return "PARTIALLY_FULFILLED"
    parts = [part for part in shop.fulfillment_orders_of(order.id) if not part.finished]
    if parts and all(part.status == "ON_HOLD" for part in parts):
        return "ON_HOLD"
    if any(part.status == "IN_PROGRESS" for part in parts):
        return "IN_PROGRESS"
    return "UNFULFILLED"


def supported_actions(part: FulfillmentOrder) -> tuple[str, ...]:
    """What may be done with a fulfillment order as it stands (``FulfillmentOrderAction``)."""
    if part.status == "OPEN":
        splittable = ("SPLIT",) if part.remaining > 1 else ()
        return ("CREATE_FULFILLMENT", "MOVE", "HOLD", *splittable)
    if part.status == "ON_HOLD":
        return ("RELEASE_HOLD", "HOLD", "MOVE")
    if part.status == "IN_PROGRESS":
        return ("CREATE_FULFILLMENT",)
    if part.status == "SCHEDULED":
        return ("MARK_AS_OPEN", "MOVE")
    return ()
