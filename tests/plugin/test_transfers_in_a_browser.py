"""Transfers on the merchant's pages, in a real Chromium: looked at wide and narrow, and linked by hand."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.pictures import fits
from tests.plugin.cast import CHAIR, DUE, LAMP, NOW
from tests.plugin.coming import announce
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

pytestmark = pytest.mark.browser
__all__ = ["address"]


@pytest.fixture
def on_its_way(house, stage):
    """Lamps that nobody has linked to PO-12, some of them received, and chairs that are late."""
    announce(house, stage.alice, 71, LAMP, 40, shipped=30, arrives_on=DUE - timedelta(days=2))
    announce(house, stage.alice, 72, CHAIR, 8, shipped=5, accepted=2, arrives_on=NOW.date() - timedelta(days=3))
    return f"/purchase-orders/{stage.lamps_ordered}"


@pytest.mark.parametrize("size", LOOKS)
def test_what_is_on_its_way_is_readable_wide_and_narrow(chromium, address, on_its_way, size):
    with visit(chromium, size) as page:
        for path, name, heading in (("/", "home", "Lamplight"), (on_its_way, "purchase-order", "PO-12")):
            enter(page, address, path)
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            look(page, f"transfers-{name}-{size}")
            assert fits(page)


def test_a_person_says_that_both_are_the_same_goods(chromium, address, on_its_way):
    with visit(chromium) as page:
        enter(page, address)
        page.get_by_role("button", name="Same goods").click()
        expect(page.get_by_text("Announced twice?")).to_have_count(0)
        enter(page, address, on_its_way)
        expect(page.get_by_role("heading", name="On its way: #T71")).to_be_visible()
        page.get_by_role("button", name="Not this order").click()
        expect(page.get_by_role("heading", name="On its way: #T71")).to_have_count(0)
