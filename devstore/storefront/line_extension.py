"""The app's UI extension on the lines of a checkout and of an order's page: its own script, and what Shopify gives it.

The script is there once somebody built it (``make test`` does); until then the pages do without. Each line runs it in a
document of its own, and what it draws is copied into the page: ``theme/assets/line-extension.js``.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from flask import Response, send_from_directory

from devstore.here import shop_or_404
from devstore.metafields import definition
from devstore.model import Definition, Order, Owner, Shop
from devstore.storefront.carts import Cart
from devstore.storefront.door import storefront
from devstore.world import World

FOLDER = Path(__file__).resolve().parents[2] / "extensions" / "promise-at-checkout"
SCRIPT = FOLDER / "dist" / "promise-at-checkout.js"
AT_CHECKOUT = "purchase.checkout.cart-line-item.render-after"
ON_ORDER = "customer-account.order-status.cart-line-item.render-after"

Given = dict[str, Any]


def at_checkout(world: World, shop: Shop, cart: Cart, language: str = "en") -> Given | None:
    """What the checkout knows for the extension; None where no script was built."""
    lines = [line for line in cart.lines if line.variant_id in shop.variants]
    owners = sorted({line.variant_id for line in lines})
    return _given(
        world,
        shop,
        AT_CHECKOUT,
        language=language,
        order=None,
        lines=[_line(line.key, line.variant_id, line.quantity, line.properties) for line in lines],
        appMetafields=_metafields(world, shop, AT_CHECKOUT, "PRODUCTVARIANT", owners),
    )


def on_order(world: World, shop: Shop, order: Order) -> Given | None:
    """What an order's page knows for the extension; None where no script was built."""
    return _given(
        world,
        shop,
        ON_ORDER,
        language=order.locale,
        order={
            "id": f"gid://shopify/Order/{order.id}",
            "name": order.name,
            "cancelledAt": order.cancelled_at.isoformat() if order.cancelled_at else None,
        },
        lines=[_line(line.id, line.variant_id, line.quantity, line.properties) for line in order.line_items],
        appMetafields=_metafields(world, shop, ON_ORDER, "ORDER", [order.id]),
    )


@storefront.get(f"/<shop>/cdn/ui-extensions/{SCRIPT.name}")
def extension_script(shop: str) -> Response:
    """The script, as Shopify's CDN serves it."""
    shop_or_404(shop)
    return send_from_directory(SCRIPT.parent, SCRIPT.name)


def _given(world: World, shop: Shop, target: str, **more: object) -> Given | None:
    if not SCRIPT.exists():
        return None
    return {
        "script": f"/{shop.domain}/cdn/ui-extensions/{SCRIPT.name}",
        "target": target,
        "now": world.now().timestamp() * 1000,
        "extensionLanguages": sorted(file.name.split(".")[0] for file in (FOLDER / "locales").glob("*.json")),
        **more,
    }


def _line(line: int | str, variant_id: int | None, quantity: int, properties: Mapping[str, str]) -> Given:
    """Shopify calls an order's line a cart line, too, and does not promise that its id says anything."""
    number = hashlib.sha256(str(line).encode()).hexdigest()[:32]
    variant = {"type": "variant", "id": f"gid://shopify/ProductVariant/{variant_id}"}
    return {
        "id": f"gid://shopify/CartLine/{number}",
        "merchandise": variant if variant_id else None,
        "quantity": quantity,
        "attributes": [{"key": name, "value": value} for name, value in properties.items()],
    }


def _metafields(world: World, shop: Shop, target: str, owner: Owner, owner_ids: Iterable[int]) -> list[Given]:
    """The app's metafields of these owners that the extension asks for there, and that buyers may read."""
    kind, type_name = _NAMES[owner]
    found = []
    for owner_id, key in product(owner_ids, _asked_for(target)):
        declared = definition(shop, owner, world.app.reserved, key)
        metafield = shop.metafield(owner, owner_id, world.app.reserved, key)
        if declared is None or metafield is None or not _readable(declared):
            continue
        value = {"valueType": "json_string", "type": metafield.type, "value": metafield.value}
        whose = {"type": kind, "id": f"gid://shopify/{type_name}/{owner_id}"}
        found.append({"target": whose, "metafield": {"namespace": "$app", "key": key} | value})
    return found


_NAMES: Mapping[Owner, tuple[str, str]] = {"PRODUCTVARIANT": ("variant", "ProductVariant"), "ORDER": ("order", "Order")}


def _readable(declared: Definition) -> bool:
    return declared.customer_account == "READ" if declared.owner == "ORDER" else declared.storefront == "PUBLIC_READ"


@cache
def _asked_for(target: str) -> tuple[str, ...]:
    """The keys in our own namespace that the extension's configuration names for a target."""
    with (FOLDER / "shopify.extension.toml").open("rb") as file:
        (extension,) = tomllib.load(file)["extensions"]
    asked = [one for each in extension["targeting"] if each["target"] == target for one in each.get("metafields", ())]
    return tuple(one["key"] for one in asked if one["namespace"] == "$app")
