"""What if, asked of the API and of the page: the answer in figures, mistakes beside their fields, nothing changed."""

import re

import pytest

from backorder.db import promises
from tests.plugin.cast import LAMP, NOW, Stage


def told(stage: Stage) -> None:
    """Everybody has had their letter."""
    with stage.house.db.write() as tx:
        tx.execute(promises.promises.update().values(told_at=NOW))


def test_a_late_shipment_shows_whose_promise_breaks_and_what_that_is_worth(alice, stage):
    told(stage)
    before = alice.get("/api/purchase-orders/1").json
    shown = alice.post("/api/what-if", {"slips": [{"purchase_order_id": 1, "days": 10}]}).json
    assert shown["broken"] == {"units": 4, "orders": 3, "money": [{"amount": "516.00", "currency": "USD"}]}
    assert shown["later"] == shown["broken"]
    assert (shown["mails"], shown["moved"], shown["looked_at"]) == (3, 3, 3)
    assert [(one["order_name"], one["was"], one["would_be"], one["promised_on"]) for one in shown["lines"]] == [
        (name, "2026-12-08", "2026-12-16", "2026-12-08") for name in ("#1001", "#1002", "#1003")
    ]
    assert all(one["breaks"] and one["mail"] for one in shown["lines"])
    assert alice.get("/api/purchase-orders/1").json == before


def test_what_is_made_afterwards_does_what_was_answered(alice, stage):
    told(stage)
    shown = alice.post("/api/what-if", {"slips": [{"purchase_order_id": 1, "on": "2026-12-14"}]}).json
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-12-14"})
    really = {one["order_name"]: one["projected_on"] for one in alice.get("/api/backlog?waiting=true").json["claims"]}
    assert {one["order_name"]: one["would_be"] for one in shown["lines"]} == really


def test_air_freight_helps_even_while_the_ship_is_late(alice, stage):
    told(stage)
    changes = {
        "slips": [{"purchase_order_id": 1, "days": 10}],
        "arrivals": [{"variant_id": LAMP.variant_id, "units": 3, "due_on": "2026-12-01"}],
    }
    shown = alice.post("/api/what-if", changes).json
    assert [one["order_name"] for one in shown["lines"] if one["breaks"]] == ["#1003"]
    assert (shown["sooner"]["units"], shown["sooner"]["orders"], shown["mails"]) == (3, 2, 1)


def test_a_cap_closes_the_sale_and_moves_nobody(alice, stage):
    shown = alice.post("/api/what-if", {"caps": [{"variant_id": LAMP.variant_id, "max_backorders": 4}]}).json
    (lamp,) = shown["sold"]
    assert (lamp["state"], lamp["would_be_state"]) == ("backorder", "waitlist")
    assert "the limit is 4" in lamp["reason"]
    assert (shown["moved"], shown["mails"]) == (0, 0)
    assert alice.get("/api/variants?managed=true").json["variants"][0]["max_backorders"] is None


def test_settings_are_tried_out_as_they_are_set(alice, stage):
    told(stage)
    shown = alice.post("/api/what-if", {"settings": {"handling_days": 3}}).json
    assert {one["would_be"] for one in shown["lines"]} == {"2026-12-10"}
    assert alice.get("/api/settings").json["handling_days"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "questions"),
        ({"slips": [{"purchase_order_id": 1, "days": 1}, {"purchase_order_id": 1, "on": "2026-01-01"}]}, "slips.1.on"),
        ({"slips": [{"purchase_order_id": 1, "days": 2000}]}, "slips.0.days"),
        ({"arrivals": [{"variant_id": LAMP.variant_id, "units": 3, "due_on": "2020-01-01"}]}, "arrivals.0.due_on"),
        ({"settings": {"holidays_country": "XX"}}, "settings.holidays_country"),
    ],
)
def test_a_mistake_is_named_where_it_stands_in_the_body(alice, body, field):
    refused = alice.post("/api/what-if", body)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("purchase_order=1&days=soon", "days", "Give a whole number."),
        ("purchase_order=1&days=-90", "days", "has passed"),
        ("purchase_order=99&days=3", "purchase_order", "no such purchase order"),
        ("variant=1011&units=3&arrives_on=friday", "arrives_on", "Give a date"),
        ("units=3&arrives_on=2026-12-01", "variant", "no such variant"),
        ("variant=1011&units=0&arrives_on=2026-12-01", "units", "from 1 to"),
        ("capped=1011&cap=many", "cap", "Give a whole number."),
        ("handling_days=99", "handling_days", "from 0 to 60"),
    ],
)
def test_the_page_keeps_what_was_typed_and_says_beside_the_field_what_is_wrong(alice, query, field, sentence):
    page = alice.get(f"/what-if?{query}").text
    said = re.search(rf'<p class="wrong" id="wrong-{field}">([^<]*)</p>', page)
    assert said is not None
    assert sentence in said[1]
    assert f'aria-describedby="wrong-{field}"' in page
    assert "What would happen" not in page
    for typed in re.findall(r"(?:days|units|arrives_on|cap|handling_days)=([^&]+)", query):
        assert f'value="{typed}"' in page


def test_the_page_that_asks_nothing_answers_nothing(alice):
    page = alice.get("/what-if").text
    assert "What would happen" not in page
    assert "PO-12" in page
