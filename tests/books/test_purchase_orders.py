"""Purchase orders: what was ordered, when it is due, what was booked in, once a receipt."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backorder.db import purchase_orders, receipts
from backorder.db.purchase_orders import PurchaseOrderLine
from tests.books.cast import CHAIR, CHAIR_VARIANT, DUE, HERE, LAMP, LAMP_VARIANT, NOON, THERE


@pytest.fixture
def order_id(tx, alice):
    number = purchase_orders.create(tx, alice, "PO-7", "Brass & Co", HERE, NOON)
    assert number is not None
    return number


@pytest.fixture
def line_id(tx, alice, order_id):
    """Forty lamps on PO-7."""
    return purchase_orders.add_line(tx, alice, order_id, LAMP_VARIANT, LAMP, 40, DUE)


def status(tx, alice, order_id):
    order = purchase_orders.one(tx, alice, order_id)
    assert order is not None
    return order.status


def test_a_purchase_order_is_kept_whole(tx, alice, order_id, line_id):
    line = PurchaseOrderLine(line_id, order_id, "PO-7", "Brass & Co", HERE, LAMP_VARIANT, LAMP, 40, 0, 0, 0, DUE)
    order = purchase_orders.one(tx, alice, order_id)
    assert order is not None
    assert (order.number, order.supplier, order.location_id, order.created_at) == ("PO-7", "Brass & Co", HERE, NOON)
    assert order.lines == (line,)
    assert purchase_orders.line(tx, alice, line_id) == line
    assert line.outstanding == 40


def test_a_number_is_used_once_in_a_shop(tx, alice, bob, order_id):
    assert purchase_orders.create(tx, alice, "PO-7", "Somebody else", HERE, NOON) is None
    assert purchase_orders.create(tx, bob, "PO-7", "Somebody else", HERE, NOON) is not None
    kept = purchase_orders.one(tx, alice, order_id)
    assert kept is not None
    assert kept.supplier == "Brass & Co"


def test_what_does_not_exist_is_not_there(tx, alice):
    assert purchase_orders.one(tx, alice, 404) is None
    assert purchase_orders.line(tx, alice, 404) is None


def test_the_status_follows_what_came(tx, alice, order_id, line_id):
    assert status(tx, alice, order_id) == "open"
    purchase_orders.change_line(tx, alice, line_id, received=3, at_dock=3)
    assert status(tx, alice, order_id) == "partly received"
    purchase_orders.change_line(tx, alice, line_id, received=30, cancelled=10)
    assert status(tx, alice, order_id) == "received"
    purchase_orders.cancel(tx, alice, order_id, NOON)
    assert status(tx, alice, order_id) == "cancelled"


def test_more_than_was_ordered_may_come_and_none_is_outstanding(tx, alice, line_id):
    purchase_orders.change_line(tx, alice, line_id, received=43)
    line = purchase_orders.line(tx, alice, line_id)
    assert line is not None
    assert line.outstanding == 0


def test_what_came_damaged_is_no_more_to_come(tx, alice, order_id, line_id):
    assert receipts.receive(tx, alice, line_id, "key-1", 0, NOON, "alice", damaged=2)
    purchase_orders.change_line(tx, alice, line_id, damaged=2)
    line = purchase_orders.line(tx, alice, line_id)
    assert line is not None
    assert (line.received, line.damaged, line.settled, line.outstanding) == (0, 2, 2, 38)
    assert status(tx, alice, order_id) == "partly received"


def test_a_receipt_is_recorded_once_a_key(tx, alice, bob, line_id):
    assert receipts.receive(tx, alice, line_id, "key-1", 3, NOON, "alice")
    assert not receipts.receive(tx, alice, line_id, "key-1", 3, NOON, "alice")
    assert receipts.receive(tx, alice, line_id, "key-2", 3, NOON, "alice")
    assert receipts.receive(tx, bob, line_id, "key-1", 3, NOON, "bob")
    assert len(tx.execute(receipts.receipts.select()).all()) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE purchase_order_lines SET ordered = 0",
        "UPDATE purchase_order_lines SET received = -1",
        "UPDATE purchase_order_lines SET cancelled = -1",
        "UPDATE purchase_order_lines SET at_dock = -1",
        "UPDATE purchase_order_lines SET at_dock = received + 1",
        "UPDATE receipts SET units = 0",
        "UPDATE receipts SET damaged = -1",
        "UPDATE purchase_order_lines SET damaged = -1",
    ],
)
def test_a_count_that_makes_no_sense_is_refused_by_the_database(tx, alice, line_id, wrong):
    receipts.receive(tx, alice, line_id, "key-1", 3, NOON, "alice")
    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.execute(text(wrong))


def test_lines_of_goods_are_listed_soonest_first_without_what_was_cancelled(tx, alice, order_id, line_id):
    soon = purchase_orders.add_line(tx, alice, order_id, LAMP_VARIANT, LAMP, 5, DUE.replace(day=1))
    purchase_orders.add_line(tx, alice, order_id, CHAIR_VARIANT, CHAIR, 5, DUE)
    gone = purchase_orders.create(tx, alice, "PO-8", "", HERE, NOON)
    assert gone is not None
    purchase_orders.add_line(tx, alice, gone, LAMP_VARIANT, LAMP, 9, DUE)
    purchase_orders.cancel(tx, alice, gone, NOON)
    assert [line.line_id for line in purchase_orders.lines_of_items(tx, alice, [LAMP])] == [soon, line_id]


def test_a_purchase_order_is_found_by_its_number_however_it_is_spelled(tx, alice, order_id, line_id):
    other = purchase_orders.create(tx, alice, "po-7", "", HERE, NOON)
    purchase_orders.create(tx, alice, "PO-8", "", HERE, NOON)
    found = purchase_orders.numbered(tx, alice, ["Po-7", "PÖ-9"])
    assert [order.purchase_order_id for order in found] == [other, order_id]
    assert [line.line_id for line in found[1].lines] == [line_id]
    assert purchase_orders.create(tx, alice, "PÖ-9", "", HERE, NOON)
    assert [order.number for order in purchase_orders.numbered(tx, alice, ["PÖ-9"])] == ["PÖ-9"]


def test_all_purchase_orders_are_listed_oldest_first(tx, alice, order_id, line_id):
    later = purchase_orders.create(tx, alice, "PO-8", "", HERE, NOON)
    assert [order.purchase_order_id for order in purchase_orders.every(tx, alice)] == [order_id, later]


def test_who_delivers_a_purchase_order_may_change(tx, alice, order_id):
    purchase_orders.set_supplier(tx, alice, order_id, "Bright Ltd")
    changed = purchase_orders.one(tx, alice, order_id)
    assert changed is not None
    assert changed.supplier == "Bright Ltd"


def test_purchase_orders_are_paged_newest_first(tx, alice):
    numbers = [purchase_orders.create(tx, alice, f"PO-{n}", "", HERE, NOON) for n in range(3)]
    first = purchase_orders.page(tx, alice, limit=2)
    assert [order.purchase_order_id for order in first] == [numbers[2], numbers[1]]
    rest = purchase_orders.page(tx, alice, before=first[-1].purchase_order_id, limit=2)
    assert [order.purchase_order_id for order in rest] == [numbers[0]]


def test_where_a_purchase_order_comes_to_may_change(tx, alice, order_id):
    purchase_orders.set_location(tx, alice, order_id, THERE)
    changed = purchase_orders.one(tx, alice, order_id)
    assert changed is not None
    assert changed.location_id == THERE
