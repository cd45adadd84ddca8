"""Holds on fulfillment orders: placed for want of stock, released by their ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from backorder.store.client import ShopGraphQL
from backorder.store.errors import AlreadyHeld, StoreRefused
from backorder.store.gids import gid, number
from backorder.store.order_pages import OrderPages
from backorder.store.reading import Node, payload
from backorder.store.written import Held, Released

LONGEST_HANDLE = 64
OUT_OF_STOCK = "INVENTORY_OUT_OF_STOCK"
DUPLICATE = "DUPLICATE_FULFILLMENT_HOLD_HANDLE"


def hold(
    client: ShopGraphQL,
    fulfillment_order_id: int,
    handle: str,
    parts: Mapping[int, int] | None,
    note: str,
    reason: str = OUT_OF_STOCK,
) -> Held:
    variables = {"id": gid("FulfillmentOrder", fulfillment_order_id), "hold": _wish(handle, parts, note, reason)}
    try:
        said = payload(client.execute("hold", variables), "fulfillmentOrderHold")
    except StoreRefused as refused:
        if DUPLICATE in refused.codes:
            raise AlreadyHeld(str(refused), problems=refused.problems) from refused
        raise
    return _held(client, said)


def narrow(
    client: ShopGraphQL,
    fulfillment_order_id: int,
    hold_ids: tuple[int, ...],
    handle: str,
    parts: Mapping[int, int],
    note: str,
    reason: str = OUT_OF_STOCK,
) -> Held | None:
    if not hold_ids:
        raise ValueError("name the holds to release: without names the store releases everybody's")
    data = client.execute(
        "narrow",
        {
            "id": gid("FulfillmentOrder", fulfillment_order_id),
            "holdIds": [gid("FulfillmentHold", each) for each in hold_ids],
            "hold": _wish(handle, parts, note, reason),
        },
    )
    payload(data, "fulfillmentOrderReleaseHold")
    said = payload(data, "fulfillmentOrderHold")
    try:
        return _held(client, said)
    except AlreadyHeld:
        return None


def merge(client: ShopGraphQL, fulfillment_order_ids: Sequence[int]) -> None:
    intents = [{"fulfillmentOrderId": gid("FulfillmentOrder", each)} for each in fulfillment_order_ids]
    payload(client.execute("merge", {"merges": [{"mergeIntents": intents}]}), "fulfillmentOrderMerge")


def set_deadline(client: ShopGraphQL, fulfillment_order_ids: Sequence[int], at: datetime) -> None:
    variables = {"ids": [gid("FulfillmentOrder", each) for each in fulfillment_order_ids], "deadline": at.isoformat()}
    payload(client.execute("deadline", variables), "fulfillmentOrdersSetFulfillmentDeadline")


def _held(client: ShopGraphQL, said: Node) -> Held:
    held, rest, placed = said["fulfillmentOrder"], said["remainingFulfillmentOrder"], said["fulfillmentHold"]
    if held is None or placed is None:  # the schema lets the store say nothing of what it did: reading tells
        raise AlreadyHeld("The store placed the hold and did not show it.")
    pages = OrderPages(client, number(held["orderId"]))
    return Held(
        hold_id=number(placed["id"]),
        held=pages.fulfillment_order(held),
        rest=rest and pages.fulfillment_order(rest),
    )


def release(client: ShopGraphQL, fulfillment_order_id: int, hold_ids: tuple[int, ...]) -> Released | None:
    if not hold_ids:
        raise ValueError("name the holds to release: without names the store releases everybody's")
    variables = {
        "id": gid("FulfillmentOrder", fulfillment_order_id),
        "holdIds": [gid("FulfillmentHold", each) for each in hold_ids],
    }
    said = payload(client.execute("release", variables), "fulfillmentOrderReleaseHold")["fulfillmentOrder"]
    return said and Released(number(said["id"]), said["status"])


def _wish(handle: str, parts: Mapping[int, int] | None, note: str, reason: str = OUT_OF_STOCK) -> Node:
    if not 0 < len(handle) <= LONGEST_HANDLE:
        raise ValueError("a handle has 1 to 64 characters")
    wish: Node = {
        "reason": reason,
        "reasonNotes": note,
        "handle": handle,
        "notifyMerchant": False,
    }
    if parts is None:
        return wish
    if not parts or min(parts.values()) < 1:
        raise ValueError("name units of at least one part, or None to hold the whole: an empty list would hold it too")
    wish["fulfillmentOrderLineItems"] = [
        {"id": gid("FulfillmentOrderLineItem", part), "quantity": units} for part, units in sorted(parts.items())
    ]
    return wish
