"""Where a purchase order comes to turns out otherwise: its location was closed, or was never the right one."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from backorder import purchase, verify
from backorder.db import locations
from backorder.rules.seen import LocationSeen
from tests.pictures import fits
from tests.plugin.cast import LAMP, NOW
from tests.plugin.test_api_problems import fields
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

HERE, OLD_SHOP = 1, 2


@pytest.fixture
def closed(house, stage):
    """Ten lamps of PO-20 are to come to the old shop, sooner than those of PO-12; the old shop was closed since."""
    shop_id = stage.alice.shop_id
    old = LocationSeen(OLD_SHOP, "Old shop", active=True, fulfills_online=True, is_service=False, country="US")
    with house.db.write() as tx:
        locations.save_locations(tx, shop_id, [old])
    sooner = purchase.DraftLine(LAMP.variant_id, 10, NOW.date() + timedelta(days=4))
    number = purchase.place(
        house, shop_id, purchase.Draft("PO-20", "Glow & Sons", OLD_SHOP, (sooner,)), actor="a test", now=NOW
    )
    with house.db.write() as tx:
        locations.close_others(tx, shop_id, {HERE})
    yield number
    assert [check for check in verify.verify(house, shop_id).checks if check.broken] == []


def ships(alice):
    return alice.get("/api/orders/10010").json["lines"][0]["promises"][-1]["ship_by"]


def test_what_was_to_come_to_a_closed_location_comes_to_another_one_and_serves_who_waits_there(alice, closed):
    assert ships(alice) == "2026-12-08"
    assert alice.get(f"/api/purchase-orders/{closed}").json["location"]["active"] is False
    seen = alice.post(f"/api/purchase-orders/{closed}/location/preview", {"location_id": HERE}).json
    assert {one["order"] for one in seen["named"]} == {"#1001", "#1002", "#1003"}
    assert alice.get(f"/api/purchase-orders/{closed}").json["location"]["name"] == "Old shop", "nothing was changed"
    moved = alice.post(f"/api/purchase-orders/{closed}/location", {"location_id": HERE}).json
    assert moved["location"] == {"location_id": HERE, "name": "Lamplight warehouse", "active": True}
    expected = {one["after"] for one in seen["named"]}
    order = alice.get("/api/orders/10010").json["lines"][0]
    assert {order["claims"][0]["projected_on"]} == expected
    assert date.fromisoformat(min(expected)) < date(2026, 12, 8)
    act = alice.get(f"/api/purchase-orders/{closed}/history").json["acts"][0]
    assert act["sentence"] == "Comes to Lamplight warehouse instead of Old shop."
    back = alice.post(f"/api/purchase-orders/acts/{act['act_id']}/undo").json
    assert back["location"]["name"] == "Old shop"
    assert alice.get("/api/orders/10010").json["lines"][0]["claims"][0]["projected_on"] == "2026-12-08"


def test_where_it_cannot_come_to_is_said(alice, closed):
    def refused(order, location):
        return fields(alice.post(f"/api/purchase-orders/{order}/location", {"location_id": location}))["location_id"]

    assert refused(1, OLD_SHOP) == "The shop has no such active location."
    assert refused(1, HERE) == "PO-12 comes to Lamplight warehouse already."
    alice.post(f"/api/purchase-orders/{closed}/cancel")
    assert refused(closed, HERE) == "Nothing more is to come on PO-20."


def test_what_stands_at_the_dock_stays_where_it_arrived(alice, closed):
    line = alice.get(f"/api/purchase-orders/{closed}").json["lines"][0]["line_id"]
    alice.post(f"/api/purchase-orders/lines/{line}/receipts", {"units": 3}, headers={"Idempotency-Key": "one"})
    refused = alice.post(f"/api/purchase-orders/{closed}/location", {"location_id": HERE})
    assert fields(refused)["location_id"] == (
        "3 units of PO-20 were booked in at Old shop and not counted in there yet. Wait for the count, or undo the booking first."
    )
    act = alice.get(f"/api/purchase-orders/{closed}/history").json["acts"][0]
    alice.post(f"/api/purchase-orders/acts/{act['act_id']}/undo")
    assert alice.post(f"/api/purchase-orders/{closed}/location", {"location_id": HERE}).status_code == 200


def test_the_move_is_not_undone_once_goods_arrived_where_it_went(alice, closed):
    alice.post(f"/api/purchase-orders/{closed}/location", {"location_id": HERE})
    act = alice.get(f"/api/purchase-orders/{closed}/history").json["acts"][0]
    line = alice.get(f"/api/purchase-orders/{closed}").json["lines"][0]["line_id"]
    alice.post(f"/api/purchase-orders/lines/{line}/receipts", {"units": 3}, headers={"Idempotency-Key": "one"})
    undone = alice.post(f"/api/purchase-orders/acts/{act['act_id']}/undo")
    assert undone.json["detail"].endswith("This was changed again since: undo the later change first.")


@pytest.mark.browser
@pytest.mark.parametrize("size", LOOKS)
def test_another_location_is_chosen_after_a_look_at_who_is_affected(chromium, address, stage, closed, size):
    with visit(chromium, size) as page:
        enter(page, address, f"/purchase-orders/{closed}")
        expect(page.get_by_text("Old shop was closed in the store")).to_be_visible()
        look(page, f"purchase-order-closed-location-{size}")
        page.get_by_role("button", name="Another location").click()
        expect(page.get_by_label("Location")).to_have_accessible_description(
            "Choose the location that the goods come to."
        )
        page.get_by_label("Location").select_option("Lamplight warehouse")
        page.get_by_role("button", name="See who is affected").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("PO-20 to Lamplight warehouse")
        expect(page.get_by_role("heading", name="0 buyers later, 3 earlier")).to_be_visible()
        look(page, f"order-location-{size}")
        assert fits(page)
        page.get_by_role("button", name="Change the location").click()
        expect(page.get_by_role("cell", name="Comes to Lamplight warehouse instead of Old shop.").first).to_be_visible()
