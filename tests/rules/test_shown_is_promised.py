"""The date on the page is the promise for the next place: who buys then is projected to that very day (design §3, 6)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.projection import next_place, project
from backorder.rules.promises import Basis
from backorder.rules.revision import first, revise
from tests.rules.cast import ADA, BEN, DOCKS, NOW, claim, day, future, in_days, in_queue_order, law, lot, told
from tests.rules.draws import futures, queues

NEXT = 99


def joins(units: int):
    return claim(NEXT, units, since=NOW)


@law
@given(queues(ready_only=True), futures(), st.integers(0, 5), st.integers(1, 8))
def test_what_was_shown_is_what_the_buyer_then_gets(claims, to_come, deficit, units):
    shown = next_place(project(in_queue_order(claims), to_come, deficit), to_come, units)
    got = project(in_queue_order([*claims, joins(units)]), to_come, deficit).claims[NEXT, DOCKS]
    assert got == shown


@law
@given(queues(), futures(trusting=True), st.integers(0, 5), st.integers(1, 8))
def test_a_buyer_who_pays_at_once_passes_the_unpaid_and_gets_no_later_day(claims, to_come, deficit, units):
    shown = next_place(project(in_queue_order(claims), to_come, deficit), to_come, units)
    got = project(in_queue_order([*claims, joins(units)]), to_come, deficit).claims[NEXT, DOCKS]
    assert day(got) <= day(shown)


@law
@given(queues(ready_only=True), futures(), st.integers(1, 8))
def test_what_was_shown_is_no_news_to_who_bought(claims, to_come, units):
    shown = next_place(project(in_queue_order(claims), to_come), to_come, units)
    got = project(in_queue_order([*claims, joins(units)]), to_come).claims[NEXT, DOCKS]
    assert revise(told(first(shown)), got) is None


@law
@given(queues(), futures(), st.integers(1, 8))
def test_more_units_are_never_shown_an_earlier_day(claims, to_come, units):
    queue = project(in_queue_order(claims), to_come)
    assert day(next_place(queue, to_come, units)) <= day(next_place(queue, to_come, units + 1))


def test_the_next_buyer_of_three_is_shown_the_day_of_the_third_unit():
    to_come = future(lot(4, days=5), lot(9, days=20, lot_id=2))
    queue = project((claim(ADA), claim(BEN)), to_come)
    assert [next_place(queue, to_come, units).ship_by for units in (1, 2, 3)] == [in_days(5), in_days(5), in_days(20)]
    assert next_place(queue, to_come, 3).ahead == 2
    assert next_place(queue, to_come) == next_place(queue, to_come, units=1)


@pytest.mark.parametrize(
    ("terms", "basis", "ship_by"),
    [
        ({"lead_time_days": 30}, Basis.LEAD_TIME, in_days(30)),
        ({"allow_asap": True}, Basis.ASAP, None),
        ({}, Basis.UNKNOWN, None),
    ],
)
def test_who_wants_more_than_is_to_come_is_shown_what_the_terms_say(terms, basis, ship_by):
    to_come = replace(future(lot(2, days=5)), **terms)
    place = next_place(project((), to_come), to_come, 3)
    assert (place.basis, place.ship_by) == (basis, ship_by)
