"""Units that an edit adds stand at the time of the edit; nobody jumps the queue, and nobody loses a place."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allocation import allocate
from backorder.rules.projection import project
from backorder.rules.seen import AgreementSeen
from backorder.rules.settled import Settled
from backorder.rules.tranches import joined, oldest_gone, pieces, youngest_gone
from tests.rules.cast import ADA, BEN, DOCKS, claim, future, hours_ago, lot

ONE_THEN_NINETY_NINE = replace(claim(ADA, units=100, since=hours_ago(9)), later=((hours_ago(1), 99),))


def test_an_edit_from_one_to_a_hundred_does_not_jump_the_queue_for_ninety_nine():
    ben = claim(BEN, units=10, since=hours_ago(5))
    shelf = allocate((ONE_THEN_NINETY_NINE, ben), Settled(supply=11, unseen=0))
    assert {c.line_id: c.given for c in shelf.claims} == {ADA: 1, BEN: 10}


def test_who_adds_units_keeps_the_place_of_the_first():
    ben = claim(BEN, units=10, since=hours_ago(5))
    shelf = allocate((ONE_THEN_NINETY_NINE, ben), Settled(supply=1, unseen=0))
    assert {c.line_id: c.given for c in shelf.claims} == {ADA: 1, BEN: 0}


def test_a_line_ships_whole_so_its_date_is_that_of_its_youngest_units():
    ben = claim(BEN, units=10, since=hours_ago(5))
    queue = project((ONE_THEN_NINETY_NINE, ben), future(lot(11, days=3), lot(99, days=30)))
    assert queue.claims[BEN, DOCKS].ship_by < queue.claims[ADA, DOCKS].ship_by
    assert queue.waiting == 110


def agreed(*changes):
    """What was agreed about Ada's line, oldest first, an hour apart."""
    return [AgreementSeen(ADA, units, hours_ago(9 - n)) for n, units in enumerate(changes)]


def test_a_reduction_takes_the_youngest_units():
    assert joined(agreed(2, 3, -4), ADA, hours_ago(10), 1) == [(hours_ago(9), 1)]


def test_shipping_takes_the_oldest_units():
    assert joined(agreed(2, 3), ADA, hours_ago(10), 4) == [(hours_ago(9), 1), (hours_ago(8), 3)]


def test_what_came_back_after_it_shipped_takes_no_youngest_unit():
    bought_two_added_one_sent_one_back = agreed(2, 1, -1)
    assert joined(bought_two_added_one_sent_one_back, ADA, hours_ago(10), 2, taken_out=0) == [
        (hours_ago(9), 1),
        (hours_ago(8), 1),
    ]
    assert joined(bought_two_added_one_sent_one_back, ADA, hours_ago(10), 2, taken_out=1) == [(hours_ago(9), 2)]


def test_of_several_reductions_the_first_were_those_that_took_unshipped_units_out():
    # Two, one of them taken out; three more; then one of the shipped came back.
    assert joined(agreed(2, -1, 3, -1), ADA, hours_ago(10), 3, taken_out=1) == [(hours_ago(7), 3)]


def test_what_no_agreement_tells_of_joined_with_the_order():
    assert joined([], ADA, hours_ago(10), 4) == [(hours_ago(10), 4)]


TRANCHES = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@given(TRANCHES, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_pieces_of_a_claim_are_the_claim(units, given_units, kept, works):
    whole = sum(units)
    later = tuple((hours_ago(8 - n), count) for n, count in enumerate(units[1:]))
    ada = replace(
        claim(ADA, units=whole, since=hours_ago(9)),
        later=later,
        given=min(given_units, whole),
        kept=min(kept, given_units, whole),
        in_works=min(works, whole),
    )
    found = pieces(ada)
    assert [piece.units for piece in found] == units
    assert sum(p.given for p in found) == ada.given
    assert sum(p.kept for p in found) == ada.kept
    assert sum(p.in_works for p in found) == ada.in_works
    assert [p.age for p in found] == sorted(p.age for p in found)


@given(TRANCHES, st.integers(0, 60))
def test_what_left_at_either_end_and_what_stayed_are_all_there_was(units, gone):
    tranches = [(hours_ago(9 - n), count) for n, count in enumerate(units)]
    for rest in (oldest_gone(tranches, gone), youngest_gone(tranches, gone)):
        assert sum(count for _, count in rest) == max(0, sum(units) - gone)
        assert all(count > 0 for _, count in rest)
