"""What an order waits for lies free at another location: the page has a button, or a sentence that says why there is none."""

import pytest
from playwright.sync_api import expect

from backorder import note_items
from backorder.clock import transport_now
from backorder.db import catalogue, locations
from backorder.elsewhere import NOT_FROM_THERE
from backorder.rules.seen import ItemSeen, LevelSeen, LocationSeen
from backorder.store.gateway import Gateway
from tests.plugin.cast import LAMP, NOW
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

QUEENS = 2


@pytest.fixture
def lamps_in_queens(house, stage):
    """Six lamps lie free in Queens, where nobody waits; at the warehouse three do."""
    shop_id = stage.alice.shop_id
    queens = LocationSeen(QUEENS, "Queens", active=True, fulfills_online=True, is_service=False, country="US")
    with house.db.write() as tx:
        locations.save_locations(tx, shop_id, [queens])
        catalogue.lock_items(tx, shop_id, [LAMP.item_id])
        here = LevelSeen(LAMP.item_id, 1, -4, 4, 0, 0, NOW)
        there = LevelSeen(LAMP.item_id, QUEENS, 6, 0, 6, 0, NOW)
        seen = ItemSeen(LAMP.item_id, tracked=True, levels=(here, there), variants=())
        note_items.item(tx, shop_id, LAMP.item_id, seen, transport_now(), NOW)


@pytest.mark.parametrize("lets", [True, False])
def test_the_api_says_whether_the_store_lets_it_be_sent_from_there(alice, lamps_in_queens, monkeypatch, lets):
    monkeypatch.setattr(Gateway, "may_move", lambda *_: lets)
    assert alice.get("/api/orders/10010").json["elsewhere"] == [
        {"line_id": 100101, "units": 1, "location": "Queens", "movable": True}
    ]
    assert alice.get("/api/orders/10010/elsewhere").json == {"why": None if lets else NOT_FROM_THERE}
    assert alice.post("/api/orders/10010/elsewhere").status_code == (200 if lets else 422)


@pytest.mark.browser
@pytest.mark.parametrize("size", LOOKS)
def test_an_order_that_its_buyer_collects_has_a_sentence_and_any_other_a_button(
    chromium, address, lamps_in_queens, monkeypatch, size
):
    monkeypatch.setattr(Gateway, "may_move", lambda *_: False)
    button = "Send from Queens"
    with visit(chromium, size) as page:
        enter(page, address, "/orders/10010")
        expect(page.get_by_text("1 unit lies free at Queens.")).to_be_visible()
        expect(page.get_by_text(NOT_FROM_THERE)).to_be_visible()
        expect(page.get_by_role("button", name=button)).to_have_count(0)
        look(page, f"stays-{size}")
        monkeypatch.setattr(Gateway, "may_move", lambda *_: True)
        page.get_by_role("link", name="← Backlog").click()
        page.get_by_role("link", name="#1001").click()
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text("It is being moved.")).to_be_visible()
