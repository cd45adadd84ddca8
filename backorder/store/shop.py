"""The shop itself, its locations and its webhook subscriptions."""

from backorder.rules.seen import LocationSeen, ShopSeen
from backorder.store.client import ShopGraphQL
from backorder.store.gids import number
from backorder.store.reading import Node, all_nodes, next_cursor
from backorder.store.written import SubscriptionSeen


def read(client: ShopGraphQL) -> ShopSeen:
    data = client.execute("shop")
    seen = data["shop"]
    return ShopSeen(
        shop_id=number(seen["id"]),
        domain=seen["myshopifyDomain"],
        name=seen["name"],
        timezone=seen["ianaTimezone"],
        currency=seen["currencyCode"],
        email=seen["email"],
        scopes=frozenset(scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]),
    )


def locations(client: ShopGraphQL, after: str | None) -> tuple[tuple[LocationSeen, ...], str | None]:
    page = client.execute("locations", {"after": after})["locations"]
    return tuple(_location(node) for node in page["nodes"]), next_cursor(page)


def subscriptions(client: ShopGraphQL) -> tuple[SubscriptionSeen, ...]:
    def page(after: str | None) -> Node:
        found: Node = client.execute("subscriptions", {"after": after})["webhookSubscriptions"]
        return found

    return tuple(SubscriptionSeen(node["topic"], node["uri"]) for node in all_nodes(page(None), page))


def _location(node: Node) -> LocationSeen:
    return LocationSeen(
        location_id=number(node["id"]),
        name=node["name"],
        active=node["isActive"],
        fulfills_online=node["fulfillsOnlineOrders"],
        is_service=node["isFulfillmentService"],
        country=node["address"]["countryCode"],
    )
