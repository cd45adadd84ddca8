"""Locations open: a second warehouse, a shop, or the warehouse of a fulfillment service."""

from collections.abc import Iterable

from devstore.model import Location, Shop
from devstore.payloads import location_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at
from devstore.world import World


def open_place(
    world: World,
    shop: Shop,
    name: str,
    *,
    is_service: bool = False,
    fulfills_online: bool = True,
    stocks: Iterable[int] = (),
    by: str = "merchant",
) -> Location:
    """Open a location that stocks the named items, none of them in hand yet. Raises ``StoreSays``."""
    with world.lock:
        if not name or any(place.name == name for place in shop.locations.values()):
            raise StoreSays("A location needs a name of its own.", ("name",))
        place = Location(shop.next_id(), name, is_service=is_service, fulfills_online=fulfills_online)
        shop.locations[place.id] = place
        shop.note(world.now(), "location opened", by, location_id=place.id, name=name, is_service=is_service)
        world.emit(shop, "locations/create", location_payload(shop, place, world.now()))
        for item_id in stocks:
            level_at(world, shop, item_id, place.id)
        return place
