"""Fulfillment orders that are sent from another location."""

from collections.abc import Mapping

from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid, number
from backorder.store.reading import payload


def locations(client: ShopGraphQL, fulfillment_order_id: int) -> frozenset[int]:
    found = client.execute("locations_for_move", {"id": gid("FulfillmentOrder", fulfillment_order_id)})
    node = found["fulfillmentOrder"]
    places = node["locationsForMove"]["nodes"] if node else ()
    return frozenset(number(place["location"]["id"]) for place in places if place["movable"])


def move(client: ShopGraphQL, fulfillment_order_id: int, location_id: int, parts: Mapping[int, int] | None) -> None:
    if parts is not None and (not parts or min(parts.values()) < 1):
        raise ValueError("name units of at least one part, or None to move the whole")
    wish = parts and [
        {"id": gid("FulfillmentOrderLineItem", part), "quantity": units} for part, units in sorted(parts.items())
    ]
    variables = {
        "id": gid("FulfillmentOrder", fulfillment_order_id),
        "newLocationId": gid("Location", location_id),
        "parts": wish,
    }
    payload(client.execute("move", variables), "fulfillmentOrderMove")
