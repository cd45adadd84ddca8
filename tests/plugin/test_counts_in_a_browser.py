"""Counts in a real Chromium: what is set aside is asked about at home, answered with a click, and drawn."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backorder.db import overwriting
from tests.pictures import fits
from tests.plugin.cast import CHAIR, NOW, purchase_order
from tests.plugin.test_counts import count
from tests.plugin.test_pages_in_a_browser import address, enter, look, visit

pytestmark = pytest.mark.browser
__all__ = ["address"]


def test_what_appeared_without_a_delivery_is_seen_wide_and_narrow_and_released(chromium, address, stage):
    purchase_order(stage.house, stage.alice, "PO-CHAIRS", CHAIR, 30, NOW.date() + timedelta(days=30))
    for available, hours in ((9, 60), (23, 50), (19, 24), (22, 2)):
        count(stage, CHAIR, available, 1, NOW - timedelta(hours=hours))
    with stage.house.db.write() as tx:
        overwriting.landed(tx, stage.alice.shop_id, [1, 1, 1])
    for size in ("narrow", "wide"):
        with visit(chromium, size) as page:
            for path, name, heading in (
                ("/", "home", "Lamplight"),
                ("/counts", "page", "Counts"),
                (f"/variants/{CHAIR.variant_id}/counts", "variant", "Oak chair"),
            ):
                enter(page, address, path)
                expect(page.get_by_role("heading", level=1)).to_have_text(heading)
                look(page, f"counts-{name}-{size}")
                assert fits(page)
            if size == "wide":
                enter(page, address)
                page.get_by_role("button", name="Release Oak chair").click()
                expect(page.get_by_text("Appeared without a delivery")).to_have_count(0)
                page.get_by_role("button", name=re.compile("not in Lamplight warehouse")).click()
                expect(page.get_by_text("Who counts here?")).to_have_count(0)


def test_of_what_is_aside_as_many_are_booked_in_as_came_with_the_order_and_the_rest_stays(chromium, address, stage):
    purchase_order(stage.house, stage.alice, "PO-CHAIRS", CHAIR, 5, NOW.date() + timedelta(days=30))
    count(stage, CHAIR, 23, 1, NOW - timedelta(hours=1))
    with visit(chromium) as page:
        enter(page, address, f"/variants/{CHAIR.variant_id}/counts")
        expect(page.get_by_text("12 units in Lamplight warehouse")).to_be_visible()
        came = page.get_by_label("Came with an order, units")
        expect(came).to_have_value("5")
        came.fill("4")
        page.get_by_role("button", name="Book in Oak chair").click()
        expect(page.get_by_text("8 units in Lamplight warehouse")).to_be_visible()
        expect(came).to_have_value("1")
