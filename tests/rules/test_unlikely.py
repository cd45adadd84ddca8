"""Who hears that a promise has become unlikely, when, and which day they are told instead (domain §10 d)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allowance import allowance, chance
from backorder.rules.lateness import Lateness, Shipment
from backorder.rules.projection import project
from backorder.rules.promises import Basis
from backorder.rules.unlikely import AT_LAST, Prospects, revised
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import ADA, DOCKS, TODAY, claim, future, in_days, law, lot

GLOW = Lateness(tuple(Shipment("glow & sons", days) for days in (0, 1, 2, 3, 3, 4, 6, 8, 9, 12)))
UNKNOWN = Lateness(())


def doubted(units, days, lot_id=1, learned=GLOW, today=TODAY):
    """A lot of Glow & Sons, with what is believed of it today."""
    one = lot(units, days, lot_id)
    rests_on = (learned, "Glow & Sons", 95, one.due_on, one.due_on, today)
    return replace(one, allowance=allowance(*rests_on), chance=chance(*rests_on))


def prospect(*lots, promised, units=1, calendar=None, today=TODAY):
    """Of Ada, who stands first and was promised a day, as of ``today``."""
    coming = future(*lots, **({"calendar": calendar} if calendar else {}))
    coming = replace(coming, today=today, next_arrival=today)
    place = project((claim(ADA, units),), coming).claims[ADA, DOCKS]
    return Prospects(coming).of(place, promised, by_place=True)


def test_while_its_day_has_not_come_nothing_was_heard_of_a_shipment_whoever_sends_it():
    found = prospect(doubted(1, 2), promised=in_days(2))
    assert found.likely < 0.35
    assert not found.must_be_told(35)


def test_what_is_trusted_is_not_doubted_and_neither_is_what_is_in_the_house():
    assert prospect(lot(1, 2), promised=in_days(2)) is None
    assert prospect(lot(1, None), doubted(5, -3, 2), promised=in_days(-1)) is None


@pytest.mark.parametrize(("promised", "told"), [(0, True), (1, True), (20, False), (40, False)])
def test_an_overdue_shipment_is_told_when_it_hardly_comes_by_the_promised_day(promised, told):
    found = prospect(doubted(1, -3), promised=in_days(promised))
    assert found.must_be_told(35) is told
    assert (found.likely < 0.35) is told


def test_on_the_last_day_on_which_goods_may_come_it_takes_nine_in_ten_to_be_silent():
    found = prospect(doubted(1, -3), promised=TODAY)
    assert found.last_day
    assert found.must_be_told(0), "the merchant's threshold does not go below the last day"
    sure = replace(found, likely=AT_LAST)
    assert not sure.must_be_told(35)
    assert replace(found, likely=AT_LAST - 0.01).must_be_told(35)
    assert not replace(found, likely=AT_LAST - 0.01, last_day=False).must_be_told(35)


def test_what_may_still_come_must_be_received_and_packed():
    shop = WorkingCalendar(weekdays=frozenset(range(7)), receiving_days=1, handling_days=1)
    found = prospect(doubted(1, -1), promised=in_days(1), calendar=shop)
    assert (found.likely, found.last_day) == (0.0, True)
    assert not prospect(doubted(1, -1), promised=in_days(30), calendar=shop).last_day


@law
@given(st.integers(-40, 0), st.integers(0, 40), st.integers(1, 4), st.sampled_from((GLOW, UNKNOWN)))
def test_whoever_is_told_another_day_is_not_told_again_at_once(due, promised, units, learned):
    lots = (doubted(2, due, 1, learned), doubted(2, due + 9, 2, learned))
    found = prospect(*lots, promised=in_days(promised), units=units)
    again = prospect(*lots, promised=found.surely, units=units)
    assert again.likely >= 0.9
    assert not again.must_be_told(90)
    if found.must_be_told(35):
        assert found.surely > in_days(promised)


@law
@given(st.integers(-20, 0), st.integers(0, 40), st.integers(0, 20))
def test_a_promise_for_a_later_day_is_never_less_likely(due, promised, more):
    near, far = (prospect(doubted(1, due), promised=in_days(promised + days)) for days in (0, more))
    assert near.likely <= far.likely + 1e-9


def test_while_nothing_comes_a_week_long_ada_is_told_once():
    promised, told = in_days(2), 0
    for day in range(8):
        today = TODAY + timedelta(days=day)
        found = prospect(doubted(1, 0, learned=UNKNOWN, today=today), promised=promised, today=today)
        if found.must_be_told(35) and found.surely > promised:
            promised, told = found.surely, told + 1
    assert told == 1


def test_the_new_version_says_why_and_how_sure_it_is():
    coming = future(doubted(1, -3))
    place = project((claim(ADA),), coming).claims[ADA, DOCKS]
    said = revised(prospect(doubted(1, -3), promised=TODAY), place)
    assert (said.basis, said.source, said.confidence, said.stated_on) == (Basis.LOT, "PO-1", 0.95, in_days(-3))
    assert said.ship_by > in_days(5)
    assert "not here yet" in said.reason
