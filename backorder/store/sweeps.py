"""Sweeps over all fulfillment orders: what changed, and what is still open.

Fulfillment orders are asked rather than orders: they are seen even where the order itself is too old for our scopes,
and archived orders with open lines are among them.
"""

from datetime import UTC, datetime

from backorder.rules.seen import SweptSeen
from backorder.store.client import ShopGraphQL
from backorder.store.gids import number
from backorder.store.reading import instant, next_cursor


def changed(client: ShopGraphQL, since: datetime, after: str | None) -> tuple[tuple[SweptSeen, ...], str | None]:
    mark = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # whole seconds, downwards: rather twice than never
    variables = {"query": f"updated_at:>='{mark}'", "after": after}
    page = client.execute("sweep", variables)["fulfillmentOrders"]
    rows = tuple(
        SweptSeen(number(node["id"]), number(node["orderId"]), node["status"], instant(node["updatedAt"]))
        for node in page["nodes"]
    )
    return rows, next_cursor(page)


def open_orders(client: ShopGraphQL, after: str | None) -> tuple[tuple[int, ...], str | None]:
    page = client.execute("open_fulfillment_orders", {"after": after})["fulfillmentOrders"]
    orders = dict.fromkeys(number(node["orderId"]) for node in page["nodes"])
    return tuple(orders), next_cursor(page)
