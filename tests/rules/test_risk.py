"""How likely a promise is kept: against every way in which shipments can come or stay away, counted one by one."""

from datetime import timedelta
from itertools import product
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.projection import project
from backorder.rules.risk import Chances, as_stated
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import TODAY, future, in_days, law, lot
from tests.rules.draws import calendars, futures, queues

likely = st.sampled_from((0.0, 0.25, 0.5, 1.0))


def in_any_weather(lots, chance_of, units):
    """How likely at least so many units come, adding up every combination of lots that come and lots that do not."""
    total = 0.0
    for comes in product((True, False), repeat=len(lots)):
        chance = 1.0
        for each, here in zip(lots, comes, strict=True):
            chance *= chance_of[each.lot_id] if here else 1 - chance_of[each.lot_id]
        total += chance * (sum(each.units for each, here in zip(lots, comes, strict=True) if here) >= units)
    return total


@law
@given(st.lists(st.tuples(st.integers(0, 4), likely), max_size=5), st.integers(0, 20))
def test_a_place_is_served_in_time_as_often_as_enough_units_come(drawn, units):
    lots = [lot(count, 3, number) for number, (count, _) in enumerate(drawn, 1)]
    chance_of = {number: chance for number, (_, chance) in enumerate(drawn, 1)}
    chances = Chances(future(*lots), lambda each, by: chance_of[each.lot_id])
    assert isclose(chances.in_time(units, in_days(5)), in_any_weather(lots, chance_of, units), abs_tol=1e-9)


@law
@given(futures(trusting=True), st.integers(0, 60), st.integers(0, 12))
def test_later_promises_and_earlier_places_are_never_less_likely(coming, days, units):
    chances = Chances(coming, as_stated(coming.today))
    here = chances.in_time(units, in_days(days))
    assert 0 <= here <= 1
    assert chances.in_time(units, in_days(days + 1)) >= here - 1e-9
    assert chances.in_time(units + 1, in_days(days)) <= here + 1e-9


@law
@given(calendars(), st.integers(0, 60))
def test_the_last_day_of_arrival_is_the_last_from_which_the_day_is_reached(calendar, days):
    chances = Chances(future(calendar=calendar), as_stated(TODAY))
    last, ships_on = chances.last_day(in_days(days)), calendar.ships_on
    if last is None:
        assert ships_on(chances.future.earliest) > in_days(days)
    else:
        assert ships_on(last) <= in_days(days)
        assert ships_on(last + timedelta(days=1)) > in_days(days)


@law
@given(queues(), futures(trusting=True))
def test_where_every_stated_day_is_believed_a_day_that_is_worked_out_is_kept_for_sure(queue, coming):
    coming = future(*(each for each in coming.lots if not each.overdue(coming.today)), calendar=coming.calendar)
    chances = Chances(coming, as_stated(coming.today))
    for one in queue:
        projection = project(queue, coming).claims.get((one.line_id, one.location_id))
        if projection is not None and projection.ship_by is not None:
            place = projection.ahead + one.backordered
            assert chances.in_time(place, projection.ship_by) == 1
            assert chances.in_time(place, projection.ship_by - timedelta(days=1)) in {0, 1}


@pytest.mark.parametrize(("days_overdue", "chance"), [(1, 0.45), (7, 0.25), (14, 0.125)])
def test_a_shipment_that_did_not_come_is_believed_less_with_each_week(days_overdue, chance):
    chances = Chances(future(lot(3, -days_overdue)), as_stated(TODAY))
    assert chances.in_time(3, in_days(20)) == pytest.approx(chance, abs=0.005)
    assert chances.in_time(0, in_days(20)) == 1


def test_of_two_shipments_that_each_may_come_one_is_enough_for_who_stands_first():
    chances = Chances(future(lot(2, 3, 1), lot(2, 3, 2)), lambda each, by: 0.85)
    assert chances.in_time(2, in_days(3)) == pytest.approx(1 - 0.15**2)
    assert chances.in_time(3, in_days(3)) == pytest.approx(0.85**2)


def test_what_arrives_on_the_promised_day_itself_is_too_late_when_it_must_be_packed():
    shop = WorkingCalendar(weekdays=frozenset(range(7)), receiving_days=1, handling_days=1)
    chances = Chances(future(lot(1, 5), calendar=shop), as_stated(TODAY))
    assert (chances.in_time(1, in_days(6)), chances.in_time(1, in_days(7))) == (0, 1)


def test_whose_lead_time_has_run_out_is_as_unsure_as_an_overdue_shipment():
    beyond = lot(5, -7, 0)
    chances = Chances(future(lot(2, 3)), as_stated(TODAY))
    assert chances.in_time(2, in_days(9), beyond) == 1
    assert chances.in_time(3, in_days(9), beyond) == 0.25


def test_where_promises_go_before_age_the_very_lots_must_come():
    chances = Chances(future(), lambda each, by: 0.5)
    assert chances.all_here([lot(1, 3, 1), lot(1, 3, 1), lot(1, 3, 2)], in_days(9)) == 0.25
    assert chances.all_here([lot(1, 3, 1)], in_days(-1)) == 0
