"""What must be looked at again: a burst costs one look, and nothing that changed meanwhile is forgotten."""

from datetime import timedelta

from backorder.db import dirty
from backorder.db.dirty import Kind
from tests.books.cast import CHAIR, LAMP, NOON, SECOND


def test_a_burst_costs_one_row_and_keeps_the_oldest_moment(tx, alice):
    for number in range(5):
        dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + number * SECOND)
    (row,) = dirty.due(tx, alice, NOON + 5 * SECOND)
    assert (row.kind, row.ref, row.since, row.marks) == (Kind.ITEM, LAMP, NOON, 5)
    assert dirty.count(tx) == 1


def test_kinds_and_things_are_looked_at_apart(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [CHAIR, LAMP, LAMP], NOON)
    dirty.mark(tx, alice, Kind.ORDER, [LAMP], NOON)
    assert [(row.kind, row.ref) for row in dirty.due(tx, alice, NOON)] == [
        (Kind.ITEM, LAMP),
        (Kind.ITEM, CHAIR),
        (Kind.ORDER, LAMP),
    ]


def test_the_oldest_is_looked_at_first(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + SECOND)
    dirty.mark(tx, alice, Kind.ITEM, [CHAIR], NOON)
    assert [row.ref for row in dirty.due(tx, alice, NOON + SECOND, limit=1)] == [CHAIR]


def test_what_was_looked_at_is_off_the_list(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    dirty.clear(tx, alice, dirty.due(tx, alice, NOON))
    assert dirty.due(tx, alice, NOON) == ()


def test_what_was_marked_while_somebody_looked_stays_on_the_list(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    looked_at = dirty.due(tx, alice, NOON)
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + SECOND)
    dirty.clear(tx, alice, looked_at)
    (row,) = dirty.due(tx, alice, NOON + SECOND)
    assert row.marks == 2


def test_a_busy_thing_waits_since_what_was_not_seen_of_it_not_since_its_first_mark(tx, alice):
    """Marked at every look, it would else be older each time: the lag would grow for ever, and it would go before all."""
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    for number in range(1, 4):
        looked_at = dirty.due(tx, alice, NOON + number * SECOND)
        dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + number * SECOND)
        assert looked_at[0].since == NOON + (number - 1) * SECOND
        dirty.clear(tx, alice, looked_at)
    dirty.mark(tx, alice, Kind.ITEM, [CHAIR], NOON + 2 * SECOND)
    assert [row.ref for row in dirty.due(tx, alice, NOON + 4 * SECOND)] == [CHAIR, LAMP]


def test_what_was_cleared_and_marked_anew_while_somebody_slept_stays_on_the_list(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    late = dirty.due(tx, alice, NOON)
    dirty.clear(tx, alice, late)
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + SECOND)
    dirty.clear(tx, alice, late)
    (row,) = dirty.due(tx, alice, NOON + SECOND)
    assert row.marks == late[0].marks, "what a count would not tell apart"


def test_what_cannot_be_looked_at_now_waits_and_says_why(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    (row,) = dirty.due(tx, alice, NOON)
    dirty.postpone(tx, alice, row, NOON, timedelta(seconds=4), "the store is busy " + "x" * 600)
    assert dirty.due(tx, alice, NOON + 3 * SECOND) == ()
    (again,) = dirty.due(tx, alice, NOON + 4 * SECOND)
    assert (again.attempts, again.since) == (1, NOON)
    assert tx.execute(dirty.dirty.select()).one().error.startswith("the store is busy")


def test_a_new_mark_ends_the_wait_and_the_count_of_attempts(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    dirty.postpone(tx, alice, dirty.due(tx, alice, NOON)[0], NOON, timedelta(hours=1), "busy")
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON + SECOND)
    (row,) = dirty.due(tx, alice, NOON + SECOND)
    assert row.attempts == 0


def test_a_late_postponement_does_not_put_off_what_was_marked_meanwhile(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    (looked_at,) = dirty.due(tx, alice, NOON)
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    dirty.postpone(tx, alice, looked_at, NOON, timedelta(hours=1), "busy")
    assert dirty.due(tx, alice, NOON)


def test_marking_nothing_is_nothing(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [], NOON)
    assert dirty.count(tx) == 0


def test_shops_with_work_are_named_once(tx, alice, bob):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP, CHAIR], NOON)
    dirty.mark(tx, bob, Kind.SHOP, [0], NOON + SECOND)
    assert dirty.shops_with_work(tx, NOON) == (alice,)
    assert set(dirty.shops_with_work(tx, NOON + SECOND)) == {alice, bob}
    assert dirty.next_due(tx) == NOON
    assert (dirty.count(tx), dirty.count(tx, bob)) == (3, 1)


def test_what_can_wait_is_looked_at_in_time_and_not_later_for_being_asked_again(tx, alice):
    dirty.mark_for(tx, alice, Kind.ORDER, [7], NOON, NOON + 3 * SECOND)
    dirty.mark_for(tx, alice, Kind.ORDER, [7], NOON + SECOND, NOON + 4 * SECOND)
    assert dirty.due(tx, alice, NOON + 2 * SECOND) == ()
    (row,) = dirty.due(tx, alice, NOON + 3 * SECOND)
    assert (row.since, row.marks) == (NOON, 2)


def test_what_presses_does_not_wait_for_what_can_wait(tx, alice):
    dirty.mark_for(tx, alice, Kind.ORDER, [7, 8], NOON, NOON + 3 * SECOND)
    dirty.mark(tx, alice, Kind.ORDER, [7], NOON + SECOND)
    dirty.mark_for(tx, alice, Kind.ORDER, [7], NOON + SECOND, NOON + 4 * SECOND)
    assert [row.ref for row in dirty.due(tx, alice, NOON + SECOND)] == [7]


def test_a_look_that_is_put_off_keeps_its_attempts_when_an_echo_comes(tx, alice):
    dirty.mark(tx, alice, Kind.ORDER, [7], NOON)
    (row,) = dirty.due(tx, alice, NOON)
    dirty.postpone(tx, alice, row, NOON, 8 * SECOND, "no fulfillment order yet")
    dirty.mark_for(tx, alice, Kind.ORDER, [7], NOON, NOON + 3 * SECOND)
    assert [row.attempts for row in dirty.due(tx, alice, NOON + 3 * SECOND)] == [1]


def test_several_are_put_off_at_once_but_for_what_was_marked_meanwhile(tx, alice):
    dirty.mark(tx, alice, Kind.ORDER, [7, 8, 9], NOON)
    rows = dirty.due(tx, alice, NOON)
    dirty.mark(tx, alice, Kind.ORDER, [8], NOON)
    dirty.defer_all(tx, alice, [(row, NOON + SECOND) for row in rows])
    assert [row.ref for row in dirty.due(tx, alice, NOON)] == [8]
    assert [row.ref for row in dirty.due(tx, alice, NOON + SECOND)] == [7, 8, 9]


def test_only_things_of_one_kind_are_listed_where_one_is_asked_for(tx, alice):
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    dirty.mark(tx, alice, Kind.ORDER, [7], NOON)
    assert [row.ref for row in dirty.due(tx, alice, NOON, kind=Kind.ORDER)] == [7]


def test_what_the_store_refused_waits_its_time_however_often_a_sweep_finds_it(tx, alice):
    dirty.mark(tx, alice, Kind.ORDER, [1], NOON)
    (row,) = dirty.due(tx, alice, NOON)
    dirty.postpone(tx, alice, row, NOON, 30 * SECOND, "The shop has not granted read_orders.")
    dirty.mark(tx, alice, Kind.ORDER, [1], NOON + SECOND, patient=True)
    assert dirty.due(tx, alice, NOON + 29 * SECOND) == ()
    assert [row.attempts for row in dirty.due(tx, alice, NOON + 30 * SECOND)] == [1]
    dirty.mark(tx, alice, Kind.ORDER, [1], NOON + 2 * SECOND)
    assert dirty.due(tx, alice, NOON + 2 * SECOND) != (), "a webhook brings news"


def test_a_sweep_that_finds_what_was_missing_does_not_wait(tx, alice):
    dirty.mark(tx, alice, Kind.ORDER, [1], NOON)
    (row,) = dirty.due(tx, alice, NOON)
    dirty.postpone(tx, alice, row, NOON, 8 * SECOND, dirty.UNROUTED)
    dirty.mark(tx, alice, Kind.ORDER, [1, 2], NOON + SECOND, patient=True)
    assert {row.ref for row in dirty.due(tx, alice, NOON + SECOND)} == {1, 2}
