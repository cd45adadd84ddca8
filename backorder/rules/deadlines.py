"""By when the warehouse is to send what waits: the end of the promised day, in the shop's time (domain §5)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen

LAST_MOMENT = time(23, 59, 59)


def deadlines(
    fulfillment_orders: Iterable[FulfillmentOrderSeen],
    promised: Mapping[int, date | None],
    timezone: str,
    refused: Mapping[int, datetime] | None = None,
) -> dict[datetime, tuple[int, ...]]:
    """Fulfillment orders under our hold whose deadline is not the promised day, by the deadline that they must have.

    ``promised`` is the day by line. One of whose lines a day is not known gets none: a guess is no deadline. A deadline that does not end a
    day of the shop is somebody else's, as a marketplace's that fines what is late, and stays. What the store ``refused`` for a fulfillment
    order is not wanted of it again; another day is.
    """
    found: dict[datetime, tuple[int, ...]] = {}
    for each in fulfillment_orders:
        if (
            not is_open(each)
            or in_the_works(each)
            or not under_our_hold(each)
            or _is_of_others(each.fulfill_by, timezone)
        ):
            continue
        days = [promised[part.line_id] for part in each.parts if part.remaining and part.line_id in promised]
        if not days or not all(days):
            continue
        last = max(day for day in days if day)
        at = datetime.combine(last, LAST_MOMENT, ZoneInfo(timezone)).astimezone(UTC)
        if at not in {each.fulfill_by, (refused or {}).get(each.fulfillment_order_id)}:
            found[at] = (*found.get(at, ()), each.fulfillment_order_id)
    return found


def _is_of_others(deadline: datetime | None, timezone: str) -> bool:
    return deadline is not None and deadline.astimezone(ZoneInfo(timezone)).time() != LAST_MOMENT
