"""What suppliers send, by hand in a real Chromium, wide and narrow."""

import csv

import pytest
from playwright.sync_api import expect

from backorder import manage, suppliers
from backorder.db.fulfillment_orders import fulfillment_orders
from tests.pictures import fits
from tests.plugin.cast import CHAIR, LAMP, NOW
from tests.plugin.test_drop_ship import addresses
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address", "addresses"]

pytestmark = pytest.mark.browser


def test_the_file_for_a_supplier_holds_the_ticked_lines_alone(chromium, address, stage, addresses):
    glow = suppliers.add(
        stage.house, stage.alice.shop_id, suppliers.SupplierDraft("Glow & Sons", 4, ""), actor="Alice", now=NOW
    )
    manage.choose(
        stage.house, stage.alice.shop_id, [LAMP.variant_id], actor="Alice", now=NOW,
        supplier_id=glow, drop_shipped=True,
    )  # fmt: skip
    with visit(chromium) as page:
        enter(page, address, "/drop-ship")
        ticked = page.get_by_role("checkbox", name="of #1001")
        kept = int(ticked.get_attribute("value") or 0)
        page.get_by_label("Choose all lines for Glow & Sons").uncheck()
        page.get_by_role("button", name="Download as CSV").click()
        expect(page.get_by_text("Choose at least one line first.")).to_be_focused()
        ticked.check()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download as CSV").click()
        with saved.value.path().open(encoding="utf-8-sig", newline="") as file:
            assert [int(row["Order line"]) for row in csv.DictReader(file)] == [kept]
        expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("size", LOOKS)
def test_whose_day_moves_is_seen_before_many_variants_are_drop_shipped(chromium, address, stage, size):
    draft = suppliers.SupplierDraft("Glow & Sons", 30, "")
    suppliers.add(stage.house, stage.alice.shop_id, draft, actor="Alice", now=NOW)
    manage.choose(stage.house, stage.alice.shop_id, [CHAIR.variant_id], actor="Alice", now=NOW, supplier_id=None)
    with visit(chromium, size) as page:
        enter(page, address, "/variants")
        for title in ("Aurora lamp", "Oak chair"):
            page.get_by_label(f"Choose {title}").check()
        page.get_by_role("button", name="Drop-ship…").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 variants")
        expect(page.get_by_label("Sent to the buyer")).to_have_value("yes")
        expect(page.get_by_label("Sent to the buyer")).to_have_accessible_description(
            "Oak chair is to be sent by its supplier, and nobody is known to deliver it: choose a supplier first."
        )
        page.get_by_label("Supplier").select_option("Glow & Sons")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("heading", name="3 buyers later, 0 earlier")).to_be_visible()
        expect(page.get_by_role("row", name="#1001")).to_contain_text("Wed 23 Dec 2026")
        look(page, f"drop-ship-preview-{size}")
        assert fits(page)
        page.get_by_role("button", name="Change them").click()
        expect(page.get_by_text("SKU-102, sent by Glow & Sons")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("sent by Glow & Sons")).to_have_count(0)


@pytest.mark.parametrize("size", LOOKS)
def test_lines_are_passed_on_and_marked_as_shipped(chromium, address, stage, size):
    glow, oak = (
        suppliers.add(stage.house, stage.alice.shop_id, suppliers.SupplierDraft(name, 4, email), actor="Alice", now=NOW)
        for name, email in (("Glow & Sons", "orders@glow.example"), ("Oak Ltd", ""))
    )
    for goods, supplier_id in ((LAMP, glow), (CHAIR, oak)):
        manage.choose(
            stage.house, stage.alice.shop_id, [goods.variant_id], actor="Alice", now=NOW,
            supplier_id=supplier_id, drop_shipped=True,
        )  # fmt: skip
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders")
        page.get_by_role("link", name="Drop-ship").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Drop-ship")
        look(page, f"drop-ship-{size}")
        page.get_by_label("Note to Glow & Sons").fill("No invoice in the parcel, please.")
        page.get_by_role("button", name="Send by e-mail").click()
        expect(page.get_by_role("cell", name="On its way")).to_be_visible()
        page.get_by_text("It was shipped…").first.click()
        page.get_by_label("Tracking page").first.fill("over there")
        page.get_by_role("button", name="Mark as shipped").first.click()
        expect(page.get_by_label("Tracking page").first).to_have_accessible_description(
            "Give an address like https://carrier.example/parcel/1, or leave it empty."
        )
        expect(page.get_by_label("Tracking page").first).to_have_value("over there")
        page.get_by_label("Tracking page").first.fill("https://ups.example/1Z999")
        look(page, f"drop-ship-passed-on-{size}")
        page.get_by_role("button", name="Mark as shipped").first.click()
        expect(page.get_by_text("Shipped, you said; the store is being told.")).to_be_visible()
        with stage.house.db.write() as tx:
            tx.execute(fulfillment_orders.update().values(status="ON_HOLD", holds=[[7, "fraud", "OTHER", False, None]]))
        page.reload()
        expect(page.get_by_text("The store cannot be told yet: somebody else holds it")).to_be_visible()
        look(page, f"drop-ship-not-told-{size}")
        assert fits(page)
