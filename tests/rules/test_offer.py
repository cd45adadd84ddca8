"""What theme, cart and order page read of a variant: the steps by which the day moves, and when it must be written anew."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.offer import (
    FEW,
    RENEW_BEFORE,
    VALID_FOR,
    Reading,
    metafield,
    must_be_written,
    read,
    says_the_same,
    steps,
)
from backorder.rules.projection import next_place, project
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, SellingState
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import NOW, future, in_days, in_queue_order, law, lot
from tests.rules.draws import futures, queues

SHOWN_DAY = in_days(12)
BACKORDER = Decision(SellingState.BACKORDER, Policy.CONTINUE, SHOWN_DAY, "40 units left to sell, next from PO-1.")
IN_STOCK = Decision(SellingState.IN_STOCK, None, None, "3 units on the shelf and free.")
STEPS = [{"units": 40, "ship_by": SHOWN_DAY.isoformat()}]

rooms = st.integers(-5, 30)


@law
@given(queues(), futures(), rooms)
def test_the_steps_offer_no_more_than_may_be_sold_in_days_that_only_move_on(claims, to_come, room):
    queue = project(in_queue_order(claims), to_come)
    shown = steps(queue, to_come, room)
    days = [date.fromisoformat(step["ship_by"]) for step in shown]
    assert sum(step["units"] for step in shown) == max(0, min(room, sum(s.units for s in queue.left)))
    assert days == sorted(set(days)), "the same day is one step"
    assert all(step["units"] > 0 for step in shown)


@law
@given(queues(), futures(), rooms.filter(lambda room: room > 0))
def test_each_step_shows_the_day_that_its_last_unit_is_quoted(claims, to_come, room):
    queue = project(in_queue_order(claims), to_come)
    units = 0
    for step in steps(queue, to_come, room):
        units += step["units"]
        quoted = next_place(queue, to_come, units)
        assert (quoted.basis, quoted.ship_by) == (Basis.LOT, date.fromisoformat(step["ship_by"]))


def test_lots_of_the_same_shipping_day_are_one_step():
    friday, saturday, tuesday = lot(2, days=2), lot(3, days=3, lot_id=2), lot(4, days=6, lot_id=3)
    week = WorkingCalendar(weekdays=frozenset({0, 1, 2, 3}))  # nothing is received on a Friday or a Saturday
    to_come = future(friday, saturday, tuesday, calendar=week)
    shown = steps(project((), to_come), to_come, room=8)
    assert shown == [{"units": 5, "ship_by": "2026-07-08"}, {"units": 3, "ship_by": "2026-07-09"}]


def test_a_backorder_shows_its_day_its_steps_and_how_long_it_is_good_for():
    assert metafield(BACKORDER, STEPS, NOW) == {
        "v": 1,
        "state": "backorder",
        "ship_by": "2026-07-13",
        "steps": [{"units": 40, "ship_by": "2026-07-13"}],
        "valid_until": "2026-07-08T12:00:00Z",
    }


def test_how_many_one_order_may_have_is_shown_where_there_is_a_limit():
    assert metafield(BACKORDER, STEPS, NOW, per_order=2) == {**metafield(BACKORDER, STEPS, NOW), "per_order": 2}
    assert not says_the_same(metafield(BACKORDER, STEPS, NOW, per_order=2), metafield(BACKORDER, STEPS, NOW))
    silent = Decision(SellingState.SILENT, Policy.CONTINUE, None, "")
    few = metafield(silent, STEPS, NOW, free=3)
    assert (few["free"], read(few, 3, NOW), read(few, 4, NOW)) == (
        *(3, Reading("silent"), Reading("backorder", SHOWN_DAY)),
    )
    assert "free" not in metafield(silent, STEPS, NOW, free=FEW + 1)
    both = metafield(BACKORDER, STEPS, NOW, per_order=2, per_customer=3)
    assert (both["per_order"], both["per_customer"]) == (2, 3)


def test_of_a_full_shelf_only_what_comes_after_it_is_told_so_that_no_sale_changes_a_word():
    full = [metafield(IN_STOCK, STEPS, NOW, free=free) for free in (FEW + 1, 500)]
    assert full[0] == full[1]
    assert (full[0]["steps"], "free" in full[0]) == (STEPS, False)
    assert read(full[0], 600, NOW) == Reading("in_stock"), "the books know"
    assert must_be_written(full[0], None, NOW)
    assert metafield(IN_STOCK, STEPS, NOW)["steps"] == [], "where the store sells what it has, and nothing beyond"


def test_how_it_ships_with_other_goods_is_shown_where_somebody_waits_and_it_is_not_part_by_part():
    for way in ("together", "ask"):
        assert metafield(BACKORDER, STEPS, NOW, mixed=way) == {**metafield(BACKORDER, STEPS, NOW), "mixed": way}
        assert not says_the_same(metafield(BACKORDER, STEPS, NOW, mixed=way), metafield(BACKORDER, STEPS, NOW))
        assert metafield(IN_STOCK, STEPS, NOW, free=2, mixed=way)["mixed"] == way, "who wants a third one waits"
        assert metafield(IN_STOCK, [], NOW, mixed=way) == metafield(IN_STOCK, [], NOW)
    assert metafield(BACKORDER, STEPS, NOW, mixed="split") == metafield(BACKORDER, STEPS, NOW)


def test_what_is_offered_instead_is_shown_where_somebody_waits_or_cannot_buy():
    shade = [{"title": "Linen shade", "handle": "linen-shade", "variant": 103}]
    closed = Decision(SellingState.WAITLIST, Policy.DENY, None, "")
    for waits in (BACKORDER, closed):
        assert metafield(waits, [], NOW, substitutes=shade)["substitutes"] == shade
    silent = Decision(SellingState.SILENT, Policy.CONTINUE, None, "")
    assert "substitutes" not in metafield(IN_STOCK, [], NOW, substitutes=shade) | metafield(
        silent, [], NOW, substitutes=shade
    )


def test_only_a_backorder_shows_steps():
    assert metafield(IN_STOCK, STEPS, NOW)["steps"] == []


def test_a_shelf_with_few_units_tells_who_wants_more():
    few = metafield(IN_STOCK, STEPS, NOW, free=2)
    assert (few["state"], few["free"], few["steps"]) == ("in_stock", 2, STEPS)
    assert must_be_written(few, None, NOW)
    assert [read(few, units, NOW) for units in (2, 3, 42, 43)] == [
        Reading("in_stock"),
        Reading("backorder", SHOWN_DAY),
        Reading("backorder", SHOWN_DAY),
        Reading("backorder", SHOWN_DAY, most=42),
    ]


@pytest.mark.parametrize(("free", "stepped"), [(0, STEPS), (FEW + 1, []), (2, [])])
def test_a_shelf_beyond_which_nothing_is_sold_or_to_come_says_no_more_than_in_stock(free, stepped):
    assert metafield(IN_STOCK, stepped, NOW, free=free) == metafield(IN_STOCK, [], NOW)


@law
@given(queues(), futures(), rooms, st.integers(1, 60))
def test_a_page_reads_the_day_that_is_quoted(claims, to_come, room, units):
    queue = project(in_queue_order(claims), to_come)
    said = metafield(BACKORDER, steps(queue, to_come, room), NOW)
    found = read(said, units, NOW)
    if said["steps"] and found.most is None:
        assert found.ship_by == next_place(queue, to_come, units).ship_by
    if found.most is not None:
        assert units > found.most == sum(step["units"] for step in said["steps"])


def test_a_page_reads_nothing_from_what_has_run_out():
    assert read(metafield(BACKORDER, STEPS, NOW), 1, NOW + VALID_FOR) is None


def test_a_variant_that_was_never_touched_and_is_in_stock_is_left_alone():
    assert not must_be_written(metafield(IN_STOCK, [], NOW), None, NOW)


@pytest.mark.parametrize("state", [s for s in SellingState if s is not SellingState.IN_STOCK])
def test_anything_but_in_stock_is_written_the_first_time(state):
    assert must_be_written(metafield(Decision(state, None, None, "So."), [], NOW), None, NOW)


def test_what_says_something_else_is_written_also_when_it_goes_back_in_stock():
    backorder, in_stock = metafield(BACKORDER, STEPS, NOW), metafield(IN_STOCK, [], NOW)
    assert must_be_written(in_stock, backorder, NOW)
    assert must_be_written(backorder, in_stock, NOW)
    assert must_be_written(metafield(BACKORDER, [], NOW), backorder, NOW)


def test_what_says_the_same_is_renewed_only_shortly_before_the_theme_falls_silent():
    shown = metafield(BACKORDER, STEPS, NOW) | {"token": "that.proves-it"}
    almost = NOW + VALID_FOR - RENEW_BEFORE
    for moment, due in ((NOW, False), (almost, False), (almost + timedelta(seconds=1), True), (NOW + VALID_FOR, True)):
        assert must_be_written(metafield(BACKORDER, STEPS, moment), shown, moment) is due


def test_what_is_shown_without_its_proof_is_written_again_with_it():
    wanted = metafield(BACKORDER, STEPS, NOW)
    assert must_be_written(wanted, wanted, NOW)
    assert not must_be_written(wanted, wanted | {"token": "that.proves-it"}, NOW)


def test_in_stock_is_never_renewed():
    shown = metafield(IN_STOCK, [], NOW)
    later = NOW + 10 * VALID_FOR
    assert not must_be_written(metafield(IN_STOCK, [], later), shown, later)


def test_only_the_expiry_may_differ_between_two_that_say_the_same():
    one, later = metafield(BACKORDER, STEPS, NOW), metafield(BACKORDER, STEPS, NOW + timedelta(days=1))
    assert one != later
    assert says_the_same(one, later)
    assert not says_the_same(one, metafield(IN_STOCK, [], NOW))
    assert not says_the_same(one, None)
    assert says_the_same(None, None)
