"""Why this date, as support and merchant get it: one object in the API and on the page, checked against its own numbers."""

from datetime import date, timedelta

from backorder.db import promises
from tests.plugin.cast import LAMP, NOW, order


def explained(staff, order_id: int = 10030):
    return staff.get(f"/api/orders/{order_id}").json["lines"][0]["why"]


def test_the_day_of_an_order_can_be_worked_out_from_what_the_api_answers(alice):
    trace = explained(alice)["trace"]
    assert (trace["ordered"], trace["covered"], trace["waiting"], trace["ahead"]) == (1, 0, 1, 3)
    (lot,) = trace["lots"]
    assert (lot["label"], lot["units"], lot["before"], lot["here"], lot["due_on"]) == ("PO-12", 40, 3, 1, "2026-12-04")
    assert lot["before"] == trace["ahead"]
    steps = trace["steps"]
    at, work = date.fromisoformat(lot["due_on"]), steps["receiving_days"] + steps["handling_days"]
    while work or at.isoformat() in steps["closed"]:
        work -= at.isoformat() not in steps["closed"]
        at += timedelta(days=1)
    assert at.isoformat() == steps["ships_on"] == trace["ship_by"] == "2026-12-08"
    assert steps["closed"] == ["2026-12-05", "2026-12-06"]


def test_merchant_support_and_customer_read_the_same_numbers(alice):
    why = explained(alice)
    page = alice.get("/orders/10030").text
    assert "behind 3 units ordered earlier; PO-12 (40 units, due 4 December 2026) serves this place" in why["sentence"]
    assert why["for_buyer"].startswith("3 units ordered earlier go first; your part comes from a shipment of 40 units")
    assert "PO-12" not in why["for_buyer"]
    for said in (why["sentence"], why["for_buyer"], *why["steps"]):
        assert said in page
    assert why["steps"][-1] == "Ships by 8 December 2026."


def test_who_stands_behind_everything_to_come_is_told_that_no_day_can_be_named(alice, house, stage):
    late = order(house, stage.alice, 1004, {LAMP: 50})
    why = explained(alice, late)
    assert (why["trace"]["missing"], why["trace"]["ship_by"], why["trace"]["steps"]) == (14, None, None)
    assert why["for_buyer"].endswith("so no day can be named.")


def test_what_is_covered_needs_no_explanation(alice):
    chair = alice.get("/api/orders/10030").json["lines"][1]["why"]
    assert (chair["trace"], chair["steps"]) == (None, [])


def test_the_ledger_says_who_changed_the_date(alice, stage):
    with stage.house.db.write() as tx:
        tx.execute(promises.promises.update().values(told_at=NOW))
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-12-18"})
    first, second = alice.get("/api/orders/10030").json["lines"][0]["promises"]
    assert (first["actor"], second["actor"]) == ("promised", "staff 42")
    assert (second["ship_by"], second["previous"], second["source"]) == ("2026-12-22", "2026-12-08", "PO-12")
    assert second["rule"]
    assert second["reason"] == "Our supplier's shipment will arrive later than planned."
    assert "after a change by staff 42" in alice.get("/orders/10030").text
