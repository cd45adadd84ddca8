"""Leaving in a real Chromium: what is given back is seen, meant, and there is a way back."""

import pytest
from playwright.sync_api import expect

from tests.pictures import fits
from tests.plugin.cast import LAMP, order
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", LOOKS)
def test_the_merchant_leaves_and_comes_back(chromium, address, stage, size):
    order(stage.house, stage.alice, 1004, {LAMP: 2})
    with visit(chromium, size) as page:
        enter(page, address, "/settings")
        page.get_by_role("link", name="Leave cleanly").click()
        expect(page.get_by_role("heading", name="What is given back")).to_be_visible()
        look(page, f"leave-{size}")
        assert fits(page)
        page.get_by_role("button", name="Leave", exact=True).click()
        expect(page.get_by_text("Say that you are sure", exact=False)).to_be_visible()
        look(page, f"leave-unsure-{size}")
        page.get_by_label("I am sure", exact=False).check()
        page.get_by_role("button", name="Leave", exact=True).click()
        expect(page.get_by_role("heading", name="The app has left")).to_be_visible()
        look(page, f"leaving-{size}")
        assert fits(page)
        page.get_by_role("button", name="Come back").click()
        expect(page.get_by_role("heading", name="Leave cleanly")).to_be_visible()
        enter(page, address, "/backlog")
        expect(page.get_by_text("The app has left this shop", exact=False)).to_have_count(0)
