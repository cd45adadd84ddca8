"""What is to be shipped from where, what is held, and what left the house.

Fulfillment orders come with global ids, in thin objects, and without their order: our books know whose they are, or a
sweep finds out.
"""

from collections.abc import Iterable
from dataclasses import replace

from webhooks.look import Hint, Look
from webhooks.payload import Payload

# Where the topics put the fulfillment orders they speak of.
NAMED_AS = (
    "fulfillment_order",
    "remaining_fulfillment_order",
    "replacement_fulfillment_order",
    "original_fulfillment_order",
    "moved_fulfillment_order",
    "submitted_fulfillment_order",
)


def fulfillment_order(payload: Payload) -> Look:
    """Any topic about fulfillment orders and their holds, but merging."""
    parts = (payload.part(name) for name in NAMED_AS)
    return Look(fulfillment_orders=_ids(part for part in parts if part is not None))


def held(payload: Payload) -> Look:
    """A hold came or went, mostly ours."""
    return replace(fulfillment_order(payload), echo=True)


def merged(payload: Payload) -> Look:
    """Several fulfillment orders of an order became one."""
    results = (merge.part("fulfillment_order") for merge in payload.one_or_more("fulfillment_order_merges"))
    merged_into = _ids(part for part in results if part is not None)
    intents = (each.id_if_any("fulfillment_order_id", "FulfillmentOrder") for each in payload.parts("merge_intents"))
    # The result may be new to our books, which know those that it was made of.
    return Look(fulfillment_orders=(*merged_into, *(number for number in intents if number is not None)))


def parcel(payload: Payload) -> Look:
    """A parcel was packed or its state changed."""
    return Look(orders=(payload.id("order_id", "Order"),))


def _ids(parts: Iterable[Payload]) -> tuple[int, ...]:
    found = (part.id_if_any("id", "FulfillmentOrder") for part in parts)
    return tuple(number for number in found if number is not None)


TOPICS: dict[str, Hint] = {
    "fulfillment_orders/order_routing_complete": fulfillment_order,
    "fulfillment_orders/moved": fulfillment_order,
    "fulfillment_orders/split": fulfillment_order,
    "fulfillment_orders/merged": merged,
    "fulfillment_orders/placed_on_hold": held,
    "fulfillment_orders/hold_released": held,
    "fulfillment_orders/rescheduled": fulfillment_order,
    "fulfillment_orders/scheduled_fulfillment_order_ready": fulfillment_order,
    "fulfillment_orders/cancelled": fulfillment_order,
    "fulfillment_orders/progress_reported": fulfillment_order,
    "fulfillment_orders/manually_reported_progress_stopped": fulfillment_order,
    "fulfillment_orders/fulfillment_request_submitted": fulfillment_order,
    "fulfillment_orders/fulfillment_request_accepted": fulfillment_order,
    "fulfillment_orders/fulfillment_request_rejected": fulfillment_order,
    "fulfillment_orders/cancellation_request_submitted": fulfillment_order,
    "fulfillment_orders/cancellation_request_accepted": fulfillment_order,
    "fulfillment_orders/cancellation_request_rejected": fulfillment_order,
    "fulfillment_orders/fulfillment_service_failed_to_complete": fulfillment_order,
    "fulfillment_holds/added": held,
    "fulfillment_holds/released": held,
    "fulfillments/create": parcel,
    "fulfillments/update": parcel,
}
