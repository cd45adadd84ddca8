"""Tags on orders and products, added and removed one by one."""

from devstore.model import Order, Product, Shop
from devstore.payloads import order_payload, product_payload
from devstore.world import World


def add_tags(world: World, shop: Shop, thing: Order | Product, tags: list[str], *, by: str = "merchant") -> None:
    """Add tags that are not there yet, letter case aside."""
    with world.lock:
        known = {tag.lower() for tag in thing.tags}
        fresh = [tag for tag in dict.fromkeys(tag.strip() for tag in tags) if tag and tag.lower() not in known]
        _set(world, shop, thing, thing.tags + fresh, by)


def remove_tags(world: World, shop: Shop, thing: Order | Product, tags: list[str], *, by: str = "merchant") -> None:
    """Remove tags, letter case aside."""
    with world.lock:
        gone = {tag.strip().lower() for tag in tags}
        _set(world, shop, thing, [tag for tag in thing.tags if tag.lower() not in gone], by)


def _set(world: World, shop: Shop, thing: Order | Product, tags: list[str], by: str) -> None:
    if tags == thing.tags:
        return
    thing.tags[:] = sorted(tags, key=str.lower)
    thing.updated_at = world.now()
    if isinstance(thing, Order):
        shop.note(world.now(), "tags changed", by, order_id=thing.id, tags=list(thing.tags))
        world.emit(shop, "orders/updated", order_payload(world, shop, thing))
    else:
        world.emit(shop, "products/update", product_payload(shop, thing))
