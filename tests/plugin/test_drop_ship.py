"""What suppliers send, over the API: chosen in bulk, passed on, shipped; what cannot be is said beside its field."""

import csv
from datetime import timedelta
from types import SimpleNamespace

import pytest

from backorder import judge, pass_on, verify
from backorder.rules.parcels import ShipTo
from tests.plugin.cast import LAMP, order
from tests.plugin.test_api_problems import fields

JUST_LAMP = {"variant_ids": [LAMP.variant_id]}


@pytest.fixture(params=[50, 0], ids=["shallow", "deep"])
def depth(request, monkeypatch):
    """The same, whether a queue is walked whole or at its front."""
    monkeypatch.setattr(judge, "DEEP", request.param)


def glow(alice, **more):
    draft = {"name": "Glow & Sons", "lead_time_days": 4, "email": "orders@glow.example"} | more
    return alice.post("/api/suppliers", draft).json["supplier_id"]


def sent_by_glow(alice, **more):
    supplier_id = glow(alice, **more)
    answer = alice.patch("/api/variants", JUST_LAMP | {"supplier_id": supplier_id, "drop_shipped": True})
    (variant,) = answer.json["variants"]
    assert (variant["drop_shipped"], variant["supplier"]) == (True, "Glow & Sons")
    return supplier_id, variant


@pytest.fixture
def addresses(monkeypatch):
    """The store shows one address for every order."""
    store = SimpleNamespace(addresses=lambda orders: dict.fromkeys(orders, ShipTo(1, ("1 Elm Street",), "US")))
    monkeypatch.setattr("backorder.pass_on.open_store", lambda _house, _shop_id: store)


def in_file(answer):
    return {int(row["Order line"]) for row in csv.DictReader(answer.json["content"].lstrip("\ufeff").splitlines())}


def letters(alice, supplier_id, body, key):
    path = f"/api/drop-ship/suppliers/{supplier_id}/letters"
    return alice.post(path, body, headers={"Idempotency-Key": key})


def test_chosen_variants_are_sent_by_their_supplier_and_passed_on_line_by_line(alice, house, stage, depth):
    supplier_id, variant = sent_by_glow(alice)
    assert (variant["state"], variant["ship_by"]) == ("backorder", "2026-11-27")
    assert variant["reason"] == "Sent by Glow & Sons directly: the date is the day of the order and their lead time."
    order(house, stage.alice, 1012, {LAMP: 2}, ago=timedelta(days=1))
    (desk,) = alice.get("/api/drop-ship").json["desks"]
    assert "address" not in repr(desk)
    lines = {line["order_name"]: line for line in desk["to_pass_on"]}
    assert (lines["#1012"]["units"], lines["#1012"]["ship_by"], lines["#1012"]["what"]) == (2, "2026-11-26", "new")
    chosen = {"line_ids": [lines["#1012"]["line_id"]], "note": "No invoice, please."}
    page = letters(alice, supplier_id, chosen, "once").json
    assert [line["order_name"] for line in page["desks"][0]["with_them"]] == ["#1012"]
    (letter,) = page["letters"]
    assert (letter["state"], letter["email"], letter["note"]) == ("due", "orders@glow.example", "No invoice, please.")
    refused = letters(alice, supplier_id, chosen, "twice")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "line_ids")
    order_line = alice.get("/api/orders/10120").json["lines"][0]
    assert "sent by Glow & Sons directly" in order_line["why"]["sentence"]
    queue = alice.get(f"/api/queues/{LAMP.item_id}").json
    assert "#1012" not in repr(queue), "it stands in no queue"
    assert [check for check in verify.verify(house, stage.alice.shop_id).checks if check.broken] == []


def test_what_cannot_be_is_said_beside_its_field(alice):
    refused = alice.patch("/api/variants", JUST_LAMP | {"drop_shipped": True})
    assert refused.json["errors"][0]["field"] == "drop_shipped"
    supplier_id, _ = sent_by_glow(alice, email="")
    line_id = alice.get("/api/drop-ship").json["desks"][0]["to_pass_on"][0]["line_id"]
    refused = letters(alice, supplier_id, {}, "mail")
    assert refused.json["errors"][0]["field"] == "email"
    refused = alice.post(f"/api/drop-ship/lines/{line_id}/shipped", {"tracking": "1Z"})
    assert "pass it on first" in refused.json["errors"][0]["message"]
    letters(alice, supplier_id, {"by_mail": False}, "by hand")
    refused = alice.post(f"/api/drop-ship/lines/{line_id}/shipped", {"url": "javascript:alert(1)"})
    assert refused.json["errors"][0]["field"] == "url"
    shipped = alice.post(f"/api/drop-ship/lines/{line_id}/shipped", {"carrier": "UPS", "tracking": "1Z"}).json
    assert [line["shipped"] for line in shipped["desks"][0]["with_them"] if line["line_id"] == line_id] == [True]
    (letter,) = shipped["letters"]
    again = alice.post(f"/api/drop-ship/letters/{letter['letter_id']}/again", {}, headers={"Idempotency-Key": "again"})
    assert (letter["state"], again.json["errors"][0]["message"]) == (None, "This was not passed on by e-mail.")


@pytest.mark.usefixtures("addresses")
def test_the_file_for_a_supplier_holds_the_lines_that_were_chosen(alice):
    supplier_id, _ = sent_by_glow(alice)
    path = f"/api/drop-ship/suppliers/{supplier_id}/export"
    first, second, *others = [line["line_id"] for line in alice.get("/api/drop-ship").json["desks"][0]["to_pass_on"]]
    assert in_file(alice.get(path)) == {first, second, *others}
    assert in_file(alice.get(f"{path}?line_ids={second}")) == {second}
    assert in_file(alice.get(f"{path}?line_ids={first},{second}")) == {first, second}


@pytest.mark.usefixtures("addresses")
def test_a_file_holds_more_lines_than_a_letter_and_more_than_an_address_names(alice, monkeypatch):
    monkeypatch.setattr(pass_on, "MOST_LINES", 2)
    supplier_id, _ = sent_by_glow(alice)
    path = f"/api/drop-ship/suppliers/{supplier_id}/export"
    three = [line["line_id"] for line in alice.get("/api/drop-ship").json["desks"][0]["to_pass_on"]]
    assert in_file(alice.post(path, {"line_ids": three})) == set(three)
    assert fields(alice.post(path, {"line_ids": list(range(1, 301))})) == {
        "line_ids": "Not all of these lines are to be passed on to this supplier now: look at the page again."
    }
    refused = letters(alice, supplier_id, {"line_ids": three}, "by mail")
    assert fields(refused) == {
        "line_ids": "A letter holds at most 2 lines: choose fewer, or pass the file on yourself."
    }
    (desk,) = letters(alice, supplier_id, {"line_ids": three, "by_mail": False}, "as a file").json["desks"]
    assert (desk["to_pass_on"], len(desk["with_them"])) == ([], 3)


@pytest.mark.parametrize(
    ("chosen", "field", "sentence"),
    [
        ("", "line_ids", "Give at least 1."),
        ("lamp", "line_ids.0", "Give a whole number."),
        ("1", "line_ids", "Not all of these lines are to be passed on to this supplier now: look at the page again."),
    ],
)
def test_a_file_of_lines_that_are_not_to_be_passed_on_is_refused(alice, chosen, field, sentence):
    supplier_id, _ = sent_by_glow(alice)
    refused = alice.get(f"/api/drop-ship/suppliers/{supplier_id}/export?line_ids={chosen}")
    assert (refused.status_code, fields(refused)) == (422, {field: sentence})
