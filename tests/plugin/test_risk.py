"""Promises that may break are shown before their day has come, the worst first, with what they are worth."""

import re
from datetime import timedelta

from backorder import risk
from backorder.db import claims, promises
from backorder.rules.lateness import Shipment
from tests.plugin.cast import LAMP, NOW, order, purchase_order, stock
from tests.plugin.test_api_lateness import known


def late(stage, alice):
    """Everybody was told 8 December; then the shipment did not come on its day."""
    with stage.house.db.write() as tx:
        tx.execute(promises.promises.update().values(told_at=NOW))
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-11-22"})


def test_while_every_shipment_is_in_time_nobody_is_at_risk(alice):
    assert alice.get("/api/risk").json == {"total": {"units": 0, "orders": 0, "money": []}, "lines": []}
    assert "Likely to be late" not in alice.get("/").text


def test_a_shipment_that_did_not_come_puts_everybody_behind_it_at_risk_dearest_first(alice, stage):
    late(stage, alice)
    shown = alice.get("/api/risk").json
    assert [(one["order_name"], one["value"]["amount"]) for one in shown["lines"]] == [
        ("#1002", "258.00"),
        ("#1001", "129.00"),
        ("#1003", "129.00"),
    ]
    assert {one["likely"] for one in shown["lines"]} == {0.4529}
    assert {(one["promised_on"], one["source"]) for one in shown["lines"]} == {("2026-12-08", "PO-12")}
    assert shown["total"] == {"units": 4, "orders": 3, "money": [{"amount": "516.00", "currency": "USD"}]}


def test_the_first_page_shows_the_worst_of_them(alice, stage):
    late(stage, alice)
    for number in range(1010, 1016):
        order(stage.house, stage.alice, number, {LAMP: 1})
    home = alice.get("/api/home").json
    assert len(home["risk"]["lines"]) == 5
    assert home["risk"]["lines"] == alice.get("/api/risk").json["lines"][:5]
    page = alice.get("/").text
    assert "Likely to be late" in page
    assert "45 %" in page


def as_things_are(alice):
    return {
        " ".join(cell.split()) for cell in re.findall(r'data-label="As things are">(.*?)</td>', alice.get("/").text)
    }


def test_of_a_shipment_that_is_overdue_no_day_is_named_before_the_promised_one(alice, stage):
    late(stage, alice)
    assert {one["overdue"] for one in alice.get("/api/risk").json["lines"]} == {True}
    assert as_things_are(alice) == {"overdue, no new day"}


def test_a_shipment_that_is_put_off_has_its_new_day(alice, stage):
    late(stage, alice)
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-12-31"})
    with stage.house.db.write() as tx:  # nobody has told them yet
        tx.execute(promises.promises.delete().where(promises.promises.c.told_at.is_(None)))
    assert {(one["overdue"], one["ship_by"]) for one in alice.get("/api/risk").json["lines"]} == {(False, "2027-01-04")}
    (shown,) = as_things_are(alice)
    assert "4 Jan" in shown


def test_an_overdue_shipment_has_a_day_where_its_suppliers_lateness_is_known(alice, stage):
    alice.patch("/api/settings", {"confidence_percent": 85})
    known(stage, *[Shipment("glow & sons", days) for days in (29, 28, 29, 30) * 5])
    late(stage, alice)
    lines = alice.get("/api/risk").json["lines"]
    assert lines
    assert {one["overdue"] for one in lines} == {False}
    assert min(one["ship_by"] for one in lines) > "2026-12-08"


def test_goods_that_are_on_their_way_in_time_take_the_first_in_the_queue_out_of_danger(alice, house, stage):
    late(stage, alice)
    purchase_order(house, stage.alice, "AIR-1", LAMP, 1, NOW.date() + timedelta(days=3))
    assert [one["order_name"] for one in alice.get("/api/risk").json["lines"]] == ["#1002", "#1003"]


def test_a_promise_whose_shipment_was_struck_off_is_certain_to_break(alice, stage):
    late(stage, alice)
    alice.post("/api/purchase-orders/1/cancel")
    with stage.house.db.write() as tx:  # nobody has told them yet
        tx.execute(promises.promises.delete().where(promises.promises.c.told_at.is_(None)))
    shown = alice.get("/api/risk").json
    assert [(one["likely"], one["ship_by"], one["source"]) for one in shown["lines"]] == [(0.0, None, "")] * 3


def test_whoever_knows_a_suppliers_lateness_puts_it_in(house, stage):
    def never_on_friday(today):
        return lambda lot, by: 0.2 if lot.label == "PO-12" else 1.0

    found = risk.at_risk(house, stage.alice.shop_id, NOW, believes=never_on_friday)
    assert {one.likely for one in found} == {0.2}
    assert risk.at_risk(house, stage.alice.shop_id, NOW, believes=never_on_friday, below=0.2) == ()


def test_everybody_who_waits_is_judged_by_the_place_in_the_queue(house, stage, alice):
    late(stage, alice)
    stock(house, stage.alice, LAMP.__class__(LAMP.number, LAMP.title, 3, LAMP.price), committed=4)
    with house.db.read() as tx:
        waiting = {one.line_id for one in claims.of_items(tx, stage.alice.shop_id, [LAMP.item_id]) if one.backordered}
    assert {one.line_id for one in risk.at_risk(house, stage.alice.shop_id, NOW)} == waiting
    assert len(waiting) == 1
