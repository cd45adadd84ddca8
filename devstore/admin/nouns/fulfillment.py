"""Fulfillment orders, their lines and holds."""

from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.nouns.shop import app_of
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import FOLine, FulfillmentOrder, Hold, Item, LineItem, Location, Order, Variant
from devstore.standing import supported_actions

Seen = tuple[FulfillmentOrder, FOLine]

part = kind("FulfillmentOrder", FulfillmentOrder)
part.plain(
    "status", "requestStatus", "fulfillBy", "createdAt", "updatedAt", fulfillAt="created_at", fulfillmentHolds="holds"
)
kind("DeliveryMethod").keys("methodType", "minDeliveryDateTime", "maxDeliveryDateTime")


def _order_of(source: FulfillmentOrder, asking: Asking) -> Order:
    return asking.shop.orders[source.order_id]


def _bought(source: Seen, asking: Asking) -> LineItem:
    return _order_of(source[0], asking).line(source[1].line_item_id)


@part.field("id")
def _id(source: FulfillmentOrder, _asking: Asking, _args: Args) -> str:
    return gid("FulfillmentOrder", source.id)


@part.field("deliveryMethod")
def _delivery_method(source: FulfillmentOrder, _asking: Asking, _args: Args) -> dict[str, str]:
    return {"methodType": source.method}


@part.field("orderId")
def _order_id(source: FulfillmentOrder, _asking: Asking, _args: Args) -> str:
    return gid("Order", source.order_id)


@part.field("order")
def _order(source: FulfillmentOrder, asking: Asking, _args: Args) -> Order:
    return _order_of(source, asking)


@part.field("orderName")
def _order_name(source: FulfillmentOrder, asking: Asking, _args: Args) -> str:
    return _order_of(source, asking).name


@part.field("orderProcessedAt")
def _processed(source: FulfillmentOrder, asking: Asking, _args: Args) -> object:
    return _order_of(source, asking).processed_at


@part.field("assignedLocation")
def _assigned(source: FulfillmentOrder, asking: Asking, _args: Args) -> dict[str, Location | str]:
    place = asking.shop.locations[source.location_id]
    return {"name": place.name, "location": place}


kind("FulfillmentOrderAssignedLocation").keys("name", "location")


@part.field("destination")
def _destination(source: FulfillmentOrder, asking: Asking, _args: Args) -> dict[str, str] | None:
    address = _order_of(source, asking).shipping_address
    return None if address is None else {"countryCode": address.country_code, "zip": address.zip}


kind("FulfillmentOrderDestination").keys("countryCode", "zip")


@part.field("supportedActions")
def _actions(source: FulfillmentOrder, asking: Asking, _args: Args) -> list[dict[str, str | None]]:
    beside = asking.shop.fulfillment_orders_of(source.order_id)
    return [{"action": action, "externalUrl": None} for action in supported_actions(source, beside)]


kind("FulfillmentOrderSupportedAction").keys("action", "externalUrl")


@part.listing("locationsForMove", "locationIds")
def _places(source: FulfillmentOrder, asking: Asking, args: Args) -> Listing:
    wanted = args.get("locationIds")
    others = [
        place
        for place in asking.shop.locations.values()
        if place.id != source.location_id and (wanted is None or gid("Location", place.id) in wanted)
    ]
    return Listing([(source, place) for place in others], key=lambda seen: (seen[1].id,))


place_for_move = kind("FulfillmentOrderLocationForMove")


@place_for_move.field("location")
def _place(source: tuple[FulfillmentOrder, Location], _asking: Asking, _args: Args) -> Location:
    return source[1]


@place_for_move.field("movable")
def _movable(source: tuple[FulfillmentOrder, Location], asking: Asking, _args: Args) -> bool:
    part_, place = source
    tracked = [line.item_id for line in part_.lines if line.item_id is not None and asking.shop.tracks(line.item_id)]
    return place.active and all((item_id, place.id) in asking.shop.levels for item_id in tracked)


@part.listing("lineItems")
def _lines(source: FulfillmentOrder, _asking: Asking, _args: Args) -> Listing:
    return Listing([(source, line) for line in source.lines], key=lambda seen: (seen[1].id,))


line = kind("FulfillmentOrderLineItem")


@line.field("id")
def _line_id(source: Seen, _asking: Asking, _args: Args) -> str:
    return gid("FulfillmentOrderLineItem", source[1].id)


@line.field("totalQuantity")
def _total(source: Seen, _asking: Asking, _args: Args) -> int:
    return source[1].total


@line.field("remainingQuantity")
def _remaining(source: Seen, _asking: Asking, _args: Args) -> int:
    return source[1].remaining


@line.field("inventoryItemId")
def _item_id(source: Seen, _asking: Asking, _args: Args) -> str | None:
    return gid("InventoryItem", source[1].item_id) if source[1].item_id else None


@line.field("requiresShipping")
def _requires_shipping(source: Seen, asking: Asking, _args: Args) -> bool:
    return _bought(source, asking).requires_shipping


@line.field("sku")
def _sku(source: Seen, asking: Asking, _args: Args) -> str | None:
    item: Item | None = asking.shop.items.get(source[1].item_id or 0)
    return item.sku if item else None


@line.field("lineItem")
def _line_item(source: Seen, asking: Asking, _args: Args) -> LineItem:
    return _bought(source, asking)


@line.field("variant")
def _variant(source: Seen, asking: Asking, _args: Args) -> Variant | None:
    return asking.shop.variants.get(_bought(source, asking).variant_id or 0)


hold = kind("FulfillmentHold", Hold).plain("handle", "reason", reasonNotes="notes")


@hold.field("id")
def _hold_id(source: Hold, _asking: Asking, _args: Args) -> str:
    return gid("FulfillmentHold", source.id)


@hold.field("displayReason")
def _display(source: Hold, _asking: Asking, _args: Args) -> str:
    return source.reason.replace("_", " ").capitalize()


@hold.field("heldByRequestingApp")
def _ours(source: Hold, asking: Asking, _args: Args) -> bool:
    return source.app_id == asking.app_id


@hold.field("heldByApp")
def _holder(source: Hold, asking: Asking, _args: Args) -> dict[str, Any] | None:
    return app_of(asking, source.app_id)
