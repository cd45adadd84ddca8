"""Lamplight, its promises and its buyers, for looking at pages."""

import json
from datetime import date, timedelta
from decimal import Decimal

from devstore.app import AppConfig, AppDefinition, AppProxy, AppSubscription
from devstore.metafields import set_metafield
from devstore.model import Customer
from devstore.policy import set_policy
from devstore.stock import correct

DOMAIN = "lamplight.myshopify.com"
ORIGIN = f"/{DOMAIN}"
SECRET = "the-secret-they-share-and-nobody-else"
APP = AppConfig(
    client_id="promised-key",
    secret=SECRET,
    url="http://localhost:5000",
    scopes=frozenset({"write_products", "write_orders"}),
    definitions=(
        AppDefinition("PRODUCTVARIANT", "backorder", "json", "Backorder", storefront="PUBLIC_READ"),
        AppDefinition("ORDER", "backorder_promise", "json", "Promise", customer_account="READ"),
    ),
    subscriptions=(
        AppSubscription("orders/create", "/webhooks"),
        AppSubscription("inventory_levels/update", "/webhooks"),
    ),
    proxy=AppProxy("http://localhost:5000/proxy"),
)
TOKEN = "what.proves-it"  # signed by nobody
FIRST, SECOND = date(2026, 12, 7), date(2026, 12, 21)


class Lamplight:
    """The shop with its three products by name, and what tests do to it."""

    def __init__(self, world, shop):
        self.world, self.shop = world, shop
        self.place = next(iter(shop.locations))
        self.lamp = shop.product_by_handle("aurora-lamp").variants[0]
        self.chair = shop.product_by_handle("oak-chair").variants[0]
        self.natural, self.ink = shop.product_by_handle("linen-shade").variants

    def left(self, variant, units):
        correct(self.world, self.shop, variant.item_id, self.place, available=units)

    def level(self, variant):
        return self.shop.levels[variant.item_id, self.place]

    def promise(self, variant, *, policy="CONTINUE", **changes):
        """Write the app's metafield as it would be: 37 units by the first day, 20 more by the second."""
        value = {
            "v": 1,
            "state": "backorder",
            "ship_by": FIRST.isoformat(),
            "steps": [
                {"units": 37, "ship_by": FIRST.isoformat()},
                {"units": 20, "ship_by": SECOND.isoformat()},
            ],
            "token": TOKEN,
            "valid_until": (self.world.now() + timedelta(days=3)).isoformat(),
        } | changes
        set_policy(self.world, self.shop, variant.id, policy)
        self.write(("PRODUCTVARIANT", variant.id), "backorder", value)

    def write(self, owner, key, value):
        set_metafield(self.world, self.shop, *owner, APP.reserved, key, "json", json.dumps(value), "app")

    def sold_out(self, variant):
        self.left(variant, 0)


def ada():
    return Customer(0, "ada@example.com", "Ada", "Byron")


def price(text):
    return Decimal(text)
