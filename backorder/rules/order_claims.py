"""From an order as seen to its claims: the open units of each line at each location, and what of them is exposed."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from backorder.rules.claims import Claim
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen

# What a fulfillment order in one of these states still has to ship is open.
OPEN = frozenset({"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE"})
# Somebody is packing it, or a service has it: these units cannot be taken back (domain §4 a).
AT_A_SERVICE = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED"})


def is_open(fulfillment_order: FulfillmentOrderSeen) -> bool:
    return fulfillment_order.status in OPEN


def under_our_hold(fulfillment_order: FulfillmentOrderSeen) -> bool:
    return any(hold.ours for hold in fulfillment_order.holds)


def in_the_works(fulfillment_order: FulfillmentOrderSeen) -> bool:
    """Whether the units are beyond recall: being packed, or with a fulfillment service."""
    return fulfillment_order.status == "IN_PROGRESS" or fulfillment_order.request_status in AT_A_SERVICE


def awaits_routing(order: OrderSeen) -> bool:
    """Whether something is to be shipped and no fulfillment order says from where yet."""
    return (
        order.cancelled_at is None
        and not order.fulfillment_orders
        and any(line.unfulfilled > 0 and line.requires_shipping for line in order.lines)
    )


def claims_of(
    order: OrderSeen, ready_at: datetime | None, likely: Mapping[int, int] | None = None
) -> tuple[Claim, ...]:
    """The claims of an order: one per (line, location) with open units of an inventory item.

    A cancelled order has none. Its age is the later of joining the order and the payment rule being met. Goods without an
    inventory item or location cannot be short and are no claims. While the order awaits routing its units count where they
    are ``likely`` to be served from (item → location), so that nobody younger overtakes them (domain §3).
    """
    if order.cancelled_at is not None:
        return ()
    if awaits_routing(order):
        return _unrouted(order, ready_at, likely or {})
    units: Counter[tuple[int, int, int]] = Counter()
    exposed: Counter[tuple[int, int, int]] = Counter()
    in_works: Counter[tuple[int, int, int]] = Counter()
    for fulfillment_order in filter(is_open, order.fulfillment_orders):
        for part in fulfillment_order.parts:
            if part.item_id is None or fulfillment_order.location_id is None or part.remaining <= 0:
                continue
            key = (part.line_id, fulfillment_order.location_id, part.item_id)
            units[key] += part.remaining
            if not under_our_hold(fulfillment_order):
                exposed[key] += part.remaining
            if in_the_works(fulfillment_order):
                in_works[key] += part.remaining
    return tuple(
        Claim(
            line_id=line_id,
            order_id=order.order_id,
            item_id=item_id,
            location_id=location_id,
            units=count,
            since=_since(order, line_id, ready_at),
            ready=ready_at is not None,
            exposed=exposed[line_id, location_id, item_id],
            in_works=in_works[line_id, location_id, item_id],
        )
        for (line_id, location_id, item_id), count in sorted(units.items())
    )


def _unrouted(order: OrderSeen, ready_at: datetime | None, likely: Mapping[int, int]) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            line_id=line.line_id,
            order_id=order.order_id,
            item_id=line.item_id,
            location_id=likely[line.item_id],
            units=line.unfulfilled,
            since=_since(order, line.line_id, ready_at),
            ready=ready_at is not None,
            routed=False,
        )
        for line in order.lines
        if line.item_id is not None and line.item_id in likely and line.unfulfilled > 0
    )


def _since(order: OrderSeen, line_id: int, ready_at: datetime | None) -> datetime:
    """When the line joined the order (its first agreement), or the payment rule was met, whichever came later."""
    joined = [a.happened_at for a in order.agreements if a.line_id == line_id and a.units > 0]
    first = min(joined, default=order.created_at)
    return max(first, ready_at) if ready_at else first
