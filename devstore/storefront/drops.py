"""The shop's things as Liquid sees them. Money is in cents, as themes expect."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from devstore.model import Metafield, Product, Shop, Variant
from devstore.sellable import inventory_quantity, refusal
from devstore.storefront.carts import Cart, CartLine
from devstore.world import World

Drop = dict[str, object]


def shop_drop(world: World, shop: Shop) -> Drop:
    return {"name": shop.name, "url": world.origin(shop), "currency": shop.currency, "email": shop.email}


def product_drop(world: World, shop: Shop, product: Product, wanted: int | None = None) -> Drop:
    """A product; ``wanted`` is the variant the address names."""
    variants = [variant_drop(world, shop, product, variant) for variant in product.variants]
    chosen = next((variant for variant in variants if variant["id"] == wanted), None)
    available = next((variant for variant in variants if variant["available"]), None)
    prices = [cents(variant.price) for variant in product.variants]
    return {
        "id": product.id,
        "title": product.title,
        "handle": product.handle,
        "url": f"/{shop.domain}/products/{product.handle}",
        "description": product.body,
        "vendor": product.vendor,
        "type": product.product_type,
        "tags": list(product.tags),
        "colour": product.colour,
        "featured_image": {"src": picture_address(shop, product), "alt": product.title},
        "available": available is not None,
        "price": min(prices, default=0),
        "price_varies": len(set(prices)) > 1,
        "variants": variants,
        "has_only_default_variant": len(variants) == 1,
        "selected_variant": chosen,
        "selected_or_first_available_variant": chosen or available or (variants[0] if variants else None),
    }


class AllProducts(Mapping[str, Drop]):
    """``all_products``: what a page may look up by its handle, of what is on sale. Shopify finds twenty for a page, and no more."""

    MOST = 20

    def __init__(self, world: World, shop: Shop) -> None:
        self._world, self._shop = world, shop
        self._found: dict[str, Drop] = {}

    def __getitem__(self, handle: str) -> Drop:
        if handle not in self._found:
            product = next((one for one in self._shop.products.values() if one.handle == handle), None)
            if product is None or product.status != "ACTIVE" or len(self._found) == self.MOST:
                raise KeyError(handle)
            self._found[handle] = product_drop(self._world, self._shop, product)
        return self._found[handle]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def variant_drop(world: World, shop: Shop, product: Product, variant: Variant) -> Drop:
    item = shop.items[variant.item_id]
    return {
        "id": variant.id,
        "title": variant.title,
        "sku": variant.sku or "",
        "barcode": variant.barcode or "",
        "price": cents(variant.price),
        "available": refusal(shop, variant, 1) is None,
        "inventory_management": "shopify" if item.tracked else None,
        "inventory_policy": variant.inventory_policy.lower(),
        "inventory_quantity": inventory_quantity(shop, item.id),
        "requires_shipping": item.requires_shipping,
        "url": f"/{shop.domain}/products/{product.handle}?variant={variant.id}",
        "metafields": visible_metafields(world, shop, variant.id),
    }


def visible_metafields(world: World, shop: Shop, variant_id: int) -> dict[str, dict[str, Drop]]:
    """A variant's metafields that the storefront may see, by namespace; the app's own is ``$app``.

    Without ``access.storefront = "public_read"`` in its definition a theme gets nothing.
    """
    public = {
        (declared.namespace, declared.key)
        for declared in shop.definitions.values()
        if declared.owner == "PRODUCTVARIANT" and declared.storefront == "PUBLIC_READ"
    }
    seen: dict[str, dict[str, Drop]] = {}
    for (owner, owner_id, namespace, key), metafield in shop.metafields.items():
        if (owner, owner_id) == ("PRODUCTVARIANT", variant_id) and (namespace, key) in public:
            name = "$app" if namespace == world.app.reserved else namespace
            seen.setdefault(name, {})[key] = {"value": _value(metafield), "type": metafield.type}
    return seen


def cart_drop(world: World, shop: Shop, cart: Cart) -> Drop:
    items = [_line_drop(world, shop, line) for line in cart.lines if line.variant_id in shop.variants]
    total = sum(cents(shop.variants[line.variant_id].price) * line.quantity for line in cart.lines)
    return {"items": items, "item_count": cart.count, "total_price": total}


def _line_drop(world: World, shop: Shop, line: CartLine) -> Drop:
    variant = shop.variants[line.variant_id]
    product = shop.product_of(variant)
    return {
        "key": line.key,
        "id": variant.id,
        "quantity": line.quantity,
        "product": product_drop(world, shop, product),
        "variant": variant_drop(world, shop, product, variant),
        "image": {"src": picture_address(shop, product)},
        "url": f"/{shop.domain}/products/{product.handle}?variant={variant.id}",
        "price": cents(variant.price),
        "line_price": cents(variant.price) * line.quantity,
        # a leading underscore hides a property from buyers, in every theme
        "properties": [[name, value] for name, value in line.properties.items() if not name.startswith("_")],
    }


def picture_address(shop: Shop, product: Product) -> str:
    return f"/{shop.domain}/cdn/pictures/{product.id}.svg"


def cents(price: Decimal) -> int:
    return int(price * 100)


def _value(metafield: Metafield) -> object:
    if metafield.type == "json":
        return json.loads(metafield.value)
    return int(metafield.value) if metafield.type == "number_integer" else metafield.value
