"""How late suppliers are, as the merchant is told."""

from backorder.db import lateness
from backorder.rules.lateness import Shipment
from tests.plugin.cast import LAMP, NOW


def known(stage, *shipments: Shipment) -> None:
    with stage.house.db.write() as tx:
        lateness.keep(tx, stage.alice.shop_id, shipments, NOW.date())


def test_before_anything_was_booked_in_nothing_is_known(alice):
    assert alice.get("/api/suppliers/lateness").json == {
        "percent": 85,
        "promised": False,
        "learned_on": None,
        "newcomer_days": 0,
        "suppliers": [],
    }


def test_each_supplier_is_shown_with_its_receipts_and_the_days_that_it_needs(alice, stage):
    glow = [Shipment("glow & sons", days) for days in (3, 4, 3, 2, 3, 5)]
    known(stage, *glow, Shipment("brass", 0), Shipment("brass", 9, came=False))
    told = alice.get("/api/suppliers/lateness").json
    first, second = told["suppliers"]
    assert told["learned_on"] == "2026-11-23"
    assert (first["supplier"], first["receipts"], first["usual_days"]) == ("Glow & Sons", 6, 3)
    assert (second["supplier"], second["receipts"]) == ("brass", 1)
    assert second["allowed_days"] > first["allowed_days"] >= 4
    alice.patch("/api/settings", {"confidence_percent": 95})
    surer = alice.get("/api/suppliers/lateness").json
    assert (surer["percent"], surer["promised"]) == (95, True)


def test_a_confidence_moves_the_day_that_the_next_buyer_is_told_and_without_one_it_is_the_stated_day(alice, stage):
    known(stage, *[Shipment("glow & sons", days) for days in (9, 8, 9, 10) * 5])

    def day() -> str:
        return alice.get(f"/api/quote?variant_id={LAMP.variant_id}").json["ship_by"]

    before = day()
    with stage.house.db.write() as tx:
        shipments = lateness.get(tx, stage.alice.shop_id).shipments
    assert alice.patch("/api/settings", {"confidence_percent": 85}).json["confidence_percent"] == 85
    # Choosing it learns from the books, and nothing was booked in here: what was known is put back.
    assert day() == before
    known(stage, *shipments)
    assert day() > before
    assert alice.patch("/api/settings", {"confidence_percent": None}).json["confidence_percent"] is None
    assert day() == before


def test_a_line_is_learned_from_when_the_last_of_it_is_booked_in(alice):
    (line,) = alice.get("/api/purchase-orders/1").json["lines"]
    address = f"/api/purchase-orders/lines/{line['line_id']}/receipts"
    alice.post(address, {"units": 1}, headers={"Idempotency-Key": "first part"})
    assert alice.get("/api/suppliers/lateness").json["suppliers"] == []
    alice.post(address, {"units": line["outstanding"] - 1}, headers={"Idempotency-Key": "the rest"})
    (glow,) = alice.get("/api/suppliers/lateness").json["suppliers"]
    assert (glow["supplier"], glow["receipts"]) == ("Glow & Sons", 1)
