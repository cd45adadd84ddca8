"""Fulfillment orders move to another location, and become one again."""

from devstore.admin.acts.fulfillment_orders import line_units
from devstore.admin.acts.refusing import Payload, attempt, mutation, payload, user_error
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs, kind
from devstore.merging import merge
from devstore.moving import move
from devstore.saying import StoreSays

inputs("FulfillmentOrderMergeInput", "mergeIntents")
inputs("FulfillmentOrderMergeInputMergeIntent", "fulfillmentOrderId")
payload("FulfillmentOrderMovePayload", "movedFulfillmentOrder", "originalFulfillmentOrder")
payload("FulfillmentOrderMergePayload", "fulfillmentOrderMerges")
kind("FulfillmentOrderMergeResult").keys("fulfillmentOrder")


@mutation.field("fulfillmentOrderMove", "id", "newLocationId", "fulfillmentOrderLineItems")
def _move(_source: None, asking: Asking, args: Args) -> Payload:
    def act() -> Payload:
        number, place = wanted(args["id"], "FulfillmentOrder"), wanted(args["newLocationId"], "Location")
        units = line_units(args.get("fulfillmentOrderLineItems"))
        done = move(asking.world, asking.shop, number, place, units, by="app")
        return {"movedFulfillmentOrder": done.moved, "originalFulfillmentOrder": done.original}

    return attempt(act)


@mutation.field("fulfillmentOrderMerge", "fulfillmentOrderMergeInputs")
def _merge(_source: None, asking: Asking, args: Args) -> Payload:
    done, errors = [], []
    for index, wish in enumerate(args["fulfillmentOrderMergeInputs"]):
        ids = [wanted(each["fulfillmentOrderId"], "FulfillmentOrder") for each in wish["mergeIntents"]]
        try:
            done.append({"fulfillmentOrder": merge(asking.world, asking.shop, ids, by="app")})
        except StoreSays as said:
            errors.append(user_error(said, "fulfillmentOrderMergeInputs", str(index)))
    return {"fulfillmentOrderMerges": done or None, "userErrors": errors}
