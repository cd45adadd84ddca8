"""The app's UI extension on the lines of an order's page: its own script, and the data Shopify would give it.

The script is there once somebody built it (``make test`` does). Each line runs it in a document of its own, which asks
no network, and what it draws is copied into the page: ``theme/assets/line-extension.js``.
"""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from devstore.metafields import definition
from devstore.model import LineItem, Order, Shop
from devstore.world import World

FOLDER = Path(__file__).resolve().parents[2] / "extensions" / "promise-at-checkout"
SCRIPT = FOLDER / "dist" / "promise-at-checkout.js"
TARGET = "customer-account.order-status.cart-line-item.render-after"

Given = dict[str, Any]


def given_to_lines(world: World, shop: Shop, order: Order) -> Given | None:
    """What the page knows for the extension; None where no script was built."""
    if not SCRIPT.exists():
        return None
    return {
        "target": TARGET,
        "now": world.now().timestamp() * 1000,
        "language": order.locale,
        "extensionLanguages": sorted(file.name.split(".")[0] for file in (FOLDER / "locales").glob("*.json")),
        "order": {
            "id": f"gid://shopify/Order/{order.id}",
            "name": order.name,
            "cancelledAt": order.cancelled_at.isoformat() if order.cancelled_at else None,
        },
        "lines": [_line(line) for line in order.line_items],
        "appMetafields": _metafields(world, shop, order),
    }


def _line(line: LineItem) -> Given:
    """Shopify calls a line of an order a cart line here, and does not promise that its id says anything."""
    number = hashlib.sha256(str(line.id).encode()).hexdigest()[:32]
    variant = {"type": "variant", "id": f"gid://shopify/ProductVariant/{line.variant_id}"}
    return {
        "id": f"gid://shopify/CartLine/{number}",
        "merchandise": variant if line.variant_id else None,
        "quantity": line.quantity,
        "attributes": [{"key": name, "value": value} for name, value in line.properties.items()],
    }


def _metafields(world: World, shop: Shop, order: Order) -> list[Given]:
    """The app's metafields of the order that the extension asked for and that customers may read."""
    found = []
    for key in _asked_for():
        declared = definition(shop, "ORDER", world.app.reserved, key)
        metafield = shop.metafield("ORDER", order.id, world.app.reserved, key)
        if declared is None or declared.customer_account != "READ" or metafield is None:
            continue
        target = {"type": "order", "id": f"gid://shopify/Order/{order.id}"}
        value = {"valueType": "json_string", "type": metafield.type, "value": metafield.value}
        found.append({"target": target, "metafield": {"namespace": "$app", "key": key} | value})
    return found


@cache
def _asked_for() -> tuple[str, ...]:
    """The keys in our own namespace that the extension's configuration names for the order's page."""
    with (FOLDER / "shopify.extension.toml").open("rb") as file:
        (extension,) = tomllib.load(file)["extensions"]
    asked = [
        one for targeting in extension["targeting"] if targeting["target"] == TARGET for one in targeting["metafields"]
    ]
    return tuple(one["key"] for one in asked if one["namespace"] == "$app")
