"""Goods that lie free at another location than the one where somebody waits for them."""

from dataclasses import replace

from backorder.rules.elsewhere import Elsewhere, Move, elsewhere, moves, oldest_that_fit
from backorder.rules.seen import LocationSeen
from tests.rules.cast import ADA, BEN, CHAIR, DOCKS, LAMP, QUEENS, claim, fulfillment_order, hold, part

BARN = 13
QUEENS_PLACE = LocationSeen(QUEENS, "Queens", active=True, fulfills_online=True, is_service=False, country="US")
PLACES = {
    QUEENS: QUEENS_PLACE,
    BARN: replace(QUEENS_PLACE, location_id=BARN, name="Barn", fulfills_online=False),
}
ADA_IN_QUEENS = Elsewhere(ADA, LAMP, DOCKS, QUEENS, 2, movable=True)


def found(free, *claims, places=PLACES):
    return elsewhere(claims or [claim(ADA, 2)], {LAMP}, free, places)


def test_all_units_of_a_line_lie_at_one_place_or_the_line_waits_where_it_is():
    assert found({(LAMP, QUEENS): 2}) == (ADA_IN_QUEENS,)
    assert found({(LAMP, QUEENS): 1, (LAMP, BARN): 1}) == ()
    assert found({(LAMP, DOCKS): 9}) == ()


def test_a_place_that_sends_online_orders_goes_before_one_with_more():
    assert found({(LAMP, QUEENS): 2, (LAMP, BARN): 9}) == (ADA_IN_QUEENS,)
    assert found({(LAMP, BARN): 9}) == (Elsewhere(ADA, LAMP, DOCKS, BARN, 2, movable=False),), (
        "a transfer would bring them"
    )


def test_what_lies_at_a_service_or_a_closed_place_is_not_ours_to_send():
    for changes in ({"is_service": True}, {"active": False}):
        places = {QUEENS: replace(PLACES[QUEENS], **changes)}
        assert found({(LAMP, QUEENS): 9}, places=places) == ()


def test_who_waits_at_a_service_is_theirs_to_send():
    service = replace(QUEENS_PLACE, location_id=DOCKS, name="Ship4You", is_service=True)
    assert found({(LAMP, QUEENS): 9}, places=PLACES | {DOCKS: service}) == ()


def test_no_unit_is_suggested_twice_and_nobody_who_may_not_be_served_is_moved():
    two = (claim(ADA, 2), claim(BEN, 2))
    assert [each.line_id for each in found({(LAMP, QUEENS): 3}, *two)] == [ADA]
    assert found({(LAMP, QUEENS): 3}, claim(ADA, 2, ready=False)) == ()


def test_a_fulfillment_order_goes_whole_or_the_part_that_lies_there():
    assert moves([fulfillment_order(1, part(ADA, 2))], [ADA_IN_QUEENS]) == (Move(1, QUEENS, None),)
    mixed = fulfillment_order(1, part(ADA, 2), part(BEN, 1, CHAIR))
    assert moves([mixed], [ADA_IN_QUEENS]) == (Move(1, QUEENS, {1000 + ADA: 2}),)


def test_what_is_held_goes_whole_or_not_at_all():
    ours = (hold(1, ours=True),)
    held = fulfillment_order(1, part(ADA, 2), status="ON_HOLD", holds=ours)
    assert moves([held], [ADA_IN_QUEENS]) == (Move(1, QUEENS, None),)
    mixed = fulfillment_order(1, part(ADA, 2), part(BEN, 1, CHAIR), status="ON_HOLD", holds=ours)
    assert moves([mixed], [ADA_IN_QUEENS]) == ()


def test_what_is_being_packed_or_lies_at_no_online_place_stays():
    packed = fulfillment_order(1, part(ADA, 2), status="IN_PROGRESS")
    assert moves([packed], [ADA_IN_QUEENS]) == ()
    in_the_barn = replace(ADA_IN_QUEENS, lies_at=BARN, movable=False)
    assert moves([fulfillment_order(1, part(ADA, 2))], [in_the_barn]) == ()


def test_who_waits_longest_is_sent_from_elsewhere_first_and_only_whole():
    queue = [claim(BEN, 1), claim(ADA, 2)]
    assert [each.line_id for each in oldest_that_fit(queue, {QUEENS: 3})] == [ADA, BEN]
    assert [each.line_id for each in oldest_that_fit(queue, {QUEENS: 2})] == [ADA]
    assert [each.line_id for each in oldest_that_fit(queue, {QUEENS: 1})] == [BEN], "Ada wants two"
    assert oldest_that_fit(queue, {DOCKS: 9}) == (), "they wait there"
    assert oldest_that_fit([claim(ADA, 2, ready=False)], {QUEENS: 9}) == ()
