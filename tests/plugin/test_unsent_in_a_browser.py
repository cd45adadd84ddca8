"""What somebody typed and has not sent, in a real Chromium: sending something else leaves it, and them, where they are."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from backorder import manage, purchase
from backorder.clock import transport_now
from backorder.db import imports
from tests.plugin.cast import CHAIR, DUE, LAMP, NOW, SHADE, purchase_order
from tests.plugin.test_pages_in_a_browser import address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


def test_booking_in_leaves_what_was_typed_elsewhere_and_the_hand_on_the_same_button(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_label("Due on").fill("2026-12-18")
        page.get_by_text("It turns out otherwise").click()
        page.get_by_label("So many").fill("10")
        page.get_by_label("Comes from").fill("Bright Ltd")
        page.get_by_label("Units arrived").fill("3")
        page.get_by_role("button", name="Book in Aurora lamp").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("3 of 40 units received")).to_be_visible()
        expect(page.get_by_label("Units arrived")).to_have_value("")
        expect(page.get_by_label("Due on")).to_have_value("2026-12-18")
        expect(page.get_by_label("So many")).to_have_value("10")
        expect(page.get_by_label("So many")).to_be_visible()
        expect(page.get_by_label("Comes from")).to_have_value("Bright Ltd")
        expect(page.get_by_role("button", name="Book in Aurora lamp")).to_be_focused()
        look(page, "unsent-purchase-order")


def test_who_was_logged_out_in_the_middle_of_a_form_loses_nothing_and_is_told_what_to_do(chromium, address):
    ended = "Your session has ended, and nothing was changed. What you typed stays here:"
    with visit(chromium, expected="401") as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_label("Due on").fill("2026-12-18")
        page.get_by_label("Units arrived").fill("3")
        page.route("**/*", logged_out)
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_role("alert")).to_contain_text(ended)
        look(page, "unsent-logged-out")
        page.get_by_role("link", name="Purchase orders").first.click()
        expect(page.locator("#said")).to_contain_text(ended)
        expect(page.get_by_label("Due on")).to_have_value("2026-12-18")
        page.unroute("**/*")
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_text("3 of 40 units received")).to_be_visible()
        expect(page.get_by_label("Due on")).to_have_value("2026-12-18")
        enter(page, address, "/suppliers/import")
        file = {"name": "suppliers.csv", "mimeType": "text/csv", "buffer": b"Name;E-mail\r\nAda & Co;\r\n"}
        page.get_by_label("CSV file").set_input_files(files=[file])
        page.route("**/*", logged_out)
        page.get_by_role("button", name="See what would change").click()
        expect(page.locator("#said")).to_contain_text(ended)
        page.unroute("**/*")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("row", name="Ada & Co")).to_be_visible()


def logged_out(route: Route) -> None:
    """The admin gives no good token any more."""
    route.continue_(headers={**route.request.headers, "authorization": "Bearer of nothing"})


def test_what_was_scanned_is_still_counted_after_a_day_was_changed(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        scan = page.get_by_label("Barcode or SKU")
        for _ in range(2):
            scan.fill("SKU-101")
            scan.press("Enter")
        due = page.get_by_label("Due on")
        due.fill("2026-12-18")
        due.press("Enter")
        page.get_by_role("button", name="Do it").click()  # it was looked at first whom it moves
        expect(page.get_by_role("definition").filter(has_text="18 Dec")).to_be_visible()
        expect(page.locator("[data-scan-total]")).to_have_text("2 units")
        page.get_by_role("button", name="Undo").first.click()
        expect(page.get_by_text("one taken back, 1 counted.")).to_be_visible()
        page.get_by_role("button", name="Book in what was counted").click()
        expect(page.get_by_text("1 of 40 units received")).to_be_visible()
        expect(page.locator("[data-scan-total]")).to_have_text("nothing yet")
        expect(page.get_by_role("button", name="Undo").first).to_be_disabled()


def test_who_takes_back_the_last_change_keeps_the_ticks_and_stands_at_the_heading(chromium, address, stage):
    manage.choose(stage.house, stage.alice.shop_id, [CHAIR.variant_id], actor="a test", now=NOW, lead_time_days=9)
    with visit(chromium) as page:
        enter(page, address, "/variants")
        for goods in (LAMP, SHADE):
            page.get_by_label(f"Choose {goods.title}").check()
        page.get_by_label("Bin").fill("A-1")
        page.get_by_role("button", name="Undo").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Last change")).to_have_count(0)
        expect(page.get_by_text("2 chosen")).to_be_visible()
        expect(page.get_by_label("Choose Oak chair")).not_to_be_checked()
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.get_by_label("At most, units").fill("21")
        page.get_by_role("button", name="Set limit").click()
        expect(page.get_by_role("row", name="Linen shade").get_by_text("21")).to_be_visible()
        expect(page.get_by_text("None chosen")).to_be_visible()
        expect(page.get_by_label("At most, units")).to_have_value("")
        expect(page.get_by_label("Bin")).to_have_value("A-1")


def test_what_is_still_under_way_when_the_page_comes_again_is_taken_as_sent_when_it_arrives(chromium, address, stage):
    lines = tuple(purchase.DraftLine(goods.variant_id, 9, DUE) for goods in (CHAIR, SHADE))
    draft = purchase.Draft("PO-13", "Glow & Sons", None, lines)
    number = purchase.place(stage.house, stage.alice.shop_id, draft, actor="a test", now=NOW)
    with visit(chromium) as page:
        enter(page, address, f"/purchase-orders/{number}")
        under_way: list[Route] = []

        def wait(route: Route) -> None:
            under_way.append(route)

        page.route("**/api/purchase-orders/lines/*/receipts", wait)
        for at, title in enumerate(("Oak chair", "Linen shade")):
            page.get_by_label("Units arrived").nth(at).fill("3")
            with page.expect_request("**/receipts"):
                page.get_by_role("button", name=f"Book in {title}").click()
        chair, shade = under_way
        chair.continue_()
        expect(page.get_by_text("3 of 9 units received")).to_have_count(1)
        shade.continue_()
        expect(page.get_by_text("3 of 9 units received")).to_have_count(2)
        for at in range(2):
            expect(page.get_by_label("Units arrived").nth(at)).to_have_value("")


def test_who_closes_a_line_stands_at_its_heading(chromium, address, stage):
    number = purchase_order(stage.house, stage.alice, "PO-13", SHADE, 4)
    with visit(chromium) as page:
        enter(page, address, f"/purchase-orders/{number}")
        page.get_by_text("It turns out otherwise").click()
        page.get_by_role("button", name="Close line").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("4 will not come")).to_be_visible()
        expect(page.get_by_role("heading", name="Linen shade")).to_be_focused()


@contextmanager
def busy(page: Page, path: str):
    """The app is busy for a moment, and says so instead of showing the page at this path."""

    def sorry(route: Route) -> None:
        route.fulfill(status=503, content_type="text/html", body='<main id="main"><h1>The app is busy</h1></main>')

    page.route(path, sorry)
    with page.expect_response(path):
        yield
    page.unroute(path)


def test_a_page_that_looks_again_by_itself_stays_while_the_app_is_busy(chromium, address, stage):
    with stage.house.db.write() as tx:
        imports.start(tx, stage.alice.shop_id, ("locations", "variants"), transport_now())
    with visit(chromium, expected="503") as page:
        enter(page, address, "/")
        with busy(page, f"{address}/?*"):
            expect(page.get_by_role("heading", name="Reading your shop")).to_be_visible()
        expect(page.get_by_role("heading", name="Reading your shop")).to_be_visible()
        with stage.house.db.write() as tx:
            imports.advance(tx, stage.alice.shop_id, "locations", cursor=None, read=7, at=transport_now())
        expect(page.get_by_text("Step 2 of 2: variants")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lamplight")


def test_a_file_that_was_chosen_stays_chosen_while_the_app_is_busy(chromium, address):
    with visit(chromium, expected="503") as page:
        enter(page, address, "/suppliers/import")
        file = {"name": "suppliers.csv", "mimeType": "text/csv", "buffer": b"Name;E-mail\r\nAda & Co;\r\n"}
        page.get_by_label("CSV file").set_input_files(files=[file])
        with busy(page, f"{address}/suppliers/import"):
            page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("status")).to_have_text("The app did not answer. Nothing is lost: try again.")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("row", name="Ada & Co")).to_be_visible()


def test_who_clicks_again_before_the_page_has_come_again_books_in_nothing_twice(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        page_comes: list[Route] = []

        def wait(route: Route) -> None:
            page_comes.append(route)

        page.route("**/purchase-orders/1?*", wait)
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.get_by_label("Units arrived").fill("3")
        with page.expect_request("**/purchase-orders/1?*"):
            page.get_by_role("button", name="Book in Aurora lamp").click()
        page.get_by_role("button", name="Book in Aurora lamp").click(force=True)
        page.get_by_label("Units arrived").press("Enter")
        page_comes[0].continue_()
        expect(page.get_by_text("3 of 40 units received")).to_be_visible()
        assert len(sent) == 1
