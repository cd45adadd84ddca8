"""How variants are sold, in a real Chromium: seen before it is changed, undone after it, and said by rules."""

import pytest
from playwright.sync_api import expect

from backorder import manage
from tests.pictures import fits
from tests.plugin.cast import CHAIR, LAMP, NOW
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

pytestmark = pytest.mark.browser


def choose(stage, *goods, **choice):
    ids = [g.variant_id for g in goods]
    manage.choose(stage.house, stage.alice.shop_id, ids, actor="a test", now=NOW, **choice)


@pytest.mark.parametrize("size", LOOKS)
def test_limits_ends_and_rules_are_readable_wide_and_narrow(chromium, address, stage, size):
    manage.set_terms(
        stage.house,
        stage.alice.shop_id,
        {
            "eligibility": [{"price_from": "100", "has_inbound": True}, {"collection": "Lights", "margin_from": "35"}],
            "ship_window_days": 5,
        },
        actor="a test",
        now=NOW,
    )
    choose(stage, CHAIR, managing="never", lifecycle="discontinued")
    choose(
        *(stage, LAMP),
        managing="by_rule",
        max_backorders=3,
        max_per_order=1,
        max_per_customer=1,
        sell_until=NOW.date(),
        lifecycle="limited",
    )
    with visit(chromium, size) as page:
        enter(page, address, "/variants")
        expect(page.get_by_role("row").filter(has_text="Aurora lamp")).to_contain_text("By rule: price from 100")
        look(page, f"selling-variants-{size}")
        assert fits(page)
        enter(page, address, "/")
        expect(page.get_by_text("1 unit more is ordered than may be sold")).to_be_visible()
        expect(page.get_by_text("and the limit is 1 an order")).to_be_visible()
        expect(page.get_by_text("and the limit is 1 a customer").first).to_be_visible()
        look(page, f"selling-home-{size}")
        enter(page, address, "/backlog")
        row = page.get_by_role("row").filter(has_text="#1003").filter(has_text="Aurora lamp")
        expect(row).to_contain_text("1 beyond the limit")
        look(page, f"selling-backlog-{size}")
        enter(page, address, "/settings")
        expect(page.get_by_text("price from 100, with goods on order")).to_be_visible()
        look(page, f"selling-settings-{size}")


@pytest.mark.parametrize("size", LOOKS)
def test_a_change_is_seen_before_it_is_made_and_undone_after_it(chromium, address, stage, size):
    with visit(chromium, size) as page:
        enter(page, address, "/variants")
        for title in ("Aurora lamp", "Oak chair"):
            page.get_by_label(f"Choose {title}").check()
        page.get_by_role("button", name="Change with preview").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 variants")
        page.get_by_label("At most in one order").fill("a few")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("Give a number, or none.")).to_be_visible()
        expect(page.get_by_label("At most in one order")).to_have_value("a few")
        expect(page.get_by_label("At most in one order")).to_be_focused()
        page.get_by_label("At most in one order").fill("2")
        page.get_by_label("What it is").select_option("discontinued")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("1 variant of 2 will be sold otherwise.")).to_be_visible()
        expect(page.get_by_role("heading", name="What it does")).to_be_focused()
        expect(page.get_by_role("heading", name="What it does")).to_be_in_viewport()
        row = page.get_by_role("row").filter(has_text="Aurora lamp")
        expect(row).to_contain_text("On backorder")
        expect(row).to_contain_text("Discontinued: what is on the shelf is sold, and nothing beyond it.")
        look(page, f"selling-preview-{size}")
        assert fits(page)
        page.get_by_role("button", name="Change them").click()
        lamp = page.get_by_role("row").filter(has_text="Aurora lamp")
        expect(lamp).to_contain_text("2 an order")
        expect(page.get_by_text("Last change: 2 variants")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(lamp).not_to_contain_text("2 an order")
        expect(lamp).to_contain_text("On backorder")
        expect(page.get_by_text("Last change")).to_have_count(0)


@pytest.mark.parametrize("size", LOOKS)
def test_which_variants_the_rules_choose_is_seen_before_they_hold(chromium, address, stage, size):
    choose(stage, LAMP, managing="by_rule")
    with visit(chromium, size) as page:
        enter(page, address, "/settings")
        page.get_by_role("link", name="Change the rules").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What is sold on backorder without being chosen")
        page.get_by_role("group", name="A new rule").get_by_label("Price to").fill("cheap")
        page.get_by_role("button", name="See what they choose").click()
        wrong = page.locator("[aria-invalid=true]")
        expect(wrong).to_have_value("cheap")
        expect(wrong).to_have_accessible_description("Give a price like 49.90.")
        wrong.fill("50")
        page.get_by_role("button", name="See what they choose").click()
        expect(page.get_by_role("heading", name="Sold on backorder from now on: 1 variant")).to_be_visible()
        expect(page.get_by_role("heading", name="What they change")).to_be_focused()
        expect(page.get_by_text("Linen shade")).to_be_visible()
        expect(page.get_by_role("heading", name="Until nobody waits for them any more: 1 variant")).to_be_visible()
        look(page, f"rules-preview-{size}")
        assert fits(page)
        page.get_by_role("button", name="Save the rules").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        expect(page.get_by_text("price to 50", exact=True)).to_be_visible()
        page.get_by_role("link", name="Change the rules").click()
        page.get_by_role("group", name="Rule 1").get_by_label("Price to").fill("")
        page.get_by_role("button", name="See what they choose").click()
        expect(page.get_by_role("heading", name="No longer: 1 variant")).to_be_visible()
        page.get_by_role("button", name="Save the rules").click()
        expect(page.get_by_text("Nothing: only the variants that you choose.")).to_be_visible()
        page.get_by_role("button", name="Undo the change of rules").click()
        expect(page.get_by_text("price to 50", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("button", "said"),
    [("Make to order…", None), ("Order ahead…", None), ("Set… lead time", ("Lead time, days", "60"))],
)
def test_what_moves_the_days_of_those_who_wait_is_seen_before_it_holds(chromium, address, stage, button, said):
    choose(stage, LAMP, made_to_order=button == "Order ahead…", lead_time_days=21)
    with visit(chromium) as page:
        enter(page, address, "/variants")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        page.get_by_label("Choose Aurora lamp").check()
        if said:
            page.get_by_label(said[0]).fill(said[1])
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("heading", name="What it does")).to_be_visible()
        expect(page.locator("#movement")).to_be_visible()
        assert "PATCH" not in sent
        page.get_by_role("button", name="Change them").click()
        expect(page.get_by_text("Last change: 1 variant")).to_be_visible()
        assert sent.count("PATCH") == 1
