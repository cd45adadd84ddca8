"""Staff edit an order: units join one of its lines after it was placed."""

from devstore.model import Agreement, FOLine, FulfillmentOrder, Order, Sale, Shop
from devstore.parts import announce
from devstore.payloads import order_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World


def add_units(world: World, shop: Shop, order_id: int, line_item_id: int, units: int, *, by: str = "merchant") -> Order:
    """Add ``units`` to a line: committed where the line ships from, in a fulfillment order of their own.

    The agreement of this moment tells when they joined. Raises ``StoreSays``.
    """
    with world.lock:
        order = shop.orders[order_id]
        line = next((each for each in order.line_items if each.id == line_item_id), None)
        if line is None or units <= 0 or order.cancelled_at is not None or not order.routed:
            raise StoreSays("These units cannot be added.", ("lineItemId",))
        now = world.now()
        line.quantity += units
        line.current_quantity += units
        order.updated_at = now
        order.agreements.append(
            Agreement(shop.next_id(), now, "ORDER_EDIT", [Sale(shop.next_id(), line.id, "ORDER", units)])
        )
        place = order.assigned[line.id]
        if line.item_id is not None and shop.tracks(line.item_id):
            shift(world, shop, level_at(world, shop, line.item_id, place), available=-units, committed=units)
        part = FulfillmentOrder(shop.next_id(), order.id, place, now, now)
        part.lines.append(FOLine(shop.next_id(), line.id, line.item_id, units, units))
        shop.fulfillment_orders[part.id] = part
        shop.note(now, "order edited", by, order_id=order.id, line_item_id=line.id, units=units)
        world.emit(shop, "orders/edited", _edited(shop, order, line.id, units))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        announce(world, shop, "order_routing_complete", part)
        return order


def _edited(shop: Shop, order: Order, line_item_id: int, units: int) -> dict[str, object]:
    moment = order.updated_at.isoformat()
    return {
        "order_edit": {
            "id": shop.next_id(),
            "order_id": order.id,
            "created_at": moment,
            "committed_at": moment,
            "app_id": None,
            "user_id": 1,
            "notify_customer": False,
            "staff_note": "",
            "line_items": {"additions": [{"id": line_item_id, "delta": units}], "removals": []},
        }
    }
