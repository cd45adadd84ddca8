"""Counts and days as people read them."""

from datetime import date

import pytest

from backorder.rules.wording import behind, day, units, units_wait


@pytest.mark.parametrize(
    ("count", "counted", "waits", "place"),
    [
        (0, "0 units", "0 units wait", "first in the queue"),
        (1, "1 unit", "1 unit waits", "behind 1 unit ordered earlier"),
        (12, "12 units", "12 units wait", "behind 12 units ordered earlier"),
    ],
)
def test_one_is_one_and_more_are_many(count, counted, waits, place):
    assert (units(count), units_wait(count), behind(count)) == (counted, waits, place)


def test_a_day_is_written_out_in_every_month():
    assert day(date(2026, 12, 8)) == "8 December 2026"
    assert [day(date(2026, month, 1)).split()[1][:3] for month in range(1, 13)] == (
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
