"""Who appears: Ada, Ben, Cleo and Dora wait for lamps; a store, its shelves and its fulfillment orders as values."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from backorder.rules.claims import Claim
from backorder.rules.lots import Lot, LotKind
from backorder.rules.projection import Future
from backorder.rules.seen import FulfillmentOrderSeen, HoldSeen, OrderSeen, PartSeen, TransactionSeen
from backorder.rules.working_calendar import WorkingCalendar

# Rules are quick and machines are not alike: judged by what they answer, not by how long the first call took.
law = settings(max_examples=100, deadline=None)

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
    return replace(Future(lots=lots, calendar=calendar, today=TODAY), **terms)


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


PRICE = Decimal("49.00")

small = st.integers(0, 6)
days_ahead = st.integers(0, 40)


@st.composite
def queues(draw: st.DrawFn, *, most: int = 6, ready_only: bool = False) -> tuple[Claim, ...]:
    """Some claims in no particular order, with what an earlier decision gave, kept and let the warehouse pack."""
    found = []
    for who in range(1, draw(st.integers(0, most)) + 1):
        units = draw(st.integers(1, 5))
        given = draw(st.integers(0, units))
        found.append(
            claim(
                who,
                units,
                since=hours_ago(draw(st.integers(0, 4))),
                ready=ready_only or draw(st.booleans()),
                given=given,
                kept=draw(st.integers(0, given)),
                in_works=draw(st.sampled_from((0, 0, 0, 1, units))),
            )
        )
    return tuple(draw(st.permutations(found)))


@st.composite
def futures(draw: st.DrawFn, calendar: WorkingCalendar | None = None) -> Future:
    """What is to come: lots at the dock, overdue or due, and terms for those whom no lot serves."""
    days = st.one_of(st.none(), st.integers(-5, 40))
    lots = [lot(draw(small), draw(days), lot_id) for lot_id in range(1, draw(st.integers(0, 4)) + 1)]
    return future(
        *draw(st.permutations(lots)),
        calendar=calendar or draw(calendars()),
        lead_time_days=draw(st.one_of(st.none(), st.integers(0, 60))),
        allow_asap=draw(st.booleans()),
    )


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    return WorkingCalendar(
        timezone=draw(st.sampled_from(("UTC", "America/New_York", "Pacific/Auckland"))),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        closed=frozenset(map(in_days, draw(st.sets(st.integers(-10, 60), max_size=12)))),
        cut_off=draw(st.times().map(lambda at: time(at.hour, at.minute))),
        receiving_days=draw(st.integers(0, 4)),
        handling_days=draw(st.integers(0, 4)),
    )
