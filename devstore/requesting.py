"""A fulfillment service is asked to ship, and answers: it accepts, rejects, gives back, or fails.

While it was asked and has not given back, nobody else may hold, split, move or edit what it has.
"""

from devstore.gids import gid
from devstore.model import FOLine, FulfillmentOrder, Shop
from devstore.parts import announce, part_or_refuse, thin
from devstore.saying import StoreSays
from devstore.splitting import Units, announce_split, check_units, divide
from devstore.world import World


def submit(
    world: World, shop: Shop, fulfillment_order_id: int, units: Units = (), *, by: str = "merchant"
) -> FulfillmentOrder:
    """Ask the service at its location to ship it; only ``units`` of it are split out and asked for. Raises ``StoreSays``."""
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if not shop.locations[part.location_id].is_service:
            raise StoreSays("Its location is no fulfillment service.", ("id",))
        if part.status not in {"OPEN", "INCOMPLETE"} or part.at_a_service or not part.remaining:
            raise StoreSays("The fulfillment order is not in a requestable state.", ("id",))
        named = check_units(part, units)
        if named and sum(named.values()) < part.remaining:
            rest = divide(world, shop, part, named)
            announce_split(world, shop, part, rest)
        part.status = "OPEN"
        _answer(world, shop, part, "SUBMITTED", "request submitted", by)
        _tell(
            world,
            shop,
            "fulfillment_request_submitted",
            {
                "original_fulfillment_order": thin(part),
                "submitted_fulfillment_order": thin(part),
                "fulfillment_order_merchant_request": _request(shop),
            },
        )
        return part


def accept(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "service") -> FulfillmentOrder:
    """The service will ship it: IN_PROGRESS from now on. Raises ``StoreSays``."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "SUBMITTED")
        part.status = "IN_PROGRESS"
        _answer(world, shop, part, "ACCEPTED", "request accepted", by)
        _tell(world, shop, "fulfillment_request_accepted", {"fulfillment_order": thin(part), "message": ""})
        return part


def reject(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "service") -> FulfillmentOrder:
    """The service will not ship it: the merchant may hold, move or ask again. Raises ``StoreSays``."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "SUBMITTED")
        _answer(world, shop, part, "REJECTED", "request rejected", by)
        _tell(world, shop, "fulfillment_request_rejected", {"fulfillment_order": thin(part), "message": ""})
        return part


def ask_back(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "merchant") -> FulfillmentOrder:
    """Ask the service not to ship what it accepted. Raises ``StoreSays``."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "ACCEPTED", "CANCELLATION_REJECTED")
        _answer(world, shop, part, "CANCELLATION_REQUESTED", "cancellation requested", by)
        _tell(
            world,
            shop,
            "cancellation_request_submitted",
            {"fulfillment_order": thin(part), "fulfillment_order_merchant_request": _request(shop)},
        )
        return part


def refuse_to_give_back(
    world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "service"
) -> FulfillmentOrder:
    """The service ships it all the same. Raises ``StoreSays``."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "CANCELLATION_REQUESTED")
        _answer(world, shop, part, "CANCELLATION_REJECTED", "cancellation rejected", by)
        _tell(world, shop, "cancellation_request_rejected", {"fulfillment_order": thin(part), "message": ""})
        return part


def give_back(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "service") -> FulfillmentOrder:
    """The service gives it back: it is cancelled, and a new open fulfillment order, returned, stands for the work left."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "CANCELLATION_REQUESTED")
        fresh = _replace(world, shop, part, "CANCELLED")
        _answer(world, shop, part, "CANCELLATION_ACCEPTED", "cancellation accepted", by, new=fresh.id)
        _tell(world, shop, "cancellation_request_accepted", {"fulfillment_order": thin(part), "message": ""})
        announce(world, shop, "order_routing_complete", fresh)
        return fresh


def withdraw(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "merchant") -> FulfillmentOrder:
    """Take it back from a service that has not accepted it, or is asked to give back: it closes, the new one is returned."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "SUBMITTED", "CANCELLATION_REQUESTED")
        fresh = _replace(world, shop, part, "CLOSED")
        _answer(world, shop, part, "CLOSED", "request withdrawn", by, new=fresh.id)
        announce(world, shop, "cancelled", part)
        announce(world, shop, "order_routing_complete", fresh)
        return fresh


def fail(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "service") -> FulfillmentOrder:
    """The service cannot ship what is left of it after all: INCOMPLETE. Raises ``StoreSays``."""
    with world.lock:
        part = _asked(shop, fulfillment_order_id, "ACCEPTED", "CANCELLATION_REJECTED")
        part.status = "INCOMPLETE"
        _answer(world, shop, part, "CLOSED", "service failed", by)
        _tell(world, shop, "fulfillment_service_failed_to_complete", {"fulfillment_order": thin(part), "message": ""})
        return part


def _asked(shop: Shop, fulfillment_order_id: int, *states: str) -> FulfillmentOrder:
    part = part_or_refuse(shop, fulfillment_order_id)
    if part.request_status not in states or not part.remaining:
        raise StoreSays(f"Its request is {part.request_status}: nothing of that kind can be said now.", ("id",))
    return part


def _replace(world: World, shop: Shop, part: FulfillmentOrder, status: str) -> FulfillmentOrder:
    now = world.now()
    fresh = FulfillmentOrder(
        shop.next_id(), part.order_id, part.location_id, now, now, fulfill_by=part.fulfill_by, method=part.method
    )
    for line in part.lines:
        if line.remaining:
            fresh.lines.append(FOLine(shop.next_id(), line.line_item_id, line.item_id, line.remaining, line.remaining))
            line.total -= line.remaining
            line.remaining = 0
    part.lines = [line for line in part.lines if line.total]
    part.status = status
    shop.fulfillment_orders[fresh.id] = fresh
    return fresh


def _answer(
    world: World, shop: Shop, part: FulfillmentOrder, request_status: str, act: str, by: str, new: int | None = None
) -> None:
    part.request_status, part.updated_at = request_status, world.now()
    more: dict[str, object] = {} if new is None else {"new_fulfillment_order_id": new}
    shop.note(world.now(), act, by, order_id=part.order_id, fulfillment_order_id=part.id, **more)


def _tell(world: World, shop: Shop, event: str, payload: dict[str, object]) -> None:
    world.emit(shop, f"fulfillment_orders/{event}", payload)


def _request(shop: Shop) -> dict[str, object]:
    return {"id": gid("FulfillmentOrderMerchantRequest", shop.next_id()), "message": None}
