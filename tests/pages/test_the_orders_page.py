"""What the app wrote on an order, as its UI extension tells the buyer of it on the order's page."""

import json
from datetime import date

import pytest
from playwright.sync_api import expect

from devstore.storefront.line_extension import SCRIPT
from promised.demo.checking import soon
from tests.pages.conftest import Demo
from tests.pages.test_what_people_see import WIDE, Visit, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SCRIPT.exists(), reason="`make test` builds the extension's script first"),
]

__all__ = ["visit"]


def test_a_line_that_came_without_a_day_says_the_one_that_the_app_promised(demo: Demo, visit: Visit) -> None:
    lamp = demo.warehouse.variant("AUR-1")["id"]
    address = demo.shopper.buys("Eva", (lamp, 2, None))

    def promised() -> list[dict[str, object]]:
        order = demo.warehouse.order_of("Eva")
        fields = [field for field in order["metafields"] if field["key"] == "backorder_promise"]
        return json.loads(fields[0]["value"])["lines"] if fields else []

    soon("the app writes its promise on Eva's order", lambda: bool(promised()))
    (line,) = promised()
    assert (line["variant"], line["units"]) == (f"gid://shopify/ProductVariant/{lamp}", 2)
    day = date.fromisoformat(str(line["ship_by"]))
    expect(visit(address, WIDE).locator("[data-line] p")).to_have_text([f"Ships by {day:%B} {day.day}, {day.year}"])
