"""Fulfillment orders that are sent from another location."""

from collections.abc import Mapping

from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid, number
from backorder.store.reading import payload

# What goes to the buyer by carrier may come from anywhere. What they collect, or are brought from around the corner, may not.
_BY_CARRIER = frozenset({"SHIPPING", "PICKUP_POINT"})


def may_move(client: ShopGraphQL, fulfillment_order_id: int, location_id: int) -> bool:
    """Whether a fulfillment order may be sent from that location instead: not if its buyer chose where to collect it."""
    asked = {"id": gid("FulfillmentOrder", fulfillment_order_id), "to": gid("Location", location_id)}
    node = client.execute("locations_for_move", asked)["fulfillmentOrder"]
    if node is None:
        return False
    method = node["deliveryMethod"]
    if method is not None and method["methodType"] not in _BY_CARRIER:
        return False
    places = node["locationsForMove"]["nodes"]
    return any(place["movable"] and number(place["location"]["id"]) == location_id for place in places)


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
