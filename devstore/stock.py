"""What people do to the shelf: count goods in, correct a count, set some aside."""

from devstore.model import Level, Shop
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World


def receive(
    world: World,
    shop: Shop,
    item_id: int,
    location_id: int,
    units: int,
    *,
    by: str = "merchant",
    reason: str = "received",
) -> Level:
    """Count ``units`` in: available and on hand rise. Raises ``StoreSays``."""
    with world.lock:
        if units <= 0:
            raise StoreSays("Units to receive are at least 1.", ("units",))
        level = known_level(world, shop, item_id, location_id)
        shift(world, shop, level, available=units)
        note_level(world, shop, "stock received", by, level, units=units, reason=reason)
        return level


def correct(
    world: World,
    shop: Shop,
    item_id: int,
    location_id: int,
    *,
    available: int | None = None,
    on_hand: int | None = None,
    by: str = "merchant",
    reason: str = "correction",
) -> Level:
    """Set ``available`` or ``on_hand`` (one of them) to what was counted. Raises ``StoreSays``."""
    with world.lock:
        if (available is None) == (on_hand is None):
            raise StoreSays("Correct either available or on hand.", ("available",))
        level = known_level(world, shop, item_id, location_id)
        delta = available - level.available if available is not None else (on_hand or 0) - level.on_hand
        shift(world, shop, level, available=delta)
        note_level(world, shop, "stock corrected", by, level, delta=delta, reason=reason)
        return level


def overwrite(
    world: World, shop: Shop, item_id: int, location_id: int, available: int, *, by: str = "other system"
) -> Level:
    """Another system sets ``available`` to the number it believes in, whatever is owed. Raises ``StoreSays``."""
    return correct(world, shop, item_id, location_id, available=available, by=by, reason="other")


def set_aside(
    world: World, shop: Shop, item_id: int, location_id: int, state: str, units: int, *, by: str = "merchant"
) -> Level:
    """Move units from available to ``damaged``, ``safety_stock`` ..., or back when negative. Raises ``StoreSays``."""
    with world.lock:
        if state not in {"reserved", "damaged", "quality_control", "safety_stock"}:
            raise StoreSays(f"Nothing can be set aside as {state}.", ("state",))
        level = known_level(world, shop, item_id, location_id)
        shift(world, shop, level, **{"available": -units, state: units})
        note_level(world, shop, "stock set aside", by, level, units=units, state=state)
        return level


def known_level(world: World, shop: Shop, item_id: int, location_id: int) -> Level:
    """The level of a known item at a known location. Raises ``StoreSays``."""
    if item_id not in shop.items:
        raise StoreSays("The inventory item does not exist.", ("inventoryItemId",), "INVALID_INVENTORY_ITEM")
    if location_id not in shop.locations:
        raise StoreSays("The location does not exist.", ("locationId",), "INVALID_LOCATION")
    return level_at(world, shop, item_id, location_id)


def note_level(world: World, shop: Shop, act: str, by: str, level: Level, **detail: object) -> None:
    """Write an act about a level into the journal, with what it left behind."""
    shop.note(
        world.now(),
        act,
        by,
        item_id=level.item_id,
        location_id=level.location_id,
        available=level.available,
        on_hand=level.on_hand,
        **detail,
    )
