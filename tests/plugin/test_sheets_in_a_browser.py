"""Files in a real Chromium: chosen, looked at, mended, taken in, given out."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pictures import fits
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser

WRONG = "Number,Supplier,SKU,Units,Due on,Colour\nPO-20,Oak Ltd,UNICORN,1000000000,05/12/2026,red\nPO-21,,SKU-102,4,06/12/2026,\n"
RIGHT = (
    "Number;Supplier;SKU;Units;Due on;Colour\nPO-12;Bright & Ltd;SKU-101;40;31.12.2026;\n"
    "PO-20;Oak Ltd;SKU-101;1;27.11.2026;red\nPO-20;;SKU-103;1.000;04.12.2026;\n"
)


def choose(page: Page, folder: Path, text: str) -> None:
    file = folder / "orders.csv"
    file.write_bytes(text.encode("cp1252"))
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="See what would change").click()


@pytest.mark.parametrize("size", LOOKS)
def test_a_file_is_looked_at_mended_and_taken_in(chromium, address, tmp_path, size):
    with visit(chromium, size) as page:
        enter(page, address, "/purchase-orders")
        page.get_by_role("link", name="Import").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Import purchase orders")
        look(page, f"import-{size}")
        choose(page, tmp_path, WRONG)
        expect(page.get_by_role("heading", name="Nothing was changed: 2 things to mend")).to_be_focused()
        expect(page.get_by_text("may have the day or the month first")).to_be_visible()
        assert page.eval_on_selector("#file", "field => field.files[0].name") == "orders.csv"
        look(page, f"import-refused-{size}")
        page.get_by_label("Dates like 04/12/2026").select_option("day first")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("heading", name="Nothing was changed: 1 thing to mend")).to_be_visible()
        expect(page.get_by_label("Dates like 04/12/2026")).to_have_value("day first")
        choose(page, tmp_path, RIGHT)
        expect(page.get_by_role("heading", name="4 changes")).to_be_visible()
        expect(page.get_by_role("heading", name="2 buyers later, 1 earlier")).to_be_visible()
        expect(page.get_by_text("Not read: Colour.")).to_be_visible()
        look(page, f"import-preview-{size}")
        assert fits(page)
        page.get_by_role("button", name="Make 4 changes").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchase orders")
        expect(page.get_by_role("link", name="PO-20")).to_be_visible()
        expect(page.get_by_text("Bright & Ltd")).to_be_visible()


def test_what_is_given_out_is_saved_and_changes_nothing_when_it_comes_back(chromium, address, tmp_path):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Export").click()
        assert saved.value.suggested_filename == "purchase-orders.csv"
        kept = tmp_path / "kept.csv"
        saved.value.save_as(kept)
        page.get_by_role("link", name="Import").click()
        page.get_by_label("CSV file").set_input_files(kept)
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("heading", name="Nothing changes")).to_be_visible()
        expect(page.get_by_text("1 row says what is entered already.")).to_be_visible()


def test_a_file_that_was_saved_anew_must_be_chosen_again(chromium, address, tmp_path):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/import")
        choose(page, tmp_path, WRONG)
        expect(page.get_by_role("heading", name="Nothing was changed: 2 things to mend")).to_be_visible()
        (tmp_path / "orders.csv").write_text(RIGHT)
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_text("The file was changed since you chose it. Choose it again.")).to_be_visible()


def test_without_a_file_the_page_asks_for_one(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/import")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_text("Choose a CSV file that is not empty.")).to_be_visible()
