"""Who is served of too little: by age, or so that what was told stays true. Tried against every plan there is on small cases."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.projection import project
from backorder.rules.repromise import Arrival, Wants, kept, share
from tests.rules.cast import ADA, BEN, CLEO, claim, day, future, in_days, law, lot

days = st.integers(1, 5)
wants = st.builds(Wants, st.integers(1, 3), st.one_of(st.none(), days.map(in_days)))
singles = st.builds(Wants, st.just(1), st.one_of(st.none(), days.map(in_days)))
arrivals = st.lists(st.builds(Arrival, days.map(in_days), st.integers(0, 3)), max_size=3).map(
    lambda found: sorted(found, key=lambda arrival: arrival.ships_on)
)


def served_on(wanted, shares, coming) -> date:
    """When the last of somebody's units can ship; never, if some never come."""
    if sum(units for _, units in shares) < wanted.units:
        return date.max
    return max(coming[number].ships_on for number, _ in shares)


def in_time(wanted, on) -> bool:
    return wanted.promised_on is not None and on <= wanted.promised_on


def every_plan(queue, coming):
    """Every way to hand out units: to each of the queue some of each arrival, or, at the end, of nothing."""
    left = tuple(arrival.units for arrival in coming)

    def ways(units, left):
        """Every way to take ``units`` of what is left, or fewer because the rest never comes."""
        if not left:
            yield ()
            return
        for taken in range(min(units, left[0]) + 1):
            for rest in ways(units - taken, left[1:]):
                yield (taken, *rest)

    def deal(at, left):
        if at == len(queue):
            yield ()
            return
        for taken in ways(queue[at].units, left):
            rest = tuple(units - gone for units, gone in zip(left, taken, strict=True))
            for others in deal(at + 1, rest):
                yield (tuple(enumerate(taken)), *others)

    return deal(0, left)


def shipped(queue, plan, coming):
    """The day of each of the queue in a plan."""
    return [
        served_on(wanted, [(number, units) for number, units in shares if units], coming)
        for wanted, shares in zip(queue, plan, strict=True)
    ]


@law
@given(st.lists(singles, max_size=5), arrivals)
def test_as_many_units_are_in_time_as_any_plan_can_bring_in_time(queue, coming):
    ours = sum(in_time(w, on) for w, on in zip(queue, shipped(queue, share(queue, coming), coming), strict=True))
    best = max(
        sum(in_time(w, on) for w, on in zip(queue, shipped(queue, plan, coming), strict=True))
        for plan in every_plan(queue, coming)
    )
    assert ours == best


@law
@given(st.lists(wants, max_size=4), arrivals)
def test_no_older_promise_is_broken_for_a_younger_one(queue, coming):
    """Of all plans, ours keeps the promises that come first when the queue is read from its oldest."""
    ours = [in_time(w, on) for w, on in zip(queue, shipped(queue, share(queue, coming), coming), strict=True)]
    best = max(
        [in_time(w, on) for w, on in zip(queue, shipped(queue, plan, coming), strict=True)]
        for plan in every_plan(queue, coming)
    )
    assert ours == best


@law
@given(st.lists(wants, max_size=4), arrivals)
def test_of_all_plans_that_keep_those_promises_the_older_are_served_soonest(queue, coming):
    on = shipped(queue, share(queue, coming), coming)
    promises = [in_time(w, day) for w, day in zip(queue, on, strict=True)]
    # Nobody may be kept waiting by a younger one who was not promised anything: a plan that is better for the oldest whose
    # day can be improved would have been chosen, if nobody older loses a unit by it.
    for plan in every_plan(queue, coming):
        theirs = shipped(queue, plan, coming)
        if [in_time(w, day) for w, day in zip(queue, theirs, strict=True)] == promises:
            first = next((i for i in range(len(queue)) if theirs[i] != on[i]), None)
            if first is not None and theirs[first] < on[first]:
                # Only by taking sooner units from somebody older whose last unit comes later anyway.
                assert any(_sooner(share(queue, coming)[i], plan[i]) for i in range(first))


def _sooner(ours, theirs) -> bool:
    """Whether somebody has sooner units with us, though the last comes on the same day."""
    mine = dict(ours)
    return any(mine.get(number, 0) > units for number, units in theirs)


@law
@given(st.lists(wants, max_size=5), arrivals)
def test_no_arrival_gives_more_than_it_has_and_nobody_gets_more_than_wanted(queue, coming):
    given_of = Counter()
    for wanted, shares in zip(queue, share(queue, coming), strict=True):
        assert sum(units for _, units in shares) <= wanted.units
        for number, units in shares:
            assert units > 0
            given_of[number] += units
    assert all(given_of[number] <= arrival.units for number, arrival in enumerate(coming))
    missing = sum(w.units for w in queue) - sum(given_of.values())
    assert missing == max(0, sum(w.units for w in queue) - sum(arrival.units for arrival in coming))


@law
@given(st.lists(st.integers(1, 2), max_size=4), arrivals, st.lists(days, min_size=4, max_size=4))
def test_first_come_breaks_as_few_promises_as_any_plan_in_which_nobody_is_overtaken(units, coming, told):
    queue = [Wants(count, in_days(on)) for count, on in zip(units, told, strict=False)]
    claims = [claim(who, wanted.units) for who, wanted in enumerate(queue, 1)]
    lots = [
        lot(arrival.units, (arrival.ships_on - in_days(0)).days, number) for number, arrival in enumerate(coming, 1)
    ]
    walked = project(claims, future(*lots, allow_asap=True)).claims
    ours = sum(in_time(w, day(walked[c.line_id, c.location_id])) for w, c in zip(queue, claims, strict=True))
    fair = [on for plan in every_plan(queue, coming) if (on := shipped(queue, plan, coming)) == sorted(on)]
    best = max(sum(in_time(w, day) for w, day in zip(queue, on, strict=True)) for on in fair)
    assert ours == best


def test_the_older_one_was_told_later_so_the_younger_keeps_the_early_unit():
    """Domain §6: told day 20; then two units for day 5 and a younger one told day 5; then it is only one unit."""
    queue = [Wants(1, in_days(20)), Wants(1, in_days(5))]
    coming = [Arrival(in_days(5), 1), Arrival(in_days(20), 1)]
    assert share(queue, coming) == [((1, 1),), ((0, 1),)]


def test_without_a_promise_in_the_way_the_older_one_is_served_sooner_than_told():
    queue = [Wants(1, in_days(20)), Wants(1, None)]
    assert share(queue, [Arrival(in_days(5), 1), Arrival(in_days(20), 1)]) == [((0, 1),), ((1, 1),)]


def test_counted_in_lines_an_older_line_of_two_goes_before_two_younger_ones_of_one():
    """Not the fewest lines that are disappointed, and meant so: nobody's promise is broken for somebody younger."""
    queue = [Wants(2, in_days(5)), Wants(1, in_days(5)), Wants(1, in_days(5))]
    assert kept(queue, [Arrival(in_days(5), 2)]) == [0, None, None]


@pytest.mark.parametrize("who", [ADA, BEN, CLEO])
def test_one_who_waits_alone_gets_what_comes_first(who):
    assert share([Wants(1, None)], [Arrival(in_days(who), 1), Arrival(in_days(9), 5)]) == [((0, 1),)]
