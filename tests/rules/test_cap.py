"""The cap closes at once and opens slowly: however demand comes and goes, the shop does not flicker (domain §7)."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.cap import A_DAY, Cap, judge, youngest
from tests.rules.cast import ADA, BEN, CLEO, DOCKS, NOW, claim, law

HOUR = timedelta(hours=1)
CAP = Cap(room=0, size=40, supply=40, terms="100")
SHUT = judge(CAP, None, NOW)

# An hour each: somebody buys, somebody cancels, or a shipment more is ordered.
acts = st.lists(st.one_of(st.integers(-3, 3), st.just("more")), max_size=120)


def room(units, **changes):
    return replace(CAP, room=units, **changes)


def test_it_closes_the_moment_that_no_room_is_left_and_not_before():
    assert judge(room(1), None, NOW) is None
    assert judge(room(0), None, NOW).since == NOW
    assert judge(room(-3), None, NOW) is not None


def test_with_units_kept_back_it_closes_so_much_earlier():
    assert judge(room(5, reserve=5), None, NOW) is not None
    assert judge(room(6, reserve=5), None, NOW) is None


def test_a_cancelled_order_does_not_open_it_again():
    assert judge(room(2), SHUT, NOW + HOUR) is not None


def test_more_supply_opens_it_again_from_a_twentieth_of_the_cap_on():
    assert judge(room(1, supply=60), SHUT, NOW + HOUR) is not None
    assert judge(room(2, supply=60), SHUT, NOW + HOUR) is None
    assert judge(room(2, supply=60, reserve=1), SHUT, NOW + HOUR) is not None


def test_other_terms_open_it_again_at_once():
    assert judge(room(2, terms="50"), SHUT, NOW + HOUR) is None


def test_a_day_later_what_came_free_is_sold():
    assert judge(room(2), SHUT, NOW + A_DAY - HOUR) is not None
    assert judge(room(2), SHUT, NOW + A_DAY) is None


def test_what_is_shipped_meanwhile_is_no_change_of_supply_and_what_comes_after_it_is():
    shipped = judge(room(0, supply=30), SHUT, NOW + HOUR)
    assert judge(room(2, supply=30), shipped, NOW + 2 * HOUR) is not None
    assert judge(room(2, supply=32), shipped, NOW + 2 * HOUR) is None


def test_a_limited_edition_never_opens_again_once_it_was_sold():
    for later in (room(40, supply=80, final=True), room(40, terms="50", final=True)):
        assert judge(later, SHUT, NOW + 100 * A_DAY) is not None


def test_a_limited_edition_that_had_nothing_to_sell_yet_opens():
    nothing_yet = judge(room(0, size=0, supply=0, final=True), None, NOW)
    assert judge(room(40, supply=40, final=True), nothing_yet, NOW + HOUR) is None


@law
@given(acts, st.integers(0, 4))
def test_it_is_closed_whenever_no_room_is_left_and_opens_only_for_a_reason(history, reserve):
    """Counted in a random history: between two openings lies a day or a change of supply, and nothing is sold without room."""
    waiting, supply, closed = 0, 10, None
    opened_for = changes = 0
    for hour, act in enumerate(history):
        if act == "more":
            supply, changes = supply + 5, changes + 1
        elif act < 0 or closed is None:
            waiting = max(0, waiting + act)
        before = closed
        now = Cap(supply - waiting, supply, supply, "", reserve)
        closed = judge(now, closed, NOW + hour * HOUR)
        assert closed is not None or now.room > reserve
        if before is not None and closed is None:
            opened_for += 1
            assert now.room >= reserve + max(1, supply // 20)
    assert opened_for <= changes + len(history) // 24


@law
@given(st.lists(st.sampled_from((-1, 1)), min_size=30, max_size=60))
def test_buyers_who_come_and_cancel_at_the_limit_do_not_make_the_shop_flicker(history):
    """Within a day and without new supply it closes once, where without memory it would open with each who cancels."""
    waiting, closed, switches = 38, None, 0
    for minute, act in enumerate(history):
        if act < 0 or closed is None:
            waiting += act
        before = closed
        closed = judge(Cap(40 - waiting, 40, 40, ""), closed, NOW + timedelta(minutes=minute))
        switches += (before is None) is not (closed is None)
    assert switches <= 1


def test_the_units_beyond_the_cap_are_those_of_who_came_last():
    queue = [claim(ADA, 2), claim(BEN, 3, given=1), claim(CLEO, 1)]
    assert youngest(queue, 2) == {(CLEO, DOCKS): 1, (BEN, DOCKS): 1}
    assert youngest(queue, 0) == {}
    assert youngest(queue, 100) == {(CLEO, DOCKS): 1, (BEN, DOCKS): 2, (ADA, DOCKS): 2}
