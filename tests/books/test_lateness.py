"""The book of lateness: what came of what was ordered, counted from the day first stated."""

from datetime import timedelta

import pytest

from backorder.db import lateness, lots, promises, purchase_orders, receipts
from backorder.db.lateness import Outcome
from backorder.rules.lateness import Shipment
from backorder.rules.lots import LotKind
from tests.books.cast import DUE, HERE, LAMP, LAMP_VARIANT, NOON, promise

ONE_DAY = timedelta(days=1)


@pytest.fixture
def order_id(tx, alice):
    number = purchase_orders.create(tx, alice, "PO-7", "Glow & Sons", HERE, NOON)
    assert number is not None
    return number


@pytest.fixture
def line_id(tx, alice, order_id):
    """Forty lamps on PO-7, still to come."""
    number = purchase_orders.add_line(tx, alice, order_id, LAMP_VARIANT, LAMP, 40, DUE)
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=number, units=40, due_on=DUE)
    return number


def comes(tx, alice, line_id, units, at, rest):
    receipts.receive(tx, alice, line_id, f"{at}", units, at, "Mara")
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=line_id, units=rest, due_on=DUE)


def test_a_line_came_when_the_last_of_it_was_booked_in(tx, alice, order_id, line_id):
    assert lateness.outcomes(tx, alice) == (Outcome("Glow & Sons", order_id, DUE, None),)
    comes(tx, alice, line_id, 30, NOON, rest=10)
    assert lateness.outcomes(tx, alice) == (Outcome("Glow & Sons", order_id, DUE, None),)
    comes(tx, alice, line_id, 10, NOON + 3 * ONE_DAY, rest=0)
    assert lateness.outcomes(tx, alice) == (Outcome("Glow & Sons", order_id, DUE, NOON + 3 * ONE_DAY),)


def test_the_day_first_stated_is_remembered_however_often_it_is_moved(tx, alice, order_id, line_id):
    for days in (5, 9, 2):
        purchase_orders.change_line(tx, alice, line_id, due_on=DUE + days * ONE_DAY)
    line = purchase_orders.line(tx, alice, line_id)
    assert line is not None
    assert (line.due_on, line.stated_first) == (DUE + 2 * ONE_DAY, DUE)
    assert lateness.outcomes(tx, alice)[0].stated_on == DUE


def test_other_changes_of_a_line_say_nothing_of_its_day(tx, alice, order_id, line_id):
    purchase_orders.change_line(tx, alice, line_id, cancelled=3)
    line = purchase_orders.line(tx, alice, line_id)
    assert line is not None
    assert (line.first_due_on, line.stated_first) == (None, DUE)


def test_what_is_neither_to_come_nor_was_booked_in_tells_nothing(tx, alice, order_id, line_id):
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=line_id, units=0)
    assert lateness.outcomes(tx, alice) == ()


def test_what_was_learned_stands_until_it_is_learned_anew(tx, alice, bob):
    assert lateness.get(tx, alice).receipts() == 0
    known = (Shipment("glow & sons", 3), Shipment("glow & sons", 5, came=False))
    assert lateness.keep(tx, alice, known, DUE)
    assert not lateness.keep(tx, alice, known, DUE + ONE_DAY)
    assert lateness.get(tx, alice).shipments == known
    assert lateness.keep(tx, alice, known[:1], DUE)
    assert lateness.get(tx, alice).shipments == known[:1]
    assert lateness.get(tx, bob).receipts() == 0
    assert (lateness.learned_on(tx, alice), lateness.learned_on(tx, bob)) == (DUE, None)


def test_nothing_known_is_nothing_new(tx, alice):
    assert not lateness.keep(tx, alice, (), DUE)


def test_the_day_that_was_stated_is_kept_with_the_promise(tx, alice):
    promises.add(tx, alice, promise(stated_on=DUE, confidence=0.85))
    (kept,) = promises.history(tx, alice, [promise().line_id])
    assert (kept.stated_on, kept.confidence) == (DUE, 0.85)
