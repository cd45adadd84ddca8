"""From the day goods arrive to the day they ship (domain §6)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.working_calendar import NoWorkingDay, WorkingCalendar
from tests.rules.cast import in_days, law
from tests.rules.draws import calendars, days_ahead

days = days_ahead.map(in_days)
WEEK = WorkingCalendar(timezone="America/New_York")
FRIDAY, SATURDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 7, day) for day in (3, 4, 6, 7, 8))


@law
@given(calendars(), days)
def test_goods_ship_on_a_working_day_and_never_before_they_arrive(calendar, arrival):
    ships = calendar.ships_on(arrival)
    assert ships >= arrival
    assert ships.weekday() in calendar.weekdays
    assert ships not in calendar.closed


@law
@given(calendars(), days, st.integers(0, 10))
def test_goods_that_arrive_later_never_ship_earlier(calendar, arrival, later):
    assert calendar.ships_on(arrival) <= calendar.ships_on(arrival + timedelta(days=later))


@law
@given(calendars(), days, days)
def test_closing_a_day_never_makes_anything_ship_earlier(calendar, arrival, closed):
    stricter = WorkingCalendar(
        calendar.timezone,
        calendar.weekdays,
        frozenset(calendar.closed) | {closed},
        calendar.cut_off,
        calendar.receiving_days,
        calendar.handling_days,
    )
    assert stricter.ships_on(arrival) >= calendar.ships_on(arrival)


@law
@given(calendars(), days)
def test_the_work_takes_as_many_working_days_as_was_said(calendar, arrival):
    ships, start = calendar.ships_on(arrival), calendar.first_working(arrival)
    walked = [start + timedelta(days=n) for n in range(1, (ships - start).days + 1)]
    assert sum(map(calendar.is_working, walked)) == calendar.receiving_days + calendar.handling_days


def test_goods_that_arrive_on_friday_are_received_on_monday_and_ship_on_tuesday():
    assert WEEK.ships_on(FRIDAY) == TUESDAY


def test_a_weekend_arrival_counts_for_monday():
    assert WEEK.ships_on(SATURDAY) == WEEK.ships_on(MONDAY) == WEDNESDAY


def test_a_closed_day_moves_what_would_have_been_done_on_it():
    assert WorkingCalendar(closed=frozenset({MONDAY})).ships_on(FRIDAY) == WEDNESDAY


def test_a_warehouse_that_needs_no_time_ships_on_the_day_of_arrival():
    assert WorkingCalendar(receiving_days=0, handling_days=0).ships_on(FRIDAY) == FRIDAY


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 1, 3, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 7, 1, 4, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
    ids=["a minute to midnight in New York", "midnight in New York"],
)
def test_the_day_is_the_shops_own(now, day):
    assert WEEK.day(now) == day


@pytest.mark.parametrize(
    ("utc_hour", "month", "counts_for"),
    [(18, 7, date(2026, 7, 6)), (18, 12, date(2026, 12, 6)), (19, 12, date(2026, 12, 6))],
    ids=["14:00 in summer", "13:00 in winter", "14:00 in winter"],
)
def test_the_cut_off_is_a_time_on_the_shops_wall_summer_and_winter(utc_hour, month, counts_for):
    assert WEEK.arrival_now(datetime(2026, month, 6, utc_hour, 0, tzinfo=UTC)) == counts_for


@pytest.mark.parametrize(("month", "hour"), [(7, 18), (12, 19)], ids=["summer", "winter"])
def test_what_arrives_a_minute_after_the_cut_off_counts_for_the_next_day(month, hour):
    assert WEEK.arrival_now(datetime(2026, month, 6, hour, 1, tzinfo=UTC)) == date(2026, month, 7)


@law
@given(st.integers(0, 365 * 24 * 60), st.times())
def test_an_arrival_counts_for_its_own_day_or_the_next_also_when_the_clock_jumps(minutes, cut_off):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    calendar = WorkingCalendar(timezone="America/New_York", cut_off=cut_off)
    assert calendar.arrival_now(now) - calendar.day(now) in (timedelta(0), timedelta(days=1))


def test_the_hour_that_comes_twice_in_autumn_is_after_the_cut_off_both_times():
    calendar = WorkingCalendar(timezone="America/New_York", cut_off=time(1, 0))
    for utc_hour in (5, 6):  # 01:30 summer time, then 01:30 again
        assert calendar.arrival_now(datetime(2026, 11, 1, utc_hour, 30, tzinfo=UTC)) == date(2026, 11, 2)


def closed_for(days: int) -> WorkingCalendar:
    return WorkingCalendar(
        weekdays=frozenset(range(7)), closed=frozenset(FRIDAY + timedelta(days=n) for n in range(days))
    )


@pytest.mark.parametrize(("hour", "ships"), [(13, date(2027, 1, 4)), (23, date(2027, 1, 5))])
def test_what_arrives_on_new_years_eve_ships_in_the_new_year(hour, ships):
    """31 December 2026 is a Thursday; New Year's Day is closed. Just before midnight on the wall it is next year in UTC."""
    shop = WorkingCalendar("America/New_York", closed={date(2027, 1, 1)}, receiving_days=0, handling_days=1)
    evening = datetime(2026, 12, 31, hour, tzinfo=ZoneInfo("America/New_York"))
    assert shop.day(evening) == date(2026, 12, 31)
    assert shop.ships_on(shop.arrival_now(evening)) == ships


def test_a_calendar_without_a_working_day_for_a_year_says_so():
    with pytest.raises(NoWorkingDay, match="no working day within a year of 2026-07-03"):
        closed_for(366).ships_on(FRIDAY)


def test_a_closure_of_just_a_year_is_waited_out():
    assert closed_for(365).first_working(FRIDAY) == date(2027, 7, 3)
