"""Tables on windows of every width, in a real Chromium: no page is wider than its window, whatever a supplier is called."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backorder import manage, suppliers
from tests.pictures import picture
from tests.plugin.cast import CHAIR, LAMP, NOW, SHADE
from tests.plugin.test_counts import count
from tests.plugin.test_pages_in_a_browser import address, enter, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser

LONG_NAME = "Glow & Sons Lighting Manufacturing and Trading Company Co"
WIDTHS = (1280, 1024, 768, 740, 390)


def fits(page, name):
    """Whether the page is no wider than its window, at every width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, f"admin-{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"


def test_a_supplier_with_a_long_name_is_said_on_several_lines(chromium, address, stage):
    shop_id = stage.alice.shop_id
    draft = suppliers.SupplierDraft(LONG_NAME, 21, "orders@glow.example")
    supplier_id = suppliers.add(stage.house, shop_id, draft, actor="Alice", now=NOW)
    chosen = [goods.variant_id for goods in (LAMP, CHAIR, SHADE)]
    manage.choose(stage.house, shop_id, chosen, actor="Alice", now=NOW, supplier_id=supplier_id)
    with visit(chromium) as page:
        enter(page, address, "/variants")
        expect(page.get_by_role("row", name="Linen shade")).to_contain_text(LONG_NAME)
        fits(page, "long-name")


def test_counts_fit_a_tablet_that_is_held_upright(chromium, address, stage):
    for available, hours in ((9, 60), (23, 50), (19, 24)):
        count(stage, CHAIR, available, 1, NOW - timedelta(hours=hours))
    with visit(chromium) as page:
        for path, name in (("/counts", "counts"), (f"/variants/{CHAIR.variant_id}/counts", "counts-of-one")):
            enter(page, address, path)
            expect(page.get_by_role("table").first).to_contain_text("Lamplight warehouse")
            fits(page, name)
