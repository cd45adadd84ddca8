"""Goods and collections changed: somebody may have set a selling policy by hand, a variant is gone, a rule holds otherwise."""

from webhooks.look import Hint, Look
from webhooks.payload import Payload


def updated(payload: Payload) -> Look:
    """A product was made, or changed. Variants that it no longer names stand in our books under it, so the product is asked too."""
    items = (variant.id_if_any("inventory_item_id", "InventoryItem") for variant in payload.parts("variants"))
    return Look(
        items=tuple(item for item in items if item is not None),
        products=(payload.id("id", "Product"),),
        echo=True,
        memberships=True,
    )


def deleted(payload: Payload) -> Look:
    """A product is gone with all its variants."""
    return Look(products=(payload.id("id", "Product"),))


def stock_turned(payload: Payload) -> Look:
    """A variant sold out or came back; the topic does not always name its inventory item."""
    item = payload.id_if_any("inventory_item_id", "InventoryItem")
    return Look(
        variants=(payload.id("id", "ProductVariant"),),
        items=() if item is None else (item,),
    )


def collection(payload: Payload) -> Look:
    """A collection was made, changed, filled otherwise or deleted."""
    return Look(collections=(payload.id("id", "Collection"),))


TOPICS: dict[str, Hint] = {
    "products/create": updated,
    "products/update": updated,
    "products/delete": deleted,
    "collections/create": collection,
    "collections/update": collection,
    "collections/delete": collection,
    "variants/in_stock": stock_turned,
    "variants/out_of_stock": stock_turned,
}
