"""Sold as if in stock while supply lands within the time in which the shop ships anyway, and no longer (C12)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.projection import next_place, project
from backorder.rules.promises import Basis
from backorder.rules.silent import is_silent, window_ends
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import EVERY_DAY, NOW, future, in_days, in_queue_order, law, lot
from tests.rules.draws import futures, queues

WEEK = WorkingCalendar(receiving_days=0, handling_days=0)  # Monday to Friday; NOW is a Wednesday


def place(days, *, calendar=EVERY_DAY):
    to_come = future(lot(5, days), calendar=calendar)
    return next_place(project([], to_come), to_come)


def test_what_lands_on_the_last_day_of_the_window_is_silent_and_a_day_later_is_not():
    assert is_silent(place(3), EVERY_DAY, NOW, 3)
    assert not is_silent(place(4), EVERY_DAY, NOW, 3)


def test_the_window_is_counted_in_working_days_from_when_the_order_counts():
    assert window_ends(WEEK, NOW, 3) == in_days(5)  # Thursday, Friday, Monday
    after_cut_off = NOW + timedelta(hours=3)
    assert window_ends(WEEK, after_cut_off, 3) == in_days(6)


def test_without_a_window_nothing_is_silent():
    assert not is_silent(place(0), EVERY_DAY, NOW, None)


def test_silence_ends_by_itself_when_the_shipment_is_overdue():
    assert not is_silent(place(-1), EVERY_DAY, NOW, 5)
    assert is_silent(place(0), EVERY_DAY, NOW, 5)


def test_silence_ends_by_itself_when_the_shipment_moves_out_of_the_window():
    assert not is_silent(place(30), EVERY_DAY, NOW, 5)


@pytest.mark.parametrize("basis", [Basis.LEAD_TIME, Basis.ASAP, Basis.UNKNOWN])
def test_only_a_known_shipment_is_silent(basis):
    assert not is_silent(replace(place(1), basis=basis), EVERY_DAY, NOW, 60)


@law
@given(queues(), futures(trusting=True), st.integers(0, 60), st.integers(0, 30))
def test_a_longer_window_and_a_younger_order_silence_no_less(claims, to_come, window, later):
    queue = project(in_queue_order(claims), to_come)
    found = next_place(queue, to_come)
    if is_silent(found, to_come.calendar, NOW, window):
        assert is_silent(found, to_come.calendar, NOW, window + later)
        assert is_silent(found, to_come.calendar, NOW + timedelta(days=later), window)
