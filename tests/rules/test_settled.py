"""What can really be given away at a location, judged by the checksum of committed units (domain §1)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.settled import settle
from tests.rules.cast import law

units = st.integers(0, 50)


@law
@given(st.integers(-50, 50), units, units)
def test_placing_or_moving_an_order_does_not_move_what_can_ship(on_hand, committed, more):
    before = settle(on_hand - committed, committed, committed)
    after = settle(on_hand - committed - more, committed + more, committed + more)
    assert before.supply == after.supply == on_hand


@law
@given(st.integers(-50, 50), units, units)
def test_what_may_be_given_is_what_is_there_less_what_unseen_orders_claimed(available, committed, known):
    settled = settle(available, committed, known)
    assert settled.to_give == available + committed - max(0, committed - known)
    assert settled.complete is (committed == known)
    assert settled.anonymous >= 0


def test_an_order_we_have_not_seen_shows_in_the_checksum_without_being_known():
    settled = settle(available=-3, committed=5, known_open=4)
    assert (settled.supply, settled.unseen, settled.anonymous, settled.to_give) == (2, 1, 1, 1)
    assert not settled.complete


def test_a_claim_that_the_store_did_not_commit_takes_part_but_the_read_is_not_complete_before_one_is_sure_of_it():
    settled = settle(available=2, committed=0, known_open=1)
    assert (settled.unseen, settled.anonymous, settled.to_give) == (-1, 0, 2)
    assert not settled.complete
    assert replace(settled, looked=True).complete
    assert not replace(settle(available=2, committed=1, known_open=0), looked=True).complete, "an order is unseen still"


def test_a_shelf_that_owes_gives_nothing():
    assert settle(available=-4, committed=1, known_open=1).to_give == -3
