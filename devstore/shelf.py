"""The one place where units change their state; it tells who listens."""

from devstore.model import Level, Shop
from devstore.payloads import level_payload, variant_payload
from devstore.sellable import inventory_quantity
from devstore.world import World


def level_at(world: World, shop: Shop, item_id: int, location_id: int) -> Level:
    """The level of an item at a location; stocks the item there when it was not."""
    level = shop.levels.get((item_id, location_id))
    if level is None:
        level = Level(shop.next_id(), item_id, location_id, world.now())
        shop.levels[item_id, location_id] = level
        world.emit(shop, "inventory_levels/connect", level_payload(shop, level))
    return level


def shift(world: World, shop: Shop, level: Level, **changes: int) -> None:
    """Add ``changes`` to the states of a level, as one movement.

    Webhooks follow ``available`` alone: a unit that ships leaves ``committed`` without a word from the level.
    """
    before = inventory_quantity(shop, level.item_id)
    for state, delta in changes.items():
        setattr(level, state, getattr(level, state) + delta)
    level.updated_at = world.now()
    if not changes.get("available"):
        return
    world.emit(shop, "inventory_levels/update", level_payload(shop, level))
    after = inventory_quantity(shop, level.item_id)
    crossed = "variants/out_of_stock" if after <= 0 < before else "variants/in_stock" if before <= 0 < after else None
    if crossed:
        for variant in shop.variants_of(level.item_id):
            world.emit(shop, crossed, variant_payload(shop, variant, before=before))
