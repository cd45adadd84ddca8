"""In a real browser no name runs: because pages escape it, and, were they to forget, because their policy forbids it."""

from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route

import plugin.answers
from plugin.app import create_app
from tests.plugin.cast import ALICE, session_token
from tests.security.hostile import NAMES, addresses, rename
from tests.serving import served

pytestmark = pytest.mark.browser
NAME = NAMES["a script"] + NAMES["an image that fails"] + NAMES["a drawing"]


@dataclass
class Visit:
    """How many pages were looked at, and on how many a name ran."""

    looked_at: int = 0
    owned: int = 0


def visited(browser: Browser, app: Flask, pages: list[str]) -> Visit:
    """Look at these pages as a merchant does, and see whether a name did anything."""
    visit, context = Visit(), browser.new_context()
    page = context.new_page()
    page.route("https://cdn.shopify.com/**", nothing)
    with served(app) as port:
        origin = f"http://localhost:{port}"
        for path in pages:
            mark = "&" if "?" in path else "?"
            page.goto(f"{origin}{path}{mark}shop={ALICE}&id_token={session_token(ALICE)}", wait_until="load")
            assert page.locator("h1").count() == 1
            visit.looked_at += 1
            visit.owned += bool(page.evaluate("Boolean(window.owned)"))
    context.close()
    return visit


def nothing(route: Route) -> None:
    route.fulfill(status=200, content_type="text/javascript", body="")


@pytest.mark.long
def test_a_name_runs_only_where_both_guards_are_off(chromium, stage, monkeypatch):
    rename(stage.house, stage.alice, NAME)
    careful, careless = create_app(stage.house), create_app(stage.house)
    careless.jinja_env.autoescape = False
    some = ["/variants", "/orders/10010"]
    assert visited(chromium, careful, list(addresses(3))) == Visit(12, 0)
    assert visited(chromium, careless, some) == Visit(2, 0), "the policy of the page holds by itself"
    monkeypatch.setattr(plugin.answers, "page_policy", lambda _settings, _shop: "script-src * 'unsafe-inline'")
    assert visited(chromium, careful, some) == Visit(2, 0), "escaping holds by itself"
    assert visited(chromium, careless, some) == Visit(2, 2), "the damage, with neither"
