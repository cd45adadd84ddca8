"""``refundCreate``: some units of an order are paid back."""

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.admin.nouns.refunds import Refunded
from devstore.refunding import Back, refund

inputs("RefundInput", "orderId", "note", "notify", "refundLineItems")
inputs("RefundLineItemInput", "lineItemId", "locationId", "quantity", "restockType")
payload("RefundCreatePayload", "refund", "order")


@mutation.field("refundCreate", "input")
def _refund(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["input"]

    def act() -> Payload:
        number = wanted(wish["orderId"], "Order")
        lines = [
            Back(
                wanted(each["lineItemId"], "LineItem"),
                each["quantity"],
                each.get("restockType") or "NO_RESTOCK",
                wanted(each["locationId"], "Location") if each.get("locationId") else None,
            )
            for each in wish.get("refundLineItems") or []
        ]
        made = refund(asking.world, asking.shop, number, lines, note=wish.get("note"), by="app")
        order = asking.shop.orders[number]
        return {"refund": Refunded(order, made), "order": order}

    return attempt(act)
