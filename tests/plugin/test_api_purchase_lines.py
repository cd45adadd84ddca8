"""A purchase order turns out otherwise: damaged, short, over, split, later, cancelled; each with its sentence, each undone."""

from functools import partial

import pytest

from backorder import book_in, verify
from backorder.db import purchase_orders
from tests.plugin.cast import LAMP, NOW, SHADE, order, purchase_order
from tests.plugin.test_api_problems import fields
from tests.plugin.test_api_purchase_order_sheets import take_in

DUE = "/api/purchase-orders/lines/1"


@pytest.fixture(autouse=True)
def books_hold(house, stage):
    """Whatever is done here, the books hold together after it."""
    yield
    certificate = verify.verify(house, stage.alice.shop_id)
    assert [check for check in certificate.checks if check.broken] == []


def receive(alice, key="one", **what):
    return alice.post(f"{DUE}/receipts", what, headers={"Idempotency-Key": key})


def line(alice, at=0):
    return alice.get("/api/purchase-orders/1").json["lines"][at]


def said(alice):
    return [act["sentence"] for act in alice.get("/api/purchase-orders/1/history").json["acts"]]


def undo(alice):
    act = alice.get("/api/purchase-orders/1/history").json["acts"][0]
    return alice.post(f"/api/purchase-orders/acts/{act['act_id']}/undo")


def ships(alice, number=1001):
    return alice.get(f"/api/orders/{number * 10}").json["lines"][0]["promises"][-1]["ship_by"]


def test_what_arrives_damaged_is_counted_and_serves_nobody(alice):
    answer = receive(alice, units=3, damaged=2)
    assert (answer.json["units"], answer.json["damaged"], answer.json["outstanding"]) == (3, 2, 35)
    now = line(alice)
    assert (now["received"], now["damaged"], now["at_dock"], now["outstanding"]) == (3, 2, 3, 35)
    assert said(alice)[0] == "Aurora lamp: 3 booked in, 2 arrived damaged."


def test_a_delivery_that_is_damaged_whole_is_booked_in_too(alice):
    assert receive(alice, units=0, damaged=40).json["outstanding"] == 0
    assert said(alice)[0] == "Aurora lamp: nothing that can be sold, 40 arrived damaged."
    assert line(alice)["at_dock"] == 0
    assert ships(alice) is None


@pytest.mark.parametrize(
    ("what", "field", "sentence"),
    [
        ({"units": 0}, "units", "Give a number of units from 1 to 1000000."),
        ({"units": 1_000_001}, "units", "Give 1000000 or less."),
        ({"units": 1, "damaged": -1}, "damaged", "Give 0 or more."),
        ({"units": 10**9}, "units", "Give 1000000 or less."),
    ],
)
def test_a_receipt_that_cannot_be_is_answered_beside_its_field(alice, what, field, sentence):
    assert fields(receive(alice, **what)) == {field: sentence}


def test_more_than_was_ordered_is_booked_in_and_said(alice):
    assert receive(alice, units=44, sure=True).json["outstanding"] == 0
    assert said(alice)[0] == "Aurora lamp: 44 booked in, 4 more than expected."


@pytest.mark.parametrize(
    ("what", "surplus"),
    [({"units": 500}, 488), ({"units": 13}, 1), ({"units": 12, "damaged": 3}, 3), ({"units": 0, "damaged": 15}, 3)],
)
def test_more_than_is_still_to_come_is_not_booked_in_before_somebody_is_sure(alice, what, surplus):
    receive(alice, units=25, damaged=3)
    before = line(alice)
    refused = receive(alice, key="two", **what)
    assert refused.status_code == 422
    assert fields(refused) == {"sure": f"{surplus} more than expected. Book them in all the same?"}
    assert line(alice) == before
    assert said(alice)[0] == "Aurora lamp: 25 booked in, 3 arrived damaged."
    assert receive(alice, key="three", sure=True, **what).json["outstanding"] == 0
    assert said(alice)[0].endswith(f", {surplus} more than expected.")


def test_as_many_as_are_still_to_come_are_booked_in_without_a_question(alice):
    receive(alice, units=28)
    assert receive(alice, key="two", units=10, damaged=2).json["outstanding"] == 0


def test_what_comes_on_a_line_that_was_closed_is_more_than_expected(alice):
    receive(alice, units=3)
    alice.post(f"{DUE}/close")
    assert fields(receive(alice, key="two", units=5)) == {"sure": "5 more than expected. Book them in all the same?"}


def test_a_receipt_that_is_repeated_is_not_taken_for_a_surplus(alice, house, stage):
    book = partial(book_in.book_in, house, stage.alice.shop_id, 1, 40, sure=False, key="one", actor="Ben", now=NOW)
    assert [book().fresh, book().fresh] == [True, False]


def test_more_than_is_still_to_come_may_be_scanned_by_a_slip_too_and_is_asked_about(alice):
    scanned = {"lines": [{"line_id": 1, "units": 44}]}
    refused = alice.post("/api/purchase-orders/1/receipts", scanned, headers={"Idempotency-Key": "scan"})
    assert fields(refused) == {"sure": "4 more than expected of Aurora lamp. Book them in all the same?"}
    assert line(alice)["received"] == 0
    sure = scanned | {"sure": True}
    answer = alice.post("/api/purchase-orders/1/receipts", sure, headers={"Idempotency-Key": "sure"})
    assert answer.json["lines"][0]["received"] == 44
    assert said(alice)[0] == "Aurora lamp: 44 booked in, 4 more than expected."


def test_a_receipt_by_mistake_is_undone_while_the_goods_stand_at_the_dock(alice):
    receive(alice, units=30, damaged=1)
    assert undo(alice).status_code == 200
    now = line(alice)
    assert (now["received"], now["damaged"], now["at_dock"], now["outstanding"]) == (0, 0, 0, 40)
    assert said(alice)[0] == "Undone: Aurora lamp: 30 booked in, 1 arrived damaged."
    assert receive(alice, key="two", units=3).json["outstanding"] == 37


def test_a_receipt_that_the_store_has_counted_in_is_not_undone(alice, house, stage):
    receive(alice, units=30)
    with house.db.write() as tx:
        purchase_orders.change_line(tx, stage.alice.shop_id, 1, at_dock=10)
    assert fields(undo(alice)) == {"act": "The store has counted these units in already: correct the stock there."}
    with house.db.write() as tx:
        purchase_orders.change_line(tx, stage.alice.shop_id, 1, at_dock=30)


def test_a_line_that_came_short_is_closed_and_opened_again(alice):
    receive(alice, units=3)
    assert alice.post(f"{DUE}/close").json["lines"][0]["outstanding"] == 0
    assert said(alice)[0] == "Aurora lamp: came short, and the remaining 37 units will not come."
    assert fields(alice.post(f"{DUE}/close")) == {"line": "Nothing more is to come on this line."}
    assert undo(alice).json["lines"][0]["outstanding"] == 37
    assert ships(alice, 1003) == "2026-12-08"


def test_the_rest_of_one_line_is_cancelled_and_who_waits_for_it_has_no_day(alice):
    alice.post(f"{DUE}/close")
    assert said(alice)[0] == "Aurora lamp: the 40 units will not come."
    assert ships(alice) is None
    undo(alice)
    assert ships(alice) == "2026-12-08"


def test_what_comes_later_is_a_line_of_its_own_and_only_its_buyers_move(alice):
    after = alice.post(f"{DUE}/split", {"units": 38, "due_on": "2026-12-31"}).json
    assert [(one["ordered"], one["due_on"]) for one in after["lines"]] == [(2, "2026-12-04"), (38, "2026-12-31")]
    assert (ships(alice, 1001), ships(alice, 1002)) == ("2026-12-08", "2027-01-04")
    assert said(alice)[0] == "Aurora lamp: 38 of 40 are due on 31 December 2026, in a line of their own."
    assert [one["ordered"] for one in undo(alice).json["lines"]] == [40]
    assert ships(alice, 1002) == "2026-12-08"


def test_a_split_is_not_undone_once_something_of_it_came(alice):
    fresh = alice.post(f"{DUE}/split", {"units": 38, "due_on": "2026-12-31"}).json["lines"][1]["line_id"]
    split = alice.get("/api/purchase-orders/1/history").json["acts"][0]["act_id"]
    alice.post(f"/api/purchase-orders/lines/{fresh}/receipts", {"units": 1}, headers={"Idempotency-Key": "one"})
    answer = alice.post(f"/api/purchase-orders/acts/{split}/undo")
    assert fields(answer) == {"act": "This was changed again since: undo the later change first."}
    undo(alice)
    assert alice.post(f"/api/purchase-orders/acts/{split}/undo").status_code == 200


@pytest.mark.parametrize(
    ("what", "field", "sentence"),
    [
        ({"units": 40, "due_on": "2026-12-31"}, "units", "40 are still to come: give fewer than those."),
        ({"units": 1, "due_on": "2026-12-04"}, "due_on", "That is the day of the line itself: give another one."),
        (
            {"units": 1, "due_on": "2026-11-01"},
            "due_on",
            "2026-11-01 has passed: give the day on which the goods are expected.",
        ),
    ],
)
def test_a_split_that_cannot_be_is_answered_beside_its_field(alice, what, field, sentence):
    assert fields(alice.post(f"{DUE}/split", what)) == {field: sentence}


def test_a_changed_day_is_undone(alice):
    alice.patch(DUE, {"due_on": "2026-12-31"})
    assert said(alice)[0] == "Aurora lamp: due on 31 December 2026 instead of 4 December 2026."
    assert undo(alice).json["lines"][0]["due_on"] == "2026-12-04"
    assert ships(alice) == "2026-12-08"


def test_a_day_that_was_changed_again_is_undone_from_the_last_change_back(alice):
    alice.patch(DUE, {"due_on": "2026-12-31"})
    first = alice.get("/api/purchase-orders/1/history").json["acts"][0]["act_id"]
    alice.patch(DUE, {"due_on": "2026-12-14"})
    answer = alice.post(f"/api/purchase-orders/acts/{first}/undo")
    assert fields(answer) == {"act": "This was changed again since: undo the later change first."}
    undo(alice)
    assert alice.post(f"/api/purchase-orders/acts/{first}/undo").json["lines"][0]["due_on"] == "2026-12-04"
    assert fields(alice.post(f"/api/purchase-orders/acts/{first}/undo")) == {"act": "This cannot be undone."}


def test_a_cancelled_purchase_order_is_taken_up_again(alice):
    receive(alice, units=3)
    alice.post("/api/purchase-orders/1/cancel")
    assert said(alice)[0] == "The rest, 37 units, will not come."
    again = undo(alice).json
    assert (again["status"], again["lines"][0]["outstanding"]) == ("partly received", 37)
    assert ships(alice, 1003) == "2026-12-08"


def test_all_lines_are_pushed_after_a_look_at_who_is_affected(alice):
    before = line(alice)
    seen = alice.post("/api/purchase-orders/1/push/preview", {"days": 7}).json
    assert [(one["order"], one["before"], one["after"]) for one in seen["named"]] == [
        (name, "2026-12-08", "2026-12-15") for name in ("#1001", "#1002", "#1003")
    ]
    assert line(alice) == before
    assert alice.post("/api/purchase-orders/1/push", {"days": 7}).json["lines"][0]["due_on"] == "2026-12-11"
    assert said(alice)[0] == "Everything still to come is due 7 days later."
    assert ships(alice) == "2026-12-15"
    assert undo(alice).json["lines"][0]["due_on"] == "2026-12-04"


def test_a_purchase_order_comes_from_another_supplier_after_a_look_at_whose_day_moves(alice):
    alice.post("/api/suppliers", {"name": "Slow Ltd", "lead_time_days": 30})
    alice.post(f"{DUE}/close")
    assert ships(alice) is None
    seen = alice.post("/api/purchase-orders/1/supplier/preview", {"supplier": "Slow Ltd"}).json
    days = {(one["order"], one["before"], one["after"]) for one in seen["named"]}
    assert {order for order, _, _ in days} == {"#1001", "#1002", "#1003"}
    assert {before for _, before, _ in days} == {None}
    assert None not in {after for _, _, after in days}
    assert alice.get("/api/purchase-orders/1").json["supplier"] == "Glow & Sons"
    assert alice.post("/api/purchase-orders/1/supplier", {"supplier": " Slow  Ltd "}).json["supplier"] == "Slow Ltd"
    assert said(alice)[0] == "Comes from Slow Ltd instead of Glow & Sons."
    assert ships(alice) in {after for _, _, after in days}
    assert fields(alice.post("/api/purchase-orders/1/supplier", {"supplier": "Slow Ltd"})) == {
        "supplier": "PO-12 comes from Slow Ltd already."
    }
    assert fields(alice.post("/api/purchase-orders/1/supplier/preview", {"supplier": " "})) == {
        "supplier": "Name the supplier, in up to 255 characters."
    }
    assert undo(alice).json["supplier"] == "Glow & Sons"


def test_the_page_of_another_supplier_only_looks(alice):
    def look(supplier):
        return alice._send("POST", "/purchase-orders/1/supplier", data={"supplier": supplier}).text

    assert "PO-12 from Slow Ltd" in look("Slow Ltd")
    assert "Name the supplier" in look("")
    assert alice.get("/api/purchase-orders/1").json["supplier"] == "Glow & Sons"


def test_what_did_not_come_is_ordered_again_with_its_units(alice):
    receive(alice, units=3, damaged=2)
    alice.post(f"{DUE}/close")
    again = f"/purchase-orders/new?variant={LAMP.variant_id}&amp;units=37"
    assert again in alice.get("/purchase-orders/1").text
    assert 'value="37"' in alice.get(again.replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "Give a number of days from 1 to 730, or as many less than 0 for earlier."),
        (-13, "2026-11-21 has passed: give the day on which the goods are expected."),
    ],
)
def test_a_push_that_cannot_be_is_refused(alice, days, sentence):
    assert fields(alice.post("/api/purchase-orders/1/push", {"days": days})) == {"days": sentence}


def test_a_push_of_what_is_cancelled_is_refused(alice):
    alice.post("/api/purchase-orders/1/cancel")
    assert fields(alice.post("/api/purchase-orders/1/push", {"days": 7})) == {
        "days": "Nothing more is to come on PO-12."
    }


def test_bob_undoes_nothing_of_alices(alice, bob):
    alice.patch(DUE, {"due_on": "2026-12-31"})
    act = alice.get("/api/purchase-orders/1/history").json["acts"][0]["act_id"]
    assert bob.post(f"/api/purchase-orders/acts/{act}/undo").status_code == 404
    assert line(alice)["due_on"] == "2026-12-31"


def test_whoever_did_it_stands_beside_it(alice):
    alice.patch(DUE, {"due_on": "2026-12-31"})
    act = alice.get("/api/purchase-orders/1/history").json["acts"][0]
    assert (act["actor"], act["can_be_undone"], act["undone_at"]) == ("staff 42", True, None)
    assert said(alice) == ["Aurora lamp: due on 31 December 2026 instead of 4 December 2026.", "Entered with 1 line."]


def test_a_file_that_changed_a_line_is_undone_line_by_line(alice):
    take_in(alice, "Number,SKU,Units,Due\nPO-12,SKU-101,44,2026-12-31\n")
    assert said(alice)[0] == (
        "Aurora lamp: 44 units instead of 40, due on 31 December 2026 instead of 4 December 2026, from a file."
    )
    undone = undo(alice).json["lines"][0]
    assert (undone["ordered"], undone["due_on"]) == (40, "2026-12-04")


def test_damaged_goods_leave_the_last_in_the_queue_without_a_day(alice, house, stage):
    order(house, stage.alice, 1009, {LAMP: 36})
    assert ships(alice, 1009) == "2026-12-08"
    receive(alice, units=0, damaged=1)
    assert ships(alice, 1009) is None
    assert ships(alice, 1003) == "2026-12-08"


@pytest.mark.parametrize(
    ("method", "act", "said", "asked", "later"),
    [
        ("patch", "lines/1", {"due_on": "2026-12-14"}, "what=due&line=1&due_on=2026-12-14", "3 buyers later"),
        ("post", "lines/1/close", {}, "what=closed&line=1", "3 buyers later"),
        (
            "post",
            "lines/1/split",
            {"units": 38, "due_on": "2026-12-14"},
            "what=split&line=1&units=38&due_on=2026-12-14",
            "2 buyers later",
        ),
        ("post", "1/cancel", {}, "what=nothing comes", "3 buyers later"),
    ],
)
def test_what_turns_out_otherwise_is_looked_at_before_anybodys_day_moves(alice, method, act, said, asked, later):
    before = alice.get("/api/backlog").json
    path = f"/api/purchase-orders/{act}"
    refused = getattr(alice, method)(path, said | {"moving_nobody": True})
    assert list(fields(refused)) == ["moving_nobody"]
    page = alice.get(f"/purchase-orders/1/otherwise?{asked}").text
    assert later in page
    assert f'data-to="{path}"' in page
    assert alice.get("/api/backlog").json == before, "nothing was changed"
    assert getattr(alice, method)(path, said).status_code == 200
    assert alice.get("/api/backlog").json != before


def test_a_day_that_moves_nobody_is_changed_at_once_and_one_that_cannot_be_says_why(alice, house, stage):
    number = purchase_order(house, stage.alice, "PO-13", SHADE, 4)
    line = alice.get(f"/api/purchase-orders/{number}").json["lines"][0]["line_id"]
    path = f"/api/purchase-orders/lines/{line}"
    assert alice.patch(path, {"due_on": "2026-12-14", "moving_nobody": True}).status_code == 200
    assert list(fields(alice.patch(path, {"due_on": "2020-12-14", "moving_nobody": True}))) == ["due_on"]
    assert (
        "2020-12-14 has passed"
        in alice.get(f"/purchase-orders/{number}/otherwise?what=due&line={line}&due_on=2020-12-14").text
    )
    assert alice.get(f"/purchase-orders/{number}/otherwise?what=closed&line=1").status_code == 404, (
        "that is another order's"
    )
