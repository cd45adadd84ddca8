"""Only so many can be shipped on a day: what was promised has its slot, who comes now takes the first day with room."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.offer import steps
from backorder.rules.projection import next_place, project
from backorder.rules.slots import Asks, SlotBook, Slots, assign
from backorder.rules.trace import in_steps, trace
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import (
    ADA,
    BEN,
    CLEO,
    DOCKS,
    EVERY_DAY,
    LAMP,
    NOW,
    claim,
    future,
    in_days,
    in_queue_order,
    law,
    lot,
)
from tests.rules.draws import calendars, futures, queues

days = st.integers(0, 9).map(in_days)
NEXT = 99


@st.composite
def asked(draw):
    """A queue, the days it could ship on, what some were promised, and days that others take."""
    queue = [
        Asks(who, draw(st.integers(1, 4)), draw(st.one_of(st.none(), days)))
        for who in range(1, draw(st.integers(0, 6)) + 1)
    ]
    promised = draw(st.dictionaries(st.integers(1, 6), st.one_of(st.none(), days), max_size=6))
    taken = draw(st.dictionaries(days, st.integers(1, 5), max_size=4))
    return queue, Slots(draw(st.integers(1, 6)), draw(calendars()), taken, promised)


def forced(queue, slots):
    """Units that promises put on each day, whatever room there is."""
    found = Counter(dict(slots.taken))
    for asks in queue:
        if asks.day is not None and slots.promised.get(asks.line_id) is not None:
            found[slots.promised[asks.line_id]] += asks.units
    return found


@law
@given(asked())
def test_no_day_is_made_fuller_than_it_can_bear_but_by_promises(drawn):
    queue, slots = drawn
    found, left = assign(queue, slots)
    for day in set(found) - {None}:
        here = [asks for asks, on in zip(queue, found, strict=True) if on == day]
        new = [asks for asks in here if slots.promised.get(asks.line_id) != day]
        alone = len(here) == 1 and not slots.taken.get(day)
        assert not new or alone or left.taken[day] <= max(slots.units_a_day, forced(queue, slots)[day])


@law
@given(asked())
def test_a_promise_that_its_goods_can_keep_is_kept_however_full_its_day_is(drawn):
    queue, slots = drawn
    for asks, on in zip(queue, assign(queue, slots)[0], strict=True):
        promised = slots.promised.get(asks.line_id)
        assert (on is None) is (asks.day is None)
        if on is not None:
            assert on >= asks.day
            assert promised is None or asks.day > promised or on <= promised
            assert slots.calendar.is_working(on) or on == promised


@law
@given(asked(), st.integers(1, 4), days)
def test_somebody_who_comes_now_moves_nobody(drawn, units, day):
    queue, slots = drawn
    found, left = assign(queue, slots)
    with_another, _ = assign([*queue, Asks(NEXT, units, day)], slots)
    assert with_another[:-1] == found
    assert with_another[-1] == left.first_free(day, units)


@law
@given(asked())
def test_nobody_who_was_promised_nothing_goes_before_somebody_older(drawn):
    queue, slots = drawn
    found = assign(queue, replace(slots, promised={}))[0]
    dated = [on for on in found if on is not None]
    assert dated == sorted(dated)


@law
@given(asked())
def test_once_the_days_are_promised_they_are_worked_out_again_just_so(drawn):
    queue, slots = drawn
    found, _ = assign(queue, slots)
    told = {asks.line_id: on for asks, on in zip(queue, found, strict=True)}
    assert assign(queue, replace(slots, promised=told))[0] == found


@law
@given(asked(), days, st.integers(1, 9))
def test_the_day_by_quantity_is_the_day_of_each_quantity(drawn, day, most):
    _, slots = drawn
    told = [on for on, count in slots.by_quantity(day, 1, most) for _ in range(count)]
    assert told == [slots.first_free(day, units) for units in range(1, most + 1)]


@law
@given(queues(ready_only=True), futures(trusting=True), st.integers(1, 6), st.integers(1, 8))
def test_with_slots_too_what_was_shown_is_what_the_buyer_then_gets(claims, to_come, a_day, units):
    slots = Slots(a_day, to_come.calendar)
    queue = project(in_queue_order(claims), to_come, slots=slots)
    joined = in_queue_order([*claims, claim(NEXT, units, since=NOW)])
    shown = next_place(queue, to_come, units)
    assert project(joined, to_come, slots=slots).claims[NEXT, DOCKS] == shown
    stepped = [step["ship_by"] for step in steps(queue, to_come, 99) for _ in range(step["units"])]
    if units <= len(stepped):
        assert shown.ship_by.isoformat() == stepped[units - 1]


@law
@given(queues(), futures(trusting=True), st.integers(1, 6))
def test_a_trace_names_the_days_without_room_so_that_the_day_can_be_counted(claims, to_come, a_day):
    queue = project(in_queue_order(claims), to_come, slots=Slots(a_day, to_come.calendar))
    for one in claims:
        if one.backordered:
            found = trace(one, queue, to_come, promises_first=False)
            assert found.units_a_day == a_day
            if found.steps is None:
                continue
            at = found.steps.ships_on
            while at in found.full or at in found.steps.closed:
                at += timedelta(days=1)
            assert at == found.ship_by
            assert all(str(day.day) in " ".join(in_steps(found)) for day in found.full)


def test_thirty_wait_for_one_ship_and_ten_can_be_packed_on_a_day():
    weekdays = WorkingCalendar(receiving_days=0, handling_days=0)
    queue = [claim(who, 10) for who in (ADA, BEN, CLEO)]
    walked = project(queue, future(lot(30, 1), calendar=weekdays), slots=Slots(10, weekdays))
    assert [walked.claims[who, DOCKS].ship_by for who in (ADA, BEN, CLEO)] == [in_days(1), in_days(2), in_days(5)]


def test_an_order_that_is_larger_than_a_day_takes_a_day_for_itself():
    found, left = assign(
        [Asks(ADA, 3, in_days(1)), Asks(BEN, 9, in_days(1)), Asks(CLEO, 1, in_days(1))], Slots(5, EVERY_DAY)
    )
    assert found == [in_days(1), in_days(2), in_days(3)]
    assert left.not_before == in_days(3)


def test_goods_share_the_days_of_a_place_and_not_those_of_another():
    book = SlotBook(5, {(DOCKS, LAMP): {in_days(1): 5}, (12, 7): {in_days(1): 5}}, {})
    assert book.beside(DOCKS, 7, EVERY_DAY).first_free(in_days(1), 1) == in_days(2)
    assert book.beside(DOCKS, LAMP, EVERY_DAY).first_free(in_days(1), 1) == in_days(1)
    book.book(DOCKS, LAMP, {in_days(2): 5})
    assert book.beside(DOCKS, 7, EVERY_DAY).first_free(in_days(1), 1) == in_days(1)
