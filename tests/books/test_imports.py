"""Imports: how far the first reading of a shop has come, a page at a time."""

from datetime import timedelta

from backorder.db import imports
from backorder.db.imports import Progress
from tests.books.cast import NOON, SECOND

STEPS = ("locations", "variants", "orders")


def test_an_import_goes_through_its_steps_in_their_order(tx, alice):
    imports.start(tx, alice, STEPS, NOON)
    seen = []
    while step := imports.current(tx, alice, NOON):
        seen.append(step.step)
        imports.advance(tx, alice, step.step, cursor=None, read=1, at=NOON)
    assert tuple(seen) == STEPS
    assert all(step.finished for step in imports.progress(tx, alice))


def test_a_step_goes_on_from_where_its_last_page_ended(tx, alice):
    imports.start(tx, alice, STEPS, NOON)
    imports.advance(tx, alice, "locations", cursor="page-2", read=50, at=NOON)
    imports.advance(tx, alice, "locations", cursor="page-3", read=50, at=NOON)
    assert imports.current(tx, alice, NOON) == Progress("locations", "page-3", 100, 0, finished=False, error=None)
    imports.advance(tx, alice, "locations", cursor=None, read=7, at=NOON)
    assert imports.progress(tx, alice)[0] == Progress("locations", None, 107, 0, finished=True, error=None)


def test_a_page_that_could_not_be_read_is_tried_again_later(tx, alice):
    imports.start(tx, alice, STEPS, NOON)
    imports.postpone(tx, alice, "locations", NOON + 5 * SECOND, "the store is busy")
    assert imports.current(tx, alice, NOON + 4 * SECOND) is None, "later steps do not overtake"
    step = imports.current(tx, alice, NOON + 5 * SECOND)
    assert (step.step, step.attempts, step.error) == ("locations", 1, "the store is busy")


def test_a_page_that_was_read_ends_the_count_of_failures(tx, alice):
    imports.start(tx, alice, STEPS, NOON)
    imports.postpone(tx, alice, "locations", NOON, "busy")
    imports.advance(tx, alice, "locations", cursor="page-2", read=50, at=NOON)
    step = imports.current(tx, alice, NOON)
    assert (step.attempts, step.error) == (0, None)


def test_a_new_import_forgets_how_the_last_one_went(tx, alice):
    imports.start(tx, alice, STEPS, NOON)
    imports.advance(tx, alice, "locations", cursor=None, read=3, at=NOON)
    imports.start(tx, alice, STEPS[:2], NOON)
    assert [(step.step, step.done, step.finished) for step in imports.progress(tx, alice)] == [
        ("locations", 0, False),
        ("variants", 0, False),
    ]


def test_shops_whose_import_can_go_on_are_named(tx, alice, bob):
    assert imports.next_due(tx) is None
    imports.start(tx, alice, STEPS[:1], NOON)
    imports.start(tx, bob, STEPS[:1], NOON + timedelta(minutes=1))
    assert imports.unfinished(tx, NOON) == (alice,)
    assert imports.next_due(tx) == NOON
    imports.advance(tx, alice, "locations", cursor=None, read=1, at=NOON)
    assert imports.unfinished(tx, NOON + timedelta(minutes=1)) == (bob,)
    assert imports.next_due(tx) == NOON + timedelta(minutes=1)
