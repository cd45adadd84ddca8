"""Purchase orders from a spreadsheet and into one: looked at first, all or nothing, and what goes out comes in without a change."""

from base64 import b64encode
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backorder import purchase
from backorder.db import outbox, promises, purchase_orders
from backorder.rules.sheet.days import Reading
from backorder.sheets import purchase_orders as sheets
from tests.plugin.cast import CHAIR, DUE, LAMP, NOW, SHADE, install, stock
from tests.plugin.test_api_problems import fields

LATER = "Number,SKU,Due on\nPO-12,SKU-101,2026-12-31\n"
SOONER = "Number,SKU,Units,Due on\nPO-20,SKU-101,2,2026-11-27\n"


def draft(text, **more):
    return {"content": b64encode(text.encode()).decode(), **more}


def preview(alice, text, **more):
    return alice.post("/api/purchase-orders/import/preview", draft(text, **more)).json


def take_in(alice, text, **more):
    return alice.post("/api/purchase-orders/import", draft(text, **more))


def books(house, shop):
    """What a file could have changed."""
    with house.db.read() as tx:
        return purchase_orders.every(tx, shop.shop_id), outbox.counts(tx, shop.shop_id), promised(tx, shop)


def promised(tx, shop):
    return promises.history(tx, shop.shop_id, [100101, 100201, 100301])


def test_a_preview_says_what_changes_and_who_gets_a_later_day_and_changes_nothing(alice, house, stage):
    before = books(house, stage.alice)
    said = preview(alice, LATER)
    assert [(row["what"], row["number"], row["due_before"], row["due_on"]) for row in said["rows"]] == [
        ("changed", "PO-12", "2026-12-04", "2026-12-31")
    ]
    moved = said["movement"]
    assert (moved["earlier"], moved["later"]) == (0, 3)
    assert [(one["order"], one["before"], one["after"]) for one in moved["named"]] == [
        (name, "2026-12-08", "2027-01-04") for name in ("#1001", "#1002", "#1003")
    ]
    assert books(house, stage.alice) == before


def test_a_preview_says_who_gets_an_earlier_day(alice):
    moved = preview(alice, SOONER)["movement"]
    assert [(one["order"], one["after"]) for one in moved["named"]] == [("#1001", "2026-12-01")]
    assert (moved["earlier"], moved["later"]) == (1, 0)


def test_what_is_carried_out_is_what_the_preview_said(alice):
    seen = preview(alice, LATER)
    done = take_in(alice, LATER, seen=seen["seen"])
    assert done.status_code == 200
    assert done.json == seen
    assert preview(alice, LATER)["rows"] == []


def test_who_was_told_a_day_that_moves_hears_of_it(alice, house, stage):
    with house.db.write() as tx:
        for line_id in (100101, 100201, 100301):
            promises.tell(tx, stage.alice.shop_id, line_id, 1, NOW)
    later = preview(alice, LATER)["movement"]
    assert later["hear"] == 3
    assert [one["order"] for one in later["named"] if one["hears"]] == ["#1001", "#1002", "#1003"]
    assert preview(alice, SOONER)["movement"]["hear"] == 0


def test_nothing_is_carried_out_that_nobody_saw(alice, house, stage):
    seen = preview(alice, LATER)["seen"]
    purchase.change_due(house, stage.alice.shop_id, 1, date(2026, 12, 7), actor="Ben", now=NOW)
    answer = take_in(alice, LATER, seen=seen)
    assert fields(answer) == {"seen": "The purchase orders changed since you looked. Look at the preview again."}
    with house.db.read() as tx:
        assert purchase_orders.line(tx, stage.alice.shop_id, 1).due_on == date(2026, 12, 7)


def test_one_wrong_row_and_nothing_of_the_file_is_taken_in(alice, house, stage):
    before = books(house, stage.alice)
    text = SOONER + "PO-21,UNICORN,2,2026-12-04\n"
    answer = take_in(alice, text)
    assert answer.status_code == 422
    assert fields(answer) == {"content": "Row 3, SKU: The shop has no variant with the SKU UNICORN."}
    said = preview(alice, text)
    assert said["faults"] == [
        {"row": 3, "column": "SKU", "sentence": "The shop has no variant with the SKU UNICORN."},
    ]
    assert said["seen"] is None
    assert books(house, stage.alice) == before


def test_a_file_may_enter_several_purchase_orders_and_change_others(alice):
    text = (
        "Number,Supplier,SKU,Units,Due on\n"
        "PO-20,Oak Ltd,SKU-102,4,2026-12-31\nPO-20,,SKU-103,5,2026-12-31\nPO-12,Bright Ltd,SKU-101,44,\nPO-12,,SKU-103,1,2026-12-07\n"
    )
    done = take_in(alice, text).json
    assert [row["what"] for row in done["rows"]] == ["new order", "new order", "new line", "changed", "supplier"]
    orders = {order["number"]: order for order in alice.get("/api/purchase-orders").json["purchase_orders"]}
    assert [(line["sku"], line["ordered"]) for line in orders["PO-20"]["lines"]] == [("SKU-102", 4), ("SKU-103", 5)]
    assert [(line["sku"], line["ordered"]) for line in orders["PO-12"]["lines"]] == [("SKU-101", 44), ("SKU-103", 1)]
    assert (orders["PO-12"]["supplier"], orders["PO-20"]["supplier"]) == ("Bright Ltd", "Oak Ltd")


def test_dates_that_may_be_read_both_ways_are_read_as_somebody_says(alice):
    text = "Number,SKU,Due on\nPO-12,SKU-101,05/12/2026\n"
    assert "may have the day or the month first" in preview(alice, text)["faults"][0]["sentence"]
    assert preview(alice, text, dates="day first")["rows"][0]["due_on"] == "2026-12-05"


def test_too_many_changes_at_once_are_refused(alice, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_CHANGES", 1)
    text = SOONER + "PO-20,SKU-103,2,2026-12-04\n"
    assert [fault["sentence"] for fault in preview(alice, text)["faults"]] == [
        "The file changes 2 lines at once, and 1 is the most. Split it into several."
    ]


def test_what_is_not_in_base64_is_refused(alice):
    answer = alice.post("/api/purchase-orders/import/preview", {"content": "#"})
    assert fields(answer) == {"content": "Send the bytes of the file in base64."}


def test_a_file_of_more_than_two_megabytes_is_refused_in_a_sentence(alice):
    said = preview(alice, "a" * (2 * 1024 * 1024 + 1))
    assert [fault["sentence"] for fault in said["faults"]] == ["The file is larger than 2 MB. Split it into several."]


def test_bobs_goods_and_orders_are_nobodys_in_alices_file(alice):
    assert preview(alice, "Number,SKU,Due on\nBIKES-7,SKU-201,2026-12-31\n")["faults"] == [
        {"row": 2, "column": "SKU", "sentence": "The shop has no variant with the SKU SKU-201."}
    ]


def export(alice):
    answer = alice.get("/api/purchase-orders/export").json
    assert answer["name"] == "purchase-orders.csv"
    return answer["content"]


def test_what_goes_out_is_read_by_a_spreadsheet(alice):
    assert export(alice) == (
        "\ufeffNumber,Line,Supplier,Location,SKU,Variant ID,Product,Units,Due on,Received,Damaged\r\n"
        "PO-12,1,Glow & Sons,Lamplight warehouse,SKU-101,1011,Aurora lamp,40,2026-12-04,0,0\r\n"
    )


def test_a_supplier_who_is_called_like_a_formula_goes_out_as_text_and_comes_in_unchanged(alice, house, stage):
    line = purchase.DraftLine(LAMP.variant_id, 4, DUE)
    calls = purchase.Draft("=1+1", "=HYPERLINK(evil)", None, (line,))
    purchase.place(house, stage.alice.shop_id, calls, actor="Ben", now=NOW)
    sheet = export(alice)
    assert "'=1+1,1,'=HYPERLINK(evil)" in sheet
    assert preview(alice, sheet)["rows"] == []


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
LINES = st.lists(
    st.tuples(st.sampled_from([LAMP, CHAIR, SHADE]), st.integers(1, 5000), st.integers(0, 400)), min_size=1, max_size=4
)


_numbers = count(1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ordered=st.lists(st.tuples(NAMES, NAMES, LINES), max_size=3))
def test_what_goes_out_and_comes_in_changes_nothing(stage, ordered):
    """Whatever was ordered, several lines of the same goods among it, and however long ago it was due."""
    house, shop_id = stage.house, stage.alice.shop_id
    for name, supplier, lines in ordered:
        drafts = tuple(purchase.DraftLine(g.variant_id, n, NOW.date() + timedelta(days=d)) for g, n, d in lines)
        drawn = purchase.Draft(f"{name}-{next(_numbers)}", supplier, None, drafts)
        purchase.place(house, shop_id, drawn, actor="Ben", now=NOW)
    sheet = sheets.export(house, shop_id)
    outcome = sheets.preview(house, shop_id, sheet.encode(), Reading.GUESS, NOW + timedelta(days=500))
    assert outcome.plan.changes == 0
    assert outcome.plan.unchanged == sheet.count("\r\n") - 1


def test_what_goes_out_of_one_shop_is_the_same_in_another(stage, house):
    two_days = (purchase.DraftLine(LAMP.variant_id, 4, DUE), purchase.DraftLine(LAMP.variant_id, 5, date(2026, 12, 31)))
    drawn = purchase.Draft("PO-13", "=Oak; Ltd", None, (*two_days, purchase.DraftLine(CHAIR.variant_id, 1, DUE)))
    purchase.place(house, stage.alice.shop_id, drawn, actor="Ben", now=NOW)
    sheet = sheets.export(house, stage.alice.shop_id)
    carol = install(house, "carols-candles.myshopify.com", "Lamplight")
    for goods in (LAMP, CHAIR):
        stock(house, carol, goods)
    sheets.carry_out(house, carol.shop_id, sheet.encode(), Reading.GUESS, seen=None, actor="Carol", now=NOW)
    assert sheets.export(house, carol.shop_id) == sheet


def test_a_sheet_that_would_not_be_taken_back_would_be_noticed(stage, house, monkeypatch):
    """The negative control of the previews: without the taking back, the day is moved."""
    monkeypatch.setattr(house.db, "rehearse", house.db.run)
    sheets.preview(house, stage.alice.shop_id, LATER.encode(), Reading.GUESS, NOW)
    with house.db.read() as tx:
        assert purchase_orders.line(tx, stage.alice.shop_id, 1).due_on == date(2026, 12, 31)
