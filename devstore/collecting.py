"""What staff do with collections and costs: fill, rename, empty, delete; say what a unit costs."""

from decimal import Decimal

from devstore.model import Collection, Item, Shop
from devstore.payloads import collection_payload, item_payload
from devstore.saying import StoreSays
from devstore.world import World


def collect(
    world: World, shop: Shop, title: str, product_ids: tuple[int, ...] = (), *, tag: str | None = None
) -> Collection:
    """Make a collection of some products, or of all that carry a tag."""
    with world.lock:
        handle = title.lower().replace(" ", "-")
        made = Collection(shop.next_id(), title, handle, world.now(), list(product_ids), tag)
        shop.collections[made.id] = made
        shop.note(world.now(), "collection made", "merchant", collection_id=made.id, title=title)
        world.emit(shop, "collections/create", collection_payload(shop, made))
        return made


def change_collection(
    world: World,
    shop: Shop,
    collection_id: int,
    *,
    title: str | None = None,
    product_ids: tuple[int, ...] | None = None,
) -> Collection:
    """Call a collection otherwise, or fill it otherwise. Raises ``StoreSays``."""
    with world.lock:
        known = shop.collections.get(collection_id)
        if known is None:
            raise StoreSays("The collection does not exist.", ("id",))
        known.title, known.updated_at = title or known.title, world.now()
        known.product_ids = known.product_ids if product_ids is None else list(product_ids)
        shop.note(world.now(), "collection changed", "merchant", collection_id=known.id, title=known.title)
        world.emit(shop, "collections/update", collection_payload(shop, known))
        return known


def delete_collection(world: World, shop: Shop, collection_id: int) -> None:
    """Delete a collection; its products stay. Raises ``StoreSays``."""
    with world.lock:
        if shop.collections.pop(collection_id, None) is None:
            raise StoreSays("The collection does not exist.", ("id",))
        shop.note(world.now(), "collection deleted", "merchant", collection_id=collection_id)
        world.emit(shop, "collections/delete", {"id": collection_id})


def set_cost(world: World, shop: Shop, item_id: int, cost: Decimal | None) -> Item:
    """Say what a unit costs, or that nobody knows. Raises ``StoreSays``."""
    with world.lock:
        item = shop.items.get(item_id)
        if item is None:
            raise StoreSays("The inventory item does not exist.", ("id",))
        item.cost, item.updated_at = cost, world.now()
        shop.note(world.now(), "cost set", "merchant", item_id=item.id, cost=None if cost is None else str(cost))
        world.emit(shop, "inventory_items/update", item_payload(shop, item.id))
        return item
