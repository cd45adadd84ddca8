"""From an order as seen to its claims: open units by line and location, and what of them is exposed or packed (domain §3)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.order_claims import awaits_routing, claims_of
from backorder.rules.seen import AgreementSeen
from tests.rules.cast import (
    ADA,
    BEN,
    CHAIR,
    CLEO,
    DOCKS,
    DORA,
    LAMP,
    NOW,
    QUEENS,
    fulfillment_order,
    hold,
    hours_ago,
    law,
    line,
    order,
    part,
)

OURS, THEIRS = hold(1, ours=True), hold(2, ours=False)
STATUSES = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE", "CLOSED", "CANCELLED")
AT_SERVICE = ("SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED")

parts = st.builds(part, st.sampled_from((ADA, BEN)), st.integers(0, 4), st.sampled_from((LAMP, None)))
fulfillment_orders = st.builds(
    lambda number, status, request, location, holds, lines: fulfillment_order(
        number, *lines, status=status, request_status=request, location_id=location, holds=holds
    ),
    st.integers(1, 9),
    st.sampled_from(STATUSES),
    st.sampled_from(("UNSUBMITTED", "SUBMITTED", "ACCEPTED", "CLOSED")),
    st.sampled_from((DOCKS, QUEENS, None)),
    st.sampled_from(((), (OURS,), (THEIRS,), (THEIRS, OURS))),
    st.lists(parts, max_size=3),
)


@law
@given(st.lists(fulfillment_orders, max_size=4))
def test_every_open_unit_of_counted_goods_is_in_one_claim(seen):
    expected = Counter()
    for each in seen:
        for share in each.parts:
            if each.status not in ("CLOSED", "CANCELLED") and share.item_id and each.location_id:
                expected[share.line_id, each.location_id] += share.remaining
    claims = claims_of(order(*seen), NOW)
    assert {(c.line_id, c.location_id): c.units for c in claims} == +expected
    assert all(0 <= c.exposed <= c.units and 0 <= c.in_works <= c.units for c in claims)


def test_a_line_in_two_fulfillment_orders_at_one_location_is_one_claim():
    held = fulfillment_order(2, part(ADA, 3), status="ON_HOLD", holds=(OURS,))
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 2)), held), NOW)
    assert (claim.units, claim.exposed, claim.item_id, claim.order_id) == (5, 2, LAMP, 1042)


def test_a_line_at_two_locations_is_two_claims():
    queens = fulfillment_order(2, part(ADA, 3), location_id=QUEENS)
    claims = claims_of(order(fulfillment_order(1, part(ADA, 2)), queens), NOW)
    assert [(c.location_id, c.units) for c in claims] == [(DOCKS, 2), (QUEENS, 3)]


def test_a_hold_of_somebody_else_does_not_make_units_ours_to_count_as_held():
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 2), status="ON_HOLD", holds=(THEIRS,))), NOW)
    assert claim.exposed == 2


@pytest.mark.parametrize("status", ["OPEN", "ON_HOLD", "SCHEDULED", "INCOMPLETE", "IN_PROGRESS"])
def test_what_is_still_to_be_shipped_is_a_claim_whatever_it_waits_for(status):
    assert len(claims_of(order(fulfillment_order(1, part(ADA, 2), status=status)), NOW)) == 1


@pytest.mark.parametrize("status", ["CLOSED", "CANCELLED"])
def test_what_was_shipped_or_called_off_is_no_claim(status):
    assert claims_of(order(fulfillment_order(1, part(ADA, 2), status=status)), NOW) == ()


def test_a_cancelled_order_claims_nothing():
    assert claims_of(order(fulfillment_order(1, part(ADA, 2)), cancelled_at=NOW), NOW) == ()


def test_an_archived_order_with_open_lines_still_claims_them():
    assert len(claims_of(order(fulfillment_order(1, part(ADA, 2)), closed=True), NOW)) == 1


@pytest.mark.parametrize("state", [{"status": "IN_PROGRESS"}, *({"request_status": status} for status in AT_SERVICE)])
def test_units_being_packed_or_with_a_service_are_beyond_recall(state):
    packed = fulfillment_order(2, part(ADA, 3), **state)
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 2)), packed), NOW)
    assert (claim.units, claim.in_works) == (5, 3)


def test_each_goods_of_an_order_has_a_claim_of_its_own():
    claims = claims_of(order(fulfillment_order(1, part(ADA, 1), part(BEN, 1, CHAIR))), NOW)
    assert [(c.line_id, c.item_id) for c in claims] == [(ADA, LAMP), (BEN, CHAIR)]


def test_goods_without_an_inventory_item_or_a_location_are_no_claims():
    uncounted = fulfillment_order(1, part(ADA, 2, None))
    nowhere = fulfillment_order(2, part(BEN, 2), location_id=None)
    assert claims_of(order(uncounted, nowhere), NOW) == ()


def age_of(ready_at, *agreements):
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 1)), agreements=agreements), ready_at)
    return claim.since, claim.ready


def test_a_claim_is_as_old_as_its_line_or_its_payment_whichever_came_later():
    joined = AgreementSeen(ADA, 1, hours_ago(20))
    assert age_of(hours_ago(22), joined) == (hours_ago(20), True)
    assert age_of(hours_ago(3), joined) == (hours_ago(3), True)


def test_a_line_added_by_an_edit_has_the_time_of_the_edit_not_of_the_order():
    other_line, edit = AgreementSeen(BEN, 1, hours_ago(24)), AgreementSeen(ADA, 1, hours_ago(2))
    assert age_of(hours_ago(24), other_line, edit) == (hours_ago(2), True)


def test_units_that_an_edit_adds_stand_at_the_time_of_the_edit():
    agreed = (AgreementSeen(ADA, 1, hours_ago(20)), AgreementSeen(ADA, 99, hours_ago(2)))
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 100)), agreements=agreed), hours_ago(19))
    assert (claim.units, claim.since, claim.later) == (100, hours_ago(19), ((hours_ago(2), 99),))


def test_units_added_before_the_order_was_paid_stand_with_the_others():
    agreed = (AgreementSeen(ADA, 1, hours_ago(20)), AgreementSeen(ADA, 2, hours_ago(18)))
    (claim,) = claims_of(order(fulfillment_order(1, part(ADA, 3)), agreements=agreed), hours_ago(10))
    assert (claim.units, claim.since, claim.later) == (3, hours_ago(10), ())


def test_a_line_at_two_locations_shares_its_ages_among_them_oldest_first():
    agreed = (AgreementSeen(ADA, 2, hours_ago(20)), AgreementSeen(ADA, 2, hours_ago(2)))
    here, there = fulfillment_order(1, part(ADA, 3)), fulfillment_order(2, part(ADA, 1), location_id=DOCKS + 1)
    first, second = claims_of(order(here, there, agreements=agreed), hours_ago(20))
    assert (first.units, first.since, first.later) == (3, hours_ago(20), ((hours_ago(2), 1),))
    assert (second.units, second.since, second.later) == (1, hours_ago(2), ())


def test_units_that_left_a_line_did_not_join_it():
    assert age_of(hours_ago(24), AgreementSeen(ADA, -1, hours_ago(30))) == (hours_ago(24), True)


def test_an_order_that_may_not_be_served_yet_has_its_place_in_line_but_is_not_ready():
    assert age_of(None) == (hours_ago(24), False)


LIKELY = {LAMP: DOCKS}


def test_an_order_that_the_store_has_yet_to_route_has_its_place_where_it_will_likely_be_served():
    joined = AgreementSeen(ADA, 2, hours_ago(5))
    (claim,) = claims_of(order(lines=(line(ADA, 2),), agreements=(joined,)), hours_ago(24), LIKELY)
    assert (claim.location_id, claim.units, claim.item_id, claim.since) == (DOCKS, 2, LAMP, hours_ago(5))
    assert (claim.ready, claim.routed) == (True, False)
    assert (claim.exposed, claim.in_works) == (0, 0)


def test_an_unrouted_order_that_is_not_paid_is_not_ready_either():
    (claim,) = claims_of(order(lines=(line(ADA, 2),)), None, LIKELY)
    assert not claim.ready


def test_once_routed_the_fulfillment_orders_say_where_and_nothing_is_guessed():
    routed = order(fulfillment_order(1, part(ADA, 2), location_id=QUEENS), lines=(line(ADA, 2),))
    (claim,) = claims_of(routed, NOW, LIKELY)
    assert (claim.location_id, claim.routed) == (QUEENS, True)


def test_an_unrouted_line_that_is_shipped_uncounted_or_at_home_nowhere_claims_nothing():
    lines = (line(ADA, 2), line(BEN, 0), line(CLEO, 1, None), line(DORA, 1, CHAIR))
    assert [c.line_id for c in claims_of(order(lines=lines), NOW, LIKELY)] == [ADA]
    assert claims_of(order(lines=lines), NOW) == ()


@pytest.mark.parametrize(
    ("seen", "awaits"),
    [
        (order(lines=(line(ADA, 1),)), True),
        (order(lines=(line(ADA, 0), line(BEN, 1))), True),
        (order(lines=(line(ADA, 0),)), False),
        (order(lines=(line(ADA, 1, requires_shipping=False),)), False),
        (order(lines=(line(ADA, 1),), cancelled_at=NOW), False),
        (order(fulfillment_order(1, part(ADA, 1), status="CLOSED"), lines=(line(ADA, 1),)), False),
        (order(), False),
    ],
    ids=["unrouted", "a line of it", "shipped", "not shipped at all", "cancelled", "routed", "empty"],
)
def test_what_is_to_be_shipped_and_has_no_fulfillment_order_awaits_routing(seen, awaits):
    assert awaits_routing(seen) is awaits


def test_what_a_service_gave_back_unfinished_waits_and_nobody_can_ship_it():
    returned = fulfillment_order(1, part(ADA, 2), status="INCOMPLETE", request_status="CLOSED")
    (claim,) = claims_of(order(returned), NOW)
    assert (claim.units, claim.exposed, claim.in_works) == (2, 0, 0)
    (again,) = claims_of(order(fulfillment_order(1, part(ADA, 2))), NOW)
    assert again.exposed == 2, "moved, or asked for again, it is like any other"
