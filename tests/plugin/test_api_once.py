"""A write with an idempotency key is done once; asking again repeats its first answer."""

from datetime import timedelta

import pytest

from backorder.clock import transport_now
from backorder.db import answers
from tests.plugin.cast import LAMP

KEY = {"Idempotency-Key": "booked-by-the-scanner-1"}
RECEIPTS = "/api/purchase-orders/lines/1/receipts"


def outstanding(alice) -> int:
    return alice.get("/api/purchase-orders/1").json["lines"][0]["outstanding"]


def test_goods_that_are_booked_in_twice_with_one_key_are_counted_once(alice):
    first = alice.post(RECEIPTS, {"units": 3}, headers=KEY)
    again = alice.post(RECEIPTS, {"units": 3}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.text == again.text
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert outstanding(alice) == 37


def test_a_new_key_is_a_new_act(alice):
    """The negative control: the same units under another key are other units."""
    alice.post(RECEIPTS, {"units": 3}, headers=KEY)
    alice.post(RECEIPTS, {"units": 3}, headers={"Idempotency-Key": "booked-by-the-scanner-2"})
    assert outstanding(alice) == 34


def test_goods_are_not_booked_in_without_a_key(alice):
    answer = alice.post(RECEIPTS, {"units": 3})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"
    assert outstanding(alice) == 40


@pytest.mark.parametrize("key", ["", " ", "k" * 101, "schlüssel", "a\tb"])
def test_a_key_that_cannot_be_is_refused(alice, key):
    answer = alice.post(RECEIPTS, {"units": 3}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert outstanding(alice) == 40


@pytest.mark.parametrize(("path", "body"), [(RECEIPTS, {"units": 4}), ("/api/purchase-orders/1/cancel", {})])
def test_a_key_belongs_to_one_request(alice, path, body):
    alice.post(RECEIPTS, {"units": 3}, headers=KEY)
    answer = alice.post(path, body, headers=KEY)
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:promised:problem:key-reused"
    assert outstanding(alice) == 37


def test_a_refusal_past_the_reading_is_repeated_too(alice):
    draft = {"number": "PO-12", "lines": [{"variant_id": LAMP.variant_id, "units": 1, "due_on": "2026-12-18"}]}
    first = alice.post("/api/purchase-orders", draft, headers=KEY)
    again = alice.post("/api/purchase-orders", draft, headers=KEY)
    assert first.status_code == again.status_code == 422
    assert first.text == again.text
    assert again.content_type == "application/problem+json"


def test_what_could_not_even_be_read_may_be_mended_under_the_same_key(alice):
    assert alice.post(RECEIPTS, {"units": "three"}, headers=KEY).status_code == 422
    assert alice.post(RECEIPTS, {"units": 3}, headers=KEY).status_code == 201


def test_while_the_first_is_at_work_the_second_waits(alice, stage, monkeypatch):
    seen = []
    from backorder.book_in import book_in as real

    def slowly(*args, **more):
        seen.append(alice.post(RECEIPTS, {"units": 3}, headers=KEY))
        return real(*args, **more)

    monkeypatch.setattr("backorder.book_in.book_in", slowly)
    assert alice.post(RECEIPTS, {"units": 3}, headers=KEY).status_code == 201
    assert seen[0].status_code == 409
    assert seen[0].json["type"] == "urn:promised:problem:key-in-flight"
    assert seen[0].headers["Retry-After"] == "1"
    assert outstanding(alice) == 37


def test_after_a_fault_of_ours_the_key_may_be_tried_again(alice, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("backorder.book_in.book_in", lambda *_args, **_more: 1 / 0)
        assert alice.post(RECEIPTS, {"units": 3}, headers=KEY).status_code == 500
    assert alice.post(RECEIPTS, {"units": 3}, headers=KEY).status_code == 201
    assert outstanding(alice) == 37


def test_a_key_whose_process_died_is_free_again_after_its_lease(house):
    at = transport_now()
    with house.db.write() as tx:
        assert answers.begin(tx, 1, "k", "f", at) is None
        assert answers.begin(tx, 1, "k", "f", at + answers.LEASE - timedelta(seconds=1)) is answers.Turn.IN_FLIGHT
        assert answers.begin(tx, 1, "k", "f", at + answers.LEASE) is None


def test_answers_are_dropped_when_they_are_old(house):
    at = transport_now()
    with house.db.write() as tx:
        answers.begin(tx, 1, "old", "f", at - timedelta(days=2))
        answers.begin(tx, 1, "young", "f", at)
        assert answers.drop(tx, at - timedelta(days=1)) == 1
        assert answers.begin(tx, 1, "young", "f", at) is answers.Turn.IN_FLIGHT
