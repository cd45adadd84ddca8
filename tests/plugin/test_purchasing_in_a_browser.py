"""Purchase orders and suppliers by hand in a real Chromium, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.pictures import fits
from tests.plugin.cast import SHADE, purchase_order
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", LOOKS)
def test_a_delivery_that_turns_out_otherwise_is_entered_and_undone(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_label("Units arrived").fill("3")
        page.get_by_label("Damaged besides").fill("2")
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_text("3 of 40 units received, 2 damaged")).to_be_visible()
        page.get_by_text("It turns out otherwise").click()
        page.get_by_label("So many").fill("10")
        page.get_by_label("come on").fill("2026-12-31")
        page.get_by_role("button", name="Split line").click()
        expect(page.get_by_role("heading", level=2, name="Aurora lamp")).to_have_count(2)
        page.get_by_text("It turns out otherwise").first.click()
        look(page, f"purchase-order-history-{size}")
        page.get_by_role("button", name="Close line").first.click()
        expect(page.get_by_role("heading", level=1, name="Aurora lamp: 25 units will not come")).to_be_visible()
        look(page, f"otherwise-{size}")
        assert fits(page)
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_text("25 will not come")).to_be_visible()
        page.get_by_role("button", name="came short").click()
        expect(page.get_by_text("25 will not come")).to_have_count(0)
        expect(page.get_by_role("cell", name="Undone: Aurora lamp: came short").first).to_be_visible()
        assert fits(page)


@pytest.mark.parametrize("size", LOOKS)
def test_a_surplus_is_asked_about_before_it_is_booked_in(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders/1")
        sure = page.get_by_role("checkbox", name="Yes, they arrived")
        expect(sure).to_be_hidden()
        page.get_by_label("Units arrived").fill("500")
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(sure).to_be_focused()
        expect(sure).to_have_accessible_description("460 more than expected. Book them in all the same?")
        expect(page.get_by_label("Units arrived")).to_have_value("500")
        look(page, f"purchase-order-surplus-{size}")
        assert fits(page)
        sure.check()
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_text("500 of 40 units received")).to_be_visible()
        expect(page.get_by_role("cell", name="500 booked in, 460 more than expected.").first).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_a_surplus_is_asked_about_too_where_it_was_scanned(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_text("What was counted:").click()
        page.get_by_label("Aurora lamp, due").fill("41")
        page.get_by_role("button", name="Book in what was counted").click()
        sure = page.get_by_role("checkbox", name="Yes, they arrived")
        expect(sure).to_be_focused()
        expect(sure).to_have_accessible_description("1 more than expected of Aurora lamp. Book them in all the same?")
        look(page, f"scanning-surplus-{size}")
        assert fits(page)
        sure.check()
        page.get_by_role("button", name="Book in what was counted").click()
        expect(page.get_by_text("41 of 40 units received")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_all_days_are_pushed_after_a_look_at_who_is_affected(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_label("All lines, days later").fill("soon")
        page.get_by_role("button", name="See who is affected").click()
        expect(page.get_by_label("All lines, days later")).to_have_accessible_description(
            "Give a number of days from 1 to 730, or as many less than 0 for earlier."
        )
        expect(page.get_by_label("All lines, days later")).to_have_value("soon")
        expect(page.get_by_label("All lines, days later")).to_be_focused()
        page.get_by_label("All lines, days later").fill("7")
        page.get_by_role("button", name="See who is affected").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Everything on PO-12 7 days later")
        expect(page.get_by_role("heading", name="3 buyers later, 0 earlier")).to_be_focused()
        look(page, f"push-{size}")
        page.get_by_role("button", name="Change the days").click()
        expect(page.get_by_role("cell", name="Everything still to come is due 7 days later.").first).to_be_visible()
        expect(page.get_by_label("Due on")).to_have_value("2026-12-11")


def test_a_purchase_order_is_found(chromium, address, stage):
    purchase_order(stage.house, stage.alice, "PO-13", SHADE, 4)
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders")
        page.get_by_label("Search in numbers").fill("linen")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("link", name="PO-12")).to_have_count(0)
        expect(page.get_by_role("link", name="PO-13")).to_be_visible()
        look(page, "purchase-orders-found")
        page.get_by_label("Search in numbers").fill("unicorn")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("heading", name="No purchase order has “unicorn”")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_a_supplier_is_written_down_and_chosen_for_variants(chromium, address, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders")
        page.get_by_role("link", name="Suppliers").click()
        page.get_by_label("Name").fill("Bright Ltd")
        page.get_by_label("Lead time, days").fill("soon")
        page.get_by_role("button", name="Add supplier").click()
        expect(page.get_by_text("Give a whole number.")).to_be_visible()
        page.get_by_label("Lead time, days").fill("21")
        page.get_by_role("button", name="Add supplier").click()
        expect(page.get_by_role("row", name="Bright Ltd").get_by_text("21 days")).to_be_visible()
        look(page, f"suppliers-{size}")
        page.get_by_role("link", name="Bright Ltd").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bright Ltd")
        page.get_by_label("Note").fill("calls back")
        look(page, f"supplier-{size}")
        page.get_by_role("button", name="Save supplier").click()
        expect(page.get_by_text("calls back")).to_be_visible()
        page.get_by_role("link", name="Variants", exact=True).click()
        page.get_by_label("Choose Linen shade").check()
        page.get_by_label("Supplier").select_option("Bright Ltd")
        page.get_by_role("button", name="Set… supplier").click()
        page.get_by_role("button", name="Change them").click()
        expect(page.get_by_role("row", name="Linen shade").get_by_text("Bright Ltd")).to_be_visible()
        page.get_by_label("Choose Linen shade").check()
        page.get_by_role("button", name="Make to order").click()
        page.get_by_role("button", name="Change them").click()
        expect(page.get_by_role("row", name="Linen shade").get_by_text("made to order")).to_be_visible()
        look(page, f"variants-suppliers-{size}")
        assert fits(page)


def test_a_file_of_suppliers_is_looked_at_and_taken_in(chromium, address, tmp_path):
    file = tmp_path / "suppliers.csv"
    file.write_text("Supplier,Lead time\nGlow & Sons,21\nBright Ltd,14\n")
    with visit(chromium) as page:
        enter(page, address, "/suppliers/import")
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("heading", name="2 changes")).to_be_visible()
        look(page, "import-suppliers")
        page.get_by_role("button", name="Make 2 changes").click()
        expect(page.get_by_role("row", name="Glow & Sons")).to_be_visible()
