"""Suppliers: who delivers, once by each name, and what their lead time is known of."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backorder.db import catalogue, named_suppliers, purchase_order_acts, purchase_orders, suppliers
from backorder.db.suppliers import Supplier
from tests.books.cast import DUE, HERE, LAMP, LAMP_VARIANT, NOON, variant


@pytest.fixture
def glow(tx, alice):
    found = suppliers.add(tx, alice, "Glow & Sons", lead_time_days=21, email="orders@glow.example", note="calls back")
    assert found is not None
    return found


def test_a_supplier_is_kept_whole(tx, alice, glow):
    said = Supplier(glow, "Glow & Sons", 21, "orders@glow.example", "calls back")
    assert suppliers.one(tx, alice, glow) == said
    assert suppliers.every(tx, alice) == (said,)


def test_a_name_is_used_once_in_a_shop_whatever_its_letters(tx, alice, bob, glow):
    assert suppliers.add(tx, alice, "GLOW  & sons", lead_time_days=None) is None
    assert suppliers.add(tx, bob, "Glow & Sons", lead_time_days=None) is not None
    assert suppliers.named(tx, alice, ["glow & sons", "nobody"])["glow & sons"].supplier_id == glow


def test_what_is_known_of_a_supplier_changes_and_is_forgotten(tx, alice, glow):
    suppliers.change(tx, alice, glow, name="Bright Ltd", lead_time_days=None)
    changed = suppliers.one(tx, alice, glow)
    assert changed is not None
    assert (changed.name, changed.lead_time_days, changed.note) == ("Bright Ltd", None, "calls back")
    assert list(suppliers.named(tx, alice, ["Glow & Sons", "bright ltd"])) == ["bright ltd"]
    suppliers.remove(tx, alice, glow)
    assert suppliers.one(tx, alice, glow) is None


def test_a_lead_time_below_zero_is_refused_by_the_database(tx, glow):
    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.execute(text("UPDATE suppliers SET lead_time_days = -1"))


def lamp(tx, shop_id):
    return catalogue.by_ids(tx, shop_id, [LAMP_VARIANT])[0]


def test_a_variant_knows_the_days_of_who_delivers_it_and_its_own_go_before(tx, alice, glow):
    catalogue.save_variants(tx, alice, [variant()])
    assert lamp(tx, alice).days is None
    catalogue.come_from(tx, alice, {LAMP_VARIANT: glow})
    assert (lamp(tx, alice).supplier, lamp(tx, alice).days) == ("Glow & Sons", 21)
    catalogue.choose(tx, alice, [LAMP_VARIANT], {"lead_time_days": 3})
    assert lamp(tx, alice).days == 3
    assert [one.variant_id for one in catalogue.delivered_by(tx, alice, glow)] == [LAMP_VARIANT]


def test_whom_the_merchant_chose_is_not_replaced(tx, alice, glow):
    catalogue.save_variants(tx, alice, [variant()])
    catalogue.choose(tx, alice, [LAMP_VARIANT], {"supplier_id": glow, "supplier_chosen": True})
    catalogue.come_from(tx, alice, {LAMP_VARIANT: None})
    assert lamp(tx, alice).supplier_id == glow
    catalogue.forget_supplier(tx, alice, glow)
    assert (lamp(tx, alice).supplier_id, lamp(tx, alice).supplier_chosen) == (None, False)


def test_the_newest_purchase_order_that_names_anybody_says_who_delivers(tx, alice):
    for number, supplier in (("PO-1", "Glow & Sons"), ("PO-2", "Bright Ltd"), ("PO-3", "")):
        ordered = purchase_orders.create(tx, alice, number, supplier, HERE, NOON)
        purchase_orders.add_line(tx, alice, ordered, LAMP_VARIANT, LAMP, 4, DUE)
    assert named_suppliers.last(tx, alice, [LAMP_VARIANT, 99]) == {LAMP_VARIANT: "Bright Ltd"}
    assert named_suppliers.variants_from(tx, alice, ["Glow & Sons"]) == (LAMP_VARIANT,)
    named_suppliers.rename(tx, alice, ["Glow & Sons"], "Glow")
    assert named_suppliers.every(tx, alice) == ("Bright Ltd", "Glow")


def test_purchase_orders_are_found_by_number_supplier_title_and_sku(tx, alice):
    catalogue.save_variants(tx, alice, [variant()])
    first = purchase_orders.create(tx, alice, "PO-1", "Glow & Sons", HERE, NOON)
    purchase_orders.add_line(tx, alice, first, LAMP_VARIANT, LAMP, 4, DUE)
    second = purchase_orders.create(tx, alice, "PO-2", "100% Oak", HERE, NOON)

    def found(search):
        return [order.purchase_order_id for order in purchase_orders.page(tx, alice, search=search)]

    assert found("po-") == [second, first]
    assert found("glow") == found("LAMP-") == found("brass") == [first]
    assert found("100%") == [second]
    assert found("_") == found("%%") == []


def test_acts_are_read_newest_first_and_undone_once(tx, alice):
    ordered = purchase_orders.create(tx, alice, "PO-1", "", HERE, NOON)
    assert ordered is not None
    purchase_order_acts.record(tx, alice, ordered, "Entered.", actor="Anna", at=NOON)
    purchase_order_acts.record(tx, alice, ordered, "Later.", actor="Ben", at=NOON, change={"lines": {"1": {}}})
    later, entered = purchase_order_acts.of_order(tx, alice, ordered)
    assert (entered.sentence, entered.change, entered.actor) == ("Entered.", None, "Anna")
    assert (later.change, later.undone_at) == ({"lines": {"1": {}}}, None)
    purchase_order_acts.undone(tx, alice, later.act_id, NOON)
    undone = purchase_order_acts.one(tx, alice, later.act_id)
    assert undone is not None
    assert undone.undone_at == NOON
