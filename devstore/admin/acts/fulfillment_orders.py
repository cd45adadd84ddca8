"""Hold, release, split, set a deadline."""

from typing import Any

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload, user_error
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs, kind
from devstore.fulfilment import hold, release, set_deadline, split
from devstore.saying import StoreSays

inputs(
    "FulfillmentOrderHoldInput",
    "reason",
    "reasonNotes",
    "handle",
    "notifyMerchant",
    "externalId",
    "fulfillmentOrderLineItems",
)
inputs("FulfillmentOrderLineItemInput", "id", "quantity")
inputs("FulfillmentOrderSplitInput", "fulfillmentOrderId", "fulfillmentOrderLineItems")
payload("FulfillmentOrderHoldPayload", "fulfillmentHold", "fulfillmentOrder", "remainingFulfillmentOrder")
payload("FulfillmentOrderReleaseHoldPayload", "fulfillmentOrder")
payload("FulfillmentOrderSplitPayload", "fulfillmentOrderSplits")
kind("FulfillmentOrderSplitResult").keys("fulfillmentOrder", "remainingFulfillmentOrder", "replacementFulfillmentOrder")
payload("FulfillmentOrdersSetFulfillmentDeadlinePayload", "success")


def line_units(lines: list[dict[str, Any]] | None) -> list[tuple[int, int]]:
    """(line id, units) of ``fulfillmentOrderLineItems``."""
    return [(wanted(line["id"], "FulfillmentOrderLineItem"), line["quantity"]) for line in lines or []]


@mutation.field("fulfillmentOrderHold", "id", "fulfillmentHold")
def _hold(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["fulfillmentHold"]

    def act() -> Payload:
        held = hold(
            asking.world,
            asking.shop,
            wanted(args["id"], "FulfillmentOrder"),
            reason=wish["reason"],
            handle=wish.get("handle") or "",
            notes=wish.get("reasonNotes"),
            units=line_units(wish.get("fulfillmentOrderLineItems")),
            app_id=asking.app_id,
        )
        return {"fulfillmentHold": held.hold, "fulfillmentOrder": held.part, "remainingFulfillmentOrder": held.rest}

    return attempt(act)


@mutation.field("fulfillmentOrderReleaseHold", "id", "holdIds", "externalId")
def _release(_source: None, asking: Asking, args: Args) -> Payload:
    named = args.get("holdIds")
    ids = None if named is None else tuple(wanted(each, "FulfillmentHold") for each in named)
    number = wanted(args["id"], "FulfillmentOrder")
    return attempt(lambda: {"fulfillmentOrder": release(asking.world, asking.shop, number, ids, app_id=asking.app_id)})


@mutation.field("fulfillmentOrderSplit", "fulfillmentOrderSplits")
def _split(_source: None, asking: Asking, args: Args) -> Payload:
    done, errors = [], []
    for index, wish in enumerate(args["fulfillmentOrderSplits"]):
        number = wanted(wish["fulfillmentOrderId"], "FulfillmentOrder")
        units = line_units(wish["fulfillmentOrderLineItems"])
        try:
            result = split(asking.world, asking.shop, number, units, by="app")
        except StoreSays as said:
            errors.append(user_error(said, "fulfillmentOrderSplits", str(index)))
        else:
            done.append({"fulfillmentOrder": result.original, "remainingFulfillmentOrder": result.remaining})
    return {"fulfillmentOrderSplits": done or None, "userErrors": errors}


@mutation.field("fulfillmentOrdersSetFulfillmentDeadline", "fulfillmentOrderIds", "fulfillmentDeadline")
def _deadline(_source: None, asking: Asking, args: Args) -> Payload:
    ids = [wanted(each, "FulfillmentOrder") for each in args["fulfillmentOrderIds"]]

    def act() -> Payload:
        set_deadline(asking.world, asking.shop, ids, args["fulfillmentDeadline"])
        return {"success": True}

    return attempt(act)
