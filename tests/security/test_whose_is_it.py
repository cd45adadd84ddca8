"""What belongs to Bob's shop answers Alice exactly as what does not exist, at every address and with every kind of id."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import plugin.api.once
from backorder.db import (
    data_requests,
    locations,
    outbox,
    purchase_order_acts,
    purchase_orders,
    queue_acts,
    reconciliations,
    supplier_letters,
    suppliers,
)
from backorder.rules.seen import LocationSeen
from tests.plugin.cast import BIKE, LAMP, NOW, stops
from tests.plugin.coming import announce
from tests.security.addresses import Address, guarded

DUE = "2026-12-18"
BIKE_LINE = 200101
SHED = LocationSeen(77, "Bob’s shed", active=True, fulfills_online=True, is_service=False, country="US")
KINDS = (
    *("order_id", "purchase_order_id", "line_id", "variant_id", "outbox_id", "location_id"),
    *("transfer_id", "act_id", "supplier_id", "item_id", "order_line_id", "queue_act_id", "comparison_id"),
    *("letter_id", "data_request_id"),
)


@dataclass(frozen=True)
class Case:
    """How an address is asked about one thing: ``ids`` are the kinds of id it takes, wherever they stand."""

    ids: tuple[str, ...] = ()
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None


# An "@kind" is replaced by the id. An address that takes no id at all says so with an empty case.
CASES: dict[str, Case] = {
    "api.show_home": Case(),
    "api.show_import": Case(),
    "api.show_settings": Case(),
    "api.change_settings": Case(body={"handling_days": 2}),
    "api.preview_rules": Case(body={"eligibility": [{"price_from": "1"}]}),
    "api.list_variants": Case(),
    "api.choose_variants": Case(("variant_id",), body={"variant_ids": ["@variant_id"], "managed": False}),
    "api.rearm_variant": Case(("variant_id",)),
    "api.quote_variant": Case(("variant_id",), query={"variant_id": "@variant_id"}),
    "api.list_purchase_orders": Case(("purchase_order_id",), query={"before": "@purchase_order_id"}),
    "api.create_purchase_order": Case(
        ("variant_id", "location_id"),
        body={
            "number": "PO-99",
            "location_id": "@location_id",
            "lines": [{"variant_id": "@variant_id", "units": 1, "due_on": DUE}],
        },
    ),
    "api.export_purchase_orders": Case(),
    # What a file names is looked up in the caller's shop (tests/plugin/test_api_purchase_order_sheets).
    "api.preview_purchase_orders": Case(body={"content": "eA=="}),
    "api.import_purchase_orders": Case(body={"content": "eA=="}),
    "api.show_purchase_order": Case(("purchase_order_id",)),
    "api.cancel_purchase_order": Case(("purchase_order_id",)),
    "api.show_history": Case(("purchase_order_id",)),
    "api.push_purchase_order": Case(("purchase_order_id",), body={"days": 7}),
    "api.preview_push": Case(("purchase_order_id",), body={"days": 7}),
    "api.change_order_supplier": Case(("purchase_order_id",), body={"supplier": "Oak Ltd"}),
    "api.preview_order_supplier": Case(("purchase_order_id",), body={"supplier": "Oak Ltd"}),
    "api.change_order_location": Case(("purchase_order_id",), body={"location_id": 1}),
    "api.preview_order_location": Case(("purchase_order_id",), body={"location_id": 1}),
    "api.undo_act": Case(("act_id",)),
    "api.close_line": Case(("line_id",)),
    "api.split_line": Case(("line_id",), body={"units": 1, "due_on": DUE}),
    "api.list_suppliers": Case(),
    "api.add_supplier": Case(body={"name": "Glow & Sons"}),
    "api.change_supplier": Case(("supplier_id",), body={"name": "Glow & Sons"}),
    "api.remove_supplier": Case(("supplier_id",)),
    "api.export_suppliers": Case(),
    "api.preview_suppliers": Case(body={"content": "eA=="}),
    "api.import_suppliers": Case(body={"content": "eA=="}),
    "api.show_leaving": Case(),
    "api.leave_shop": Case(),
    "api.come_back": Case(),
    "api.export_owed": Case(),
    "pages.show_leaving": Case(),
    "api.show_drop_ship": Case(),
    "api.pass_on_lines": Case(
        ("supplier_id", "order_line_id"), body={"line_ids": ["@order_line_id"], "by_mail": False}
    ),
    "api.export_to_pass_on": Case(("supplier_id",)),
    "api.export_chosen_lines": Case(("supplier_id",), body={"line_ids": [BIKE_LINE]}),
    "api.send_letter_again": Case(("letter_id",)),
    "api.ship_by_supplier": Case(("order_line_id",), body={"tracking": "1Z"}),
    "api.change_due_day": Case(("line_id",), body={"due_on": DUE}),
    "api.book_in_units": Case(("line_id",), body={"units": 1}),
    "api.link_transfer": Case(("transfer_id", "purchase_order_id"), body={"purchase_order_id": "@purchase_order_id"}),
    "api.list_lateness": Case(),
    "api.preview_variants": Case(("variant_id",), body={"variant_ids": ["@variant_id"], "managed": False}),
    "api.undo_choice": Case(),
    "api.list_data_requests": Case(),
    "api.export_data_request": Case(("data_request_id",)),
    "api.answer_data_request": Case(("data_request_id",)),
    "api.list_risks": Case(),
    "api.try_out": Case(
        ("purchase_order_id",), body={"slips": [{"purchase_order_id": "@purchase_order_id", "days": 3}]}
    ),
    "api.list_backlog": Case(),
    "api.export_backlog": Case(),
    "api.show_backlog_then": Case(query={"day": "2026-11-22"}),
    "api.show_order": Case(("order_id",)),
    "api.preview_by_hand": Case(("order_line_id",), body={"what": "move up", "reason": "because"}),
    "api.change_by_hand": Case(("order_line_id",), body={"what": "move up", "reason": "because"}),
    "api.undo_by_hand": Case(("queue_act_id",)),
    "api.choose_way_of_order": Case(("order_id",), body={"way": "together"}),
    "api.ask_elsewhere": Case(("order_id",)),
    "api.serve_order_elsewhere": Case(("order_id",)),
    "api.show_queue": Case(("item_id",)),
    "api.list_counts": Case(),
    "api.export_counts": Case(),
    "api.show_variant_counts": Case(("variant_id",)),
    "api.release_aside": Case(("variant_id", "location_id"), body={"location_id": "@location_id", "units": 1}),
    "api.keep_aside": Case(("variant_id", "location_id"), body={"location_id": "@location_id"}),
    "api.put_aside": Case(("variant_id", "location_id"), body={"location_id": "@location_id", "units": 1}),
    "api.book_in_aside": Case(
        ("variant_id", "location_id", "line_id"),
        body={"location_id": "@location_id", "units": 1, "line_id": "@line_id"},
    ),
    "api.answer_overwriting": Case(("location_id",), body={"location_id": "@location_id", "overwrites": True}),
    "api.list_picking": Case(),
    "api.export_picking": Case(),
    "api.show_arrivals": Case(),
    "api.book_in_scanned": Case(
        ("purchase_order_id", "line_id"), body={"lines": [{"line_id": "@line_id", "units": 1}]}
    ),
    "api.list_troubled": Case(),
    "api.try_again": Case(("outbox_id",)),
    "api.show_health": Case(),
    "api.compare_now": Case(),
    "api.list_differences": Case(("comparison_id",)),
    "api.export_differences": Case(("comparison_id",)),
    "pages.show_comparison": Case(("comparison_id",)),
    "pages.show_health": Case(),
    "pages.show_home": Case(),
    "pages.show_variants": Case(("variant_id",), query={"after": "@variant_id"}),
    "pages.show_change_variants": Case(("variant_id",), query={"variant": "@variant_id"}),
    "pages.show_what_if": Case(("purchase_order_id",), query={"purchase_order": "@purchase_order_id"}),
    "pages.show_purchase_orders": Case(("purchase_order_id",), query={"before": "@purchase_order_id"}),
    "pages.show_new_purchase_order": Case(("variant_id",), query={"variant": "@variant_id"}),
    "pages.show_import": Case(),
    "pages.show_preview": Case(),
    "pages.show_purchase_order": Case(("purchase_order_id",)),
    "pages.show_otherwise": Case(("purchase_order_id",)),
    "pages.show_paper": Case(("purchase_order_id",)),
    "pages.show_push": Case(("purchase_order_id",)),
    "pages.show_order_supplier": Case(("purchase_order_id",)),
    "pages.show_order_location": Case(("purchase_order_id",)),
    "pages.show_suppliers": Case(),
    "pages.show_supplier": Case(("supplier_id",)),
    "pages.show_supplier_import": Case(),
    "pages.show_supplier_preview": Case(),
    "pages.show_drop_ship": Case(),
    "pages.show_backlog": Case(),
    "pages.show_order": Case(("order_id",)),
    "pages.show_settings": Case(),
    "pages.show_queue_policy": Case(),
    "pages.show_queue_policy_tried": Case(),
    "pages.show_rules": Case(),
    "pages.show_rules_preview": Case(),
    "pages.show_queue": Case(("item_id",)),
    "pages.show_by_hand": Case(("order_line_id",)),
    "pages.show_counts": Case(),
    "pages.show_variant_counts": Case(("variant_id",)),
    "pages.show_picking": Case(),
    "pages.show_arrivals": Case(),
}
READ_ONLY = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def bobs(stage) -> dict[str, int]:
    """An id of each kind of Bob's."""
    with stage.house.db.write() as tx:
        locations.save_locations(tx, stage.bob.shop_id, [SHED])
        bought = purchase_orders.one(tx, stage.bob.shop_id, stage.bikes_ordered)
        done = purchase_order_acts.of_order(tx, stage.bob.shop_id, stage.bikes_ordered)
        suppliers.add(tx, stage.bob.shop_id, "Bells Ltd", lead_time_days=None)
        makes_bikes = suppliers.add(tx, stage.bob.shop_id, "Wheels Ltd", lead_time_days=30)
        moved = {"rank": [BIKE_LINE, 0, -1]}
        queue_acts.record(
            tx, stage.bob.shop_id, 20010, BIKE_LINE, "Moved up.", "a friend", actor="Bob", at=NOW, change=moved
        )
        by_hand = queue_acts.of_order(tx, stage.bob.shop_id, 20010)[0]
        data_requests.note(tx, stage.bob.shop_id, 909, [20010], NOW)
        compared = reconciliations.recent(tx, stage.bob.shop_id)[0]
        letter = supplier_letters.add(
            tx, stage.bob.shop_id, makes_bikes, "Wheels Ltd", "a@wheels.example", "", [], actor="Bob", at=NOW
        )
    return {
        "order_id": 20010,
        "purchase_order_id": stage.bikes_ordered,
        "line_id": bought.lines[0].line_id,
        "variant_id": BIKE.variant_id,
        "outbox_id": stops(stage.house, stage.bob, outbox.State.PARKED, "a test"),
        "location_id": SHED.location_id,
        "transfer_id": announce(stage.house, stage.bob, 4711, BIKE, 5),
        "act_id": done[0].act_id,
        "supplier_id": makes_bikes,
        "item_id": BIKE.item_id,
        "order_line_id": BIKE_LINE,
        "queue_act_id": by_hand.act_id,
        "comparison_id": compared.run_id,
        "letter_id": letter,
        "data_request_id": 909,
    }


def nobodys(bobs: dict[str, int]) -> dict[str, int]:
    """An id of each kind that nobody has."""
    return {kind: number + 900_000 for kind, number in bobs.items()}


def filled(part: Any, ids: dict[str, int]) -> Any:
    if isinstance(part, dict):
        return {name: filled(inner, ids) for name, inner in part.items()}
    if isinstance(part, list):
        return [filled(inner, ids) for inner in part]
    return ids[part[1:]] if isinstance(part, str) and part.startswith("@") else part


def asked(staff, address: Address, ids: dict[str, int], key: str) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, body and headers of the answer, without what differs between any two answers and the ids asked for."""
    case = CASES[address.endpoint]
    more: dict[str, Any] = {"query_string": filled(case.query, ids)}
    if address.method not in READ_ONLY:
        more |= {"json": filled(case.body or {}, ids)}
    answer = staff._send(address.method, address.path(**ids), headers={"Idempotency-Key": key}, **more)
    text = re.sub(r"[0-9a-f]{32}", "(request)", answer.text)
    for kind in case.ids:
        text = re.sub(rf"\b{ids[kind]}\b", f"({kind})", text)
    headers = [pair for pair in answer.headers if pair[0] not in {"X-Request-Id", "Content-Length"}]
    return answer.status_code, text, headers


def with_ids(app) -> Iterator[Address]:
    for address in guarded(app):
        if CASES[address.endpoint].ids:
            yield address


def told_apart(app, alice, bobs, **known: int) -> list[str]:
    """The addresses at which Alice can tell Bob's things from nothing; ``known`` ids are hers in both questions."""
    apart = []
    questions = ({**bobs, **known}, {**nobodys(bobs), **known})
    for number, address in enumerate(with_ids(app)):
        his, none = (
            asked(alice, address, ids, f"{number}-{which}-{len(known)}") for which, ids in enumerate(questions)
        )
        if his != none:
            apart.append(address.name)
    return apart


def test_every_address_has_a_case_and_every_id_is_named(app):
    """A new address without a case, or with an id that no case names, fails here."""
    for address in guarded(app):
        case = CASES[address.endpoint]
        assert set(address.rule.arguments) <= set(case.ids), address.name
    assert set(CASES) == {address.endpoint for address in guarded(app)}
    assert {kind for case in CASES.values() for kind in case.ids} == set(KINDS)


def test_an_address_without_a_case_would_be_noticed(app):
    app.add_url_rule("/api/customers/<id:customer_id>", endpoint="api.customer", view_func=lambda customer_id: "")
    with pytest.raises(KeyError):
        test_every_address_has_a_case_and_every_id_is_named(app)


def test_bobs_things_look_like_nothing_to_alice_wherever_she_asks(app, alice, bobs):
    assert told_apart(app, alice, bobs) == []
    assert told_apart(app, alice, bobs, location_id=1) == []  # his variant at a place of hers


def test_nothing_of_bobs_changed(app, alice, bob, bobs):
    """The walk above writes too: it must have written nowhere."""
    before = [bob.get(path).json for path in ("/api/home", "/api/variants", "/api/purchase-orders", "/api/backlog")]
    for number, address in enumerate(with_ids(app)):
        asked(alice, address, bobs, f"again-{number}")
    after = [bob.get(path).json for path in ("/api/home", "/api/variants", "/api/purchase-orders", "/api/backlog")]
    assert after == before


@pytest.mark.long
def test_bob_himself_can_tell(app, bob, bobs):
    """The owner's answers differ from those about nothing, so the comparison sees something."""
    assert len(told_apart(app, bob, bobs)) >= 14


@pytest.mark.long
def test_books_that_forget_to_ask_whose_it_is_would_be_seen(app, alice, stage, bobs, monkeypatch):
    """The damage with the filter off: purchase orders of anybody."""
    one = purchase_orders.one
    monkeypatch.setattr(
        purchase_orders,
        "one",
        lambda tx, shop_id, order_id: one(tx, shop_id, order_id) or one(tx, stage.bob.shop_id, order_id),
    )
    apart = told_apart(app, alice, bobs)
    assert "GET /api/purchase-orders/<id:purchase_order_id>" in apart
    assert "GET /purchase-orders/<id:purchase_order_id>" in apart


def receipt(staff, line_id: int, key: str):
    return staff.post(f"/api/purchase-orders/lines/{line_id}/receipts", {"units": 1}, headers={"Idempotency-Key": key})


def test_a_key_that_bob_used_repeats_nothing_to_alice(alice, bob, bobs):
    first = receipt(bob, bobs["line_id"], "the-same-key")
    assert first.status_code == 201
    assert receipt(bob, bobs["line_id"], "the-same-key").headers["Idempotency-Replayed"] == "true"
    hers = receipt(alice, bobs["line_id"], "the-same-key")
    assert hers.status_code == 404
    assert "Idempotency-Replayed" not in hers.headers
    assert str(bobs["line_id"]) not in hers.json["detail"]


def test_keys_without_a_shop_would_hand_over_bobs_answer(alice, bob, stage, bobs, monkeypatch):
    """The damage: one book of answers for everybody."""
    begin = plugin.api.once.answers.begin
    monkeypatch.setattr(
        plugin.api.once.answers,
        "begin",
        lambda tx, _shop, key, print_, at: begin(tx, stage.bob.shop_id, key, print_, at),
    )
    receipt(bob, bobs["line_id"], "the-same-key")
    assert receipt(alice, bobs["line_id"], "the-same-key").status_code == 201


def test_alice_finds_her_own(alice):
    assert alice.get(f"/api/quote?variant_id={LAMP.variant_id}").status_code == 200
