"""An app ships."""

from devstore.admin.acts.fulfillment_orders import line_units
from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.fulfilment import Tracking, ship
from devstore.saying import StoreSays

inputs("FulfillmentInput", "lineItemsByFulfillmentOrder", "notifyCustomer", "trackingInfo")
inputs("FulfillmentOrderLineItemsInput", "fulfillmentOrderId", "fulfillmentOrderLineItems")
inputs("FulfillmentTrackingInput", "company", "number", "url")
payload("FulfillmentCreatePayload", "fulfillment")


@mutation.field("fulfillmentCreate", "fulfillment")
def _create(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["fulfillment"]
    tracking = Tracking(**(wish.get("trackingInfo") or {}))

    def act() -> Payload:
        pairs = wish["lineItemsByFulfillmentOrder"]
        if len(pairs) != 1:
            raise StoreSays("This store ships one fulfillment order at a time.", ("lineItemsByFulfillmentOrder",))
        number = wanted(pairs[0]["fulfillmentOrderId"], "FulfillmentOrder")
        lines = dict(line_units(pairs[0].get("fulfillmentOrderLineItems")))
        return {"fulfillment": ship(asking.world, asking.shop, number, lines, tracking=tracking, by="app")}

    return attempt(act)
