"""Before every page shows what was decided, others buy: steps are told with the units less that may sell meanwhile."""

from dataclasses import replace
from datetime import timedelta
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.hurry import LATELY, RISK, SPREADS_IN, Hurry, hurry, may_come
from backorder.rules.offer import beyond_silence, lessened
from tests.rules.cast import ADA, BEN, NOW, claim, in_days, law

JUST_NOW = NOW - timedelta(minutes=2)


def as_steps(*units):
    return [{"units": count, "ship_by": in_days(10 * at).isoformat()} for at, count in enumerate(units, 1)]


def reaches(stepped, free):
    """By which quantity each step ends."""
    ends, reached = {}, free
    for step in stepped:
        reached += step["units"]
        ends[step["ship_by"]] = reached
    return ends


def test_who_sells_slowly_tells_everything():
    assert hurry([claim(ADA, 4, since=JUST_NOW), claim(BEN, 500, since=NOW - timedelta(hours=1))], NOW) is None


def test_one_order_that_takes_much_is_no_rush():
    assert hurry([claim(ADA, 500, since=JUST_NOW)], NOW) is None


def test_a_rush_is_told_by_the_orders_and_edits_that_came_lately_and_their_units():
    edited = replace(claim(ADA, 500, since=NOW - timedelta(days=1)), later=((JUST_NOW, 4),))
    many = [claim(1000 + number, 2, since=JUST_NOW) for number in range(119)]
    assert may_come(120) == 5  # three are expected
    assert hurry([edited, *many], NOW) == Hurry(11, NOW + LATELY)


@pytest.mark.parametrize("lately", [0, 1, 4, 5, 30, 120, 900])
def test_more_sell_meanwhile_in_one_of_ten_cases_at_most_and_one_less_would_be_too_few(lately):
    expected = lately * (SPREADS_IN / LATELY)

    def at_most(orders):
        return sum(exp(-expected) * expected**n / factorial(n) for n in range(orders + 1))

    units = may_come(lately)
    assert at_most(units) >= 1 - RISK
    assert units == 0 or at_most(units - 1) < 1 - RISK


def test_what_is_too_much_to_be_added_up_is_about_the_same():
    assert may_come(4_001) == pytest.approx(may_come(4_000), abs=2)
    assert may_come(1_000_000) > 25_000


@law
@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 40), st.integers(0, 5))
def test_every_step_ends_sooner_by_the_units_that_sell_and_the_last_by_those_not_kept_back(units, free, sold, reserve):
    told = as_steps(*units)
    shown, still_free = lessened(told, free, sold, reserve)
    assert shown, "a page that says a day at all says for how many"
    before, after = reaches(told, free), reaches(shown, still_free)
    last = told[-1]["ship_by"]
    for day, end in after.items():
        less = max(0, sold - reserve) if day == last else sold
        assert end == max(before[day] - less, still_free + 1)
    assert all(step["units"] > 0 for step in shown)
    assert still_free == max(min(free, 1), free - sold)


def test_what_sells_first_is_what_lies_there_then_the_first_step():
    told = as_steps(3, 4)
    assert lessened(told, 2, 1) == (told, 1)
    assert lessened(told, 2, 3) == (as_steps(1, 4), 1)
    assert lessened(told, 0, 3) == (as_steps(3, 4)[1:], 0)
    assert lessened(told, 0, 99) == ([{**told[1], "units": 1}], 0)
    assert lessened(told, 0, 2, kept_back=2) == (as_steps(1, 6), 0)
    assert told == as_steps(3, 4)


def test_what_ships_within_the_ordinary_window_is_sold_without_a_word_and_the_rest_by_its_day():
    told = as_steps(3, 4, 5)
    assert beyond_silence(told, in_days(20)) == (told[2:], 7)
    assert beyond_silence(told, in_days(30)) == ([], 12)
