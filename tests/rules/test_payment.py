"""When an order may be served: the moment the shop's payment rule was first met, in the store's time (domain §3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.payment import ready_since
from tests.rules.cast import hours_ago, law, order, paid

SECURED = ("AUTHORIZED", "PARTIALLY_PAID")
PAID = ("PAID", "PARTIALLY_REFUNDED", "REFUNDED")
OWING = ("PENDING", "EXPIRED", "VOIDED")
YESTERDAY, MORNING, NOON = hours_ago(24), hours_ago(6), hours_ago(1)


def seen(status: str, *transactions):
    return order(financial_status=status, transactions=transactions)


@pytest.mark.parametrize(
    ("rule", "serves"),
    [("paid", PAID), ("authorized", SECURED + PAID), ("any", SECURED + PAID + OWING)],
)
def test_each_rule_serves_the_orders_it_says_and_no_others(rule, serves):
    for status in SECURED + PAID + OWING:
        assert (ready_since(seen(status, paid(MORNING)), rule) is not None) is (status in serves), status


def test_a_paid_order_is_ready_from_the_moment_of_its_payment():
    assert ready_since(seen("PAID", paid(MORNING)), "paid") == MORNING


def test_an_order_paid_in_instalments_is_paid_by_the_last():
    assert ready_since(seen("PAID", paid(NOON), paid(MORNING)), "paid") == NOON


def test_a_captured_order_is_paid_by_the_capture_and_was_secured_by_its_authorization():
    captured = seen("PAID", paid(MORNING, "AUTHORIZATION"), paid(NOON, "CAPTURE"))
    assert ready_since(captured, "paid") == NOON
    assert ready_since(captured, "authorized") == MORNING


def test_whether_we_looked_before_or_after_the_capture_does_not_change_the_turn():
    before = seen("AUTHORIZED", paid(MORNING, "AUTHORIZATION"))
    after = seen("PAID", paid(MORNING, "AUTHORIZATION"), paid(NOON, "CAPTURE"))
    assert ready_since(before, "authorized") == ready_since(after, "authorized")


@pytest.mark.parametrize("status", ["FAILURE", "ERROR", "PENDING"])
def test_a_transaction_that_did_not_succeed_moves_nothing(status):
    assert ready_since(seen("PAID", paid(MORNING), paid(NOON, status=status)), "paid") == MORNING


@pytest.mark.parametrize("kind", ["REFUND", "VOID", "CHANGE"])
def test_money_that_goes_back_is_no_payment(kind):
    assert ready_since(seen("PARTIALLY_REFUNDED", paid(MORNING), paid(NOON, kind)), "paid") == MORNING


def test_an_authorization_alone_pays_nothing():
    assert ready_since(seen("AUTHORIZED", paid(MORNING, "AUTHORIZATION")), "paid") is None


def test_an_order_that_costs_nothing_was_paid_when_it_was_made():
    assert ready_since(seen("PAID"), "paid") == YESTERDAY


def test_a_transaction_that_tells_no_time_leaves_the_orders_own():
    assert ready_since(seen("PAID", replace(paid(MORNING), processed_at=None)), "paid") == YESTERDAY


@law
@given(st.sampled_from(SECURED + PAID + OWING), st.sampled_from(("paid", "authorized", "any")))
def test_once_known_the_moment_stands(status, rule):
    assert ready_since(seen(status, paid(NOON)), rule, known=MORNING) == MORNING


def test_a_time_that_an_import_dated_back_wins_no_turn():
    backdated = replace(seen("PAID", paid(MORNING)), processed_at=hours_ago(9000))
    assert ready_since(backdated, "paid") == MORNING
    assert ready_since(backdated, "any") == YESTERDAY
