"""Which lot serves which place in the queue, and so when (domain §6)."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.lots import LotKind
from backorder.rules.projection import Projection, next_place, project
from backorder.rules.promises import Basis
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import (
    ADA,
    BEN,
    CLEO,
    DOCKS,
    QUEENS,
    TODAY,
    claim,
    day,
    future,
    hours_ago,
    in_days,
    in_queue_order,
    law,
    lot,
)
from tests.rules.draws import futures, queues
from tests.rules.unit_by_unit import cards, day_of, deal, units_by_lot

deficits = st.integers(0, 5)


def of(who: int, *claims, to_come, deficit: int = 0) -> Projection:
    return project(claims, to_come, deficit).claims[who, DOCKS]


@law
@given(queues(), futures(), deficits)
def test_dealing_unit_by_unit_gives_the_same_lots_and_days(claims, to_come, deficit):
    queue = in_queue_order(claims)
    dealt = deal(queue, to_come, deficit)
    at = deficit
    found = project(queue, to_come, deficit).claims
    assert set(found) == set(dealt)
    for place in queue:
        if place.backordered:
            projection = found[place.line_id, place.location_id]
            hand = dealt[place.line_id, place.location_id]
            assert units_by_lot(projection) == Counter(each.lot_id for each in hand if each)
            at += place.backordered
            assert (projection.ship_by, projection.basis) == day_of(hand, place, to_come, at)


@law
@given(queues(), futures(), deficits)
def test_what_is_left_for_the_next_buyer_is_what_comes_less_all_who_wait(claims, to_come, deficit):
    queue = project(in_queue_order(claims), to_come, deficit)
    waiting = deficit + sum(claim.backordered for claim in claims)
    assert queue.waiting == waiting
    assert [s.lot for s in queue.left for _ in range(s.units)] == cards(to_come)[waiting:]
    assert all(serving.units > 0 for serving in queue.left)


@law
@given(queues(ready_only=True), futures(), deficits)
def test_nobody_who_came_later_is_told_an_earlier_day(claims, to_come, deficit):
    found = list(project(in_queue_order(claims), to_come, deficit).claims.values())
    assert [day(p) for p in found] == sorted(day(p) for p in found)
    assert [p.ahead for p in found] == sorted(p.ahead for p in found)


@law
@given(queues(), futures(), deficits, st.integers(1, 5))
def test_another_claim_ahead_never_makes_a_date_better(claims, to_come, deficit, units):
    older = claim(0, units, since=hours_ago(500), rank=-1)
    without = project(in_queue_order(claims), to_come, deficit).claims
    with_it = project(in_queue_order([older, *claims]), to_come, deficit).claims
    assert all(day(with_it[place]) >= day(projection) for place, projection in without.items())


@law
@given(queues(), futures(trusting=True), st.integers(0, 40), st.integers(1, 5))
def test_another_lot_serves_everybody_no_later_where_lots_serve_them(claims, to_come, days, units):
    more = replace(to_come, lots=(*to_come.lots, lot(units, days, lot_id=99)))
    before, after = (project(in_queue_order(claims), each).claims for each in (to_come, more))
    assert all(day(after[place]) <= day(p) for place, p in before.items() if p.basis is not Basis.LEAD_TIME)


def test_a_line_ships_whole_so_its_day_is_that_of_its_last_unit():
    to_come = future(lot(3, days=5), lot(10, days=20, lot_id=2))
    assert of(ADA, claim(ADA, 3), to_come=to_come).ship_by == in_days(5)
    assert of(ADA, claim(ADA, 4), to_come=to_come).ship_by == in_days(20)
    assert units_by_lot(of(ADA, claim(ADA, 4), to_come=to_come)) == {1: 3, 2: 1}


def test_three_units_behind_two_take_the_third_to_the_fifth_place():
    to_come = future(lot(4, days=5), lot(1, days=20, lot_id=2))
    queue = (claim(ADA, 2), claim(BEN, 3))
    assert of(ADA, *queue, to_come=to_come).ship_by == in_days(5)
    assert of(BEN, *queue, to_come=to_come).ship_by == in_days(20)
    assert of(BEN, *queue, to_come=to_come).ahead == 2


def test_what_stands_at_the_dock_serves_before_what_is_on_its_way():
    to_come = future(lot(5, days=3), lot(1, days=None, lot_id=2))
    assert of(ADA, claim(ADA), to_come=to_come).ship_by == TODAY
    assert of(BEN, claim(ADA), claim(BEN), to_come=to_come).ship_by == in_days(3)


def test_who_has_the_goods_already_takes_no_place():
    queue = project((claim(ADA, 2, given=2), claim(BEN, 2, given=1)), future(lot(1, days=4)))
    assert set(queue.claims) == {(BEN, DOCKS)}
    assert queue.claims[BEN, DOCKS].ship_by == in_days(4)
    assert queue.waiting == 1


def test_units_owed_to_orders_that_we_cannot_see_come_first():
    to_come = future(lot(3, days=4), lot(3, days=30, lot_id=2))
    assert of(ADA, claim(ADA), to_come=to_come, deficit=3).ship_by == in_days(30)
    assert of(ADA, claim(ADA), to_come=to_come, deficit=3).ahead == 3


def test_a_line_served_from_two_locations_has_a_projection_at_each():
    here, there = claim(ADA), claim(ADA, location_id=QUEENS)
    found = project((here, there), future(lot(1, days=4), lot(1, days=9, lot_id=2))).claims
    assert {place: p.ship_by for place, p in found.items()} == {(ADA, DOCKS): in_days(4), (ADA, QUEENS): in_days(9)}


def test_without_supply_the_day_follows_from_the_lead_time_after_the_order():
    projection = of(ADA, claim(ADA, since=hours_ago(48)), to_come=future(lead_time_days=21))
    assert (projection.ship_by, projection.basis, projection.overdue) == (in_days(19), Basis.LEAD_TIME, False)


def test_a_lead_time_that_has_passed_is_only_hoped_for():
    projection = of(ADA, claim(ADA, since=hours_ago(48)), to_come=future(lead_time_days=1))
    assert (projection.ship_by, projection.overdue) == (TODAY, True)


def test_who_stands_behind_every_lot_is_not_promised_an_earlier_day_than_those_ahead():
    to_come = future(lot(1, days=60), lead_time_days=10)
    queue = (claim(ADA), claim(BEN), claim(CLEO, 2))
    assert [of(who, *queue, to_come=to_come).ship_by for who in (ADA, BEN, CLEO)] == [in_days(60)] * 3
    assert of(BEN, *queue, to_come=to_come).basis is Basis.LEAD_TIME


@pytest.mark.parametrize(("allowed", "basis"), [(True, Basis.ASAP), (False, Basis.UNKNOWN)])
def test_without_supply_or_lead_time_no_day_is_named(allowed, basis):
    projection = of(ADA, claim(ADA, 2), to_come=future(lot(1), allow_asap=allowed))
    assert (projection.ship_by, projection.basis) == (None, basis)


def test_a_lot_that_should_be_here_is_overdue_and_its_day_is_hoped_for():
    projection = of(ADA, claim(ADA), to_come=future(lot(1, days=-1)))
    assert (projection.ship_by, projection.overdue) == (TODAY, True)
    assert not of(ADA, claim(ADA), to_come=future(lot(1, days=0))).overdue
    assert not of(ADA, claim(ADA), to_come=future(lot(1, days=None))).overdue


def test_the_working_calendar_lies_between_the_lot_and_the_day():
    week = WorkingCalendar(receiving_days=1, handling_days=1)
    to_come = future(lot(1, days=2), calendar=week)  # a Friday
    assert of(ADA, claim(ADA), to_come=to_come).ship_by == date(2026, 7, 7)


UNDATED = {"kind": LotKind.TRANSFER, "due_on": None}


def test_what_is_to_come_without_a_day_serves_nobodys_date():
    known, unknown = lot(1, 10), lot(5, lot_id=2, **UNDATED)
    to_come = future(known, unknown)
    queue = project([claim(ADA), claim(BEN)], to_come)
    assert [queue.claims[who, DOCKS].basis for who in (ADA, BEN)] == [Basis.LOT, Basis.UNKNOWN]
    assert queue.left == ()
    assert next_place(queue, to_come).ship_by is None


def test_behind_what_has_no_day_the_suppliers_lead_time_counts():
    to_come = future(lot(5, lot_id=2, **UNDATED), lead_time_days=20)
    found = of(ADA, claim(ADA, since=hours_ago(0)), to_come=to_come)
    assert (found.basis, found.ship_by) == (Basis.LEAD_TIME, in_days(20))


def test_an_undated_lot_is_never_due_and_never_overdue():
    unknown = lot(5, **UNDATED)
    assert (unknown.dated, unknown.due(TODAY), unknown.overdue(TODAY)) == (False, date.max, False)
    at_the_dock = lot(5, None)
    assert (at_the_dock.dated, at_the_dock.due(TODAY)) == (True, TODAY)
    on_its_way = lot(5, -3, kind=LotKind.SHIPMENT)
    assert (on_its_way.due(TODAY), on_its_way.overdue(TODAY)) == (TODAY, True)
