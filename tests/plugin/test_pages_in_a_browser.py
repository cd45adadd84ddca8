"""The embedded pages in a real Chromium: looked at wide and narrow, used by hand, and checked for accessibility."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from backorder.clock import transport_now
from backorder.db import imports, lots, offers, reconciliations
from backorder.db.outbox import State
from backorder.rules.drift import Drift
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.seen import Policy
from plugin.app import create_app
from tests.browser import fresh_page
from tests.pictures import axe, fits, picture
from tests.plugin.cast import (
    ALICE,
    CHAIR,
    LAMP,
    NOW,
    SHADE,
    Stage,
    install,
    purchase_order,
    session_token,
    stops,
)
from tests.plugin.conftest import Staff
from tests.plugin.test_health_page import a_bad_week, found
from tests.plugin.test_risk import late
from tests.serving import served

pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
# What fits on a phone mostly fits on a desk too: that is looked at where there is time.
LOOKS = [pytest.param("wide", marks=pytest.mark.long), "narrow"]
BRIDGE = """
(() => {
  const plain = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const request = new Request(input, init);
    request.headers.set("Authorization", "Bearer TOKEN");
    return plain(request);
  };
  const back = new URLSearchParams(window.location.search).get("shopify-reload");
  if (back) {
    const target = new URL(back, window.location.origin);
    target.searchParams.set("id_token", "TOKEN");
    window.location.replace(target);
  }
})();
"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as port:
        yield f"http://localhost:{port}"


@contextmanager
def visit(chromium: Browser, size: str = "wide", shop: str = ALICE, *, expected: str = "422") -> Iterator[Page]:
    """A page in which App Bridge is a stand-in that knows the shop's token; an error in its scripts fails the test.

    So does a refusal that the console tells of, unless it has the ``expected`` status.
    """
    width, height = SIZES[size]
    script = BRIDGE.replace("TOKEN", session_token(shop, exp=int(transport_now().timestamp()) + 600))

    def bridge(route: Route) -> None:
        route.fulfill(body=script, content_type="text/javascript")

    broken: list[str] = []
    with fresh_page(chromium, viewport={"width": width, "height": height}, reduced_motion="reduce") as page:
        page.route("https://cdn.shopify.com/**", bridge)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda said: broken.append(said.text) if said.type == "error" and expected not in said.text else None,
        )
        yield page
    assert broken == []


def trouble(stage: Stage) -> None:
    """Everything that can need a person, at once: it is three days later."""
    purchase_order(stage.house, stage.alice, "PO-9", CHAIR, 6, NOW.date())
    stops(stage.house, stage.alice, State.PARKED, "The store refused the hold: the order is being packed.")
    stops(stage.house, stage.alice, State.UNKNOWN, "The store did not answer in time.")
    lease = Lease(LAMP.variant_id, Policy.DENY, Policy.CONTINUE, state=LeaseState.YIELDED)
    with stage.house.db.write() as tx:
        offers.put_lease(tx, stage.alice.shop_id, lease, NOW)
        lots.shelf(tx, stage.alice.shop_id, CHAIR.item_id, 1, units=0, allocated=2)


def look(page: Page, name: str) -> None:
    """Keep a picture of the page if people want one, and let axe look at it: a page that waits for the next one is pale."""
    expect(page.locator(".page[aria-busy=true]")).to_have_count(0)
    picture(page, f"admin-{name}")
    found = axe(page, {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()


def enter(page: Page, address: str, path: str = "/") -> None:
    """Open a page as the admin does, with a fresh id_token."""
    token = session_token(ALICE, exp=int(transport_now().timestamp()) + 600)
    page.goto(f"{address}{path}{'&' if '?' in path else '?'}shop={ALICE}&host=aG9zdA&id_token={token}")


@pytest.mark.parametrize("size", LOOKS)
@pytest.mark.parametrize(
    ("path", "name", "heading"),
    [
        ("/", "home", "Lamplight"),
        ("/backlog", "backlog", "Backlog"),
        ("/backlog?day=2026-11-23", "backlog-then", "Backlog on 23 November 2026"),
        ("/orders/10030", "order", "Order #1003"),
        ("/variants", "variants", "Variants"),
        ("/purchase-orders", "purchase-orders", "Purchase orders"),
        ("/purchase-orders/1", "purchase-order", "PO-12"),
        ("/purchase-orders/new", "new-purchase-order", "New purchase order"),
        ("/what-if?purchase_order=1&days=10&variant=1011&units=2&arrives_on=2026-12-01", "what-if", "What if"),
        ("/settings", "settings", "Settings"),
    ],
)
def test_every_page_is_accessible_wide_and_narrow(chromium, address, stage, size, path, name, heading):
    trouble(stage)
    with visit(chromium, size) as page:
        enter(page, address, path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        look(page, f"{name}-{size}")
        assert fits(page)


@pytest.mark.parametrize("size", LOOKS)
def test_health_is_readable_wide_and_narrow_well_and_unwell(chromium, address, stage, size):
    with visit(chromium, size) as page:
        enter(page, address, "/health")
        expect(page.get_by_role("heading", level=1)).to_have_text("Health")
        look(page, f"health-well-{size}")
        a_bad_week(stage.house, stage.alice)
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
        look(page, f"home-alarmed-{size}")
        page.get_by_role("link", name="Health", exact=True).click()
        expect(page.get_by_role("heading", name="Worth a look")).to_be_visible()
        expect(page.get_by_role("img", name="Differences found by the last 29 comparisons")).to_be_visible()
        look(page, f"health-{size}")
        assert fits(page)
        found(stage.house, stage.alice)
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
        page.get_by_role("link", name="Health", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Health")
        page.get_by_role("region", name="Comparisons with the store").get_by_role("row").nth(1).get_by_role(
            "link"
        ).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Comparison with the store")
        look(page, f"comparison-{size}")
        assert fits(page)
        page.get_by_role("link", name="Holds 1").click()
        expect(page.get_by_role("row")).to_have_count(2)


def test_a_comparison_is_asked_for_with_a_click_and_its_result_comes_by_itself(chromium, address, stage):
    with visit(chromium) as page:
        enter(page, address, "/health")
        page.get_by_role("button", name="Compare with the store now").click()
        expect(page.get_by_role("heading", name="Comparing with the store", exact=True)).to_be_visible()
        look(page, "health-comparing")
        with stage.house.db.write() as tx:
            run = reconciliations.take(tx, stage.alice.shop_id, transport_now())
            assert run is not None
            found = replace(run, drift=Drift(orders_read=3, orders_unknown=1, items_read=2, levels_changed=1))
            reconciliations.save(tx, stage.alice.shop_id, found, transport_now())
            reconciliations.end(tx, stage.alice.shop_id, run.run_id, transport_now())
        expect(page.get_by_role("row").nth(1)).to_contain_text("1 order unknown, 1 stock level")
        expect(page.get_by_role("button", name="Compare with the store now")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_a_shop_that_is_being_read_sees_how_far_it_is_and_what_to_do_next(chromium, empty_house, size):
    shop = install(empty_house, ALICE, "Lamplight")
    with empty_house.db.write() as tx:
        imports.start(tx, shop.shop_id, ("locations", "variants", "orders"), transport_now())
        imports.advance(tx, shop.shop_id, "locations", cursor=None, read=1, at=transport_now())
        imports.advance(tx, shop.shop_id, "variants", cursor="more", read=250, at=transport_now())
    with served(create_app(empty_house)) as port, visit(chromium, size) as page:
        base = f"http://localhost:{port}"
        enter(page, base)
        expect(page.get_by_role("heading", name="Reading your shop")).to_be_visible()
        expect(page.get_by_role("link", name="Choose variants")).to_be_visible()
        look(page, f"first-day-{size}")
        with empty_house.db.write() as tx:
            for step in ("variants", "orders"):
                imports.advance(tx, shop.shop_id, step, cursor=None, read=0, at=transport_now())
        expect(page.get_by_role("heading", name="Reading your shop")).to_have_count(0)


def test_a_merchant_walks_through_the_app_without_a_document_being_loaded_again(chromium, address):
    with visit(chromium) as page:
        enter(page, address)
        assert "id_token" not in page.url
        page.evaluate("window.stays = true")
        page.get_by_role("link", name="Purchase orders", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchase orders")
        expect(page.get_by_role("main")).to_be_focused()
        assert f"shop={ALICE}" in page.url
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lamplight")
        assert page.evaluate("window.stays") is True


def test_a_page_that_is_loaded_again_comes_back_by_way_of_the_bounce_page(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/settings")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        assert "id_token" not in page.url


def test_a_purchase_order_comes_back_filled_in_with_the_sentence_beside_the_field(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/new")
        page.get_by_label("Number").fill("PO-12")
        page.get_by_label("Supplier").fill("Glow & Sons")
        page.get_by_label("Units").fill("many")
        page.get_by_role("button", name="Enter purchase order").click()
        expect(page.get_by_label("Units")).to_have_accessible_description("Give a whole number.")
        expect(page.get_by_label("Units")).to_have_value("many")
        expect(page.get_by_label("Variant")).to_be_focused()
        look(page, "refused-purchase-order")
        page.get_by_label("Variant").select_option(label="Aurora lamp (SKU-101)")
        page.get_by_label("Units").fill("12")
        page.get_by_label("Due on").fill("2026-12-18")
        page.get_by_role("button", name="Enter purchase order").click()
        expect(page.get_by_label("Number")).to_have_accessible_description(
            "As you and your supplier call it, for example PO-12. There is already a purchase order PO-12."
        )
        page.get_by_label("Number").fill("PO-13")
        page.get_by_role("button", name="Enter purchase order").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("PO-13")


def test_lines_of_a_purchase_order_are_added_and_removed_without_gaps(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/new")
        for _ in range(2):
            page.get_by_role("button", name="Add a line").click()
        page.get_by_role("button", name="Remove line").nth(1).click()
        names = page.eval_on_selector_all("[data-line] select", "fields => fields.map(field => field.name)")
        assert names == ["lines.0.variant_id", "lines.1.variant_id"]


def test_goods_are_booked_in_by_parts(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_label("Units arrived").fill("3")
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_text("3 of 40 units received")).to_be_visible()
        page.get_by_label("Units arrived").fill("2")
        page.get_by_role("button", name="Book in Aurora lamp").click()
        expect(page.get_by_text("5 of 40 units received")).to_be_visible()
        expect(page.locator("#said")).to_have_text("Booked in.")


def test_a_merchant_asks_what_a_late_shipment_would_do_and_changes_nothing(chromium, address, stage):
    with visit(chromium) as page:
        enter(page, address, "/purchase-orders/1")
        page.get_by_text("What if it slips…?").click()
        page.get_by_label("Later by, days").fill("10")
        page.get_by_role("button", name="Show what would happen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What if")
        expect(page.get_by_role("row", name="#1002")).to_contain_text("Wed 16 Dec 2026")
        page.get_by_label("comes later by, days").fill("soon")
        page.get_by_role("button", name="Show what would happen").click()
        expect(page.get_by_label("comes later by, days")).to_have_accessible_description("Give a whole number.")
        expect(page.get_by_label("comes later by, days")).to_have_value("soon")
        look(page, "what-if-refused")
        page.get_by_label("comes later by, days").fill("")
        page.get_by_label("The rest never comes").check()
        page.get_by_role("button", name="Show what would happen").click()
        expect(page.get_by_role("row", name="#1002")).to_contain_text("no date")
        enter(page, address, "/purchase-orders/1")
        expect(page.get_by_text("Fri 4 Dec 2026")).to_be_visible()


@pytest.mark.parametrize("size", LOOKS)
def test_what_may_be_late_is_seen_at_once_and_explained_where_it_leads(chromium, address, stage, size):
    late(stage, Staff(create_app(stage.house), ALICE))
    with visit(chromium, size) as page:
        enter(page, address)
        expect(page.get_by_role("heading", name="Likely to be late")).to_be_visible()
        look(page, f"home-late-{size}")
        assert fits(page)
        page.get_by_role("region", name="Likely to be late").get_by_role("link", name="#1003").click()
        page.get_by_text("Step by step").click()
        page.get_by_text("In words for the customer").click()
        expect(page.get_by_text("late and expected any day")).to_be_visible()
        look(page, f"order-explained-{size}")


def test_variants_are_chosen_in_bulk_with_the_keyboard(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/variants")
        page.get_by_label("Choose Linen shade").focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("1 chosen")).to_be_visible()
        page.get_by_role("button", name="Sell on backorder").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("row", name="Linen shade").get_by_text("In stock")).to_be_visible()
        page.get_by_label("Choose Linen shade").check()
        page.get_by_label("At most, units").fill("21")
        page.get_by_role("button", name="Set limit").click()
        expect(page.get_by_role("row", name="Linen shade").get_by_text("21")).to_be_visible()


def test_chosen_variants_are_ordered_with_one_click(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/variants")
        for goods in (LAMP, SHADE):
            page.get_by_label(f"Choose {goods.title}").check()
        page.get_by_role("button", name="Order these").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("New purchase order")
        chosen = page.eval_on_selector_all("[data-line] select", "fields => fields.map(field => field.value)")
        assert chosen == [str(LAMP.variant_id), str(SHADE.variant_id)]


def test_what_stopped_is_tried_again_with_a_click(chromium, address, stage):
    stops(stage.house, stage.alice, State.PARKED, "The store refused.")
    with visit(chromium) as page:
        enter(page, address)
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="Needs you")).to_have_count(0)


def test_a_confidence_is_chosen_and_one_that_cannot_be_is_refused_beside_its_field(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/settings")
        page.get_by_label("Promises to be kept, percent").fill("100")
        page.get_by_label("a week: “ships between 9 and 15 March”").check()
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_label("Promises to be kept, percent")).to_have_attribute("aria-invalid", "true")
        page.get_by_label("Promises to be kept, percent").fill("85")
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_text("Settings saved.")).to_be_visible()
        enter(page, address, "/settings")
        expect(page.get_by_label("Promises to be kept, percent")).to_have_value("85")
        expect(page.get_by_label("a week: “ships between 9 and 15 March”")).to_be_checked()


def test_settings_are_saved_and_a_wrong_one_is_named(chromium, address):
    with visit(chromium) as page:
        enter(page, address, "/settings")
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
            page.get_by_label(day).uncheck()
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_text("Give at least 1.")).to_be_visible()
        page.get_by_label("Saturday").check()
        page.get_by_label("Closed besides").fill("2026-12-24, 2026-12-26")
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_role("status")).to_have_text("Settings saved.")
        expect(page.get_by_label("Saturday")).to_be_checked()
        expect(page.get_by_label("Monday")).not_to_be_checked()


def test_settings_that_were_saved_in_another_window_meanwhile_are_not_taken_back(chromium, address):
    with visit(chromium) as page, visit(chromium) as other:
        enter(page, address, "/settings")
        enter(other, address, "/settings")
        other.get_by_label("Handling, working days").fill("3")
        other.get_by_label("Closed besides").fill("2026-12-24")
        other.get_by_label("Saturday").check()
        other.get_by_role("button", name="Save settings").click()
        expect(other.get_by_role("status")).to_have_text("Settings saved.")
        page.get_by_label("Receiving, working days").fill("2")
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_role("status")).to_have_text("Settings saved.")
        expect(page.get_by_label("Receiving, working days")).to_have_value("2")
        expect(page.get_by_label("Handling, working days")).to_have_value("3")
        expect(page.get_by_label("Closed besides")).to_have_value("2026-12-24")
        expect(page.get_by_label("Saturday")).to_be_checked()
