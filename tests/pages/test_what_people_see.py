"""The running demo as a shopper, a customer and the merchant see it, in a real browser."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from promised.demo.checking import soon
from tests.pages.conftest import Demo
from tests.pictures import fits, picture

pytestmark = pytest.mark.browser

WIDE, PHONE = (1280, 900), (390, 844)
LOOKS = [pytest.param("wide", WIDE, marks=pytest.mark.long), ("phone", PHONE)]
Visit = Callable[[str, tuple[int, int]], Page]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens an address in a window of a size; an error in a page's scripts fails the test."""
    contexts, broken = [], []

    def opened(address: str, size: tuple[int, int]) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


def no_sideways_scroll(page: Page) -> bool:
    return bool(fits(page))


def promised(demo: Demo, who: str) -> list[dict[str, Any]]:
    """What the merchant's API says was promised to somebody who bought one thing."""
    order = demo.merchant.get(f"/orders/{demo.warehouse.order_of(who)['id']}")
    return [version for line in order["lines"] for version in line["promises"]]


@pytest.mark.parametrize(("name", "size"), LOOKS)
def test_a_shopper_reads_the_date_buys_and_finds_it_on_her_order(
    demo: Demo, visit: Visit, name: str, size: tuple[int, int]
) -> None:
    day = demo.merchant.get("/quote", variant_id=demo.warehouse.variant("AUR-1")["id"])["ship_by"]
    page = visit(f"{demo.at.shop}/products/aurora-lamp", size)
    line = page.locator(".promised__line")
    expect(line).to_contain_text("ship")
    in_words = f"{date.fromisoformat(day):%B} {date.fromisoformat(day).day}, {day[:4]}"
    expect(line).to_have_text(f"On backorder: ships by {in_words}.")
    picture(page, f"town-product-{name}")
    assert no_sideways_scroll(page)

    page.locator('form[action$="/cart/add"] [type=submit]').click()
    expect(page).to_have_url(f"{demo.at.shop}/cart")
    expect(page.locator(".line")).to_contain_text(f"Ships by: {in_words}")
    picture(page, f"town-cart-{name}")
    page.goto(f"{demo.at.shop}/checkout")
    page.locator("[name=name]").fill("Dora Winter")
    page.locator("[name=email]").fill(f"dora-{name}@example.com")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator(".line")).to_contain_text(f"Ships by: {in_words}")
    soon("she has her letter", lambda: bool(demo.warehouse.mails(f"Dora-{name}")))
    page.reload()
    expect(page.locator(".promise")).to_contain_text(in_words)
    picture(page, f"town-order-{name}")
    assert no_sideways_scroll(page)

    (letter,) = demo.warehouse.mails(f"Dora-{name}")
    assert "is on backorder" in letter["subject"]
    assert "Please read" not in letter["subject"], "she was shown the day"
    assert f"Ships by {in_words}" in letter["text"]
    (promise,) = promised(demo, f"Dora-{name}")
    assert (promise["ship_by"], promise["basis"]) == (day, "shown")


@pytest.mark.parametrize(("name", "size"), LOOKS)
def test_the_merchant_sees_what_waits_inside_her_stores_admin(
    demo: Demo, visit: Visit, name: str, size: tuple[int, int]
) -> None:
    page = visit(f"{demo.at.shop}/admin/apps/promised", size)
    app = page.frame_locator("iframe")
    expect(app.locator("main")).to_contain_text("PO-12", timeout=10_000)
    expect(app.locator("main")).to_contain_text("$")
    picture(page, f"town-merchant-{name}")


def test_a_customer_opens_her_letter(demo: Demo, visit: Visit) -> None:
    letters = demo.warehouse.mails("Cleo")
    page = visit(f"{demo.at.mailbox}/{letters[0]['id']}", PHONE)
    body = page.frame_locator("iframe")
    expect(body.locator("body")).to_contain_text("Aurora lamp")
    expect(body.locator("body")).to_contain_text("Oak chair")
    picture(page, "town-letter-confirmation")


def test_the_customer_of_a_released_order_opens_the_good_news(demo: Demo, visit: Visit) -> None:
    demo.counts_in_lamps(1)
    page = visit(f"{demo.at.mailbox}/{demo.warehouse.mails('Anna')[-1]['id']}", PHONE)
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Aurora lamp")
    picture(page, "town-letter-arrived")
