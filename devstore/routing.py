"""Which location ships what, and the fulfillment orders that come of it."""

from devstore.model import FOLine, FulfillmentOrder, LineItem, Location, Order, Shop
from devstore.parts import announce
from devstore.saying import StoreSays
from devstore.world import World


def assign(shop: Shop, order: Order) -> dict[int, int]:
    """Location by line id: one location that has all of it, else line by line, else the first that sells online.

    A whole quantity goes to one place even when another has some of the units, as the platform may do.
    """
    places = _online(shop)
    for place in places:
        if all(_covers(shop, place, line) for line in order.line_items):
            return dict.fromkeys((line.id for line in order.line_items), place.id)
    return {line.id: _place_for(shop, places, line).id for line in order.line_items}


def route(world: World, shop: Shop, order_id: int) -> list[FulfillmentOrder]:
    """Make the fulfillment orders of an order, one per location, and say so. Cancelled before: there are none."""
    with world.lock:
        order = shop.orders[order_id]
        if order.routed or order.cancelled_at is not None:
            return []
        order.routed = True
        places = dict.fromkeys(order.assigned[line.id] for line in order.line_items if line.unfulfilled)
        made = [_part(world, shop, order, place) for place in places]
        for part in made:
            shop.note(world.now(), "routed", "store", order_id=order.id, fulfillment_order_id=part.id)
            announce(world, shop, "order_routing_complete", part)
        return made


def _covers(shop: Shop, place: Location, line: LineItem) -> bool:
    if line.item_id is None or not shop.tracks(line.item_id):
        return True
    level = shop.levels.get((line.item_id, place.id))
    return level is not None and level.available >= line.quantity


def place_for(shop: Shop, line: LineItem) -> Location:
    """Where one line alone would ship from. Raises ``StoreSays``."""
    return _place_for(shop, _online(shop), line)


def place_for_item(shop: Shop, item_id: int, units: int) -> Location:
    """Where so many units of an item would ship from. Raises ``StoreSays``."""
    places = _online(shop)
    levels = {place.id: shop.levels.get((item_id, place.id)) for place in places}
    enough = [place for place in places if (level := levels[place.id]) is not None and level.available >= units]
    stocked = [place for place in places if levels[place.id] is not None]
    return (enough or stocked or places)[0]


def _online(shop: Shop) -> list[Location]:
    places = [place for place in shop.locations.values() if place.active and place.fulfills_online]
    if not places:
        msg = "No location ships online orders."
        raise StoreSays(msg)
    return places


def _place_for(shop: Shop, places: list[Location], line: LineItem) -> Location:
    for place in places:
        if _covers(shop, place, line):
            return place
    stocked = [place for place in places if (line.item_id or 0, place.id) in shop.levels]
    return (stocked or places)[0]


def _part(world: World, shop: Shop, order: Order, location_id: int) -> FulfillmentOrder:
    now = world.now()
    part = FulfillmentOrder(shop.next_id(), order.id, location_id, now, now)
    for line in order.line_items:
        if order.assigned[line.id] == location_id and line.unfulfilled:
            part.lines.append(FOLine(shop.next_id(), line.id, line.item_id, line.unfulfilled, line.unfulfilled))
    shop.fulfillment_orders[part.id] = part
    return part
