"""From an order as seen to its claims: the open units of each line at each location, and what of them is exposed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from backorder.rules.claims import Claim
from backorder.rules.foreign_holds import held_by_others_since
from backorder.rules.left_alone import left_alone
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen
from backorder.rules.tranches import Joined, joined, oldest_gone, youngest_gone

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


def given_back(fulfillment_order: FulfillmentOrderSeen) -> bool:
    """Whether a service gave it back unfinished: nobody packs it, and the store holds none, before it is asked for again or moved."""
    return fulfillment_order.status == "INCOMPLETE"


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
    alone = left_alone(order.source) is not None
    units: Counter[tuple[int, int, int]] = Counter()
    exposed: Counter[tuple[int, int, int]] = Counter()
    in_works: Counter[tuple[int, int, int]] = Counter()
    stopped: dict[tuple[int, int, int], list[datetime | None]] = defaultdict(list)
    for fulfillment_order in filter(is_open, order.fulfillment_orders):
        for part in fulfillment_order.parts:
            if part.item_id is None or fulfillment_order.location_id is None or part.remaining <= 0:
                continue
            key = (part.line_id, fulfillment_order.location_id, part.item_id)
            units[key] += part.remaining
            stopped[key].append(held_by_others_since(fulfillment_order))
            if not under_our_hold(fulfillment_order) and not given_back(fulfillment_order):
                exposed[key] += part.remaining
            if in_the_works(fulfillment_order) or (alone and not under_our_hold(fulfillment_order)):
                in_works[key] += part.remaining
    open_units: Counter[int] = Counter()
    for (line_id, _, _), count in units.items():
        open_units[line_id] += count
    queues = {line_id: _joined(order, line_id, count, ready_at) for line_id, count in open_units.items()}
    found = []
    for (line_id, location_id, item_id), count in sorted(units.items()):
        here = youngest_gone(queues[line_id], sum(n for _, n in queues[line_id]) - count)
        queues[line_id] = oldest_gone(queues[line_id], count)
        found.append(
            Claim(
                line_id=line_id,
                order_id=order.order_id,
                item_id=item_id,
                location_id=location_id,
                units=count,
                since=here[0][0],
                ready=ready_at is not None,
                exposed=exposed[line_id, location_id, item_id],
                in_works=in_works[line_id, location_id, item_id],
                later=tuple(here[1:]),
                stopped_since=_all_of_it(stopped[line_id, location_id, item_id]),
            )
        )
    return tuple(found)


def _all_of_it(stopped: Iterable[datetime | None]) -> datetime | None:
    """Since when the last of its fulfillment orders is held by others; None: one of them is not."""
    moments = list(stopped)
    held = [moment for moment in moments if moment is not None]
    return max(held) if held and len(held) == len(moments) else None


def _unrouted(order: OrderSeen, ready_at: datetime | None, likely: Mapping[int, int]) -> tuple[Claim, ...]:
    found = []
    for line in order.lines:
        if line.item_id is not None and line.item_id in likely and line.unfulfilled > 0:
            tranches = _joined(order, line.line_id, line.unfulfilled, ready_at)
            found.append(
                Claim(
                    line_id=line.line_id,
                    order_id=order.order_id,
                    item_id=line.item_id,
                    location_id=likely[line.item_id],
                    units=line.unfulfilled,
                    since=tranches[0][0],
                    ready=ready_at is not None,
                    routed=False,
                    later=tuple(tranches[1:]),
                )
            )
    return tuple(found)


def _joined(order: OrderSeen, line_id: int, units: int, ready_at: datetime | None) -> Joined:
    """When the line's open units joined, or the payment rule was met, whichever came later; equal moments are one."""
    found: dict[datetime, int] = {}
    taken_out = next((line.taken_out for line in order.lines if line.line_id == line_id), None)
    for since, count in joined(order.agreements, line_id, order.created_at, units, taken_out):
        moment = max(since, ready_at) if ready_at else since
        found[moment] = found.get(moment, 0) + count
    return sorted(found.items())
