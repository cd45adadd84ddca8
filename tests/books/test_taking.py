"""A row in somebody's hands: for a lease, and then for whoever comes next; what fails goes back, and in the end to a person."""

from datetime import timedelta

import pytest

from backorder.db import outbox, taking, troubles
from backorder.db.outbox import Effect, State
from backorder.db.taking import ATTEMPTS, LEASE, Overtaken
from tests.books.cast import NOON, SECOND
from tests.books.test_outbox import _row, put, taken


def test_what_was_taken_comes_back_when_its_taker_died(tx, alice):
    put(tx, alice, Effect.HOLD)
    taking.take(tx, NOON)
    assert taking.take(tx, NOON + LEASE - SECOND) is None
    again = taking.take(tx, NOON + LEASE)
    assert (again.outbox_id, again.attempts, again.was_sending) == (1, 2, False)


def test_what_comes_back_goes_before_an_earlier_step_that_came_since(tx, alice):
    put(tx, alice, Effect.MAIL)
    taking.take(tx, NOON)
    put(tx, alice, Effect.RELEASE)
    assert taking.take(tx, NOON + LEASE - SECOND) is None
    assert taken(tx, NOON + LEASE) is Effect.MAIL, "or both would wait for each other for ever"
    assert taken(tx, NOON + LEASE) is Effect.RELEASE


def test_who_takes_over_learns_that_the_letter_may_have_left(tx, alice):
    put(tx, alice, Effect.MAIL)
    first = taking.take(tx, NOON)
    taking.freeze(tx, first.outbox_id, {"text": "Your lamp waits."})
    taking.sending(tx, first.outbox_id)
    again = taking.take(tx, NOON + LEASE)
    assert again.was_sending
    assert again.payload == {"text": "Your lamp waits."}
    assert outbox.payload(tx, alice, again.outbox_id) == {"text": "Your lamp waits."}


def test_a_taker_who_wakes_up_late_is_told_that_the_row_is_no_longer_theirs(tx, alice):
    put(tx, alice, Effect.HOLD)
    late = taking.take(tx, NOON)
    taking.still_ours(tx, late)
    successor = taking.take(tx, NOON + LEASE)
    taking.still_ours(tx, successor)
    with pytest.raises(Overtaken):
        taking.still_ours(tx, late)


def test_a_lease_from_before_a_person_tried_again_is_not_the_lease_from_after(tx, alice):
    put(tx, alice, Effect.HOLD)
    late = taking.take(tx, NOON)
    taking.finish(tx, late.outbox_id, State.PARKED, NOON)
    assert troubles.again(tx, alice, late.outbox_id, NOON)
    taking.still_ours(tx, taking.take(tx, NOON + SECOND))
    with pytest.raises(Overtaken):
        taking.still_ours(tx, late)


def test_what_was_dropped_with_its_shop_is_not_brought_back_by_who_was_at_it(tx, alice):
    put(tx, alice, Effect.HOLD)
    due = taking.take(tx, NOON)
    outbox.drop_shop(tx, alice, NOON, "the shop uninstalled the app")
    with pytest.raises(Overtaken):
        taking.still_ours(tx, due)


def test_a_passing_failure_is_tried_again_later_each_time(tx, alice):
    put(tx, alice, Effect.HOLD)
    at, pauses = NOON, []
    for _ in range(3):
        taking.retry(tx, taking.take(tx, at), at, "the store is busy")
        pauses.append((_row(tx).not_before - at).total_seconds())
        at = _row(tx).not_before
    assert pauses == [2, 4, 8]


def test_the_store_may_say_when_to_come_back(tx, alice):
    put(tx, alice, Effect.HOLD)
    assert taking.retry(tx, taking.take(tx, NOON), NOON, "throttled", after=1.5) is State.DUE
    assert taking.take(tx, NOON + SECOND) is None
    assert taking.take(tx, NOON + 1.5 * SECOND) is not None


def test_a_retry_is_no_longer_sending(tx, alice):
    put(tx, alice, Effect.MAIL)
    due = taking.take(tx, NOON)
    taking.sending(tx, due.outbox_id)
    taking.retry(tx, due, NOON, "greylisted")
    assert not taking.take(tx, NOON + timedelta(hours=1)).was_sending


def test_what_fails_too_often_is_parked(tx, alice):
    put(tx, alice, Effect.HOLD)
    at, last = NOON, None
    for _ in range(ATTEMPTS):
        last = taking.retry(tx, taking.take(tx, at), at, "refused")
        at += timedelta(hours=1)
    assert last is State.PARKED
    assert taking.take(tx, at + timedelta(days=1)) is None
    (shown,) = troubles.newest(tx, alice)
    assert (shown.state, shown.error) == ("parked", "refused")


def test_the_next_due_row_tells_when_to_wake(tx, alice):
    assert taking.next_due(tx) is None
    put(tx, alice, Effect.MAIL, delay=timedelta(seconds=5))
    assert taking.next_due(tx) == NOON + 5 * SECOND
    taking.take(tx, NOON + 5 * SECOND)
    assert taking.next_due(tx) == NOON + 5 * SECOND + LEASE
    taking.finish(tx, 1, State.DONE, NOON)
    assert taking.next_due(tx) is None
