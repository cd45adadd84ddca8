"""Where orders are to be sent: read when a supplier is told, and kept nowhere."""

from collections.abc import Iterable

from backorder.rules.parcels import ShipTo
from backorder.store.client import ShopGraphQL
from backorder.store.gids import number
from backorder.store.reading import Node
from backorder.store.several import several

ORDERS_A_CALL = 50
_STREET = ("name", "company", "address1", "address2")


def ship_to(client: ShopGraphQL, order_ids: Iterable[int]) -> dict[int, ShipTo]:
    nodes = several(client, "ship_to", "Order", order_ids, ORDERS_A_CALL)
    return {number(node["id"]): _ship_to(node) for node in nodes if node.get("shippingAddress")}


def _ship_to(node: Node) -> ShipTo:
    """The address as it is written in most countries: place and postal code on one line, the country alone on the last."""
    address = node["shippingAddress"]
    place = " ".join(part for name in ("city", "provinceCode", "zip") if (part := address[name]))
    lines = [*(address[name] for name in _STREET), place, address["country"] or address["countryCodeV2"]]
    return ShipTo(number(node["id"]), tuple(line.strip() for line in lines if line), address["countryCodeV2"])
