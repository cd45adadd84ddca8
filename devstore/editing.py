"""Staff edit an order: units join or leave its lines after it was placed."""

from devstore.checkout import new_line
from devstore.model import Agreement, FOLine, FulfillmentOrder, LineItem, Order, Sale, Shop
from devstore.parts import announce
from devstore.payloads import order_payload
from devstore.routing import place_for
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.taking_out import check_free, take_out
from devstore.world import World


def add_units(world: World, shop: Shop, order_id: int, line_item_id: int, units: int, *, by: str = "merchant") -> Order:
    """Add ``units`` to a line: committed where the line ships from, in a fulfillment order of their own.

    The agreement of this moment tells when they joined. Raises ``StoreSays``.
    """
    with world.lock:
        order = editable(shop, order_id)
        line = _line(order, line_item_id)
        if units <= 0:
            raise StoreSays("These units cannot be added.", ("quantity",))
        line.quantity += units
        line.current_quantity += units
        _join(world, shop, order, line, units, by)
        return order


def add_line(world: World, shop: Shop, order_id: int, variant_id: int, units: int, *, by: str = "merchant") -> Order:
    """Add ``units`` of a variant to an order as a line of their own. Raises ``StoreSays``."""
    with world.lock:
        order = editable(shop, order_id)
        if variant_id not in shop.variants or units <= 0:
            raise StoreSays("These units cannot be added.", ("variantId",))
        line = new_line(shop, variant_id, units, {})
        order.line_items.append(line)
        order.assigned[line.id] = place_for(shop, line).id
        _join(world, shop, order, line, units, by)
        return order


def remove_units(
    world: World,
    shop: Shop,
    order_id: int,
    line_item_id: int,
    units: int,
    *,
    restock: bool = True,
    by: str = "merchant",
) -> Order:
    """Take unshipped ``units`` off a line. ``restock``: they become available; else they leave the shelf.

    Raises ``StoreSays``.
    """
    with world.lock:
        order = editable(shop, order_id)
        line = _line(order, line_item_id)
        check_free(shop, order, line, units)
        taken = take_out(world, shop, order, line, units, restock=restock)
        _agree(world, shop, order, line, -units)
        told: list[object] = [*taken]
        shop.note(
            world.now(),
            "order edited",
            by,
            order_id=order.id,
            line_item_id=line.id,
            units=-units,
            restock=restock,
            parts=told,
        )
        _announce(world, shop, order, line.id, -units)
        return order


def editable(shop: Shop, order_id: int) -> Order:
    """The order, if staff can edit it now. Raises ``StoreSays``."""
    order = shop.orders.get(order_id)
    if order is None or order.cancelled_at is not None or not order.routed:
        raise StoreSays("The order cannot be edited.", ("id",))
    return order


def _line(order: Order, line_item_id: int) -> LineItem:
    line = next((each for each in order.line_items if each.id == line_item_id), None)
    if line is None:
        raise StoreSays("The order has no such line.", ("lineItemId",))
    return line


def _join(world: World, shop: Shop, order: Order, line: LineItem, units: int, by: str) -> None:
    """Commit the units of a line that were just added, in a fulfillment order of their own."""
    now, place = world.now(), order.assigned[line.id]
    _agree(world, shop, order, line, units)
    if line.item_id is not None and shop.tracks(line.item_id):
        shift(world, shop, level_at(world, shop, line.item_id, place), available=-units, committed=units)
    part = FulfillmentOrder(shop.next_id(), order.id, place, now, now)
    part.lines.append(FOLine(shop.next_id(), line.id, line.item_id, units, units))
    shop.fulfillment_orders[part.id] = part
    shop.note(now, "order edited", by, order_id=order.id, line_item_id=line.id, units=units)
    _announce(world, shop, order, line.id, units)
    announce(world, shop, "order_routing_complete", part)


def _agree(world: World, shop: Shop, order: Order, line: LineItem, units: int) -> None:
    sale = Sale(shop.next_id(), line.id, "ORDER" if units > 0 else "RETURN", units)
    order.agreements.append(Agreement(shop.next_id(), world.now(), "ORDER_EDIT", [sale]))
    order.edited, order.updated_at = True, world.now()


def _announce(world: World, shop: Shop, order: Order, line_item_id: int, units: int) -> None:
    moment = order.updated_at.isoformat()
    change = [{"id": line_item_id, "delta": abs(units)}]
    edit = {
        "id": shop.next_id(),
        "order_id": order.id,
        "created_at": moment,
        "committed_at": moment,
        "app_id": None,
        "user_id": 1,
        "notify_customer": False,
        "staff_note": "",
        "line_items": {"additions": change if units > 0 else [], "removals": change if units < 0 else []},
    }
    world.emit(shop, "orders/edited", {"order_edit": edit})
    world.emit(shop, "orders/updated", order_payload(world, shop, order))
