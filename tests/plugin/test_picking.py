"""What may be sent now, as a list, a sheet and a page; and what arrives, counted by a scanner."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backorder import note, picking
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import catalogue, purchase_orders
from backorder.rules.seen import HoldSeen
from backorder.rules.terms import Terms
from tests.plugin.cast import CHAIR, LAMP, NOW, SHADE, order, order_seen


@pytest.fixture
def shelved(house, stage, alice):
    """The chair lies in a bin and has a barcode; Dora bought one, and a lamp that waits."""
    with house.db.write() as tx:
        tx.execute(
            catalogue.variants.update()
            .where(
                catalogue.variants.c.variant_id == CHAIR.variant_id, catalogue.variants.c.shop_id == stage.alice.shop_id
            )
            .values(barcode="4006381333931")
        )
    assert alice.patch("/api/variants", {"variant_ids": [CHAIR.variant_id], "bin": " A-12-3 "}).status_code == 200
    order(house, stage.alice, 1004, {LAMP: 1, CHAIR: 1})


def test_what_stock_covers_is_listed_with_its_bin_and_barcode_and_what_waits_is_not(alice, shelved):
    listed = {each["name"]: each["lines"] for each in alice.get("/api/picking").json["orders"]}
    (line,) = listed["#1004"]
    assert (line["title"], line["units"], line["bin"], line["barcode"]) == ("Oak chair", 1, "A-12-3", "4006381333931")


def test_the_sheet_is_in_the_order_in_which_somebody_walks(alice, shelved):
    sheet = alice.get("/api/picking/export").json
    assert sheet["name"] == "pick-list.csv"
    rows = sheet["content"].lstrip("\ufeff").splitlines()
    assert rows[0] == "Location,Bin,SKU,Barcode,Title,Units,Order,Order line"
    assert any(",A-12-3,SKU-" in row and ",4006381333931,Oak chair,1,#1004," in row for row in rows[1:])


def test_the_page_draws_what_a_scanner_reads_and_says_so_when_there_is_nothing(alice, bob, shelved):
    page = alice.get("/picking").text
    assert 'aria-label="Barcode 4006381333931"' in page
    assert "A-12-3" in page
    assert (
        "Nothing to send right now" in bob.get("/picking?location_id=77").text
        or "may be sent now" in bob.get("/picking").text
    )


def test_a_bin_that_no_shelf_has_is_refused_with_its_field(alice):
    refused = alice.patch("/api/variants", {"variant_ids": [CHAIR.variant_id], "bin": "x" * 65})
    assert refused.status_code == 422


def test_what_was_scanned_is_booked_in_together_and_once(alice, house, stage):
    shown = alice.get("/api/purchase-orders").json["purchase_orders"][0]
    lines = [{"line_id": line["line_id"], "units": 2} for line in shown["lines"]]
    address = f"/api/purchase-orders/{shown['purchase_order_id']}/receipts"
    first = alice.post(address, {"lines": lines}, headers={"Idempotency-Key": "scan-1"})
    again = alice.post(address, {"lines": lines}, headers={"Idempotency-Key": "scan-1"})
    assert first.status_code == again.status_code == 201
    with house.db.read() as tx:
        order_now = purchase_orders.one(tx, stage.alice.shop_id, shown["purchase_order_id"])
    assert [line.received for line in order_now.lines] == [line["received"] + 2 for line in shown["lines"]]


def test_a_scan_that_counted_nothing_says_what_to_do(alice):
    shown = alice.get("/api/purchase-orders").json["purchase_orders"][0]
    address = f"/api/purchase-orders/{shown['purchase_order_id']}/receipts"
    lines = [{"line_id": shown["lines"][0]["line_id"], "units": None}]
    refused = alice.post(address, {"lines": lines}, headers={"Idempotency-Key": "scan-2"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "lines")
    other = alice.post(address, {"lines": [{"line_id": 999_999, "units": 1}]}, headers={"Idempotency-Key": "scan-3"})
    assert other.status_code == 404


def held_by_somebody_else(house, stage, number):
    """Dora's chair stands under a fraud check."""
    seen = order_seen(number, {CHAIR: 1}, paid=True, at=NOW - timedelta(hours=9))
    checked = replace(
        seen.fulfillment_orders[0],
        status="ON_HOLD",
        holds=(HoldSeen(7, None, "HIGH_RISK_OF_FRAUD", ours=False, since=NOW),),
    )
    with house.db.write() as tx:
        noted = note.order(
            tx, stage.alice.shop_id, Terms(), replace(seen, fulfillment_orders=(checked,)), transport_now()
        )
        decide(tx, stage.alice.shop_id, noted.items, NOW, cause="a test")


def test_what_somebody_else_holds_hides_nothing_that_may_be_sent(alice, house, stage, monkeypatch):
    monkeypatch.setattr(picking, "MOST_LINES", 2)
    for number in (991, 992, 993):
        held_by_somebody_else(house, stage, number)
    listed = alice.get("/api/picking").json
    assert ([each["name"] for each in listed["orders"]], listed["cut_off"]) == (["#1003"], False)


def test_a_list_that_is_cut_off_says_so_and_holds_whole_orders(alice, house, stage, monkeypatch):
    monkeypatch.setattr(picking, "MOST_LINES", 2)
    order(house, stage.alice, 1004, {CHAIR: 1, SHADE: 1})
    listed = alice.get("/api/picking").json
    assert ([each["name"] for each in listed["orders"]], listed["cut_off"]) == (["#1003"], True)
    assert "There is more than one list holds." in alice.get("/picking").text
    monkeypatch.setattr(picking, "MOST_LINES", 3)
    listed = alice.get("/api/picking").json
    assert ([each["name"] for each in listed["orders"]], listed["cut_off"]) == (["#1003", "#1004"], False)
