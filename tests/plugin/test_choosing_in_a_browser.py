"""Choosing rows, in a real Chromium: a button that is about chosen ones says what is missing where none is."""

import pytest
from playwright.sync_api import expect

from backorder import manage, suppliers
from tests.pictures import fits
from tests.plugin.cast import LAMP, NOW
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser

NO_VARIANT = "Choose at least one variant first."


@pytest.mark.parametrize("button", ["Sell on backorder", "Set… lead time", "Change with preview…", "Order these"])
def test_nothing_happens_to_no_variant(chromium, address, button):
    with visit(chromium) as page:
        enter(page, address, "/variants")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(NO_VARIANT)).to_be_focused()
        assert asked == []
        expect(page.get_by_role("heading", level=1)).to_have_text("Variants")


@pytest.mark.parametrize("size", LOOKS)
def test_choosing_one_takes_the_sentence_away_and_goes_on(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/variants")
        page.get_by_role("button", name="Sell on backorder").click()
        expect(page.get_by_text(NO_VARIANT)).to_be_visible()
        look(page, f"nothing-chosen-{size}")
        page.get_by_label("Choose Linen shade").check()
        expect(page.get_by_text("1 chosen")).not_to_have_class("wrong")
        page.get_by_role("button", name="Sell on backorder").click()
        expect(page.get_by_role("row", name="Linen shade").get_by_text("In stock")).to_be_visible()
        expect(page.get_by_text("None chosen")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_no_line_is_no_letter_to_a_supplier(chromium, address, stage, size):
    shop_id = stage.alice.shop_id
    glow = suppliers.SupplierDraft("Glow & Sons", 4, "orders@glow.example")
    supplier_id = suppliers.add(stage.house, shop_id, glow, actor="Alice", now=NOW)
    lamp = [LAMP.variant_id]
    manage.choose(stage.house, shop_id, lamp, actor="Alice", now=NOW, supplier_id=supplier_id, drop_shipped=True)
    with visit(chromium, size) as page:
        enter(page, address, "/drop-ship")
        for line in page.locator("[name=line_ids]").all():
            line.uncheck()
        page.get_by_role("button", name="Send by e-mail").click()
        expect(page.get_by_text("Choose at least one line first.")).to_be_focused()
        look(page, f"no-line-chosen-{size}")
        page.locator("[name=line_ids]").first.check()
        page.get_by_role("button", name="Send by e-mail").click()
        expect(page.get_by_role("cell", name="On its way")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_all_rows_are_chosen_at_once_wide_and_narrow(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/variants")
        everything = page.get_by_label("Choose all on this page")
        everything.check(timeout=3000)
        expect(page.get_by_text("3 chosen")).to_be_visible()
        look(page, f"all-chosen-{size}")
        assert fits(page)
        page.get_by_label("Choose Linen shade").uncheck()
        expect(page.get_by_text("2 chosen")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_whoever_stops_what_people_wait_for_sees_them_first_and_comes_back_to_the_search(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/variants?search=lamp&managed=yes")
        page.get_by_label("Choose Aurora lamp").check()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("heading", name="3 orders are let go")).to_be_visible()
        look(page, f"stop-{size}")
        page.get_by_role("link", name="← Variants").click()
        expect(page.get_by_label("Search in titles and SKU")).to_have_value("lamp")
        expect(page.get_by_role("row", name="Aurora lamp").get_by_text("On backorder")).to_be_visible()
        page.get_by_label("Choose Aurora lamp").check()
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Change them").click()
        expect(page.get_by_role("heading", name="No managed variant is called “lamp”")).to_be_visible()
        expect(page.get_by_role("link", name="Managed", exact=True)).to_have_attribute("aria-current", "true")


def test_orders_and_purchase_orders_lead_back_to_the_list_as_it_was_left(chromium, address):
    with visit(chromium) as page:
        for path, row, up in (
            ("/backlog?show=everything&search=1003", "#1003", "← Backlog"),
            ("/purchase-orders?search=glow", "PO-12", "← Purchase orders"),
        ):
            enter(page, address, path)
            page.get_by_role("link", name=row).first.click()
            page.get_by_role("link", name=up).click()
            expect(page.get_by_role("searchbox")).to_have_value(path.partition("search=")[2])
