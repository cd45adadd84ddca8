"""What is made to order ships a lead time after its order, whatever is to come; without a lead time, only if the shop allows it."""

from datetime import date, timedelta

import pytest

from backorder import judge, verify
from backorder.scene import load
from tests.plugin.cast import LAMP, lands, order, purchase_order

JUST_LAMP = {"variant_ids": [LAMP.variant_id]}


def lamp(alice):
    return next(v for v in alice.get("/api/variants").json["variants"] if v["variant_id"] == LAMP.variant_id)


def ships(alice, number):
    return alice.get(f"/api/orders/{number * 10}").json["lines"][0]["promises"][-1]["ship_by"]


@pytest.fixture(params=[50, 0], ids=["shallow", "deep"])
def depth(request, monkeypatch):
    """The same, whether a queue is walked whole or at its front."""
    monkeypatch.setattr(judge, "DEEP", request.param)


@pytest.fixture
def days_stand(house, stage, depth):
    yield
    assert [check for check in verify.verify(house, stage.alice.shop_id).checks if check.broken] == []


def test_the_date_is_the_day_of_the_order_and_the_lead_time_never_a_shipment(alice, house, stage, days_stand):
    order(house, stage.alice, 1012, {LAMP: 1}, ago=timedelta(days=7))
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": True, "lead_time_days": 21})
    assert (ships(alice, 1012), ships(alice, 1001)) == ("2026-12-09", "2026-12-16")
    now = lamp(alice)
    assert (now["state"], now["ship_by"]) == ("backorder", "2026-12-16")
    assert now["reason"] == "Made to order: the date is the day of the order and the lead time."
    purchase_order(house, stage.alice, "PO-20", LAMP, 10, date(2026, 11, 27))
    assert (ships(alice, 1001), lamp(alice)["ship_by"]) == ("2026-12-16", "2026-12-16")


def test_what_was_made_serves_whoever_waited_longest(alice, house, stage, days_stand):
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": True, "lead_time_days": 21})
    with house.db.read() as tx:
        before = load(tx, stage.alice.shop_id, [LAMP.item_id], house.clock.now()).goods[0].places[0].given
    made = type(LAMP)(LAMP.number, LAMP.title, 1, LAMP.price)
    lands(house, stage.alice, made, committed=4)
    with house.db.read() as tx:
        claims = load(tx, stage.alice.shop_id, [LAMP.item_id], house.clock.now()).goods[0].places[0].claims
    assert before == 0
    assert [claim.given for claim in claims] == [1, 0, 0]


def test_ordered_ahead_again_it_is_served_by_what_is_to_come(alice, days_stand):
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": True, "lead_time_days": 21})
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": False})
    assert lamp(alice)["ship_by"] == "2026-12-08"
    assert "PO-12" in lamp(alice)["reason"]


def test_without_a_lead_time_it_is_sold_without_a_date_only_if_the_merchant_allows_it(alice, days_stand):
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": True})
    assert (lamp(alice)["state"], lamp(alice)["ship_by"]) == ("waitlist", None)
    assert lamp(alice)["reason"] == "Sold out: nothing is on order and no lead time is known."
    alice.patch("/api/settings", {"allow_asap": True})
    assert (lamp(alice)["state"], lamp(alice)["ship_by"]) == ("asap", None)
    alice.patch("/api/settings", {"lead_time_days": 7})
    assert (lamp(alice)["state"], lamp(alice)["ship_by"]) == ("backorder", "2026-12-02")


def test_the_cap_holds_for_what_is_made_to_order_too(alice, days_stand):
    alice.patch("/api/variants", JUST_LAMP | {"made_to_order": True, "lead_time_days": 21, "max_backorders": 4})
    assert lamp(alice)["reason"] == "4 units wait already, and the limit is 4."


def test_a_suppliers_lead_time_moves_who_stands_behind_all_shipments(alice, house, stage, days_stand):
    order(house, stage.alice, 1012, {LAMP: 40}, ago=timedelta(0))
    glow = {"name": "Glow & Sons", "lead_time_days": 21}
    supplier = alice.post("/api/suppliers", glow).json["supplier_id"]
    assert (ships(alice, 1001), ships(alice, 1012)) == ("2026-12-08", "2026-12-16")
    alice.patch(f"/api/suppliers/{supplier}", glow | {"lead_time_days": 28})
    assert (ships(alice, 1001), ships(alice, 1012)) == ("2026-12-08", "2026-12-23")
    alice.post(f"/api/suppliers/{supplier}/remove")
    assert ships(alice, 1012) is None
