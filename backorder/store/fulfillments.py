"""Fulfillments: what was shipped by somebody else, said in the store, so that the buyer hears of it."""

from collections.abc import Mapping

from backorder.rules.parcels import Tracking
from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid
from backorder.store.reading import Node, payload


def fulfill(client: ShopGraphQL, fulfillment_order_id: int, parts: Mapping[int, int], tracking: Tracking) -> None:
    if not parts or min(parts.values()) < 1:
        raise ValueError("name units of at least one part: without names the store would ship everything")
    items = [{"id": gid("FulfillmentOrderLineItem", part), "quantity": units} for part, units in sorted(parts.items())]
    whole = {"fulfillmentOrderId": gid("FulfillmentOrder", fulfillment_order_id), "fulfillmentOrderLineItems": items}
    wish: Node = {"lineItemsByFulfillmentOrder": [whole], "notifyCustomer": True}
    known = {"company": tracking.company, "number": tracking.number, "url": tracking.url}
    if said := {name: value for name, value in known.items() if value}:
        wish["trackingInfo"] = said
    payload(client.execute("fulfill", {"fulfillment": wish}), "fulfillmentCreate")
