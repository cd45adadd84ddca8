"""What staff do to the catalogue and the places: stop counting, close a place, delete a product."""

from devstore.model import Item, Location, Shop
from devstore.payloads import item_payload, location_payload
from devstore.saying import StoreSays
from devstore.world import World


def set_tracked(world: World, shop: Shop, item_id: int, *, tracked: bool, by: str = "merchant") -> Item:
    """Start or stop counting an item. Raises ``StoreSays``."""
    with world.lock:
        item = shop.items.get(item_id)
        if item is None:
            raise StoreSays("The inventory item does not exist.", ("id",))
        item.tracked, item.updated_at = tracked, world.now()
        shop.note(world.now(), "tracking set", by, item_id=item.id, tracked=tracked)
        world.emit(shop, "inventory_items/update", item_payload(shop, item.id))
        return item


def set_active(world: World, shop: Shop, location_id: int, *, active: bool, by: str = "merchant") -> Location:
    """Open or close a location. Raises ``StoreSays``; the last open one stays open."""
    with world.lock:
        place = shop.locations.get(location_id)
        if place is None:
            raise StoreSays("The location does not exist.", ("id",))
        if not active and not any(each.active for each in shop.locations.values() if each is not place):
            raise StoreSays("A shop has at least one open location.", ("id",))
        place.active = active
        shop.note(world.now(), "location opened" if active else "location closed", by, location_id=place.id)
        payload = location_payload(shop, place, world.now())
        world.emit(shop, "locations/activate" if active else "locations/deactivate", payload)
        world.emit(shop, "locations/update", payload)
        return place


def delete_product(world: World, shop: Shop, product_id: int, *, by: str = "merchant") -> None:
    """Delete a product with its variants, items and levels; orders keep their lines. Raises ``StoreSays``."""
    with world.lock:
        product = shop.products.pop(product_id, None)
        if product is None:
            raise StoreSays("The product does not exist.", ("id",))
        for variant in product.variants:
            del shop.variants[variant.id]
            if not any(shop.variants_of(variant.item_id)):
                _forget_item(world, shop, variant.item_id)
        shop.note(world.now(), "product deleted", by, product_id=product.id, title=product.title)
        world.emit(shop, "products/delete", {"id": product.id})


def _forget_item(world: World, shop: Shop, item_id: int) -> None:
    del shop.items[item_id]
    for key in [key for key in shop.levels if key[0] == item_id]:
        del shop.levels[key]
        gone: dict[str, object] = {"inventory_item_id": item_id, "location_id": key[1]}
        world.emit(shop, "inventory_levels/disconnect", gone)
    world.emit(shop, "inventory_items/delete", {"id": item_id})
