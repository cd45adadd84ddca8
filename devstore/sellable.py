"""What the shop may still sell."""

from devstore.model import Shop, Variant


def inventory_quantity(shop: Shop, item_id: int) -> int:
    """Available units over all locations, as the product list shows them."""
    return sum(level.available for level in shop.levels_of(item_id))


def sellable_online(shop: Shop, item_id: int) -> int:
    """Available units at active locations that ship online orders, less what is owed elsewhere.

    Sold-out is judged over *all* locations: a negative count at one that does not sell drags the total down.
    """
    online = sum(
        level.available
        for level in shop.levels_of(item_id)
        if shop.locations[level.location_id].active and shop.locations[level.location_id].fulfills_online
    )
    return min(online, inventory_quantity(shop, item_id))


def refusal(shop: Shop, variant: Variant, quantity: int) -> str | None:
    """Why ``quantity`` units of a variant cannot be bought; None when they can."""
    product, item = shop.product_of(variant), shop.item_of(variant)
    if product.status != "ACTIVE":
        return f"{product.title} is not for sale."
    if not item.tracked or variant.inventory_policy == "CONTINUE":
        return None
    left = sellable_online(shop, item.id)
    if left <= 0:
        return f"{product.title} is sold out."
    return f"Only {left} of {product.title} left." if quantity > left else None
