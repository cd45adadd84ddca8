"""What a reading of an order asks for: its goods are looked at when a claim on them came, went or changed, and only then."""

from datetime import timedelta

import pytest

from backorder import note
from backorder.db import claims
from backorder.rules.terms import Terms
from tests.books.cast import DUE, FIRST, FIRST_LINE, HERE, LAMP, NOON, line, order


def noted(tx, shop_id, seen, minutes):
    return note.order(tx, shop_id, Terms(), seen, NOON + timedelta(minutes=minutes)).items


@pytest.fixture
def waiting(tx, alice):
    """An order that waits, of which a decision has worked out when it ships."""
    assert noted(tx, alice, order(), 0) == {LAMP}
    claims.project(tx, alice, [(FIRST_LINE, HERE, DUE, 7)])


def test_an_echo_of_an_order_that_waits_asks_for_no_decision(tx, alice, waiting):
    assert noted(tx, alice, order(), 1) == frozenset()
    (kept,) = claims.of_orders(tx, alice, [FIRST])
    assert (kept.projected_on, kept.run) == (DUE, 7)


def test_an_order_that_is_cancelled_asks_for_one(tx, alice, waiting):
    gone = order(lines=(line(unfulfilled=0),), fulfillment_orders=(), cancelled_at=NOON)
    assert noted(tx, alice, gone, 1) == {LAMP}
