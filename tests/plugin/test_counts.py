"""What is set aside, what somebody says of it, and how counts changed: the API and the pages of counts."""

from datetime import timedelta

import pytest

from backorder import note_items
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import levels, overwriting, queues
from backorder.rules.seen import ItemSeen, LevelSeen
from plugin.shown import counts as shown
from plugin.shown import exceptions
from tests.plugin.cast import CHAIR, LAMP, NOW, order, purchase_order

CHAIRS = f"/api/variants/{CHAIR.variant_id}"


def count(stage, goods, available, committed, at=NOW):
    """A settled read finds so many."""
    level = LevelSeen(goods.item_id, 1, available, committed, available + committed, 0, at)
    shop_id = stage.alice.shop_id
    with stage.house.db.write() as tx:
        standing = queues.standing(tx, shop_id, [goods.item_id])
        seen = ItemSeen(goods.item_id, tracked=True, levels=(level,), variants=())
        note_items.items(tx, shop_id, [(goods.item_id, seen, transport_now())], at, standing)


@pytest.fixture
def twelve_chairs(stage):
    """Twelve chairs more than before, of which some are on order for next month; that was an hour ago."""
    purchase_order(stage.house, stage.alice, "PO-CHAIRS", CHAIR, 30, NOW.date() + timedelta(days=30))
    count(stage, CHAIR, 23, 1, NOW - timedelta(hours=1))
    return stage


def aside(stage, goods=CHAIR):
    with stage.house.db.read() as tx:
        return levels.one(tx, stage.alice.shop_id, goods.item_id, 1).aside


def say(alice, what, key="one", **said):
    return alice.post(f"{CHAIRS}/aside/{what}", {"location_id": 1, **said}, headers={"Idempotency-Key": key})


def test_twelve_units_that_appeared_are_asked_about_on_the_home_page(alice, twelve_chairs):
    text = alice.get("/").text
    assert "12 units in Lamplight warehouse appeared without a delivery; release them?" in text
    assert "No delivery to this place is due about now and large enough." in text
    assert alice.get("/api/variants?search=oak").json["variants"][0] | {"on_shelf": 12, "aside": 12}
    (asked,) = alice.get("/api/counts").json["aside"]
    assert (asked["units"], asked["asks"], [one["number"] for one in asked["may_belong"]]) == (12, True, ["PO-CHAIRS"])


def test_for_ten_minutes_a_receipt_may_follow_and_nobody_is_asked(alice, twelve_chairs):
    shop = twelve_chairs.alice
    assert shown.questions(twelve_chairs.house, shop, NOW - timedelta(minutes=51)) == ()
    assert shown.questions(twelve_chairs.house, shop, NOW - timedelta(minutes=50)) != ()


def test_all_or_some_are_released_with_a_click(alice, twelve_chairs):
    answer = say(alice, "release", units=5)
    assert (answer.status_code, answer.json["can_ship"], answer.json["aside"][0]["units"]) == (200, 17, 7)
    assert say(alice, "release", units=5).headers["Idempotency-Replayed"] == "true"
    assert say(alice, "release", key="two", units=7).json["aside"] == []
    assert say(alice, "release", key="three", units=1).json["errors"][0] == {
        "field": "units",
        "message": "Nothing is set aside here any more.",
    }


def test_more_than_is_aside_cannot_be_released(alice, twelve_chairs):
    answer = say(alice, "release", units=13)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["message"] == "Give a number of units from 1 to 12: so many are set aside now."
    assert aside(twelve_chairs).units == 12


def test_what_stays_aside_is_not_asked_about_again_and_serves_nobody(alice, twelve_chairs):
    assert say(alice, "keep").json["aside"][0]["asks"] is False
    assert "appeared without a delivery" not in alice.get("/").text
    assert "Kept aside" in alice.get("/counts").text
    assert aside(twelve_chairs).units == 12


def test_they_came_with_a_purchase_order_and_are_booked_in_on_it(alice, twelve_chairs):
    (asked,) = alice.get("/api/counts").json["aside"]
    answer = say(alice, "receipt", units=12, line_id=asked["may_belong"][0]["line_id"])
    assert (answer.json["aside"], answer.json["can_ship"], answer.json["difference"]) == ([], 24, 0)
    order = alice.get("/api/purchase-orders?search=PO-CHAIRS").json["purchase_orders"][0]
    line = order["lines"][0]
    assert (line["received"], line["at_dock"], line["outstanding"]) == (12, 0, 18)


def test_more_than_an_order_was_still_to_bring_is_asked_about_before_it_is_booked_in_on_it(alice, twelve_chairs):
    purchase_order(twelve_chairs.house, twelve_chairs.alice, "PO-FIVE", CHAIR, 5, NOW.date() + timedelta(days=30))
    (asked,) = alice.get("/api/counts").json["aside"]
    (few,) = [line["line_id"] for line in asked["may_belong"] if line["number"] == "PO-FIVE"]
    refused = say(alice, "receipt", units=12, line_id=few)
    assert refused.json["errors"] == [{"field": "sure", "message": "7 more than expected. Book them in all the same?"}]
    assert aside(twelve_chairs).units == 12
    assert say(alice, "receipt", key="sure", units=12, line_id=few, sure=True).json["aside"] == []


def test_goods_of_another_order_are_not_booked_in_on_it(alice, twelve_chairs):
    answer = say(alice, "receipt", units=12, line_id=1)
    assert answer.json["errors"][0] == {"field": "line_id", "message": "PO-12 does not bring these goods here."}


def test_units_can_be_set_aside_by_hand_and_nobody_is_asked(alice, stage):
    assert say(alice, "put", units=4).json["can_ship"] == 8
    assert "appeared without a delivery" not in alice.get("/").text
    assert say(alice, "put", key="two", units=9).json["errors"][0]["message"] == "Give a number of units from 1 to 8."


def test_the_page_of_a_variant_tells_every_change_of_its_count(alice, twelve_chairs):
    count(twelve_chairs, CHAIR, 20, 1)
    page = alice.get(f"{CHAIRS}/counts").json
    assert [(one["by"], one["unexplained"], one["aside"]) for one in page["changes"]] == [(-3, -3, 9), (12, 12, 12)]
    assert (page["difference"], page["on_hand"], page["can_ship"], len(page["picture"])) == (9, 21, 12, 4)
    text = alice.get(f"/variants/{CHAIR.variant_id}/counts").text
    assert "Missing: misplaced, miscounted, broken or stolen." in text
    assert "<polyline" in text
    assert "−3" in text


def test_what_is_missing_is_listed_and_exported(alice, twelve_chairs):
    count(twelve_chairs, CHAIR, 20, 1)
    assert [one["by"] for one in alice.get("/api/counts?falls=true").json["unexplained"]["changes"]] == [-3]
    sheet = alice.get(f"/api/counts/export?variant_id={CHAIR.variant_id}").json["content"]
    assert "Oak chair" in sheet
    assert len(sheet.strip().splitlines()) == 3


def test_a_location_that_often_lands_on_zero_is_asked_about_until_somebody_answers(alice, stage):
    with stage.house.db.write() as tx:
        overwriting.landed(tx, stage.alice.shop_id, [1, 1, 1])
    assert "Does another system overwrite the available stock" in alice.get("/").text
    answer = alice.post("/api/counts/overwriting", {"location_id": 1, "overwrites": False})
    assert answer.json["locations"][0]["overwritten"] is False
    assert "Does another system overwrite" not in alice.get("/").text
    assert alice.post("/api/counts/overwriting", {"location_id": 9, "overwrites": True}).status_code == 404


def test_stock_that_vanished_under_what_an_order_keeps_names_whom_it_can_be_taken_back_from(alice, stage):
    count(stage, CHAIR, -1, 1)
    with stage.house.db.write() as tx:
        decide(tx, stage.alice.shop_id, [CHAIR.item_id], NOW, cause="settled read")
    (short,) = exceptions.of_shop(stage.house, stage.alice, NOW).short
    assert (short.title, short.units, [(one.order_name, one.units) for one in short.newest]) == (
        *("Oak chair", 1),
        [("#1003", 1)],
    )
    text = alice.get("/").text
    assert "Take back 1 unit of #1003…" in text
    assert f'action="/orders/lines/{short.newest[0].line_id}/by-hand"' in text


def test_stock_that_vanished_under_orders_is_shown_with_the_orders_that_wait_now(alice, stage):
    order(stage.house, stage.alice, 1009, {CHAIR: 1}, ago=timedelta(minutes=1))
    for available in (10, -1):
        count(stage, CHAIR, available, 2)
        with stage.house.db.write() as tx:
            decide(tx, stage.alice.shop_id, [CHAIR.item_id], NOW, cause="settled read")
    found = exceptions.of_shop(stage.house, stage.alice, NOW).lost
    assert [(one.title, one.units, [name for _, name in one.orders]) for one in found] == [("Oak chair", 1, ["#1009"])]
    assert "that had been promised from the shelf" in alice.get("/").text


def test_lamps_that_a_booked_receipt_explains_are_nobodys_question(alice, stage):
    alice.post("/api/purchase-orders/lines/1/receipts", {"units": 5}, headers={"Idempotency-Key": "five"})
    count(stage, LAMP, 1, 4)
    assert aside(stage, LAMP).units == 0
    assert alice.get(f"/api/variants/{LAMP.variant_id}/counts").json["changes"][0]["what"] == "5 units of a receipt."
