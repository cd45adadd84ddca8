"""Where an order stands, read from its lines, its money and its fulfillment orders."""

from collections.abc import Iterable

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


# What may be done with a fulfillment order in a status, and with one that a service was asked for.
BY_STATUS: dict[str, tuple[str, ...]] = {
    "OPEN": ("CREATE_FULFILLMENT", "MOVE", "HOLD"),
    "ON_HOLD": ("RELEASE_HOLD", "HOLD", "MOVE"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT",),
    "INCOMPLETE": ("REQUEST_FULFILLMENT", "MOVE"),
    "SCHEDULED": ("MARK_AS_OPEN", "MOVE"),
}
BY_REQUEST: dict[str, tuple[str, ...]] = {
    "SUBMITTED": ("CANCEL_FULFILLMENT_ORDER",),
    "ACCEPTED": ("CREATE_FULFILLMENT", "REQUEST_CANCELLATION"),
    "CANCELLATION_REQUESTED": ("CREATE_FULFILLMENT", "CANCEL_FULFILLMENT_ORDER"),
    "CANCELLATION_REJECTED": ("CREATE_FULFILLMENT",),
}


def supported_actions(part: FulfillmentOrder, beside: Iterable[FulfillmentOrder] = ()) -> tuple[str, ...]:
    """What may be done with a fulfillment order as it stands (``FulfillmentOrderAction``).

    With another open one ``beside`` it, of the same order and location, it can be merged.
    """
    if part.finished:
        return ()
    if part.at_a_service:
        return BY_REQUEST[part.request_status]
    splittable = ("SPLIT",) if part.status == "OPEN" and part.remaining > 1 else ()
    alike = (each for each in beside if each is not part and each.location_id == part.location_id)
    mergeable = part.status == "OPEN" and any(each.status == "OPEN" and not each.at_a_service for each in alike)
    return (*BY_STATUS.get(part.status, ()), *splittable, *(("MERGE",) if mergeable else ()))
