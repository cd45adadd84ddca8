"""The day of an order and the lead time make a date: in the shop's own calendar, over a change of clocks and of the year."""

from datetime import UTC, date, datetime

import pytest

from backorder.rules.claims import Claim
from backorder.rules.projection import Future, project
from backorder.rules.promises import Basis
from backorder.rules.working_calendar import WorkingCalendar

NEW_YORK, BERLIN, SYDNEY = "America/New_York", "Europe/Berlin", "Australia/Sydney"
EVERY_DAY = frozenset(range(7))


def ships(ordered: datetime, zone: str, days: int = 7) -> date:
    """When a lamp ships that was ordered at that moment, on a calendar without closed days or handling."""
    calendar = WorkingCalendar(timezone=zone, weekdays=EVERY_DAY, receiving_days=0, handling_days=0)
    coming = Future((), calendar, calendar.day(ordered), lead_time_days=days)
    found = project([Claim(1, 1, 11, 41, 1, ordered)], coming).claims[1, 41]
    assert found.basis is Basis.LEAD_TIME
    assert found.ship_by is not None
    return found.ship_by


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        # Half past eleven on New Year's Eve in New York is the next year elsewhere.
        (datetime(2027, 1, 1, 4, 30, tzinfo=UTC), NEW_YORK, date(2027, 1, 7)),
        (datetime(2027, 1, 1, 4, 30, tzinfo=UTC), BERLIN, date(2027, 1, 8)),
        (datetime(2026, 12, 31, 13, 30, tzinfo=UTC), SYDNEY, date(2027, 1, 8)),
        # One o'clock comes twice on the day on which New York falls back: both are that day.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), NEW_YORK, date(2026, 11, 8)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), NEW_YORK, date(2026, 11, 8)),
        # The last hour of that day is of 25 hours; of the day on which it springs forward there are 23.
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), NEW_YORK, date(2026, 11, 8)),
        (datetime(2026, 11, 2, 5, 0, tzinfo=UTC), NEW_YORK, date(2026, 11, 9)),
        (datetime(2027, 3, 15, 3, 59, tzinfo=UTC), NEW_YORK, date(2027, 3, 21)),
        (datetime(2027, 3, 15, 4, 0, tzinfo=UTC), NEW_YORK, date(2027, 3, 22)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), BERLIN, date(2026, 11, 1)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), BERLIN, date(2026, 11, 1)),
    ],
)
def test_a_week_after_the_order_is_a_week_in_the_shops_calendar(moment, zone, day):
    assert ships(moment, zone) == day


def test_a_leap_day_is_a_day():
    assert ships(datetime(2028, 2, 25, 12, tzinfo=UTC), BERLIN) == date(2028, 3, 3)
