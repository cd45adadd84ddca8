"""With which arrival each waiting unit comes: behind everybody who waits before, soonest due first."""

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.waves import MOST_WAVES, by_arrival, waves
from tests.rules.cast import TODAY, in_days, law, lot


def test_units_come_with_the_lots_that_reach_their_place_in_the_queue():
    lots = (lot(10, days=20, lot_id=2), lot(5, days=3, lot_id=1))
    assert waves(lots, 4, 3, TODAY) == ((in_days(3), 1), (in_days(20), 2))
    assert waves(lots, 14, 3, TODAY) == ((in_days(20), 1), (None, 2)), "what no lot reaches comes on no known day"
    assert waves((), 0, 2, TODAY) == ((None, 2),)


def test_lots_of_one_day_are_one_arrival():
    assert waves((lot(1, 3, 1), lot(1, 3, 2)), 0, 2, TODAY) == ((in_days(3), 2),)


def test_what_goes_whole_comes_with_the_last_of_its_arrivals_in_one_piece():
    soon, late = lot(2, days=3, lot_id=1), lot(9, days=20, lot_id=2)
    assert by_arrival([(soon, 1), (late, 2)], 3, TODAY) == ((in_days(3), 1), (in_days(20), 2))
    assert by_arrival([(soon, 1), (late, 2)], 3, TODAY, whole=True) == ((in_days(20), 3),)
    assert by_arrival([(late, 0)], 3, TODAY, whole=True) == ((in_days(20), 3),), "it completes what lay there"
    assert by_arrival([], 3, TODAY, whole=True) == ((None, 3),)


def test_a_line_is_not_cut_into_crumbs():
    many = tuple(lot(1, days, days) for days in range(1, 12))
    found = waves(many, 0, 11, TODAY)
    assert len(found) == MOST_WAVES
    assert found[-1] == (in_days(11), 11 - MOST_WAVES + 1)


@law
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 9)), max_size=5), st.integers(0, 20), st.integers(1, 9))
def test_every_unit_comes_once_and_the_days_only_go_on(lots, ahead, units):
    found = waves([lot(n, days, i) for i, (n, days) in enumerate(lots, 1)], ahead, units, TODAY)
    assert sum(count for _, count in found) == units
    days = [day for day, _ in found if day]
    assert days == sorted(set(days))
    assert None not in [day for day, _ in found[:-1]]
