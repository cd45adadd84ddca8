"""The cast: Lamplight in Brooklyn, its app, and a machine whose time the test turns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from devstore import seed
from devstore.app import AppConfig, AppDefinition, AppSubscription
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.gids import gid
from devstore.installation import open_app
from devstore.model import Customer, Delivery, FulfillmentOrder, Level, Order, Shop, Variant
from devstore.topics import TOPICS
from devstore.web import create_app
from devstore.world import World

SCOPES = frozenset(
    {
        "write_products",
        "read_inventory",
        "write_inventory",
        "read_locations",
        "write_orders",
        "read_customers",
        "write_merchant_managed_fulfillment_orders",
        "write_third_party_fulfillment_orders",
        "write_assigned_fulfillment_orders",
        "read_returns",
        "read_fulfillments",
        "read_inventory_transfers",
        "read_inventory_shipments",
    }
)
EXCHANGE = {
    "client_id": "key-of-the-app",
    "client_secret": "secret-of-the-app-that-is-long-enough",
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": 1,
}


class Machine:
    """The machine's clock, turned by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Admin:
    """The app at the Admin API's door."""

    def __init__(self, client: FlaskClient, shop: Shop, token: str) -> None:
        self.client, self.shop, self.token = client, shop, token

    def post(self, document: str, /, **variables: Any) -> Any:
        """The response as it came."""
        return self.client.post(
            f"/{self.shop.domain}/admin/api/2026-07/graphql.json",
            json={"query": document, "variables": variables},
            headers={"X-Shopify-Access-Token": self.token},
        )

    def ask(self, document: str, /, **variables: Any) -> Any:
        """The answer, errors and all."""
        response = self.post(document, **variables)
        assert response.status_code == 200, response.text
        return response.json

    def get(self, document: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def world(machine: Machine) -> World:
    app = AppConfig(
        client_id=EXCHANGE["client_id"],
        secret=EXCHANGE["client_secret"],
        url="https://app.example",
        scopes=SCOPES,
        subscriptions=tuple(AppSubscription(topic, "/webhooks") for topic in TOPICS.values()),
        definitions=(AppDefinition("PRODUCTVARIANT", "backorder", "json", "Backorder", storefront="PUBLIC_READ"),),
    )
    return World(app, Clock(system=machine))


@pytest.fixture
def shop(world: World) -> Shop:
    """Lamplight, with the app installed and nothing said yet."""
    lamplight = seed.lamplight(world)
    open_app(world, lamplight)
    return lamplight


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world).test_client()


@pytest.fixture
def exchange(client: FlaskClient, world: World, shop: Shop) -> Callable[..., Any]:
    def ask(**changes: Any) -> Any:
        fresh = {} if "subject_token" in changes else {"subject_token": open_app(world, shop)}
        body = {**EXCHANGE, **fresh, **changes}
        return client.post(f"/{shop.domain}/admin/oauth/access_token", json=body)

    return ask


@pytest.fixture
def admin(client: FlaskClient, shop: Shop, exchange: Callable[..., Any]) -> Admin:
    return Admin(client, shop, exchange().json["access_token"])


@pytest.fixture
def lamp(shop: Shop) -> Variant:
    """One is left."""
    return next(variant for variant in shop.variants.values() if variant.sku == "AUR-1")


@pytest.fixture
def chair(shop: Shop) -> Variant:
    """Twelve are there."""
    return next(variant for variant in shop.variants.values() if variant.sku == "OAK-1")


@pytest.fixture
def brooklyn(shop: Shop) -> int:
    return next(iter(shop.locations))


@pytest.fixture
def buy(world: World, shop: Shop) -> Callable[..., Order]:
    """Anna buys, and the order is routed."""

    def order(*lines: tuple[Variant, int], **more: Any) -> Order:
        wishes = [(variant.id, quantity, {}) for variant, quantity in lines]
        anna = Customer(0, "anna@example.com", "Anna", "Berg")
        placed = place_order(world, shop, wishes, anna, **more)
        world.background.run_due()
        return placed

    return order


def only_part(shop: Shop, order: Order) -> FulfillmentOrder:
    """The one fulfillment order of an order."""
    (part,) = shop.fulfillment_orders_of(order.id)
    return part


def level_of(shop: Shop, variant: Variant) -> Level:
    """The one level of a variant."""
    (level,) = shop.levels_of(variant.item_id)
    return level


def told(world: World) -> list[str]:
    """Topics waiting in the post, in the order they happened."""
    return [delivery.topic for delivery in world.post.pending()]


def empty_the_post(world: World) -> list[Delivery]:
    """Bring everything that waits to an app that says yes."""
    brought = []
    while (delivery := world.post.take()) is not None:
        world.post.settle(delivery, 200)
        brought.append(delivery)
    return brought


def order_gid(order: Order) -> str:
    return gid("Order", order.id)
