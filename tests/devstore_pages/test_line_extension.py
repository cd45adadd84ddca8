"""The app's own UI extension, run at the checkout and on the page of an order in a real Chromium."""

import pytest

from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.routing import route
from devstore.storefront import line_extension
from devstore.storefront.line_extension import SCRIPT
from tests.pictures import picture

from .cast import ORIGIN, ada
from .looks import WIDTHS

SHOWN = {"Ships by": "December 7, 2026", "_ships_by": "2026-12-07"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SCRIPT.exists(), reason="`make test` builds the extension's script first"),
]


@pytest.fixture
def base(serve, web):
    return f"http://127.0.0.1:{serve(web)}{ORIGIN}"


@pytest.fixture
def order(lamplight_shop, world, shop):
    lamplight_shop.promise(lamplight_shop.lamp)
    lines = [(lamplight_shop.lamp.id, 5, dict(SHOWN)), (lamplight_shop.chair.id, 2, {})]
    placed = place_order(world, shop, lines, ada())
    route(world, shop, placed.id)
    return placed


@pytest.fixture
def look(base, order, open_page):
    """Opens the order's page; everything that goes over the network while it is open is written down."""

    def opened(width=1280):
        page = open_page("about:blank", width)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{base}/orders/{order.token}", wait_until="networkidle")
        return page

    return opened


def said(page):
    """What stands under each line, sentence by sentence."""
    return [line.locator("p").all_inner_texts() for line in page.locator("[data-line]").all()]


def promise(shop, order, *units):
    """Write the app's metafield: so many of each line wait, the lamps until the 21st."""
    lines = [
        {
            "line": f"gid://shopify/LineItem/{line.id}",
            "variant": f"gid://shopify/ProductVariant/{line.variant_id}",
            "units": waiting,
            "ship_by": "2026-12-21",
        }
        for line, waiting in zip(order.line_items, units, strict=False)
    ]
    value = {"v": 1, "waiting": any(units), "ship_by": "2026-12-21", "lines": lines}
    shop.write(("ORDER", order.id), "backorder_promise", value)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_says_how_many_wait_until_when_and_what_was_promised_before(lamplight_shop, order, look, width):
    promise(lamplight_shop, order, 2)
    page = look(width)
    assert said(page) == [["2 of 5 wait and ship by December 21, 2026", "Earlier promised: December 7, 2026"], []]
    picture(page, f"store-order-extension-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_before_the_app_wrote_anything_a_line_says_what_came_with_it(look):
    assert said(look()) == [["Ships by December 7, 2026"], []]


def test_it_speaks_the_buyers_language(lamplight_shop, order, look):
    order.locale = "de-AT"
    promise(lamplight_shop, order, 5)
    page = look()
    assert said(page)[0] == ["Versand bis 21. Dezember 2026", "Zuvor zugesagt: 7. Dezember 2026"]
    assert page.locator("[data-line] p").first.get_attribute("lang") == "de-AT"


def test_what_is_covered_kept_from_customers_or_cancelled_says_nothing(lamplight_shop, order, look, world, shop):
    promise(lamplight_shop, order, 0)
    assert said(look()) == [[], []]
    promise(lamplight_shop, order, 5)
    for definition in shop.definitions.values():
        definition.customer_account = "NONE"
    assert said(look())[0] == ["Ships by December 7, 2026"]
    cancel_order(world, shop, order.id)
    assert said(look()) == [[], []]


def test_the_day_is_judged_by_the_stores_clock(order, look, world):
    order.line_items[0].properties["_ships_by"] = (world.now().date()).isoformat()
    assert len(said(look())[0]) == 1
    order.line_items[0].properties["_ships_by"] = "2020-01-01"
    assert said(look()) == [[], []]


def test_it_asks_nobody_for_anything(lamplight_shop, base, order, look):
    promise(lamplight_shop, order, 2)
    asked = {url.removeprefix(base).split("?")[0] for url in look().asked}
    own = {f"/orders/{order.token}", "/cdn/theme/theme.css", "/cdn/theme/line-extension.js"}
    pictures = {url for url in asked if url.startswith("/cdn/pictures/")}
    assert asked - own - pictures == {f"/cdn/ui-extensions/{SCRIPT.name}"}


def test_where_no_script_was_built_the_page_is_as_it_was(order, look, monkeypatch, tmp_path):
    monkeypatch.setattr(line_extension, "SCRIPT", tmp_path / "not-built.js")
    page = look()
    assert page.locator("[data-line]").count() == 0
    assert not [url for url in page.asked if "extension" in url]


@pytest.fixture
def till(lamplight_shop, base, open_page):
    """Puts lamps into a cart and goes to the checkout."""

    def opened(units, width=1280, **properties):
        page = open_page("about:blank", width)
        form = {"id": str(lamplight_shop.lamp.id), "quantity": str(units)}
        form |= {f"properties[{name}]": value for name, value in properties.items()}
        page.request.post(f"{base}/cart/add", form=form)
        page.goto(f"{base}/checkout", wait_until="networkidle")
        return page

    return opened


def test_checkout_says_the_day_that_came_with_the_line(lamplight_shop, till):
    lamplight_shop.promise(lamplight_shop.lamp, state="in_stock")
    assert said(till(5, **SHOWN)) == [["Ships by December 7, 2026"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_checkout_says_what_the_variant_promises_for_as_many_as_are_bought(lamplight_shop, till, width):
    lamplight_shop.promise(lamplight_shop.lamp)
    page = till(38, width, **SHOWN)
    assert said(page) == [["Ships by December 21, 2026", "On the product page: December 7, 2026"]]
    picture(page, f"store-checkout-extension-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said(till(1)) == [["Ships by December 7, 2026"]]


def test_checkout_says_nothing_of_what_is_in_stock(till):
    assert said(till(1)) == [[]]
