"""By when enough is here over all lots, against every way in which lots can come or stay away (domain §6)."""

import random
from dataclasses import replace
from datetime import timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules import enough as rule
from backorder.rules.allowance import Allowance, Chance
from backorder.rules.enough import enough, hardly, likely
from backorder.rules.projection import project
from tests.rules.cast import ADA, BEN, DOCKS, TODAY, claim, future, in_days, law, lot
from tests.rules.draws import HARDLY, SURE, allowing, futures
from tests.rules.unit_by_unit import first_day, how_often


def with_chances(units, lot_id, *chances, days=5, supplier=None, sure=SURE):
    """A lot stated for a day, whose supplier may be late: the chances that it is here on that day, the next …"""
    said = Allowance(supplier or f"Supplier {lot_id}", 9, 1, round(100 * sure), in_days(days), 0, (len(chances),))
    return replace(
        lot(units, days, lot_id), allowance=said, chance=Chance(in_days(days), (*chances, 1.0), sure, HARDLY)
    )


@law
@given(futures())
def test_every_place_has_the_first_day_on_which_enough_come_often_enough(coming):
    found = enough(coming.in_order(), coming.earliest)
    if found is not None:
        for place in range(1, sum(each.units for each in coming.in_order()) + 1):
            assert found.by(place).on == first_day(coming, place)
        assert found.by(place + 1) is None
        assert list(found.places) == sorted(set(found.places))
        assert list(found.days) == sorted(set(found.days))


@law
@given(futures(), st.integers(0, 25), st.integers(0, 45))
def test_how_likely_enough_is_here_is_how_often_enough_comes(coming, place, days):
    lots, by = [each for each in coming.in_order() if each.units], in_days(days)
    # What has not come by today has not come by yesterday.
    expected = how_often(lots, place, by, coming) if by >= coming.earliest or not place else 0.0
    assert isclose(likely(lots, coming.earliest, place, by), expected, abs_tol=1e-9)


@law
@given(futures(), st.floats(0.86, 0.99))
def test_to_be_surer_is_never_to_be_earlier_and_hardly_comes_before_surely(coming, more):
    sure, low = enough(coming.in_order(), coming.earliest), hardly(coming.in_order(), coming.earliest)
    surer = enough(
        [replace(each, chance=each.chance and replace(each.chance, sure=more)) for each in coming.in_order()],
        coming.earliest,
    )
    for place in range(1, (sure.places[-1] if sure else 0) + 1):
        assert low.by(place).on <= sure.by(place).on <= surer.by(place).on


@law
@given(st.data(), st.integers(1, 6), st.integers(1, 8))
def test_one_lot_has_the_day_that_it_always_had(data, units, place):
    one = data.draw(allowing(lot(units, 4)))
    beside = lot(50, 90, lot_id=2)  # so late and so sure that it changes nothing
    alone = future(one)
    assert alone.enough is None
    if place <= units:
        both = project((claim(ADA, place),), future(one, beside)).claims[ADA, DOCKS]
        assert both.ship_by == project((claim(ADA, place),), alone).claims[ADA, DOCKS].ship_by == one.due(TODAY)


def test_whichever_of_two_comes_first_serves_who_stands_first_and_both_serve_who_needs_both():
    to_come = future(with_chances(2, 1, 0.6, 0.7, 0.8), with_chances(2, 2, 0.6, 0.7, 0.8))
    queue = project((claim(ADA, 2), claim(BEN, 2)), to_come)
    assert queue.claims[ADA, DOCKS].ship_by == in_days(6), "one of them is here with 1 - 0.3 x 0.3"
    assert queue.claims[BEN, DOCKS].ship_by == in_days(8), "both are here with 0.8 x 0.8 on the day before"


def test_lots_of_one_supplier_that_were_stated_for_one_day_are_one_shipment():
    to_come = future(
        with_chances(2, 1, 0.6, 0.7, 0.86, supplier="Glow"), with_chances(2, 2, 0.6, 0.7, 0.86, supplier="glow")
    )
    assert {p.ship_by for p in project((claim(ADA, 2), claim(BEN, 2)), to_come).claims.values()} == {in_days(7)}


def test_promises_are_kept_as_often_as_was_asked():
    """A thousand futures of the same three lots: everybody's day is kept at least so often, and hardly more than need be."""
    dice = random.Random(7)
    lots = [with_chances(n + 2, n, *(k / 20 for k in range(4 * n, 20)), days=3 + n) for n in (1, 2, 3)]
    sure = enough(lots, TODAY)
    for place in (1, 3, 5, 8, 12):
        kept = 0
        for _ in range(2000):
            came = [
                (each.units, each.chance.first + timedelta(days=sum(dice_at >= by for by in each.chance.by)))
                for each in lots
                for dice_at in [dice.random()]
            ]
            kept += sum(units for units, day in came if day <= sure.by(place).on) >= place
        assert SURE - 0.03 <= kept / 2000 <= 1
        assert likely(lots, TODAY, place, sure.by(place).on) >= SURE
        assert likely(lots, TODAY, place, sure.by(place).on - timedelta(days=1)) < SURE


@pytest.mark.parametrize("most", [4, 9])
def test_where_there_are_too_many_sums_a_day_is_later_than_need_be_and_never_earlier(monkeypatch, most):
    lots = [with_chances(n, n, 0.5, 0.6, 0.7, 0.8, 0.9, days=2 * n) for n in (3, 5, 7, 11)]
    exact = enough(lots, TODAY)
    rule._worked_out.cache_clear()
    monkeypatch.setattr(rule, "MOST_SUMS", most)
    rough = enough(lots, TODAY)
    rule._worked_out.cache_clear()
    days = [(exact.by(place).on, rough.by(place).on) for place in range(1, 27)]
    assert all(one <= other for one, other in days)
    assert any(one < other for one, other in days)
    assert days[-1][0] == days[-1][1], "the last of all needs everything"
    assert [other for _, other in days] == sorted(other for _, other in days)


def test_twenty_shipments_of_one_item_are_reckoned_with_at_once():
    """Twenty sizes, all under way at once: no more sums than ``MOST_SUMS`` are added up for a day."""
    lots = [with_chances(40 + n, n, *(k / 40 for k in range(40)), days=3) for n in range(1, 21)]
    found = enough(lots, TODAY)
    assert found.places[-1] == sum(each.units for each in lots)
