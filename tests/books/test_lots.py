"""Lots and allocations: no code, however wrong, gives away more than there is; every change says why."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from backorder.db import claims, lots
from backorder.db.lots import Change, allocation_ledger, allocations
from backorder.rules.lots import Lot, LotKind
from tests.books.cast import CHAIR, DUE, FIRST, FIRST_LINE, HERE, LAMP, NOON, SECOND_LINE, THERE, claim


def shelve(tx, shop_id, *, units=3, allocated=0):
    return lots.shelf(tx, shop_id, LAMP, HERE, units=units, allocated=allocated)


def give(tx, shop_id, lot_id, units, *, line_id=FIRST_LINE, was=0, kept=0, was_kept=0, cause="settled read"):
    change = Change(line_id, HERE, LAMP, units, kept, was, was_kept)
    lots.apply(tx, shop_id, lot_id, [change], cause=cause, actor="promised", at=NOON)


def refused(tx, statement, parameters: Mapping[str, object] | None = None) -> bool:
    """Whether the database itself refuses a statement."""
    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.execute(statement, parameters)
    return True


def test_over_allocation_is_impossible_even_for_wrong_code(tx, alice):
    lot_id = shelve(tx, alice, units=3, allocated=3)
    assert refused(tx, text("UPDATE lots SET allocated = allocated + 1 WHERE id = :lot"), {"lot": lot_id})
    assert refused(tx, text("UPDATE lots SET units = 2 WHERE id = :lot"), {"lot": lot_id})
    (lot,) = lots.of_items(tx, alice, [LAMP])
    assert (lot.units, lot.allocated, lot.short) == (3, 3, 0)


def test_wrong_code_can_still_take_units_back(tx, alice):
    """The control of the test above: what it refuses, it refuses for its number."""
    lot_id = shelve(tx, alice, units=3, allocated=3)
    tx.execute(text("UPDATE lots SET allocated = allocated - 1 WHERE id = :lot"), {"lot": lot_id})
    assert lots.of_items(tx, alice, [LAMP])[0].allocated == 2


@pytest.mark.parametrize("column", ["units", "allocated", "short"])
def test_a_lot_never_counts_below_zero(tx, alice, column):
    shelve(tx, alice, units=3)
    assert refused(tx, update(lots.lots).values({column: -1}))


@pytest.mark.parametrize(
    ("units", "kept"), [pytest.param(0, 0, id="nothing"), pytest.param(2, 3, id="more kept than given")]
)
def test_an_allocation_that_makes_no_sense_is_refused(tx, alice, units, kept):
    lot_id = shelve(tx, alice)
    row = {"shop_id": alice, "line_id": 1, "location_id": HERE, "lot_id": lot_id, "units": units, "kept": kept}
    assert refused(tx, insert(allocations), row)


def test_a_shelf_that_shrinks_under_what_is_given_is_a_recorded_shortage(tx, alice):
    lot_id = shelve(tx, alice, units=3, allocated=3)
    assert shelve(tx, alice, units=1, allocated=3) == lot_id, "it is the same lot"
    (lot,) = lots.of_items(tx, alice, [LAMP])
    assert (lot.units, lot.allocated, lot.short) == (1, 3, 2)
    shelve(tx, alice, units=4, allocated=3)
    assert lots.of_items(tx, alice, [LAMP])[0].short == 0


def test_each_source_is_one_lot(tx, alice):
    for units in (40, 37):
        lots.set_supply(
            tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=7, units=units, due_on=DUE, label="PO-7"
        )
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.DOCK, source_id=7, units=3)
    order, dock = lots.of_items(tx, alice, [LAMP])
    assert order == Lot(
        order.lot_id, LAMP, HERE, LotKind.PURCHASE_ORDER, 37, DUE, purchase_order_line_id=7, label="PO-7"
    )
    assert (dock.kind, dock.units) == (LotKind.DOCK, 3)


def test_the_same_source_twice_is_refused_by_the_database(tx, alice):
    shelve(tx, alice)
    row = {"shop_id": alice, "item_id": LAMP, "location_id": HERE, "kind": "on_hand", "source_id": 0, "units": 1}
    assert refused(tx, insert(lots.lots), row)


def test_a_lot_that_has_come_whole_is_gone(tx, alice):
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=7, units=40, due_on=DUE)
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=7, units=0)
    assert lots.of_items(tx, alice, [LAMP]) == ()


def test_an_empty_shelf_stays_a_lot(tx, alice):
    shelve(tx, alice, units=0)
    assert [lot.units for lot in lots.of_items(tx, alice, [LAMP])] == [0]


def test_what_is_to_come_is_listed_soonest_first(tx, alice):
    shelve(tx, alice)
    later = DUE.replace(day=20)
    lots.set_supply(tx, alice, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=8, units=5, due_on=later)
    lots.set_supply(tx, alice, CHAIR, THERE, LotKind.PURCHASE_ORDER, source_id=7, units=40, due_on=DUE)
    assert [lot.due_on for lot in lots.arrivals(tx, alice)] == [DUE, later]


def test_every_change_has_a_row_with_its_cause_and_the_rows_add_up(tx, alice):
    lot_id = shelve(tx, alice, units=5, allocated=0)
    give(tx, alice, lot_id, 2)
    give(tx, alice, lot_id, 3, was=2, cause="receipt on PO-7")
    give(tx, alice, lot_id, 1, line_id=SECOND_LINE)
    lots.keep(tx, alice, claim(given=3), 3, cause="release", actor="outbox 1", at=NOON)
    give(tx, alice, lot_id, 2, was=3, kept=2, was_kept=3, cause="edit")
    entries = lots.history(tx, alice, [FIRST_LINE])
    assert [(e["cause"], e["units"], e["kept"]) for e in entries] == [
        ("settled read", 2, 0),
        ("receipt on PO-7", 1, 0),
        ("release", 0, 3),
        ("edit", -1, -1),
    ]
    standing = {row.line_id: (row.units, row.kept) for row in tx.execute(allocations.select())}
    assert standing == {FIRST_LINE: (2, 2), SECOND_LINE: (1, 0)}
    assert (sum(e["units"] for e in entries), sum(e["kept"] for e in entries)) == standing[FIRST_LINE]
    assert lots.total_allocated(tx, alice, lot_id) == 3


def test_what_is_taken_back_whole_leaves_only_its_history(tx, alice):
    lot_id = shelve(tx, alice)
    give(tx, alice, lot_id, 2)
    give(tx, alice, lot_id, 0, was=2, cause="cancelled")
    assert tx.execute(allocations.select()).all() == []
    assert [e["units"] for e in lots.history(tx, alice, [FIRST_LINE])] == [2, -2]


def test_what_is_kept_is_never_lowered(tx, alice):
    lot_id = shelve(tx, alice)
    give(tx, alice, lot_id, 2, kept=2)
    held = claim(given=2, kept=2)
    lots.keep(tx, alice, held, 1, cause="release", actor="outbox 1", at=NOON)
    lots.keep(tx, alice, replace(held), 2, cause="release", actor="outbox 1", at=NOON)
    assert tx.execute(allocations.select()).one().kept == 2
    assert len(lots.history(tx, alice, [FIRST_LINE])) == 1


def test_more_cannot_be_kept_than_was_given(tx, alice):
    give(tx, alice, shelve(tx, alice), 2)
    with pytest.raises(IntegrityError), tx.begin_nested():
        lots.keep(tx, alice, claim(given=2), 3, cause="release", actor="outbox 1", at=NOON)


def test_units_of_claims_that_are_gone_are_found(tx, alice):
    lot_id = shelve(tx, alice)
    give(tx, alice, lot_id, 1)
    give(tx, alice, lot_id, 1, line_id=SECOND_LINE)
    claims.replace(tx, alice, FIRST, [claim()])
    assert [(row.item_id, row.line_id) for row in claims.unclaimed(tx, alice, [LAMP])] == [(LAMP, SECOND_LINE)]


def test_nothing_changed_writes_nothing(tx, alice):
    lots.apply(tx, alice, shelve(tx, alice), [], cause="settled read", actor="promised", at=NOON)
    assert tx.execute(allocation_ledger.select()).all() == []
