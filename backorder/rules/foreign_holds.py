"""Holds of others: for a while an order keeps its turn under one, and its units are set aside; then others go first (domain §3).

The store does not tell when a hold was placed. So each is remembered from when it was first seen, which is the moment at which its
fulfillment order last changed then.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from backorder.rules.seen import FulfillmentOrderSeen, HoldSeen, OrderSeen


def remembered(seen: OrderSeen, known: Iterable[FulfillmentOrderSeen]) -> OrderSeen:
    """The order with the moments at which holds of others were first seen, as far as they were known before."""
    if not any(not hold.ours for fo in seen.fulfillment_orders for hold in fo.holds):
        return seen
    since = {hold.hold_id: hold.since for fo in known for hold in fo.holds}
    return replace(seen, fulfillment_orders=tuple(_remembered(fo, since) for fo in seen.fulfillment_orders))


def _remembered(fo: FulfillmentOrderSeen, since: dict[int, datetime | None]) -> FulfillmentOrderSeen:
    def with_its_moment(hold: HoldSeen) -> HoldSeen:
        return hold if hold.ours else replace(hold, since=since.get(hold.hold_id) or fo.updated_at)

    return replace(fo, holds=tuple(map(with_its_moment, fo.holds)))


def held_by_others_since(fulfillment_order: FulfillmentOrderSeen) -> datetime | None:
    """Since when somebody else holds a fulfillment order; None: nobody does."""
    return min(
        (hold.since or fulfillment_order.updated_at for hold in fulfillment_order.holds if not hold.ours), default=None
    )


def has_lost_its_turn(stopped_since: datetime, patience: timedelta, now: datetime) -> bool:
    """Whether a hold of somebody else has lasted for so long that others go first."""
    return stopped_since + patience <= now
