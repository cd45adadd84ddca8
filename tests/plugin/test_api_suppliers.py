"""Suppliers over the API: their lead time makes a date where nothing is on order, and files of them come and go."""

from base64 import b64encode
from datetime import timedelta

import pytest

from backorder import manage, purchase
from tests.plugin.cast import CHAIR, DUE, LAMP, NOW, SHADE, order, stock
from tests.plugin.test_api_problems import fields

GLOW = {"name": "Glow & Sons", "lead_time_days": 21, "email": "orders@glow.example", "note": "calls back"}


@pytest.fixture
def glow(alice):
    return alice.post("/api/suppliers", GLOW).json["supplier_id"]


def variant(alice, goods):
    return next(v for v in alice.get("/api/variants").json["variants"] if v["variant_id"] == goods.variant_id)


def sold_out(house, shop, goods=SHADE):
    """The merchant sells a shade on backorder of which none is left."""
    manage.choose(house, shop.shop_id, [goods.variant_id], managed=True, actor="Ben", now=NOW)
    order(house, shop, 1010, {goods: goods.on_hand})
    stock(house, shop, goods, committed=goods.on_hand)


def test_a_supplier_is_written_down_changed_and_forgotten(alice, glow):
    assert alice.get("/api/suppliers").json["suppliers"] == [GLOW | {"supplier_id": glow}]
    changed = alice.patch(f"/api/suppliers/{glow}", {"name": "Glow", "lead_time_days": None}).json
    assert changed == {"supplier_id": glow, "name": "Glow", "lead_time_days": None, "email": "", "note": ""}
    assert alice.get("/api/purchase-orders").json["purchase_orders"][0]["supplier"] == "Glow"
    assert alice.post(f"/api/suppliers/{glow}/remove").json == {"suppliers": []}
    assert alice.get("/api/purchase-orders").json["purchase_orders"][0]["supplier"] == "Glow"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": " "}, "name", "Fill this in."),
        ({"name": "S" * 121}, "name", "Use at most 120 characters."),
        ({"name": "GLOW &  sons"}, "name", "There is already a supplier Glow & Sons."),
        ({"name": "New", "lead_time_days": -1}, "lead_time_days", "Give 0 or more."),
        ({"name": "New", "lead_time_days": 731}, "lead_time_days", "Give 730 or less."),
        ({"name": "New", "email": "nobody"}, "email", "Give an address like orders@supplier.example, or leave it empty."),
    ],
)  # fmt: skip
def test_a_supplier_who_cannot_be_is_answered_beside_the_field(alice, glow, change, field, sentence):
    assert fields(alice.post("/api/suppliers", GLOW | change)) == {field: sentence}
    assert len(alice.get("/api/suppliers").json["suppliers"]) == 1


def test_a_supplier_is_found_by_a_part_of_its_name_its_address_or_its_note(alice, glow):
    alice.post("/api/suppliers", {"name": "Bright Ltd", "email": "orders@bright.example", "note": "closed in August"})
    for part in ("BRIGHT", "orders@br", "august"):
        page = alice.get(f"/suppliers?search={part}").text
        assert "Bright Ltd" in page
        assert "Glow" not in page
    assert "No supplier has “oak”" in alice.get("/suppliers?search=oak").text


def test_where_nothing_is_on_order_the_suppliers_lead_time_makes_the_date(alice, house, stage):
    sold_out(house, stage.alice)
    assert variant(alice, SHADE)["state"] == "waitlist"
    supplier = alice.post("/api/suppliers", GLOW).json["supplier_id"]
    alice.patch("/api/variants", {"variant_ids": [SHADE.variant_id], "supplier_id": supplier})
    assert (variant(alice, SHADE)["state"], variant(alice, SHADE)["ship_by"]) == ("backorder", "2026-12-16")
    alice.patch(f"/api/suppliers/{supplier}", GLOW | {"lead_time_days": 28})
    assert variant(alice, SHADE)["ship_by"] == "2026-12-23"
    alice.patch("/api/variants", {"variant_ids": [SHADE.variant_id], "lead_time_days": 7})
    assert variant(alice, SHADE)["ship_by"] == "2026-12-02"


def test_a_supplier_with_no_history_and_no_lead_time_leaves_it_to_the_shop(alice, house, stage):
    sold_out(house, stage.alice)
    supplier = alice.post("/api/suppliers", {"name": "New Ltd"}).json["supplier_id"]
    alice.patch("/api/variants", {"variant_ids": [SHADE.variant_id], "supplier_id": supplier})
    now = variant(alice, SHADE)
    assert (now["state"], now["reason"]) == ("waitlist", "Sold out: nothing is on order and no lead time is known.")
    alice.patch("/api/settings", {"lead_time_days": 14})
    assert variant(alice, SHADE)["ship_by"] == "2026-12-09"


def test_a_variant_comes_from_whom_its_last_purchase_order_names(alice, house, stage, glow):
    line = purchase.DraftLine(CHAIR.variant_id, 4, DUE)
    assert variant(alice, CHAIR)["supplier"] is None
    for number, supplier in (("PO-20", "Bright Ltd"), ("PO-21", "GLOW & SONS")):
        purchase.place(
            house, stage.alice.shop_id, purchase.Draft(number, supplier, None, (line,)), actor="Ben", now=NOW
        )
    assert (variant(alice, CHAIR)["supplier"], variant(alice, CHAIR)["supplier_days"]) == ("Glow & Sons", 21)


def test_a_supplier_written_down_later_is_found_on_the_purchase_orders_there_are(alice):
    assert variant(alice, SHADE)["supplier"] is None
    alice.post("/api/suppliers", GLOW)
    assert [v["supplier"] for v in alice.get("/api/variants?search=aurora").json["variants"]] == ["Glow & Sons"]


def test_whom_the_merchant_chose_delivers_until_the_choice_is_taken_back(alice, glow):
    bright = alice.post("/api/suppliers", {"name": "Bright Ltd"}).json["supplier_id"]
    lamp = {"variant_ids": [LAMP.variant_id]}
    assert variant(alice, LAMP)["supplier"] == "Glow & Sons"
    alice.patch("/api/variants", lamp | {"supplier_id": bright})
    line = {"variant_id": LAMP.variant_id, "units": 1, "due_on": "2026-12-18"}
    alice.post("/api/purchase-orders", {"number": "PO-20", "supplier": "Glow & Sons", "lines": [line]})
    assert variant(alice, LAMP)["supplier"] == "Bright Ltd"
    alice.patch("/api/variants", lamp | {"supplier_id": None})
    assert variant(alice, LAMP)["supplier"] == "Glow & Sons"


def test_an_unknown_supplier_is_chosen_for_nothing(alice):
    answer = alice.patch("/api/variants", {"variant_ids": [SHADE.variant_id], "supplier_id": 404})
    assert fields(answer) == {"supplier_id": "The shop has no such supplier."}


def test_who_waits_beyond_the_last_shipment_moves_with_the_suppliers_lead_time(alice, house, stage, glow):
    order(house, stage.alice, 1011, {LAMP: 40}, ago=timedelta(0))
    promised = alice.get("/api/orders/10110").json["lines"][0]["promises"][-1]["ship_by"]
    assert promised == "2026-12-16"
    alice.patch(f"/api/suppliers/{glow}", GLOW | {"lead_time_days": 28})
    assert alice.get("/api/orders/10110").json["lines"][0]["promises"][-1]["ship_by"] == "2026-12-23"


def draft(text, **more):
    return {"content": b64encode(text.encode()).decode(), **more}


SHEET = "Lieferant;Lieferzeit (Tage);E-Mail;Notiz\nGlow & Sons;28;;\nMüller;14;post@mueller.example;=1+1\n"


def test_a_file_of_suppliers_is_looked_at_and_taken_in(alice, glow):
    seen = alice.post("/api/suppliers/import/preview", draft(SHEET)).json
    assert [(row["what"], row["name"], row["days_before"], row["days"]) for row in seen["rows"]] == [
        ("changed", "Glow & Sons", 21, 28),
        ("new", "Müller", None, 14),
    ]
    assert len(alice.get("/api/suppliers").json["suppliers"]) == 1
    assert alice.post("/api/suppliers/import", draft(SHEET, seen=seen["seen"])).json == seen
    kept = alice.get("/api/suppliers").json["suppliers"]
    assert [(one["name"], one["lead_time_days"], one["note"]) for one in kept] == [
        ("Glow & Sons", 28, "calls back"),
        ("Müller", 14, "=1+1"),
    ]


def test_what_goes_out_changes_nothing_when_it_comes_in(alice):
    alice.post("/api/suppliers/import", draft(SHEET))
    sheet = alice.get("/api/suppliers/export").json["content"]
    assert "'=1+1" in sheet
    again = alice.post("/api/suppliers/import/preview", draft(sheet)).json
    assert (again["rows"], again["unchanged"], again["faults"]) == ([], 2, [])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("Glow,1\nglow,2", "Row 3, Supplier: Rows 2 and 3 are both for Glow. Make them one row."),
        (",1", "Row 2, Supplier: The supplier's name is missing."),
        ("Glow,soon", "Row 2, Lead time: “soon” cannot be. Give a whole number of days from 0 to 730."),
        ("Glow,1000000000", "Row 2, Lead time: “1000000000” cannot be. Give a whole number of days from 0 to 730."),
        ("Glow,1\nOak,2,x@", "Row 3: There are more cells here than headings. A text with a comma in it must stand in quotes."),
    ],
)  # fmt: skip
def test_one_wrong_row_and_no_supplier_is_taken_in(alice, rows, sentence):
    answer = alice.post("/api/suppliers/import", draft(f"Supplier,Lead time\n{rows}\n"))
    assert fields(answer) == {"content": sentence}
    assert alice.get("/api/suppliers").json["suppliers"] == []


def test_an_address_that_is_none_is_said_with_its_row(alice):
    said = alice.post("/api/suppliers/import/preview", draft("Supplier,E-Mail\nGlow,nobody\n")).json["faults"]
    assert said == [
        {
            "row": 2,
            "column": "E-Mail",
            "sentence": "Give an address like orders@supplier.example, or leave it empty.",
        }
    ]


def test_the_suppliers_changed_since_they_were_looked_at(alice):
    seen = alice.post("/api/suppliers/import/preview", draft(SHEET)).json["seen"]
    alice.post("/api/suppliers", GLOW)
    answer = alice.post("/api/suppliers/import", draft(SHEET, seen=seen))
    assert fields(answer) == {"seen": "The suppliers changed since you looked. Look at the preview again."}
