"""Orders: read whole, every inner page, as one frozen value."""

from collections.abc import Iterable

from backorder.rules.seen import ContactSeen, FulfillmentOrderSeen, OrderSeen, TransactionSeen
from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid, number, number_in
from backorder.store.order_pages import OrderPages
from backorder.store.reading import Node, instant, instant_or_none
from backorder.store.several import by_number, several

# One may cost 180 points at most, and a query 1,000.
ORDERS_A_CALL = 5
# Holds and dates need no customer: where the shop has not granted them, an order is read without.
MAY_LACK = ("customer",)
# Nor does a letter need a name: Shopify approves names and addresses of mail one by one.
A_LETTER_MAY_LACK = ("firstName",)


def order(client: ShopGraphQL, order_id: int) -> OrderSeen | None:
    node = client.execute("order", {"id": gid("Order", order_id)}, MAY_LACK)["order"]
    return None if node is None else _order(client, node)


def orders(client: ShopGraphQL, order_ids: Iterable[int]) -> dict[int, OrderSeen]:
    found = by_number(several(client, "orders", "Order", order_ids, ORDERS_A_CALL, MAY_LACK))
    return {order_id: _order(client, node) for order_id, node in found.items()}


def _order(client: ShopGraphQL, node: Node) -> OrderSeen:
    pages = OrderPages(client, number(node["id"]))
    address, promise = node["shippingAddress"], node["promise"]
    return OrderSeen(
        order_id=number(node["id"]),
        name=node["name"],
        created_at=instant(node["createdAt"]),
        processed_at=instant(node["processedAt"]),
        updated_at=instant(node["updatedAt"]),
        cancelled_at=instant_or_none(node["cancelledAt"]),
        closed=node["closed"],
        test=node["test"],
        financial_status=node["displayFinancialStatus"] or "PENDING",
        currency=node["currencyCode"],
        country=address and address["countryCodeV2"],
        source=node["sourceName"],
        tags=frozenset(node["tags"]),
        status_url=node["statusPageUrl"],
        promise=promise and promise["jsonValue"],
        promise_digest=promise and promise["compareDigest"],
        transactions=tuple(_transaction(each) for each in node["transactions"]),
        agreements=pages.agreements(node["agreements"]),
        lines=pages.lines(node["lineItems"]),
        fulfillment_orders=pages.fulfillment_orders(node["fulfillmentOrders"]),
        customer_id=number_in(node["customer"]),
    )


def fulfillment_order(client: ShopGraphQL, fulfillment_order_id: int) -> FulfillmentOrderSeen | None:
    variables = {"id": gid("FulfillmentOrder", fulfillment_order_id)}
    node = client.execute("fulfillment_order", variables)["fulfillmentOrder"]
    return None if node is None else OrderPages(client, number(node["orderId"])).fulfillment_order(node)


def contact(client: ShopGraphQL, order_id: int) -> ContactSeen | None:
    node = client.execute("contact", {"id": gid("Order", order_id)}, A_LETTER_MAY_LACK)["order"]
    if node is None:
        return None
    customer = node["customer"] or {}
    known = customer.get("defaultEmailAddress") or {}
    return ContactSeen(
        order_id=order_id,
        email=node["email"] or known.get("emailAddress"),
        first_name=customer.get("firstName"),
        locale=node["customerLocale"] or customer.get("locale"),
    )


def _transaction(node: Node) -> TransactionSeen:
    return TransactionSeen(node["kind"], node["status"], instant_or_none(node["processedAt"]))
