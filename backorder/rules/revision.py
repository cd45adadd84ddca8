"""When a told date must change, and what is written then (domain §6). Improvements change the projection silently."""

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
REST_OF_THE_ORDER = "the rest of the order"
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
    NEXT_SHIPMENT = "The shipment that was to serve this order no longer covers it; the next one does."
    NOT_COVERED = "The shipment that was to serve this order no longer covers it."
    SENT_DIRECTLY = "It is sent to you directly by our supplier now, and that takes longer."


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


def revise(promise: Promise, projection: Projection) -> Revision | None:
    """A worse date that must be told, or None.

    A lot that is overdue says nothing new until the merchant gives it another date. A lead time slides with the calendar
    without being news, and so do goods at the dock that nobody counts in. All are shown to the merchant instead of being
    mailed every morning. Neither is it news that a supplier is trusted less than before: only that the stated days alone make it later
    (domain §10 d).
    """
    if projection.overdue:
        return None
    was_dated, is_dated = promise.ship_by is not None, projection.ship_by is not None
    if was_dated and not is_dated:
        return _revision(projection, Why.NOT_EXPECTED.value)
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
        return f"{projection.sent_by}, directly"
    if projection.basis is Basis.LOT and lot is not None:
        return lot.label or "stock on hand"
    return {
        Basis.LEAD_TIME: "supplier lead time",
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


def _later(promise: Promise, projection: Projection) -> str:
    """The truth about a later day: the same supply is late, or another one serves this place now."""
    if projection.basis is Basis.TOGETHER:
        return "Your order ships together, and another part of it comes later than planned."
    if projection.sent_by and promise.source != source(projection):  # no shipment of ours has anything to do with it
        return Why.SENT_DIRECTLY.value
    if promise.source == SHOP_PAGE:
        return Why.SOLD_OUT_MEANWHILE.value
    if promise.source == source(projection):
        return Why.SUPPLIER_LATE.value
    if projection.basis is Basis.LOT:
        return Why.NEXT_SHIPMENT.value
    return Why.NOT_COVERED.value
