"""Who goes first, in a real Chromium: tried out, saved, and a lamp given by hand with its reason."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from backorder import manage
from tests.pictures import fits
from tests.plugin.cast import LAMP, NOW, lands, stock
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", LOOKS)
def test_a_policy_is_tried_out_and_saved_and_a_lamp_is_given_by_hand(chromium, address, stage, size):
    # Else whoever was open for an hour keeps the lamp.
    manage.set_terms(stage.house, stage.alice.shop_id, {"keep_after_minutes": 1440}, actor="Alice", now=NOW)
    lands(stage.house, stage.alice, replace(LAMP, on_hand=1), committed=4)
    with visit(chromium, size) as page:
        enter(page, address, "/settings/queue")
        page.get_by_label("chosen customers, tags or channels first").check()
        page.get_by_role("button", name="See whose date moves").click()
        expect(page.get_by_text("Say who goes first: tags, channels or customers.")).to_be_visible()
        look(page, f"policy-refused-{size}")
        page.get_by_label("Chosen: orders tagged").fill("VIP, wholesale")
        page.get_by_role("button", name="See whose date moves").click()
        expect(page.get_by_text("It would be:")).to_be_visible()
        look(page, f"policy-tried-{size}")
        assert fits(page)
        page.get_by_role("button", name="Save who goes first").click()
        expect(page.get_by_text("Chosen ones go first, with at most 50 %")).to_be_visible()
        enter(page, address, f"/queues/{LAMP.item_id}")
        expect(page.get_by_role("heading", name="Why is nobody else served?")).to_be_visible()
        look(page, f"queue-{size}")
        page.get_by_role("link", name="#1002").click()
        page.get_by_role("button", name="Change its place by hand").click()
        page.get_by_label("Units to give").fill("1")
        page.get_by_label("Why").fill("promised on the phone")
        page.get_by_role("button", name="See whose date moves").click()
        expect(page.get_by_role("button", name="Do it")).to_be_visible()
        look(page, f"by-hand-{size}")
        assert fits(page)
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_text("1 unit given by hand.").first).to_be_visible()
        look(page, f"by-hand-done-{size}")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone: ", exact=False).first).to_be_visible()
        stock(stage.house, stage.alice, replace(LAMP, on_hand=3), committed=4)
        enter(page, address, f"/queues/{LAMP.item_id}")
        expect(page.get_by_text("2 units turned up without a reason and are set aside")).to_be_visible()
        expect(page.get_by_role("button", name="Release Aurora lamp")).to_be_visible()
        look(page, f"queue-aside-{size}")
