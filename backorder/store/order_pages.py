"""The inner pages of an order: lines, agreements, fulfillment orders and their parts."""

from collections.abc import Iterator
from decimal import Decimal

from backorder.rules.evidence import DAY, TOKEN
from backorder.rules.seen import AgreementSeen, FulfillmentOrderSeen, HoldSeen, LineSeen, PartSeen
from backorder.store.client import ShopGraphQL
from backorder.store.errors import GoneFromStore
from backorder.store.gids import gid, number, number_in
from backorder.store.reading import Node, all_nodes, instant, next_cursor

PAGES = {
    "agreements": "order_agreements",
    "fulfillmentOrders": "order_fulfillment_orders",
    "lineItems": "order_lines",
}


class OrderPages:
    """Reads on where the first page of an order's connections ends."""

    def __init__(self, client: ShopGraphQL, order_id: int) -> None:
        self._client = client
        self._order_id = order_id

    def lines(self, first: Node) -> tuple[LineSeen, ...]:
        return tuple(_line(node) for node in all_nodes(first, lambda after: self._more("lineItems", after)))

    def agreements(self, first: Node) -> tuple[AgreementSeen, ...]:
        """Units by line and moment; sales of anything but products are left out."""
        whole = next_cursor(first) is None and all(next_cursor(node["sales"]) is None for node in first["nodes"])
        nodes = first["nodes"] if whole else self._one_by_one()
        return tuple(seen for node in nodes for seen in _sales(node))

    def fulfillment_orders(self, first: Node) -> tuple[FulfillmentOrderSeen, ...]:
        nodes = all_nodes(first, lambda after: self._more("fulfillmentOrders", after))
        return tuple(self.fulfillment_order(node) for node in nodes)

    def fulfillment_order(self, node: Node) -> FulfillmentOrderSeen:
        fulfillment_order_id = number(node["id"])
        location = node["assignedLocation"]["location"]
        parts = all_nodes(node["lineItems"], lambda after: self._more_parts(fulfillment_order_id, after))
        return FulfillmentOrderSeen(
            fulfillment_order_id=fulfillment_order_id,
            order_id=self._order_id,
            location_id=number_in(location),
            status=node["status"],
            request_status=node["requestStatus"],
            updated_at=instant(node["updatedAt"]),
            is_service=bool(location and location["isFulfillmentService"]),
            actions=frozenset(action["action"] for action in node["supportedActions"]),
            holds=tuple(_hold(each) for each in node["fulfillmentHolds"]),
            parts=tuple(_part(each) for each in parts),
            fulfill_by=instant(node["fulfillBy"]) if node["fulfillBy"] else None,
        )

    def _one_by_one(self) -> Iterator[Node]:
        """Every agreement again, alone, with its sales page by page (an agreement cannot be asked for by its id)."""
        after: str | None = None
        while True:
            sales: str | None = None
            while True:
                page = self._page("agreements", after=after, sales=sales)
                yield from page["nodes"]
                sales = next((next_cursor(node["sales"]) for node in page["nodes"]), None)
                if sales is None:
                    break
            after = next_cursor(page)
            if after is None:
                return

    def _more(self, field: str, after: str) -> Node:
        return self._page(field, after=after)

    def _page(self, field: str, **cursors: str | None) -> Node:
        variables = {"id": gid("Order", self._order_id), **cursors}
        node = self._client.execute(PAGES[field], variables)["order"]
        if node is None:
            raise GoneFromStore(f"The order {self._order_id} went away while it was read.")
        connection: Node = node[field]
        return connection

    def _more_parts(self, fulfillment_order_id: int, after: str) -> Node:
        variables = {"id": gid("FulfillmentOrder", fulfillment_order_id), "after": after}
        node = self._client.execute("fulfillment_order_parts", variables)["fulfillmentOrder"]
        if node is None:
            raise GoneFromStore(f"The fulfillment order {fulfillment_order_id} went away while it was read.")
        connection: Node = node["lineItems"]
        return connection


def _line(node: Node) -> LineSeen:
    variant = node["variant"]
    sent = {each["key"]: each["value"] for each in node["customAttributes"]}
    return LineSeen(
        line_id=number(node["id"]),
        variant_id=number_in(variant),
        item_id=number_in(variant and variant["inventoryItem"]),
        title=node["name"],
        sku=node["sku"] or None,
        quantity=node["quantity"],
        current_quantity=node["currentQuantity"],
        unfulfilled=node["unfulfilledQuantity"],
        taken_out=node["nonFulfillableQuantity"],
        requires_shipping=node["requiresShipping"],
        unit_price=Decimal(node["discountedUnitPriceAfterAllDiscountsSet"]["shopMoney"]["amount"]),
        shown=sent.get(DAY) or None,
        token=sent.get(TOKEN) or None,
    )


def _sales(agreement: Node) -> Iterator[AgreementSeen]:
    happened_at = instant(agreement["happenedAt"])
    for sale in agreement["sales"]["nodes"]:
        units, line = sale["quantity"] or 0, sale.get("lineItem")
        if line is None or units == 0:
            continue
        # A return is told with negative units; should it ever be told without a sign, it is one all the same.
        signed = -abs(units) if sale["actionType"] == "RETURN" else units
        yield AgreementSeen(number(line["id"]), signed, happened_at)


def _hold(node: Node) -> HoldSeen:
    return HoldSeen(number(node["id"]), node["handle"] or None, node["reason"], node["heldByRequestingApp"])


def _part(node: Node) -> PartSeen:
    return PartSeen(
        part_id=number(node["id"]),
        line_id=number(node["lineItem"]["id"]),
        item_id=None if node["inventoryItemId"] is None else number(node["inventoryItemId"]),
        remaining=node["remainingQuantity"],
        requires_shipping=node["requiresShipping"],
    )
