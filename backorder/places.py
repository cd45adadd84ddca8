"""Places: the locations of a shop, read all together, so that one which the store has no more is seen to be gone."""

from backorder.db import locations
from backorder.db.engine import Connection
from backorder.rules.seen import LocationSeen
from backorder.store.gateway import Gateway


def all_places(store: Gateway) -> tuple[LocationSeen, ...]:
    """Every location of a store, whether active or not."""
    page, after = store.locations()
    found = list(page)
    while after is not None:
        page, after = store.locations(after)
        found += page
    return tuple(found)


def keep(tx: Connection, shop_id: int, places: tuple[LocationSeen, ...]) -> None:
    """Keep what the store says of ``all_places``. Whatever it deleted is closed: nothing is sold from there, or comes there, any more.

    A shop always has a location: an answer that names none closes nothing.
    """
    locations.save_locations(tx, shop_id, places)
    if places:
        locations.close_others(tx, shop_id, {place.location_id for place in places})
