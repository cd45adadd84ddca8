"""Links inside the store's admin, in a real Chromium: they lead to the place they name, and nothing typed is lost on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from backorder.clock import transport_now
from tests.plugin.cast import ALICE, session_token
from tests.plugin.test_pages_in_a_browser import address, enter, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


@contextmanager
def admin(chromium: Browser, address: str, path: str, *, expected: str = "422") -> Iterator[tuple[Page, FrameLocator]]:
    """A page of the app inside a frame of the shop's admin, which is all that may frame it."""
    token = session_token(ALICE, exp=int(transport_now().timestamp()) + 600)
    app = f"{address}{path}?shop={ALICE}&amp;host=aG9zdA&amp;embedded=1&amp;id_token={token}"
    with visit(chromium, expected=expected) as page:
        outside = f'<!doctype html><title>Admin</title><iframe src="{app}" width="1200" height="800"></iframe>'
        page.route(f"https://{ALICE}/**", lambda route: route.fulfill(body=outside, content_type="text/html"))
        # A page of the wide net may not reach into this machine: what the app answers is handed over to it.
        page.route(f"{address}/**", lambda route: route.fulfill(response=route.fetch(max_redirects=0)))
        page.goto(f"https://{ALICE}/admin")
        yield page, page.frame_locator("iframe")
        for frame in page.frames:  # the app ends with the test: what it still hands over is waited for
            frame.wait_for_load_state()
        page.unroute_all(behavior="wait")


def test_the_link_to_the_pace_leads_to_its_field_and_keeps_the_frame(chromium, address):
    with admin(chromium, address, "/arrivals") as (page, app):
        expect(app.get_by_role("heading", level=1)).to_have_text("Arrival days")
        app.get_by_role("link", name="Change the pace").click()
        expect(app.get_by_role("heading", level=1)).to_have_text("Settings")
        expect(app.get_by_label("Let go at most, orders")).to_be_focused()
        expect(app.get_by_label("Let go at most, orders")).to_be_in_viewport()
        page.evaluate("history.back()")
        expect(app.get_by_role("heading", level=1)).to_have_text("Arrival days")


@pytest.mark.parametrize("path", ["/orders/999", "/no/such/page"])
def test_an_address_of_nothing_leads_to_the_first_page_and_keeps_the_frame(chromium, address, path):
    with admin(chromium, address, path, expected="404") as (_, app):
        expect(app.get_by_role("heading", level=1)).to_have_text("There is no such thing")
        app.get_by_role("link", name="Go to the first page").click()
        expect(app.get_by_role("heading", level=1)).to_have_text("Lamplight")


def test_who_skips_to_the_page_keeps_what_was_typed_there(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/settings")
        page.get_by_label("Handling, working days").fill("9")
        page.get_by_role("link", name="Skip to the page").focus()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.get_by_role("link", name="Backlog", exact=True).focus()
        page.keyboard.press("Shift+Tab")
        assert asked == []
        expect(page.get_by_label("Handling, working days")).to_have_value("9")


def test_who_goes_back_to_a_list_is_where_they_left_it(chromium, address):
    with visit(chromium, "narrow") as page:
        enter(page, address, "/variants")
        counts = page.get_by_role("link", name="counts of Linen shade")
        counts.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Linen shade")
        assert page.evaluate("window.scrollY") == 0
        page.evaluate("history.back()")
        expect(page.get_by_role("heading", level=1)).to_have_text("Variants")
        expect(counts).to_be_in_viewport()
