"""Who appears: Ada, Ben, Cleo and Dora wait for lamps; a store, its shelves and its fulfillment orders as values."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import settings

from backorder.rules.claims import Claim
from backorder.rules.lots import Lot, LotKind
from backorder.rules.projection import Future, Projection
from backorder.rules.promises import Promise
from backorder.rules.revision import Revision
from backorder.rules.seen import FulfillmentOrderSeen, HoldSeen, LineSeen, OrderSeen, PartSeen, TransactionSeen
from backorder.rules.working_calendar import WorkingCalendar
from tests.dice import DICE

# Rules are quick and machines are not alike: judged by what they answer, not by how long the first call took.
law = settings(max_examples=50 * DICE, deadline=None)

LAMP, CHAIR = 201, 202
DOCKS, QUEENS = 11, 12
ADA, BEN, CLEO, DORA = 1, 2, 3, 4

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
EVERY_DAY = WorkingCalendar(weekdays=frozenset(range(7)), receiving_days=0, handling_days=0)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def claim(who: int, units: int = 1, **changes: object) -> Claim:
    """Somebody's claim on lamps; who has the smaller number came first."""
    plain = Claim(line_id=who, order_id=who, item_id=LAMP, location_id=DOCKS, units=units, since=hours_ago(100 - who))
    return replace(plain, **changes)


def lot(units: int, days: int | None = 10, lot_id: int = 1, **changes: object) -> Lot:
    """Units on a purchase order that is due in some days; None: at the dock."""
    kind = LotKind.DOCK if days is None else LotKind.PURCHASE_ORDER
    due_on = None if days is None else in_days(days)
    return replace(Lot(lot_id, LAMP, DOCKS, kind, units, due_on, label=f"PO-{lot_id}"), **changes)


def future(*lots: Lot, calendar: WorkingCalendar = EVERY_DAY, **terms: object) -> Future:
    return replace(Future(lots=lots, calendar=calendar, today=calendar.day(NOW)), **terms)


def part(line_id: int, remaining: int, item_id: int | None = LAMP, **changes: object) -> PartSeen:
    return replace(PartSeen(1000 + line_id, line_id, item_id, remaining, requires_shipping=True), **changes)


def hold(hold_id: int, *, ours: bool) -> HoldSeen:
    return HoldSeen(hold_id, "promised-backorder" if ours else "fraud", "OTHER", ours)


def fulfillment_order(number: int, *parts: PartSeen, **changes: object) -> FulfillmentOrderSeen:
    plain = FulfillmentOrderSeen(
        fulfillment_order_id=number,
        order_id=1042,
        location_id=DOCKS,
        status="OPEN",
        request_status="UNSUBMITTED",
        updated_at=NOW,
        is_service=False,
        actions=frozenset(),
        holds=(),
        parts=parts,
    )
    return replace(plain, **changes)


def paid(at: datetime, kind: str = "SALE", status: str = "SUCCESS") -> TransactionSeen:
    return TransactionSeen(kind, status, at)


def line(line_id: int, unfulfilled: int, item_id: int | None = LAMP, *, requires_shipping: bool = True) -> LineSeen:
    return LineSeen(
        line_id=line_id,
        variant_id=None,
        item_id=item_id,
        title="Lamp",
        sku=None,
        quantity=unfulfilled,
        current_quantity=unfulfilled,
        unfulfilled=unfulfilled,
        requires_shipping=requires_shipping,
        unit_price=Decimal("49.00"),
    )


def order(*fulfillment_orders: FulfillmentOrderSeen, **changes: object) -> OrderSeen:
    """Order 1042, placed a day ago and paid at once."""
    plain = OrderSeen(
        order_id=1042,
        name="#1042",
        created_at=hours_ago(24),
        processed_at=hours_ago(24),
        updated_at=NOW,
        cancelled_at=None,
        closed=False,
        test=False,
        financial_status="PAID",
        currency="USD",
        country="US",
        source="web",
        tags=frozenset(),
        status_url=None,
        promise=None,
        promise_digest=None,
        transactions=(paid(hours_ago(24)),),
        agreements=(),
        lines=(),
        fulfillment_orders=fulfillment_orders,
    )
    return replace(plain, **changes)


def in_queue_order(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: claim.age)


def day(projection: Projection) -> date:
    """No day at all is later than any day."""
    return projection.ship_by or date.max


def told(said: Revision, version: int = 1) -> Promise:
    """What Ada was told."""
    return Promise(
        line_id=ADA,
        order_id=ADA,
        version=version,
        ship_by=said.ship_by,
        basis=said.basis,
        source=said.source,
        rule="",
        confidence=None,
        reason=said.reason,
        actor="promised",
        made_at=NOW,
        told_at=NOW,
        previous=None,
    )
