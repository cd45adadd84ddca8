"""The till in the shop: goods change hands over the counter, or are sold there to be sent."""

from collections.abc import Sequence

from devstore.checkout import Wish, enter_order, write_order
from devstore.model import Customer, FOLine, Fulfillment, FulfillmentOrder, Order, ShippedLine, Shop
from devstore.payloads import fulfillment_payload, order_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World


def sell_over_counter(
    world: World,
    shop: Shop,
    lines: Sequence[tuple[int, int]],
    location_id: int,
    customer: Customer | None = None,
    *,
    by: str = "merchant",
) -> Order:
    """Sell (variant id, units) that the buyer takes along: they leave the location at once. Raises ``StoreSays``.

    The till heeds no policy: what stands on the counter is there.
    """
    with world.lock:
        if location_id not in shop.locations:
            raise StoreSays("The location does not exist.", ("locationId",))
        wishes: list[Wish] = [(variant_id, units, {}) for variant_id, units in lines]
        order = write_order(world, shop, wishes, customer, source_name="pos")
        now = world.now()
        order.assigned.update(dict.fromkeys((line.id for line in order.line_items), location_id))
        order.routed = True
        shop.orders[order.id] = order
        part = FulfillmentOrder(shop.next_id(), order.id, location_id, now, now, status="CLOSED")
        parcel = Fulfillment(shop.next_id(), order.id, location_id, now, now)
        for line in order.line_items:
            line.fulfilled = line.quantity
            part.lines.append(FOLine(shop.next_id(), line.id, line.item_id, line.quantity, 0))
            parcel.lines.append(ShippedLine(line.id, line.quantity))
            if line.item_id is not None and shop.tracks(line.item_id):
                shift(world, shop, level_at(world, shop, line.item_id, location_id), available=-line.quantity)
        shop.fulfillment_orders[part.id] = part
        order.fulfillments.append(parcel)
        told: list[object] = [
            {"line_item_id": line.id, "item_id": line.item_id, "units": line.quantity} for line in order.line_items
        ]
        detail = {"name": order.name, "location_id": location_id, "lines": told}
        shop.note(now, "sold over the counter", by, order_id=order.id, **detail)
        for topic in ("orders/create", "orders/paid"):
            world.emit(shop, topic, order_payload(world, shop, order))
        world.emit(shop, "fulfillments/create", fulfillment_payload(shop, order, parcel))
        return order


def sell_to_send(
    world: World,
    shop: Shop,
    lines: Sequence[tuple[int, int]],
    customer: Customer | None = None,
    *,
    by: str = "merchant",
) -> Order:
    """Sell at the till what is shipped to the buyer: an order like any other, but that no policy was asked."""
    wishes: list[Wish] = [(variant_id, units, {}) for variant_id, units in lines]
    return enter_order(world, shop, wishes, customer, source_name="pos", by=by)
