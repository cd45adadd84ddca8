"""The book of reconciliations: one open a shop, worked at by lease, kept with what it found."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from backorder.db import reconciliations
from backorder.db.reconciliations import (
    ATTEMPTS,
    LEASE,
    Step,
    Why,
    ask,
    drop,
    end,
    postpone,
    recent,
    record,
    save,
    take,
)
from backorder.rules.drift import Drift
from tests.books.cast import NOON, SECOND

DAY = timedelta(days=1)


def asked(tx, shop_id, at=NOON, why=Why.DEMAND):
    """A comparison that was asked for and taken."""
    assert ask(tx, shop_id, why, "staff 42", at)
    run = take(tx, shop_id, at)
    assert run is not None
    return run


def made(tx, shop_id, at, found=0, error=None):
    """A comparison that ended at this instant."""
    run = asked(tx, shop_id, at)
    save(tx, shop_id, replace(run, drift=Drift(orders_read=9, orders_unknown=found)), at)
    end(tx, shop_id, run.run_id, at, error)


def test_a_shop_has_one_open_however_often_it_is_asked(tx, alice, bob):
    assert ask(tx, alice, Why.DEMAND, "staff 42", NOON)
    assert not ask(tx, alice, Why.SCHEDULE, "schedule", NOON)
    assert ask(tx, bob, Why.SCHEDULE, "schedule", NOON)
    assert [(run.why, run.actor) for run in recent(tx, alice)] == [(Why.DEMAND, "staff 42")]


def test_without_the_key_a_double_click_would_be_two_comparisons(tx, alice):
    """The negative control of the key."""
    tx.execute(text("DROP INDEX uq_reconciliations_open"))
    assert ask(tx, alice, Why.DEMAND, "staff 42", NOON)
    assert ask(tx, alice, Why.DEMAND, "staff 42", NOON)


def test_one_at_a_time_works_at_it_and_who_dies_is_followed(tx, alice):
    run = asked(tx, alice)
    assert take(tx, alice, NOON + 60 * SECOND) is None
    following = take(tx, alice, NOON + LEASE)
    assert following is not None
    assert (following.run_id, following.attempts, following.began_at) == (run.run_id, 2, NOON)


def test_how_far_it_came_is_kept_for_the_next_slice(tx, alice):
    run = asked(tx, alice)
    further = replace(run, step=Step.ITEMS, cursor="77", drift=Drift(orders_read=3, orders_changed=1))
    assert save(tx, alice, further, NOON + SECOND)
    assert reconciliations.unfinished(tx, NOON + SECOND) == (alice,)
    next_one = take(tx, alice, NOON + SECOND)
    assert next_one is not None
    assert (next_one.step, next_one.cursor, next_one.drift) == (Step.ITEMS, "77", further.drift)


def test_who_keeps_the_lease_is_not_followed_between_slices(tx, alice):
    run = asked(tx, alice)
    save(tx, alice, run, NOON + SECOND, keep=True)
    assert take(tx, alice, NOON + 2 * SECOND) is None


def test_what_somebody_else_has_ended_is_not_brought_back(tx, alice):
    run = asked(tx, alice)
    end(tx, alice, None, NOON, "Another comparison took its place.")
    assert not save(tx, alice, run, NOON + SECOND)
    assert recent(tx, alice)[0].error == "Another comparison took its place."


def test_one_that_never_comes_further_is_ended(tx, alice):
    ask(tx, alice, Why.SCHEDULE, "schedule", NOON)
    times = [take(tx, alice, NOON + n * LEASE) for n in range(ATTEMPTS + 1)]
    assert [run is not None for run in times] == [True] * ATTEMPTS + [False]
    assert recent(tx, alice)[0].error == f"Taken {ATTEMPTS} times, and never finished."


def test_a_store_that_asks_for_a_pause_is_given_it(tx, alice):
    run = asked(tx, alice)
    postpone(tx, alice, run.run_id, NOON + 90 * SECOND, "The store asks for a pause (429).")
    assert reconciliations.unfinished(tx, NOON + 60 * SECOND) == ()
    assert reconciliations.unfinished(tx, NOON + 90 * SECOND) == (alice,)


def test_the_record_says_what_was_found_and_how_often_it_failed_since(tx, alice, bob):
    made(tx, alice, NOON, found=3)
    made(tx, alice, NOON + DAY)
    made(tx, alice, NOON + 2 * DAY, error="Busy.")
    made(tx, alice, NOON + 3 * DAY, error="No token.")
    made(tx, bob, NOON + 3 * DAY, found=9)
    known = record(tx, alice)
    assert (known.first, known.last) == (NOON, NOON + DAY)
    assert (known.failures, known.error) == (2, "No token.")
    assert known.found == ((NOON, 3),)
    made(tx, alice, NOON + 4 * DAY)
    assert record(tx, alice).failures == 0


def test_history_is_dropped_by_its_end_and_what_is_open_stays(tx, alice):
    made(tx, alice, NOON)
    made(tx, alice, NOON + 2 * DAY)
    asked(tx, alice, NOON + 2 * DAY)
    assert drop(tx, NOON + DAY) == 1
    assert [run.is_open for run in recent(tx, alice)] == [True, False]


@pytest.mark.parametrize("limit", [1, 2])
def test_the_newest_come_first(tx, alice, limit):
    for n in range(3):
        made(tx, alice, NOON + n * DAY)
    assert [run.ended_at for run in recent(tx, alice, limit)] == [NOON + (2 - n) * DAY for n in range(limit)]
