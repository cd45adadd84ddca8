"""Answers: a write with an idempotency key is done once, and asking again repeats what was answered."""

from datetime import timedelta

from backorder.db import answers
from backorder.db.answers import LEASE, Answer, Turn
from tests.books.cast import NOON, SECOND

CREATED = Answer(201, "application/json", '{"id": 7}')


def test_the_first_request_of_a_key_is_done(tx, alice):
    assert answers.begin(tx, alice, "key-1", "a request", NOON) is None


def test_asking_again_repeats_the_answer(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    answers.finish(tx, alice, "key-1", CREATED)
    assert answers.begin(tx, alice, "key-1", "a request", NOON + timedelta(hours=1)) == CREATED


def test_while_the_first_is_at_work_the_second_waits(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    assert answers.begin(tx, alice, "key-1", "a request", NOON + LEASE - SECOND) is Turn.IN_FLIGHT


def test_a_request_whose_process_died_may_be_done_again(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    assert answers.begin(tx, alice, "key-1", "a request", NOON + LEASE) is None
    assert answers.begin(tx, alice, "key-1", "a request", NOON + LEASE + SECOND) is Turn.IN_FLIGHT


def test_a_key_belongs_to_one_request(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    assert answers.begin(tx, alice, "key-1", "another request", NOON) is Turn.REUSED
    answers.finish(tx, alice, "key-1", CREATED)
    assert answers.begin(tx, alice, "key-1", "another request", NOON) is Turn.REUSED


def test_a_request_that_failed_on_our_side_may_be_tried_again(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    answers.abandon(tx, alice, "key-1")
    assert answers.begin(tx, alice, "key-1", "a request", NOON) is None


def test_an_answer_that_was_given_cannot_be_abandoned(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    answers.finish(tx, alice, "key-1", CREATED)
    answers.abandon(tx, alice, "key-1")
    assert answers.begin(tx, alice, "key-1", "a request", NOON) == CREATED


def test_each_shop_has_its_own_keys(tx, alice, bob):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    answers.finish(tx, alice, "key-1", CREATED)
    assert answers.begin(tx, bob, "key-1", "a request", NOON) is None


def test_old_answers_are_dropped(tx, alice):
    answers.begin(tx, alice, "key-1", "a request", NOON)
    answers.begin(tx, alice, "key-2", "a request", NOON + SECOND)
    assert answers.drop(tx, NOON + SECOND) == 1
    assert answers.begin(tx, alice, "key-1", "another request", NOON + SECOND) is None
    assert answers.begin(tx, alice, "key-2", "another request", NOON + SECOND) is Turn.REUSED
