"""Fulfillment services are asked, and answer."""

from devstore import requesting
from devstore.admin.acts.fulfillment_orders import line_units
from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args

payload("FulfillmentOrderSubmitFulfillmentRequestPayload", "originalFulfillmentOrder", "submittedFulfillmentOrder")
payload("FulfillmentOrderCancelPayload", "fulfillmentOrder", "replacementFulfillmentOrder")

# What only says something about a fulfillment order, by the middle of its name in the schema.
SAID = {
    "AcceptFulfillmentRequest": requesting.accept,
    "RejectFulfillmentRequest": requesting.reject,
    "SubmitCancellationRequest": requesting.ask_back,
    "AcceptCancellationRequest": requesting.give_back,
    "RejectCancellationRequest": requesting.refuse_to_give_back,
    "Close": requesting.fail,
}


@mutation.field(
    "fulfillmentOrderSubmitFulfillmentRequest", "id", "message", "notifyCustomer", "fulfillmentOrderLineItems"
)
def _submit(_source: None, asking: Asking, args: Args) -> Payload:
    def act() -> Payload:
        number = wanted(args["id"], "FulfillmentOrder")
        units = line_units(args.get("fulfillmentOrderLineItems"))
        part = requesting.submit(asking.world, asking.shop, number, units, by="app")
        return {"originalFulfillmentOrder": part, "submittedFulfillmentOrder": part}

    return attempt(act)


@mutation.field("fulfillmentOrderCancel", "id")
def _cancel(_source: None, asking: Asking, args: Args) -> Payload:
    def act() -> Payload:
        number = wanted(args["id"], "FulfillmentOrder")
        fresh = requesting.withdraw(asking.world, asking.shop, number, by="app")
        return {"fulfillmentOrder": asking.shop.fulfillment_orders[number], "replacementFulfillmentOrder": fresh}

    return attempt(act)


def _declare(name: str) -> None:
    payload(f"FulfillmentOrder{name}Payload", "fulfillmentOrder")

    @mutation.field(f"fulfillmentOrder{name}", "id", "message")
    def _say(_source: None, asking: Asking, args: Args) -> Payload:
        number = wanted(args["id"], "FulfillmentOrder")

        def act() -> Payload:
            SAID[name](asking.world, asking.shop, number, by="app")
            return {"fulfillmentOrder": asking.shop.fulfillment_orders[number]}

        return attempt(act)


for _name in SAID:
    _declare(_name)
