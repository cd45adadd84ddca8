"""Transfers of the store on the merchant's pages: what comes, what carries which purchase order, what is late or doubled."""

from datetime import timedelta

import pytest

from tests.plugin.cast import CHAIR, DUE, LAMP, NOW
from tests.plugin.coming import announce
from tests.plugin.test_api_problems import fields

LATE = NOW.date() - timedelta(days=3)


@pytest.fixture
def lamps_on_their_way(house, stage):
    """A transfer that names nothing, to the same place, of as many lamps as PO-12 has."""
    return announce(house, stage.alice, 71, LAMP, 40, shipped=30, arrives_on=DUE - timedelta(days=2))


def to_come(alice, goods=LAMP):
    return next(v for v in alice.get("/api/variants").json["variants"] if v["variant_id"] == goods.variant_id)[
        "to_come"
    ]


def needs(alice):
    return alice.get("/api/home").json["exceptions"]


def link(alice, transfer_id, purchase_order_id):
    return alice.post(f"/api/transfers/{transfer_id}/purchase-order", {"purchase_order_id": purchase_order_id})


def test_what_the_store_announces_is_among_the_next_arrivals(alice, house, stage):
    announce(house, stage.alice, 72, CHAIR, 8, shipped=5, arrives_on=DUE)
    found = [a for a in alice.get("/api/home").json["arrivals"] if a["title"] == "Oak chair"]
    assert [(a["number"], a["units"], a["due_on"]) for a in found] == [
        ("#T72-1", 5, DUE.isoformat()),
        ("#T72, not shipped yet", 3, None),
    ]
    assert "until it has a day" in alice.get("/").text


def test_goods_that_look_announced_twice_are_pointed_out_until_a_person_says(alice, lamps_on_their_way, stage):
    (double,) = needs(alice)["doubles"]
    assert (double["number"], double["name"], double["title"]) == ("PO-12", "#T71", "Aurora lamp")
    assert (double["ordered"], double["to_come"], to_come(alice)) == (40, 40, 80)
    assert "Announced twice?" in alice.get("/").text
    answer = link(alice, lamps_on_their_way, stage.lamps_ordered)
    assert (answer.status_code, answer.json["linked_by"]) == (200, "person")
    assert (needs(alice)["doubles"], to_come(alice)) == ([], 40)


def test_goods_that_are_not_the_same_are_not_pointed_out_again(alice, lamps_on_their_way):
    assert link(alice, lamps_on_their_way, None).json["purchase_order_id"] is None
    assert (needs(alice)["doubles"], to_come(alice)) == ([], 80)


def test_other_goods_and_other_days_are_no_doubles(alice, house, stage):
    announce(house, stage.alice, 72, CHAIR, 40, shipped=40, arrives_on=DUE)
    announce(house, stage.alice, 73, LAMP, 40, shipped=40, arrives_on=DUE + timedelta(days=30))
    announce(house, stage.alice, 74, LAMP, 12)
    assert needs(alice)["doubles"] == []


def test_the_page_of_a_purchase_order_asks_and_shows_what_carries_it(alice, lamps_on_their_way, stage):
    page = f"/purchase-orders/{stage.lamps_ordered}"
    assert "Does #T71 carry this order?" in alice.get(page).text
    link(alice, lamps_on_their_way, stage.lamps_ordered)
    text = alice.get(page).text
    assert "On its way: #T71" in text
    assert "30 units to come, arrives" in text
    assert "Not this order" in text


def test_a_transfer_that_names_its_order_is_linked_by_itself(alice, house, stage):
    announce(house, stage.alice, 71, LAMP, 40, shipped=30, accepted=10, arrives_on=DUE, reference="po-12")
    text = alice.get(f"/purchase-orders/{stage.lamps_ordered}").text
    assert "The transfer names this order." in text
    assert "10 of 40 units received" in text
    assert to_come(alice) == 30


def test_a_late_shipment_is_pointed_out_and_its_order_is_not_late_with_it(alice, house, stage):
    announce(house, stage.alice, 71, LAMP, 40, shipped=40, arrives_on=LATE, reference="PO-12")
    found = needs(alice)
    assert [(late["label"], late["units"], late["due_on"]) for late in found["late_shipments"]] == [
        ("#T71-1", 40, LATE.isoformat())
    ]
    assert found["overdue"] == []
    assert "Receive the shipment in your store" in alice.get("/").text
    assert alice.get(f"/api/purchase-orders/{stage.lamps_ordered}").json["lines"][0]["overdue"] is False


def test_what_cannot_be_linked_is_said_beside_the_field(alice, house, stage):
    announce(house, stage.alice, 72, CHAIR, 8)
    answer = link(alice, 72, stage.lamps_ordered)
    assert answer.status_code == 422
    assert fields(answer) == {"transfer_id": "#T72 brings nothing of what is on PO-12."}
    assert link(alice, 99, stage.lamps_ordered).status_code == 404
    assert link(alice, 72, 99_999).status_code == 404
    assert link(alice, 72, 0).status_code == 422


def test_why_a_variant_is_not_sold_although_more_is_to_come(alice, house, stage):
    alice.post(f"/api/purchase-orders/{stage.lamps_ordered}/cancel")
    announce(house, stage.alice, 72, LAMP, 8)
    lamp = next(v for v in alice.get("/api/variants").json["variants"] if v["variant_id"] == LAMP.variant_id)
    assert (lamp["state"], lamp["reason"]) == (
        "waitlist",
        "Sold out: 8 units will come, but nobody has said when.",
    )
    why = alice.get("/api/orders/10010").json
    assert "8 units on #T72, not shipped yet: no day is known, so they serve no date." in str(why)
