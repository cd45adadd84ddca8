"""What the warehouse and the customer see, in a real Chromium: the pick list, arrival days, scanning, and the choice by a link."""

import pytest
from playwright.sync_api import expect

from backorder.db import catalogue, purchase_orders, ways
from backorder.db.ways import Said
from backorder.rules.barcode import width
from backorder.rules.mixed import By, Way
from tests.pictures import fits, picture
from tests.plugin.cast import CHAIR, LAMP, NOW, order
from tests.plugin.test_choice import link
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]  # a fixture
pytestmark = pytest.mark.browser

A4 = 718  # pixels between its margins of a centimetre
NARROWEST_BAR = 0.19 * 96 / 25.4  # pixels in 0.19 mm, which handheld scanners still read


@pytest.fixture
def warehouse(house, stage):
    """The chair lies in a bin and has a barcode; Dora, who bought one and a lamp that waits, is asked how to send them."""
    is_the_chair = catalogue.variants.c.variant_id == CHAIR.variant_id
    with house.db.write() as tx:
        tx.execute(catalogue.variants.update().where(is_the_chair).values(barcode="4006381333931", bin="A-12-3"))
    order(house, stage.alice, 1004, {LAMP: 1, CHAIR: 1})
    with house.db.write() as tx:
        ways.say(tx, stage.alice.shop_id, [Said(10040, Way.ASKED, By.SHOP, "settings", NOW, NOW)])


@pytest.mark.usefixtures("warehouse")
@pytest.mark.parametrize("size", LOOKS)
def test_the_warehouse_and_the_customer_see_what_they_need_wide_and_narrow(chromium, address, house, stage, size):
    with visit(chromium, size) as page:
        for path, name, heading in (
            ("/picking", "picking", "Pick list"),
            ("/arrivals", "arrivals", "Arrival days"),
            ("/orders/10040", "order-asked", "Order #1004"),
        ):
            enter(page, address, path)
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            look(page, f"{name}-{size}")
            assert fits(page)

        enter(page, address, "/purchase-orders/1")
        field = page.get_by_label("Barcode or SKU")
        for code in ("sku-101", "SKU-101", "nobody’s"):
            field.fill(code)
            field.press("Enter")
        expect(page.get_by_text("has the code nobody’s. Nothing was counted.")).to_be_visible()
        page.get_by_role("button", name="Undo").first.click()
        expect(page.get_by_text("one taken back, 1 counted.")).to_be_visible()
        look(page, f"scanning-{size}")
        page.get_by_role("button", name="Book in what was counted").click()
        expect(page.get_by_text("1 booked in.").first).to_be_visible()
        with house.db.read() as tx:
            assert purchase_orders.one(tx, stage.alice.shop_id, 1).lines[0].received == 1

        page.goto(address + link(house, stage.alice.shop_id, 10040))
        look(page, f"choose-{size}")
        assert fits(page)
        page.get_by_role("button", name="Send everything together").click()
        expect(page.get_by_text("We send everything together, by")).to_be_visible()
        look(page, f"chosen-{size}")


@pytest.mark.parametrize("symbol", ["4006381333931", "CHAIR-OAK-NATURAL-OILED-2026-EU-48-CHARACTERS-XX"])
def test_on_a_sheet_of_a4_the_pick_list_is_a_table_whose_codes_a_scanner_reads(
    chromium, address, house, warehouse, symbol
):
    is_the_chair = catalogue.variants.c.variant_id == CHAIR.variant_id
    with house.db.write() as tx:
        tx.execute(catalogue.variants.update().where(is_the_chair).values(barcode=symbol))
    with visit(chromium) as page:
        enter(page, address, "/picking?location_id=1")
        expect(page.get_by_text("may be sent now from Lamplight warehouse.")).to_be_visible()
        page.set_viewport_size({"width": A4, "height": 1000})
        page.emulate_media(media="print")
        picture(page, f"admin-picking-printed-{len(symbol)}")
        slip = page.locator(".slip").first
        assert slip.locator("thead").bounding_box()["height"] > 10, "the columns are named on paper"
        assert slip.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "table-row"
        drawn = slip.locator(".barcode").bounding_box()["width"]
        assert drawn / width(symbol) >= NARROWEST_BAR
        assert page.evaluate("document.documentElement.scrollWidth") <= A4
        page.emulate_media(media="screen")


def test_a_number_on_a_package_is_the_same_with_zeros_before_it_or_without(chromium, address, house):
    is_the_lamp = catalogue.variants.c.variant_id == LAMP.variant_id
    with house.db.write() as tx:
        tx.execute(catalogue.variants.update().where(is_the_lamp).values(barcode="0012345678905"))
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        field = page.get_by_label("Barcode or SKU")
        for code, said in (
            ("012345678905", "Aurora lamp: 1 counted."),
            ("00012345678905", "Aurora lamp: 2 counted."),
            ("112345678905", "has the code 112345678905. Nothing was counted."),
        ):
            field.fill(code)
            field.press("Enter")
            expect(page.get_by_text(said)).to_be_visible()
