"""What of a transfer is still to come, and goods that were announced twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.transfers import (
    UNSHIPPED,
    Carried,
    Ordered,
    ShipmentLineSeen,
    ShipmentSeen,
    TransferLineSeen,
    TransferSeen,
    announced_twice,
    counted_once,
    mentions,
    parts_of,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 12, 4, 17, tzinfo=UTC)
LAMP, CHAIR = 201, 202
DUE = date(2026, 12, 1)


def carries(units, accepted=0, rejected=0, item=LAMP):
    return ShipmentLineSeen(item, units, accepted, rejected, units - accepted - rejected)


def shipment(*lines, number=72, status="IN_TRANSIT", arrives_at=FRIDAY):
    return ShipmentSeen(number, f"#T0001-{number}", status, arrives_at, lines)


def transfer(*shipments, units=100, status="IN_PROGRESS", **words):
    usual = {"reference": None, "note": None, "tags": frozenset(), "origin_id": None, "destination_id": 1}
    lines = (TransferLineSeen(LAMP, units),)
    return TransferSeen(71, "#T0001", status=status, lines=lines, shipments=shipments, **{**usual, **words})


def to_come(seen):
    """Units still to come, by shipment (0: on none yet)."""
    return {part.shipment_id: part.to_come for part in parts_of(seen, NOW) if part.to_come}


def test_what_no_shipment_carries_has_no_day():
    on_its_way, rest = parts_of(transfer(shipment(carries(60))), NOW)
    assert (on_its_way.to_come, on_its_way.arrives_at) == (60, FRIDAY)
    assert (rest.shipment_id, rest.to_come, rest.arrives_at) == (UNSHIPPED, 40, None)


def test_what_was_received_or_refused_is_no_longer_to_come():
    assert to_come(transfer(shipment(carries(60, accepted=50, rejected=4)))) == {72: 6, UNSHIPPED: 40}


def test_a_shipment_that_was_received_brings_no_more_whatever_was_missing():
    assert to_come(transfer(shipment(carries(60, accepted=50), status="RECEIVED"), units=60)) == {}


@pytest.mark.parametrize("status", ["DRAFT", "CANCELED", "TRANSFERRED", "OTHER"])
def test_a_draft_and_what_has_ended_bring_nothing(status):
    assert to_come(transfer(shipment(carries(60)), status=status)) == {}


def test_a_shipment_that_received_more_than_it_carried_leaves_less_to_be_shipped():
    assert to_come(transfer(shipment(carries(60, accepted=70)))) == {UNSHIPPED: 30}


def test_more_than_was_announced_is_on_its_way_all_the_same():
    assert to_come(transfer(shipment(carries(120)))) == {72: 120}


def test_lines_of_one_item_are_one():
    assert to_come(transfer(shipment(carries(20), carries(10, accepted=5)), units=30)) == {72: 25}


def test_a_day_in_the_past_is_kept_and_one_three_years_away_is_a_slip_of_the_pen():
    days = [NOW - timedelta(days=30), NOW + timedelta(days=1200), datetime(1, 1, 1, tzinfo=UTC)]
    parts = parts_of(transfer(*(shipment(carries(1), number=n, arrives_at=at) for n, at in enumerate(days, 72))), NOW)
    assert [part.arrives_at for part in parts if part.shipment_id] == [days[0], None, None]


def test_counts_that_cannot_be_are_bounded():
    huge = 2**31 - 1
    (part, rest) = parts_of(transfer(shipment(carries(huge), carries(huge)), units=3 * huge), NOW)
    assert (part.to_come, rest.to_come) == (10**9, 10**9)
    (part, rest) = parts_of(transfer(shipment(ShipmentLineSeen(LAMP, 5, -1, 0, -1))), NOW)
    assert (part.accepted, part.to_come, rest.to_come) == (0, 0, 95)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"reference": "PO-7"}, {"po-7"}),
        ({"reference": "Spring order"}, {"spring order"}),
        ({"tags": frozenset({"PO-7", "spring"})}, {"po-7", "spring"}),
        ({"note": "Ordered as (PO-7), in two parts."}, {"po-7"}),
        ({"note": "7 pallets in 12 days"}, set()),
        ({"reference": " "}, set()),
        ({"reference": "PO\0-7\ud800"}, {"po-7", "po-7?"}),
        ({"reference": "7" * 65, "tags": frozenset({"x" * 65})}, set()),
    ],
)
def test_what_may_be_the_number_of_a_purchase_order(words, found):
    assert mentions(transfer(**words)) == found


def test_what_shipments_carry_comes_by_their_day_and_the_rest_by_the_orders():
    lines, parts = counted_once([Ordered(1, 100, DUE)], [Carried(5, True, 60), Carried(6, False, 40)])
    assert (lines, parts) == ({1: 40}, {5: 60, 6: 0})


def test_what_the_order_does_not_know_of_stays_with_the_transfer():
    lines, parts = counted_once([Ordered(1, 100, DUE)], [Carried(5, True, 60), Carried(6, False, 50)])
    assert (lines, parts) == ({1: 40}, {5: 60, 6: 10})
    assert counted_once([], [Carried(5, True, 60)]) == ({}, {5: 60})


def test_what_a_person_booked_in_has_come():
    lines, parts = counted_once([Ordered(1, 40, DUE)], [Carried(5, True, 60, booked=60)])
    assert (lines, parts) == ({1: 40}, {5: 0})


def test_what_was_struck_off_an_order_comes_by_no_shipment_either():
    ordered = [Ordered(1, 1, DUE)]
    carried = [Carried(5, True, 3, booked=1), Carried(6, True, 4), Carried(7, False, 2)]
    assert counted_once(ordered, carried, struck_off=True) == ({1: 0}, {5: 1, 6: 0, 7: 0})
    assert counted_once([], carried, struck_off=True) == ({}, {5: 0, 6: 0, 7: 0})
    assert counted_once([Ordered(1, 8, DUE)], carried, struck_off=True) == ({1: 2}, {5: 2, 6: 4, 7: 0})


counts = st.integers(0, 200)
orders = st.lists(counts, max_size=4).map(
    lambda units: [Ordered(n, each, DUE + timedelta(days=n % 2)) for n, each in enumerate(units, 1)]
)
parts = st.lists(st.tuples(st.booleans(), counts, counts), max_size=5).map(
    lambda found: [
        Carried(n, shipped, units, min(units, booked)) for n, (shipped, units, booked) in enumerate(found, 1)
    ]
)


@given(orders, parts)
def test_nothing_is_counted_twice_and_nothing_is_lost(ordered, carried):
    lines, by_part = counted_once(ordered, carried)
    on_order = sum(line.outstanding for line in ordered)
    on_its_way = sum(part.to_come - part.booked for part in carried if part.shipped)
    announced = on_its_way + sum(part.to_come for part in carried if not part.shipped)
    assert sum(lines.values()) + sum(by_part.values()) == max(on_order, announced)
    assert all(0 <= lines[line.line_id] <= line.outstanding for line in ordered)
    assert all(by_part[part.part_id] == part.to_come - part.booked for part in carried if part.shipped)
    assert all(0 <= by_part[part.part_id] <= part.to_come for part in carried)


@given(orders, parts)
def test_of_what_was_struck_off_exactly_the_rest_is_to_come(ordered, carried):
    lines, by_part = counted_once(ordered, carried, struck_off=True)
    announced, _ = counted_once(ordered, carried)
    assert sum(lines.values()) + sum(by_part.values()) == sum(line.outstanding for line in ordered)
    assert lines == announced, "what is not on its way comes by the order's day, as before"
    assert all(by_part[p.part_id] <= (p.to_come - p.booked if p.shipped else 0) for p in carried)


def test_about_as_many_about_then_look_announced_twice():
    ordered = Ordered(1, 100, DUE)
    assert announced_twice(ordered, 100, DUE)
    assert announced_twice(ordered, 91, DUE + timedelta(days=14))
    assert announced_twice(ordered, 100, None)
    assert not announced_twice(ordered, 89, DUE)
    assert not announced_twice(ordered, 100, DUE + timedelta(days=15))
    assert not announced_twice(replace(ordered, outstanding=0), 1, DUE)
    assert announced_twice(Ordered(1, 2, DUE), 1, DUE)
