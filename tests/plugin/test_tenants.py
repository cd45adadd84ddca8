"""A token of shop A sees nothing of shop B, over the whole map of addresses."""

from dataclasses import replace

import pytest
from werkzeug.routing import Map

from backorder.db import (
    claims,
    data_requests,
    drop_ships,
    purchase_order_acts,
    queue_acts,
    reconciliations,
    supplier_letters,
    suppliers,
)
from backorder.rules.drop_ship import Told
from tests.plugin.cast import BIKE, LAMP, NOW
from tests.plugin.coming import announce

# What would give Bob away, in any answer.
BOBS = ("Bikes", "Night rider", "BIKES-7", "bobs-bikes", "SKU-201", "#2001", "899.00")
OPEN_TO_ALL = {"static", "health.healthz", "health.readyz", "health.metrics", "api.openapi", "pages.bounce"}
# Whoever has the link of a letter sees that order's goods and days: tests/plugin/test_choice.py.
OPEN_TO_ALL |= {"choice.show_choice", "choice.make_choice"}
OTHERS_DOORS = ("webhooks.",)
BODIES = {
    "change_settings": {"handling_days": 2},
    "preview_rules": {"eligibility": [{"price_from": "1"}]},
    "choose_variants": {"variant_ids": [BIKE.variant_id], "managed": False},
    "create_purchase_order": {
        "number": "PO-99",
        "lines": [{"variant_id": BIKE.variant_id, "units": 1, "due_on": "2026-12-18"}],
    },
    "change_due_day": {"due_on": "2026-12-20"},
    "book_in_units": {"units": 1},
    "push_purchase_order": {"days": 7},
    "preview_push": {"days": 7},
    "change_order_supplier": {"supplier": "Oak Ltd"},
    "preview_order_supplier": {"supplier": "Oak Ltd"},
    "change_order_location": {"location_id": 1},
    "preview_order_location": {"location_id": 1},
    "split_line": {"units": 1, "due_on": "2026-12-31"},
    "add_supplier": {"name": "Oak Ltd"},
    "change_supplier": {"name": "Wheels Ltd"},
    "book_in_scanned": {"lines": [{"line_id": 2, "units": 1}]},
    "choose_way_of_order": {"way": "together"},
    "change_by_hand": {"what": "move up", "reason": "Bob said so"},
    "preview_by_hand": {"what": "move up", "reason": "Bob said so"},
    "release_aside": {"location_id": 1, "units": 1},
    "keep_aside": {"location_id": 1},
    "put_aside": {"location_id": 1, "units": 1},
    "book_in_aside": {"location_id": 1, "units": 1, "line_id": 2},
    "answer_overwriting": {"location_id": 1, "overwrites": True},
    "pass_on_lines": {"by_mail": False},
    "export_chosen_lines": {"line_ids": [200101]},
    "ship_by_supplier": {"tracking": "1Z"},
    "try_out": {"slips": [{"purchase_order_id": 2, "days": 3}]},
}


def ids_of_bob(stage) -> dict[str, int]:
    with stage.house.db.write() as tx:
        wheels = suppliers.named(tx, stage.bob.shop_id, ["Wheels Ltd"]).get("wheels ltd")
        made = wheels.supplier_id if wheels else suppliers.add(tx, stage.bob.shop_id, "Wheels Ltd", lead_time_days=9)
        entered = purchase_order_acts.of_order(tx, stage.bob.shop_id, stage.bikes_ordered)[-1]
        moved = {"rank": [200101, 0, -1]}
        queue_acts.record(
            tx, stage.bob.shop_id, 20010, 200101, "Night rider moved.", "why", actor="Bob", at=NOW, change=moved
        )
        by_hand = queue_acts.of_order(tx, stage.bob.shop_id, 20010)[0]
        assert made is not None
        told = Told(sum(claim.units for claim in claims.of_lines(tx, stage.bob.shop_id, [200101])))
        row = drop_ships.fresh(200101, 20010, made, NOW, by_hand=True)
        drop_ships.keep(tx, stage.bob.shop_id, [replace(row, told=told)])
        data_requests.note(tx, stage.bob.shop_id, 909, [20010], NOW)
        reconciliations.ask(tx, stage.bob.shop_id, reconciliations.Why.DEMAND, "Bob", NOW)
        compared = reconciliations.recent(tx, stage.bob.shop_id)[0]
        letter = supplier_letters.add(
            tx, stage.bob.shop_id, made, "Wheels Ltd", "a@wheels.example", "", [], actor="Bob", at=NOW
        )
    return {
        "order_line_id": 200101,
        "queue_act_id": by_hand.act_id,
        "item_id": BIKE.item_id,
        "supplier_id": made,
        "act_id": entered.act_id,
        "variant_id": BIKE.variant_id,
        "purchase_order_id": stage.bikes_ordered,
        "line_id": 2,
        "order_id": 20010,
        "outbox_id": 10_000,
        "letter_id": letter,
        "data_request_id": 909,
        "comparison_id": compared.run_id,
        "transfer_id": announce(stage.house, stage.bob, 4711, BIKE, 5),
    }


def ours(url_map: Map):
    """Every rule behind a guard, with its methods."""
    for rule in url_map.iter_rules():
        if rule.endpoint not in OPEN_TO_ALL and not rule.endpoint.startswith(OTHERS_DOORS):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


def call(app, staff, rule, method, ids):
    path = rule.build({name: ids[name] for name in rule.arguments}, append_unknown=False)[1]
    if method == "GET":
        asked = {"variant_id": ids["variant_id"]} if rule.endpoint == "api.quote_variant" else {}
        return staff.get(path, query_string=asked)
    body = BODIES.get(rule.endpoint.removeprefix("api."), {})
    send = staff.post if method == "POST" else staff.patch
    return send(path, body, headers={"Idempotency-Key": f"walk-{rule.endpoint}"})


def test_alice_sees_nothing_of_bob_whatever_address_she_asks(app, alice, stage):
    met = 0
    for rule, method in ours(app.url_map):
        answer = call(app, alice, rule, method, ids_of_bob(stage))
        for given_away in BOBS:
            assert given_away not in answer.text, f"{method} {rule.rule} shows {given_away}"
        if rule.arguments or rule.endpoint in {"api.quote_variant", "api.choose_variants", "api.try_out"}:
            assert answer.status_code == 404, f"{method} {rule.rule} answered {answer.status_code}"
        else:
            assert answer.status_code < 500, f"{method} {rule.rule}"
        met += 1
    assert met >= 26


@pytest.mark.long
def test_bob_himself_meets_no_locked_door(app, bob, stage):
    """The negative control: the same walk with the owner's token finds everything."""
    missing = []
    for rule, method in ours(app.url_map):
        answer = call(app, bob, rule, method, ids_of_bob(stage))
        if answer.status_code == 404 and "outbox_id" not in rule.arguments:
            missing.append(f"{method} {rule.rule}")
        assert answer.status_code < 500
    assert missing == []


def test_without_a_token_nothing_is_shown_at_any_address(app, client, stage):
    for rule, method in ours(app.url_map):
        path = rule.build({name: ids_of_bob(stage)[name] for name in rule.arguments}, append_unknown=False)[1]
        answer = client.open(path, method=method, json={})
        assert answer.status_code == (401 if path.startswith(("/api/", "/proxy/")) else 302), f"{method} {rule.rule}"


@pytest.mark.parametrize("path", ["/api/purchase-orders/{}", "/api/purchase-orders/{}/cancel"])
def test_somebody_elses_and_nobodys_look_just_the_same(alice, stage, path):
    send = alice.post if path.endswith("cancel") else alice.get
    bobs, nobodys = send(path.format(stage.bikes_ordered)), send(path.format(987_654))
    assert bobs.status_code == nobodys.status_code == 404
    assert bobs.json | {"request_id": ""} == nobodys.json | {"request_id": ""}


def test_an_idempotency_key_of_one_shop_means_nothing_in_another(alice, bob):
    key = {"Idempotency-Key": "the-same-key"}
    assert alice.patch("/api/settings", {"handling_days": 3}, headers=key).json["handling_days"] == 3
    assert bob.patch("/api/settings", {"handling_days": 4}, headers=key).json["handling_days"] == 4


def test_names_that_are_code_are_shown_as_names(alice, stage):
    hostile = "<script>alert('x')</script>"
    made = alice.post(
        "/api/purchase-orders",
        {
            "number": hostile,
            "supplier": '"><img src=x onerror=alert(1)>',
            "lines": [{"variant_id": LAMP.variant_id, "units": 1, "due_on": "2026-12-18"}],
        },
    ).json
    pages = (
        "/",
        "/purchase-orders",
        f"/purchase-orders/{made['purchase_order_id']}",
        "/variants?search=%3Cb%3E",
        "/backlog",
    )
    for page in pages:
        text = alice.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>" not in text
    assert "&lt;script&gt;alert" in alice.get("/purchase-orders").text
