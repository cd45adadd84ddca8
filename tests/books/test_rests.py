"""A store that does not answer is left alone, a little longer each time, and is asked by one hand whether it is well."""

from datetime import timedelta

from backorder.db import dirty, outbox, rests, taking
from backorder.db.dirty import Kind
from backorder.db.outbox import Effect, State, order_lane
from backorder.db.rests import RELAY, Rest
from tests.books.cast import NOON, SECOND

LONGEST = 30 * SECOND


def begin(tx, shop_id, at, pause=SECOND, why="The store did not answer."):
    return rests.begin(tx, shop_id, at, pause, LONGEST, why)


def hold(tx, shop_id, order_id, at=NOON):
    assert outbox.put(tx, shop_id, Effect.HOLD, order_lane(order_id), order_id, f"hold/{order_id}", at)


def test_a_store_that_answers_does_not_rest(tx, alice):
    assert rests.get(tx, alice) is None
    rests.served(tx, alice, NOON)
    assert rests.get(tx, alice) is None


def test_a_rest_says_since_when_until_when_and_why(tx, alice, bob):
    assert begin(tx, alice, NOON) == NOON + SECOND
    assert rests.get(tx, alice) == Rest(NOON, NOON + SECOND, "The store did not answer.")
    assert rests.get(tx, bob) is None


def test_a_store_that_fails_again_rests_as_long_as_it_has_been_failing_within_bounds(tx, alice):
    at, lengths = NOON, []
    for _ in range(8):
        until = begin(tx, alice, at)
        lengths.append((until - at).total_seconds())
        at = until
    assert lengths == [1, 1, 2, 4, 8, 16, 30, 30]


def test_who_fails_beside_others_does_not_cut_the_rest_short(tx, alice):
    long = begin(tx, alice, NOON, pause=20 * SECOND)
    assert begin(tx, alice, NOON + SECOND) == long


def test_a_pause_that_the_store_asks_for_may_be_longer_than_the_longest(tx, alice):
    assert begin(tx, alice, NOON, pause=timedelta(hours=1)) == NOON + timedelta(hours=1)


def test_a_good_answer_ends_it_and_the_next_failure_begins_anew(tx, alice):
    at = NOON
    for _ in range(5):
        at = begin(tx, alice, at)
    rests.end(tx, alice)
    assert rests.get(tx, alice) is None
    assert begin(tx, alice, at) == at + SECOND


def test_no_row_of_a_resting_shop_is_taken_and_the_others_go_on(tx, alice, bob):
    hold(tx, alice, 51)
    hold(tx, bob, 51)
    begin(tx, alice, NOON, pause=10 * SECOND)
    assert taking.take(tx, NOON).shop_id == bob
    assert taking.take(tx, NOON) is None
    assert taking.take(tx, NOON, alice) is None, "not even for who asks for this shop"
    assert taking.take(tx, NOON + 10 * SECOND).shop_id == alice


def test_after_its_rest_one_row_asks_whether_the_store_is_well(tx, alice):
    for order_id in (51, 52, 53):
        hold(tx, alice, order_id)
    begin(tx, alice, NOON)
    asked = taking.take(tx, NOON + SECOND)
    assert asked is not None
    assert taking.take(tx, NOON + SECOND) is None
    rests.end(tx, alice)
    assert taking.take(tx, NOON + SECOND) is not None, "and then all may go"


def test_nobody_is_sent_to_look_at_a_resting_shop(tx, alice, bob):
    for shop_id in (alice, bob):
        dirty.mark(tx, shop_id, Kind.ITEM, [11], NOON)
    begin(tx, alice, NOON, pause=10 * SECOND)
    assert dirty.shops_with_work(tx, NOON) == (bob,)
    assert set(dirty.shops_with_work(tx, NOON + 10 * SECOND)) == {alice, bob}


def test_while_the_relay_rests_letters_wait_and_holds_go(tx, alice):
    assert outbox.put(tx, alice, Effect.MAIL, order_lane(51), 51, "letter", NOON)
    hold(tx, alice, 52)
    begin(tx, RELAY, NOON)
    assert taking.take(tx, NOON).effect is Effect.HOLD
    assert taking.take(tx, NOON) is None
    assert taking.take(tx, NOON + SECOND).effect is Effect.MAIL


def test_one_letter_of_all_shops_asks_whether_the_relay_is_well(tx, alice, bob):
    for shop_id in (alice, bob):
        assert outbox.put(tx, shop_id, Effect.MAIL, order_lane(51), 51, "letter", NOON)
    begin(tx, RELAY, NOON)
    first = taking.take(tx, NOON + SECOND)
    assert taking.take(tx, NOON + SECOND) is None
    taking.finish(tx, first.outbox_id, State.DONE, NOON + SECOND)
    assert taking.take(tx, NOON + SECOND) is not None
