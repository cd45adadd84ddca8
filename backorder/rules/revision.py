"""When a told date must change, and what is written then (domain §6). Improvements change the projection silently."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backorder.rules.evidence import Evidence
from backorder.rules.lots import LotKind
from backorder.rules.projection import Projection
from backorder.rules.promises import Basis, Promise
from backorder.rules.wording import behind, enough_is_here

# What a shown date rests on when nothing that we know of keeps it.
SHOP_PAGE = "the page of the shop"
LEAD_TIME = "supplier lead time"
REST_OF_THE_ORDER = "the rest of the order"
DIRECTLY = ", directly"  # ends the source of what a supplier sends to the buyer
RULE = "queue place × lot × working calendar"
RULE_WITH_LATENESS = "queue place × lot × supplier's lateness × working calendar"
RULE_SENT_DIRECTLY = "supplier's lead time × working days"
RULE_SENT_DIRECTLY_WITH_LATENESS = "supplier's lead time × supplier's lateness × working days"


class Why(StrEnum):
    """Why a told day moved, as customers read it; letters say it in their language (``mail/words``), by its name."""

    NOT_EXPECTED = "The shipment that would have served this order is no longer expected."
    NOW_KNOWN = "A ship date is now known."
    SOLD_OUT_MEANWHILE = (
        "Between the moment you saw that date and your order, the shipment behind it was sold out or moved."
    )
    SUPPLIER_LATE = "Our supplier's shipment will arrive later than planned."
    UNLIKELY = "Our supplier's shipment is not here yet, and it has become unlikely that it comes in time for the day that you were told."
    NEXT_SHIPMENT = "The shipment that was to serve this order no longer covers it; the next one does."
    NOT_COVERED = "The shipment that was to serve this order no longer covers it."
    NO_DAY = "We no longer know by which day it can ship."
    SENT_DIRECTLY = "It is sent to you directly by our supplier now, and that takes longer."
    SENT_DIRECTLY_NO_DAY = "It is sent to you directly by our supplier now, and we do not have a day from them yet."
    SENT_BY_US = "We send it to you ourselves now instead of our supplier, and that takes longer."
    SENT_BY_US_NO_DAY = "We send it to you ourselves now instead of our supplier, and do not have a day for it yet."
    TOGETHER = "Your order ships together, and another part of it takes longer."
    TAKES_LONGER = "What this order waits for will be here later than planned."


@dataclass(frozen=True)
class Revision:
    """A new version of a promise: the day, what it rests on, and the reason in words for the customer.

    Where a range is told, ``ship_from`` is its first day.
    """

    ship_by: date | None
    basis: Basis
    source: str
    reason: str
    rule: str = RULE
    confidence: float | None = None
    stated_on: date | None = None
    ship_from: date | None = None


def first(projection: Projection) -> Revision:
    """The first promise for a claim that waits."""
    return _revision(projection, _why(projection))


def as_shown(shown: Evidence, projection: Projection) -> Revision:
    """The first promise for a claim whose buyer was shown a day: that day, resting on what serves the claim if that keeps it."""
    kept = projection.ship_by is not None and shown.ship_by is not None and projection.ship_by <= shown.ship_by
    rests_on = source(projection) if kept or projection.ship_by == shown.ship_by else SHOP_PAGE
    reason = "The page showed it when the order was placed."
    return Revision(shown.ship_by, Basis.SHOWN, rests_on, reason, ship_from=shown.ship_from)


def revise(
    promise: Promise, projection: Projection, expected: Mapping[str, date | None] | None = None
) -> Revision | None:
    """A worse date that must be told, or None. ``expected``: what is to come still, by its label, with its stated day.

    A lot that is overdue says nothing new until the merchant gives it another date. A lead time slides with the calendar
    without being news, and so do goods at the dock that nobody counts in. All are shown to the merchant instead of being
    mailed every morning. Neither is it news that a supplier is trusted less than before: only that the stated days alone make it later
    (domain §10 d).
    """
    if projection.overdue:
        return None
    was_dated, is_dated = promise.ship_by is not None, projection.ship_by is not None
    if was_dated and not is_dated:
        return _revision(projection, _no_day(promise, projection, expected or {}))
    if not was_dated and is_dated:
        return _revision(projection, Why.NOW_KNOWN.value)
    if promise.ship_by is None or projection.ship_by is None or projection.ship_by <= promise.ship_by:
        return None
    if _is_at_the_dock(projection) or (projection.stated is not None and projection.stated <= promise.ship_by):
        return None
    return _revision(projection, _later(promise, projection))


def _revision(projection: Projection, reason: str) -> Revision:
    allowed, lot, reckoned = projection.allowance, projection.last_lot, projection.reckoned
    percent = reckoned.percent if reckoned else allowed.percent if allowed else None
    if percent is None or lot is None:
        rule = RULE_SENT_DIRECTLY if projection.sent_by else RULE
        return Revision(
            projection.ship_by, projection.basis, source(projection), reason, rule, ship_from=projection.ship_from
        )
    return Revision(
        ship_by=projection.ship_by,
        basis=projection.basis,
        source=source(projection),
        reason=reason,
        rule=RULE_SENT_DIRECTLY_WITH_LATENESS if projection.sent_by else RULE_WITH_LATENESS,
        confidence=percent / 100,
        stated_on=lot.due_on,
        ship_from=projection.ship_from,
    )


def source(projection: Projection) -> str:
    """The supply a date rests on, in a few words."""
    lot = projection.last_lot
    if projection.sent_by:
        return f"{projection.sent_by}{DIRECTLY}"
    if projection.basis is Basis.LOT and lot is not None:
        return lot.label or "stock on hand"
    return {
        Basis.LEAD_TIME: LEAD_TIME,
        Basis.ASAP: "as soon as possible",
        Basis.UNKNOWN: "no supply known",
        Basis.LOT: "stock",
        Basis.SHOWN: SHOP_PAGE,
        Basis.TOGETHER: REST_OF_THE_ORDER,
    }[projection.basis]


def _is_at_the_dock(projection: Projection) -> bool:
    lot = projection.last_lot
    return projection.basis is Basis.LOT and lot is not None and lot.kind is LotKind.DOCK


def _why(projection: Projection) -> str:
    lot = projection.last_lot
    if projection.sent_by:
        sent = f"Sent by {projection.sent_by} directly, by their lead time from the day of the order."
        return f"{sent} {projection.allowance.sentence()}" if projection.allowance else sent
    if projection.basis is Basis.LOT and lot is not None:
        served = f"Served from {lot.label}, {behind(projection.ahead)}."
        if projection.reckoned:
            return f"{served} {enough_is_here(projection.reckoned.on, projection.reckoned.percent)}"
        return f"{served} {projection.allowance.sentence()}" if projection.allowance else served
    if projection.basis is Basis.TOGETHER:
        return "Ships together with the rest of the order."
    return f"Based on {source(projection)}."


def _no_day(promise: Promise, projection: Projection, expected: Mapping[str, date | None]) -> str:
    """The truth about a day that is lost: its shipment is, or serves others; or it goes another way, of which no day is known."""
    if another := _another_way(promise, projection, Why.SENT_DIRECTLY_NO_DAY, Why.SENT_BY_US_NO_DAY):
        return another.value
    if promise.source == SHOP_PAGE:
        return Why.SOLD_OUT_MEANWHILE.value
    if _sent_directly(promise) or promise.source in {LEAD_TIME, REST_OF_THE_ORDER}:
        return Why.NO_DAY.value
    if promise.source not in expected:
        return Why.NOT_EXPECTED.value
    return (Why.NOT_COVERED if expected[promise.source] else Why.NO_DAY).value


def _later(promise: Promise, projection: Projection) -> str:
    """The truth about a later day: the same supply is late, or another one serves this place now."""
    if another := _another_way(promise, projection, Why.SENT_DIRECTLY, Why.SENT_BY_US):
        return another.value
    if promise.source == SHOP_PAGE and projection.basis is not Basis.LEAD_TIME:
        return Why.SOLD_OUT_MEANWHILE.value
    # A lead time counts from the order: whose cart lay over midnight lost no shipment to others. What the rest of an order rested on
    # by itself was never told.
    if promise.source in {SHOP_PAGE, REST_OF_THE_ORDER}:
        return Why.TAKES_LONGER.value
    # A lead time stood for the supplier's next shipment, whichever that is now.
    if promise.source in {source(projection), LEAD_TIME} or projection.sent_by:
        return Why.SUPPLIER_LATE.value
    return (Why.NEXT_SHIPMENT if projection.basis is Basis.LOT else Why.NOT_COVERED).value


def _another_way(promise: Promise, projection: Projection, by_supplier: Why, by_us: Why) -> Why | None:
    """Whether it comes another way than its buyer was told, so that no shipment of ours has anything to do with the day that moved."""
    if projection.basis is Basis.TOGETHER:
        return Why.TOGETHER
    if bool(projection.sent_by) is _sent_directly(promise):
        return None
    return by_supplier if projection.sent_by else by_us


def _sent_directly(promise: Promise) -> bool:
    """Whether its buyer was told a day by which a supplier sends it to them."""
    return promise.source.endswith(DIRECTLY)
