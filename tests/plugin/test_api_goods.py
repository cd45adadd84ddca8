"""Variants, settings and purchase orders over the API, as a merchant's own programs would use them."""

import pytest

from backorder.db import offers
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.seen import Policy
from tests.plugin.cast import CHAIR, LAMP, NOW, SHADE, Goods, order, purchase_order, stock
from tests.plugin.test_api_problems import fields


def lamp(alice):
    return next(v for v in alice.get("/api/variants").json["variants"] if v["variant_id"] == LAMP.variant_id)


def test_a_variant_says_how_it_is_sold_and_why(alice):
    assert lamp(alice) | {"reason": ""} == {
        "variant_id": LAMP.variant_id,
        "title": "Aurora lamp",
        "sku": "SKU-101",
        "price": {"amount": "129.00", "currency": "USD"},
        "policy": "DENY",
        "managed": True,
        "managing": "always",
        "managed_because": "You chose it.",
        "lead_time_days": None,
        "supplier": None,
        "supplier_days": None,
        "barcode": None,
        "bin": None,
        "made_to_order": False,
        "drop_shipped": False,
        "max_backorders": None,
        "max_per_order": None,
        "max_per_customer": None,
        "substitutes": [],
        "sell_until": None,
        "lifecycle": "regular",
        "state": "backorder",
        "reason": "",
        "ship_by": "2026-12-08",
        "lease": None,
        "aside": 0,
        "on_shelf": 0,
        "waiting": 4,
        "to_come": 40,
    }
    assert "PO-12" in lamp(alice)["reason"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=LAMP", ["Aurora lamp"]),
        ("search=sku-103", ["Linen shade"]),
        ("search=100%25", []),
        ("search=_", []),
        ("managed=true", ["Aurora lamp", "Oak chair"]),
        ("managed=false", ["Linen shade"]),
        (f"after={LAMP.variant_id}", ["Oak chair", "Linen shade"]),
    ],
)
def test_variants_are_searched_and_filtered(alice, query, found):
    assert [v["title"] for v in alice.get(f"/api/variants?{query}").json["variants"]] == found


def test_many_variants_come_in_pages_without_a_gap(alice, stage, house):
    for number in range(300, 360):
        stock(house, stage.alice, Goods(number, f"Candle {number}", 1, CHAIR.price))
    first = alice.get("/api/variants").json
    second = alice.get(f"/api/variants?after={first['next_after']}").json
    ids = [v["variant_id"] for v in (*first["variants"], *second["variants"])]
    assert len(ids) == len(set(ids)) == first["all_variants"] == 63
    assert second["next_after"] is None


def test_variants_are_chosen_in_bulk(alice):
    chosen = [LAMP.variant_id, SHADE.variant_id]
    answer = alice.patch("/api/variants", {"variant_ids": chosen, "managed": True, "lead_time_days": 21})
    assert [(v["managed"], v["lead_time_days"]) for v in answer.json["variants"]] == [(True, 21), (True, 21)]


def test_a_number_is_taken_away_with_null_and_left_alone_by_silence(alice):
    just_lamp = {"variant_ids": [LAMP.variant_id]}
    alice.patch("/api/variants", just_lamp | {"lead_time_days": 21, "max_backorders": 9})
    alice.patch("/api/variants", just_lamp | {"lead_time_days": None})
    assert (lamp(alice)["lead_time_days"], lamp(alice)["max_backorders"]) == (None, 9)


def test_a_choice_that_names_one_unknown_variant_changes_none(alice):
    answer = alice.patch("/api/variants", {"variant_ids": [LAMP.variant_id, 5], "managed": False})
    assert answer.status_code == 404
    assert fields(answer) == {"variant_ids.1": "The shop has no such variant."}
    assert lamp(alice)["managed"] is True


def test_a_choice_of_nothing_is_refused(alice):
    assert alice.patch("/api/variants", {"variant_ids": [LAMP.variant_id]}).status_code == 422
    assert alice.patch("/api/variants", {"variant_ids": [], "managed": True}).status_code == 422


def test_a_policy_that_was_changed_by_hand_is_taken_up_again_by_a_person(alice, house, stage):
    with house.db.write() as tx:
        lease = Lease(LAMP.variant_id, Policy.DENY, Policy.DENY, state=LeaseState.YIELDED)
        offers.put_lease(tx, stage.alice.shop_id, lease, NOW)
    assert [y["title"] for y in alice.get("/api/home").json["exceptions"]["yielded"]] == ["Aurora lamp"]
    assert alice.post(f"/api/variants/{LAMP.variant_id}/rearm").json["lease"] != "yielded"
    assert alice.get("/api/home").json["exceptions"]["yielded"] == []


def test_the_next_buyer_is_quoted_the_day_of_their_place_in_the_queue(alice):
    one = alice.get(f"/api/quote?variant_id={LAMP.variant_id}").json
    assert (one["units"], one["state"], one["ship_by"], one["basis"]) == (1, "backorder", "2026-12-08", "lot")
    too_many = alice.get(f"/api/quote?variant_id={LAMP.variant_id}&units=37").json
    assert too_many["ship_by"] is None
    assert alice.get(f"/api/quote?variant_id={CHAIR.variant_id}").json["state"] == "in_stock"


def test_settings_are_changed_one_at_a_time_and_the_others_stay(alice):
    before = alice.get("/api/settings").json
    after = alice.patch("/api/settings", {"handling_days": 3}).json
    assert after == before | {"handling_days": 3} == alice.get("/api/settings").json


def test_a_longer_handling_moves_the_day_that_the_next_buyer_is_told(alice):
    alice.patch("/api/settings", {"handling_days": 3})
    assert lamp(alice)["ship_by"] == "2026-12-10"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"cut_off": "25:00"}, "cut_off"),
        ({"cut_off": "2 pm"}, "cut_off"),
        ({"payment_rule": "whenever"}, "payment_rule"),
        ({"inbound_limit_percent": 101}, "inbound_limit_percent"),
        ({"handling_days": None}, "handling_days"),
        ({"confidence_percent": 100}, "confidence_percent"),
        ({"show_as": "month"}, "show_as"),
        ({"closed_days": ["2026-13-01"]}, "closed_days.0"),
        ({"holidays_country": "Atlantis"}, "holidays_country"),
        ({"holidays_country": "QQ"}, "holidays_country"),
        ({"holidays_region": "NY"}, "holidays_region"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(alice, change, field):
    before = alice.get("/api/settings").json
    answer = alice.patch("/api/settings", change)
    assert answer.status_code == 422
    assert list(fields(answer)) == [field]
    assert alice.get("/api/settings").json == before


def test_a_purchase_order_lives_from_draft_to_receipt(alice):
    lines = [
        {"variant_id": LAMP.variant_id, "units": 5, "due_on": "2026-12-18"},
        {"variant_id": CHAIR.variant_id, "units": 2, "due_on": "2026-12-21"},
    ]
    made = alice.post("/api/purchase-orders", {"number": " PO-30 ", "supplier": "Oak Ltd", "lines": lines})
    assert made.status_code == 201
    assert (made.json["number"], made.json["status"], len(made.json["lines"])) == ("PO-30", "open", 2)
    number, line = made.json["purchase_order_id"], made.json["lines"][0]["line_id"]
    moved = alice.patch(f"/api/purchase-orders/lines/{line}", {"due_on": "2026-12-28"})
    assert moved.json["lines"][0]["due_on"] == "2026-12-28"
    receipt = alice.post(
        f"/api/purchase-orders/lines/{line}/receipts", {"units": 3}, headers={"Idempotency-Key": "first part"}
    )
    assert receipt.json == {"line_id": line, "units": 3, "damaged": 0, "fresh": True, "outstanding": 2}
    assert alice.get(f"/api/purchase-orders/{number}").json["status"] == "partly received"
    ended = alice.post(f"/api/purchase-orders/{number}/cancel").json
    assert ended["status"] == "cancelled"
    assert [line["outstanding"] for line in ended["lines"]] == [0, 0]


def test_purchase_orders_come_newest_first_in_pages(alice):
    for number in range(30):
        line = {"variant_id": LAMP.variant_id, "units": 1, "due_on": "2026-12-18"}
        alice.post("/api/purchase-orders", {"number": f"PO-1{number:02}", "lines": [line]})
    first = alice.get("/api/purchase-orders").json
    second = alice.get(f"/api/purchase-orders?before={first['next_before']}").json
    numbers = [order["number"] for order in (*first["purchase_orders"], *second["purchase_orders"])]
    assert numbers[0] == "PO-129"
    assert numbers[-1] == "PO-12"
    assert len(numbers) == len(set(numbers)) == 31


def test_what_is_still_to_come_is_found_among_all_that_came(alice, house, stage):
    for number in ("PO-13", "PO-14"):
        purchase_order(house, stage.alice, number, SHADE, 4)
    damaged = {"units": 1, "damaged": 3}
    assert (
        alice.post("/api/purchase-orders/lines/3/receipts", damaged, headers={"Idempotency-Key": "a"}).status_code
        == 201
    )
    alice.post("/api/purchase-orders/4/cancel")
    found = alice.get("/api/purchase-orders?to_come=true").json["purchase_orders"]
    assert [order["number"] for order in found] == ["PO-12"]
    page = alice.get("/purchase-orders?show=to-come").text
    assert "PO-12" in page
    assert "PO-13" not in page
    assert "Nothing to come has “shade”" in alice.get("/purchase-orders?show=to-come&search=shade").text


def test_an_order_that_moved_to_a_later_day_moves_the_day_of_who_waits(alice):
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-12-14"})
    assert [c["projected_on"] for c in alice.get("/api/backlog?waiting=true").json["claims"]] == ["2026-12-16"] * 3


def choose(alice, **choice):
    return alice.patch("/api/variants", json={"variant_ids": [LAMP.variant_id, CHAIR.variant_id], **choice})


def test_a_preview_says_what_would_change_and_changes_nothing(alice):
    asked = {"variant_ids": [LAMP.variant_id, CHAIR.variant_id], "lifecycle": "discontinued"}
    seen = alice.post("/api/variants/preview", json=asked).json["variants"]
    assert [(v["title"], v["before"]["state"], v["after"]["state"], v["differs"]) for v in seen] == [
        ("Aurora lamp", "backorder", "ended", True),
        ("Oak chair", "in_stock", "in_stock", False),
    ]
    assert (seen[0]["before"]["ship_by"], seen[0]["after"]["ship_by"]) == ("2026-12-08", None)
    assert "Discontinued" in seen[0]["after"]["reason"]
    assert (lamp(alice)["state"], lamp(alice)["lifecycle"]) == ("backorder", "regular")


def test_a_preview_says_whose_day_would_move_and_who_would_hear_of_it(alice):
    glow = alice.post("/api/suppliers", {"name": "Glow & Sons", "lead_time_days": 30}).json["supplier_id"]
    asked = {"variant_ids": [LAMP.variant_id], "drop_shipped": True, "supplier_id": glow}
    waits = "/api/backlog?waiting=true"
    before = alice.get(waits).json["claims"]
    moved = alice.post("/api/variants/preview", json=asked).json["movement"]
    assert alice.get(waits).json["claims"] == before, "nothing was changed"
    assert (moved["later"], moved["earlier"], moved["hear"]) == (3, 0, 3)
    assert {one["order"]: (one["before"], one["after"]) for one in moved["named"]} == dict.fromkeys(
        ("#1001", "#1002", "#1003"), ("2026-12-08", "2026-12-23")
    )
    assert alice.patch("/api/variants", json=asked).status_code == 200
    days = {one["projected_on"] for one in alice.get(waits).json["claims"] if one["backordered"]}
    assert days == {"2026-12-23"}, "as it was said"


def test_who_waits_for_what_is_stopped_is_let_go_and_who_asks_to_move_nobody_is_told_so_first(alice):
    stopped = {"variant_ids": [LAMP.variant_id], "managed": False}
    moved = alice.post("/api/variants/preview", json=stopped).json["movement"]
    assert (moved["let_go"], moved["later"], moved["named"]) == (3, 0, [])
    refused = alice.patch("/api/variants", json=stopped | {"moving_nobody": True})
    assert [error["field"] for error in refused.json["errors"]] == ["moving_nobody"]
    assert (lamp(alice)["managed"], alice.get("/api/variants").json["last_change"]["variants"]) == (True, 2), (
        "nothing is done, and what was done before can still be undone"
    )
    chair = {"variant_ids": [CHAIR.variant_id], "managed": False, "moving_nobody": True}
    assert alice.patch("/api/variants", json=chair).status_code == 200, "its order can ship"
    assert alice.patch("/api/variants", json=stopped).status_code == 200, "whoever has seen it may"
    assert lamp(alice)["managed"] is False


def test_who_begins_to_wait_by_a_choice_is_somebody_whom_it_moves(alice, stage):
    order(stage.house, stage.alice, 1004, {SHADE: 8})
    stock(stage.house, stage.alice, SHADE, committed=8)
    sold = {"variant_ids": [SHADE.variant_id], "managed": True, "lead_time_days": 3, "moving_nobody": True}
    refused = alice.patch("/api/variants", json=sold)
    assert [error["field"] for error in refused.json["errors"]] == ["moving_nobody"], "they are written to"
    moved = alice.post("/api/variants/preview", json=sold).json["movement"]
    assert [(one["order"], one["hears"]) for one in moved["named"]] == [("#1004", True)]


def test_the_last_choice_is_undone_once(alice):
    assert choose(alice, managing="never", max_per_order=2).status_code == 200
    assert (lamp(alice)["managed"], lamp(alice)["max_per_order"]) == (False, 2)
    assert alice.get("/api/variants").json["last_change"]["variants"] == 2
    assert alice.post("/api/variants/undo", json={}).json == {"variants": 2, "rules": False}
    assert (lamp(alice)["managed"], lamp(alice)["max_per_order"]) == (True, None)
    assert alice.get("/api/variants").json["last_change"] is None
    assert alice.post("/api/variants/undo", json={}).status_code == 404


def test_a_rule_says_why_it_manages_a_variant(alice):
    choose(alice, managing="by_rule")
    assert lamp(alice)["managed_because"] == "No rule holds any more; it is managed until nobody waits."
    rule = {"price_from": "100", "has_inbound": True}
    answer = alice.patch("/api/settings", json={"eligibility": [rule]})
    assert answer.json["eligibility"][0] | rule == answer.json["eligibility"][0]
    assert lamp(alice)["managed_because"] == "By rule: price from 100, with goods on order."


def test_which_variants_other_rules_would_manage_is_seen_before_they_hold(alice):
    alice.patch("/api/variants", json={"variant_ids": [LAMP.variant_id], "managing": "by_rule"})
    alice.patch("/api/settings", json={"eligibility": [{"price_from": "50", "price_to": "200"}]})
    alice.patch("/api/variants", json={"variant_ids": [CHAIR.variant_id], "managing": "by_rule"})
    asked = {"eligibility": [{"price_from": "200"}, {"price_to": "40.00"}]}
    found = alice.post("/api/settings/rules/preview", json=asked).json
    assert {name: found[name]["titles"] for name in ("begins", "ends", "goes_on")} == {
        "begins": ["Linen shade", "Oak chair"],
        "ends": [],
        "goes_on": ["Aurora lamp"],  # somebody waits for it
    }
    assert (found["movement"]["later"], found["movement"]["earlier"]) == (0, 0)
    (rule,) = alice.get("/api/settings").json["eligibility"]
    assert (rule["price_from"], lamp(alice)["managed_because"]) == ("50", "By rule: price from 50, price to 200.")
    assert alice.patch("/api/settings", json=asked).status_code == 200
    managed = alice.get("/api/variants?managed=true").json["variants"]
    assert {v["title"] for v in managed} == {"Aurora lamp", "Linen shade", "Oak chair"}, "as it was said"
    ended = alice.post("/api/settings/rules/preview", json={"eligibility": []}).json
    assert (ended["begins"]["variants"], ended["ends"]["titles"]) == (0, ["Linen shade", "Oak chair"])


def test_a_change_of_rules_is_undone_where_nothing_was_changed_since(alice):
    choose(alice, managing="by_rule", lead_time_days=9)
    alice.patch("/api/settings", json={"eligibility": [{"vendor": "Glow"}]})
    alice.patch("/api/settings", json={"eligibility": [{"collection": "Lights", "margin_from": "35"}]})
    assert "collection Lights" not in lamp(alice)["managed_because"]
    assert "The rules for what is sold on backorder were changed" in alice.get("/settings").text
    assert "the rules in the settings" in alice.get("/variants").text
    alice.patch("/api/settings", json={"handling_days": 4})
    assert alice.post("/api/variants/undo", json={}).json == {"variants": 0, "rules": True}
    (rule,) = alice.get("/api/settings").json["eligibility"]
    assert (rule["vendor"], rule["collection"]) == ("Glow", None)
    assert alice.get("/api/settings").json["handling_days"] == 4
    assert (lamp(alice)["lead_time_days"], alice.get("/api/variants").json["last_change"]) == (9, None)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"eligibility": [{"price_from": "a lot"}]}, "eligibility.0.price_from", "Give a price like 49.90."),
        ({"eligibility": [{"price_to": "49,90"}]}, "eligibility.0.price_to", "Give a price like 49.90."),
        (
            {"eligibility": [{"margin_from": "a third"}]},
            "eligibility.0.margin_from",
            "Give a percentage up to 100, like 35 or 12.5.",
        ),
        ({"cut_off": ""}, "cut_off", "Give a time of day like 14:00."),
    ],
)
def test_what_is_written_in_another_form_is_refused_beside_its_field_with_one_that_can_be_read(
    alice, change, field, sentence
):
    assert fields(alice.patch("/api/settings", json=change)) == {field: sentence}


def test_a_margin_may_have_its_sign_and_a_price_the_three_decimals_of_some_currencies(alice):
    answer = alice.patch("/api/settings", json={"eligibility": [{"price_from": "1.250", "margin_from": "12.5 %"}]})
    (rule,) = answer.json["eligibility"]
    assert (rule["price_from"], rule["margin_from"]) == ("1.250", "12.5")


def test_an_order_of_more_than_one_order_may_is_told_to_the_merchant(alice):
    choose(alice, max_per_order=1)
    (found,) = alice.get("/api/home").json["exceptions"]["over_order_limit"]
    assert (found["order_name"], found["title"], found["units"], found["limit"]) == ("#1002", "Aurora lamp", 2, 1)


def test_a_customer_for_whom_more_waits_than_may_is_told_with_all_orders(alice):
    choose(alice, max_per_customer=1)
    assert lamp(alice)["max_per_customer"] == 1
    found = alice.get("/api/home").json["exceptions"]["over_customer_limit"]
    said = [(one["title"], one["units"], [order["order_name"] for order in one["orders"]]) for one in found]
    assert said == [("Aurora lamp", 2, ["#1002"]), ("Aurora lamp", 2, ["#1001", "#1003"])]
    assert "More than one customer may have" in alice.get("/").text
    choose(alice, max_per_customer=2)
    assert alice.get("/api/home").json["exceptions"]["over_customer_limit"] == []


def test_a_variant_may_stand_in_for_one_that_is_waited_for(alice, stage):
    def offered():
        with stage.house.db.read() as tx:
            return offers.get(tx, stage.alice.shop_id, [LAMP.variant_id])[LAMP.variant_id].wanted.get("substitutes")

    only = {"variant_ids": [LAMP.variant_id]}
    assert alice.patch("/api/variants", {**only, "substitutes": [SHADE.variant_id]}).status_code == 200
    assert lamp(alice)["substitutes"] == [SHADE.variant_id]
    (shade,) = offered()
    assert (shade["title"], shade["variant"]) == ("Linen shade", SHADE.variant_id)
    for wrong in ([LAMP.variant_id], [SHADE.variant_id] * 2, [999]):
        assert list(fields(alice.patch("/api/variants", {**only, "substitutes": wrong}))) == ["substitutes"]
    assert alice.post("/api/variants/undo", json={}).json["variants"] == 1
    assert (lamp(alice)["substitutes"], offered()) == ([], None)


def test_on_the_page_what_stands_in_is_named_by_its_sku(alice):
    page = f"/variants/change?variant={LAMP.variant_id}&substitutes="
    assert "No variant has the SKU SKU-999." in alice.get(page + "SKU-103, SKU-999").text
    assert f'name="substitutes" value="{SHADE.variant_id}" data-as="numbers"' in alice.get(page + "SKU-103").text
    assert 'name="substitutes" value="" data-as="numbers"' in alice.get(page + "none").text


def test_units_sold_beyond_the_limit_are_told_and_marked_on_those_who_came_last(alice):
    choose(alice, max_backorders=3)
    (found,) = alice.get("/api/home").json["exceptions"]["oversold"]
    assert (found["title"], found["units"]) == ("Aurora lamp", 1)
    waiting = alice.get("/api/backlog?waiting=true").json["claims"]
    assert [(c["order_name"], c["beyond_limit"]) for c in waiting] == [("#1001", 0), ("#1002", 0), ("#1003", 1)]
