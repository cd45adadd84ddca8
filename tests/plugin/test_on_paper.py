"""A purchase order as its supplier reads it: to whom, from whom, what and when; what the merchant notes for itself is not on it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from backorder import purchase, suppliers
from backorder.db import catalogue
from backorder.rules.seen import Policy, VariantSeen
from tests.pictures import fits
from tests.plugin.cast import CHAIR, DUE, LAMP, NOW
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

LAMPS = VariantSeen(
    variant_id=LAMP.variant_id,
    product_id=LAMP.number,
    item_id=LAMP.item_id,
    title="Default Title",
    product_title=LAMP.title,
    product_handle="lamp",
    product_status="ACTIVE",
    sku="SKU-101",
    price=LAMP.price,
    policy=Policy.DENY,
    tracked=True,
    requires_shipping=True,
    updated_at=NOW + timedelta(hours=1),
    unit_cost=Decimal("12.50"),
)


@pytest.fixture
def known(house, stage):
    """What a lamp costs is known to the store, and where Glow & Sons are written to."""
    draft = suppliers.SupplierDraft("Glow & Sons", 20, "orders@glow.example", "Never pays back on time")
    suppliers.add(house, stage.alice.shop_id, draft, actor="Alice", now=NOW)
    with house.db.write() as tx:
        catalogue.save_variants(tx, stage.alice.shop_id, [LAMPS])


def test_a_purchase_order_is_printed_as_a_letter_to_its_supplier(alice, known):
    page = alice.get("/purchase-orders/1/paper").text
    for said in (
        "Glow &amp; Sons",
        "orders@glow.example",
        "Lamplight warehouse",
        "4 December 2026",
        "SKU-101",
        "$500.00",
    ):
        assert said in page
    assert "Never pays back" not in page, "a note is the merchant's own"
    without = alice.get("/purchase-orders/1/paper?prices=no").text
    assert "12.50" not in without
    assert "40 units" in without


def test_what_was_struck_off_is_not_asked_for_and_prices_that_are_not_known_make_no_total(house, stage, alice, known):
    lines = (purchase.DraftLine(LAMP.variant_id, 10, DUE), purchase.DraftLine(CHAIR.variant_id, 3, DUE))
    draft = purchase.Draft("PO-13", "Glow & Sons", None, lines)
    number = purchase.place(house, stage.alice.shop_id, draft, actor="Alice", now=NOW)
    page = alice.get(f"/purchase-orders/{number}/paper").text
    assert "125.00" in page
    assert "13 units</p>" in page, "no total of half the lines"
    chair = alice.get(f"/api/purchase-orders/{number}").json["lines"][1]["line_id"]
    alice.post(f"/api/purchase-orders/lines/{chair}/close")
    page = alice.get(f"/purchase-orders/{number}/paper").text
    assert "Oak chair" not in page
    assert "10 units, " in page


@pytest.mark.browser
@pytest.mark.parametrize("size", LOOKS)
def test_on_paper_there_is_the_letter_and_nothing_else(chromium, address, known, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_role("link", name="Print…").click()
        expect(page.get_by_role("heading", name="PO-12 on paper")).to_be_visible()
        look(page, f"on-paper-{size}")
        page.emulate_media(media="print")
        expect(page.get_by_role("article")).to_contain_text("Glow & Sons")
        expect(page.get_by_role("button", name="Print")).to_be_hidden()
        expect(page.get_by_role("navigation")).to_be_hidden()
        assert fits(page)
