"""Units leave an order before they ship: its fulfillment orders lose them, and what is committed for them."""

from devstore.model import FulfillmentOrder, LineItem, Order, Shop
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World

Taken = list[dict[str, int]]


def take_out(world: World, shop: Shop, order: Order, line: LineItem, units: int, *, restock: bool) -> Taken:
    """Take ``units`` of a line out, of its newest fulfillment orders first; where they were, for the journal.

    With ``restock`` they become available; without, they leave the shelf. What a service has is not touched.
    Raises ``StoreSays``.
    """
    if units <= 0 or units > line.unfulfilled:
        raise StoreSays(f"Of this line 1 to {line.unfulfilled} units can be removed.", ("lineItemId",))
    line.current_quantity -= units
    if not order.routed:
        _uncommit(world, shop, line, order.assigned[line.id], units, restock=restock)
        return []
    taken: Taken = []
    for part in sorted(shop.fulfillment_orders_of(order.id), key=lambda one: one.id, reverse=True):
        if part.finished or part.at_a_service:
            continue
        here = _out_of(part, line.id, units)
        if here:
            units -= here
            taken.append({"fulfillment_order_id": part.id, "location_id": part.location_id, "units": here})
            _uncommit(world, shop, line, part.location_id, here, restock=restock)
            part.updated_at = world.now()
            close_if_empty(part)
    return taken


def check_free(shop: Shop, order: Order, line: LineItem, units: int) -> None:
    """Whether so many units of a line may be taken out. Raises ``StoreSays``."""
    free = line.unfulfilled
    for part in shop.fulfillment_orders_of(order.id):
        if part.at_a_service and not part.finished:
            free -= sum(each.remaining for each in part.lines if each.line_item_id == line.id)
    if not 0 < units <= free:
        raise StoreSays(f"Of this line at most {free} units can be removed.", ("lineItemId",))


def close_if_empty(part: FulfillmentOrder) -> None:
    """A fulfillment order of which nothing is left to ship is closed, and its holds are gone with it."""
    if not part.remaining and not part.finished:
        part.status = "CLOSED"
        part.holds.clear()


def _out_of(part: FulfillmentOrder, line_item_id: int, units: int) -> int:
    gone = 0
    for each in part.lines:
        if each.line_item_id == line_item_id:
            here = min(each.remaining, units - gone)
            each.remaining -= here
            each.total -= here
            gone += here
    part.lines = [each for each in part.lines if each.total]
    return gone


def _uncommit(world: World, shop: Shop, line: LineItem, location_id: int, units: int, *, restock: bool) -> None:
    if line.item_id is not None and shop.tracks(line.item_id):
        level = level_at(world, shop, line.item_id, location_id)
        shift(world, shop, level, available=units if restock else 0, committed=-units)
