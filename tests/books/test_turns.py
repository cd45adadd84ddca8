"""Turns: at most one process does a named piece of work for a shop."""

from backorder.db.turns import Turn, begin_turn, end_turn, take_turn
from tests.books.cast import NOON, SECOND


def test_one_at_a_time(tx, alice):
    assert take_turn(tx, alice, "observe", "one", NOON, 30)
    assert not take_turn(tx, alice, "observe", "two", NOON + 30 * SECOND, 30)


def test_the_holder_may_go_on(tx, alice):
    take_turn(tx, alice, "observe", "one", NOON, 30)
    assert take_turn(tx, alice, "observe", "one", NOON + 20 * SECOND, 30)
    assert not take_turn(tx, alice, "observe", "two", NOON + 40 * SECOND, 30), "the turn was extended"


def test_a_holder_that_died_is_followed(tx, alice):
    take_turn(tx, alice, "observe", "one", NOON, 30)
    assert take_turn(tx, alice, "observe", "two", NOON + 31 * SECOND, 30)
    assert not take_turn(tx, alice, "observe", "one", NOON + 32 * SECOND, 30)


def test_a_turn_that_was_given_back_is_free(tx, alice):
    take_turn(tx, alice, "observe", "one", NOON, 30)
    end_turn(tx, alice, "observe", "one")
    assert take_turn(tx, alice, "observe", "two", NOON, 30)


def test_nobody_gives_back_somebody_elses_turn(tx, alice):
    take_turn(tx, alice, "observe", "one", NOON, 30)
    end_turn(tx, alice, "observe", "two")
    assert not take_turn(tx, alice, "observe", "two", NOON, 30)


def test_shops_and_kinds_of_work_do_not_wait_for_each_other(tx, alice, bob):
    assert take_turn(tx, alice, "observe", "one", NOON, 30)
    assert take_turn(tx, bob, "observe", "two", NOON, 30)
    assert take_turn(tx, alice, "import", "two", NOON, 30)


def test_a_turn_carries_how_many_of_its_holders_died_one_after_the_other(tx, alice):
    assert begin_turn(tx, alice, "observe", "one", NOON, 30) == Turn("one", 0)
    assert begin_turn(tx, alice, "observe", "two", NOON + 30 * SECOND, 30) is None
    assert begin_turn(tx, alice, "observe", "two", NOON + 31 * SECOND, 30) == Turn("two+1", 1)
    third = begin_turn(tx, alice, "observe", "three", NOON + 62 * SECOND, 30)
    assert third.deaths == 2
    assert take_turn(tx, alice, "observe", third.holder, NOON + 80 * SECOND, 30), "and it is a turn like any other"
    end_turn(tx, alice, "observe", third.holder)
    assert begin_turn(tx, alice, "observe", "four", NOON + 80 * SECOND, 30) == Turn("four", 0), "one survived"
