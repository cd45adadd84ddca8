"""Signed, but not what the topic promises: kept, marked, counted, and never in the way of those behind."""

import pytest

from backorder.db import inbox
from tests.webhooks.cast import LAMPLIGHT, LEVEL, NOW
from tests.webhooks.mailroom import arrives, became, to_look_at
from webhooks import topics


@pytest.fixture
def house(house_on_both):
    return house_on_both


ABSURD_IDS = [
    None, -1, 0, 2**63, 10**30, 1.5, True, "", "2718", "gid://shopify/Order/2718", "gid://shopify/InventoryItem/-1",
    "gid://shopify/InventoryItem/0", "gid://shopify/InventoryItem/99999999999999999999", "gid://evil/InventoryItem/1",
    [], {}, [2718], "\ud800", "nul \x00 inside", "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("absurd", ABSURD_IDS, ids=lambda value: ascii(value)[:40])
def test_an_absurd_id_is_a_sentence_not_a_crash(house, lamplight, absurd):
    delivery = arrives(house, "inventory_levels/update", {**LEVEL, "inventory_item_id": absurd})
    topics.digest(house, NOW)
    verdict, sentence = became(house, delivery)
    assert verdict == "unreadable"
    assert sentence.startswith("inventory_item_id ")
    assert len(sentence) < 200
    assert to_look_at(house, lamplight) == set()


SHAPES = [
    b"", b"not json", b"null", b"[]", b'"text"', b"17", b"{", b"\xff\xfe", b'{"inventory_item_id"', b"NaN",
    b"[" * 100_000, b'{"inventory_item_id": ' + b"9" * 5000 + b', "location_id": 1}',
]  # fmt: skip


@pytest.mark.parametrize("body", SHAPES, ids=lambda body: ascii(body[:20]))
def test_a_signed_body_of_the_wrong_shape_is_kept_marked_and_counted(house, lamplight, body):
    delivery = arrives(house, "inventory_levels/update", body)
    topics.digest(house, NOW)
    verdict, sentence = became(house, delivery)
    assert verdict == "unreadable"
    assert sentence
    with house.db.read() as tx:
        assert inbox.counts(tx) == {"unreadable": 1}


@pytest.mark.parametrize(
    ("topic", "body", "named"),
    [
        ("orders/edited", {}, "order_edit"),
        ("orders/edited", {"order_edit": []}, "order_edit"),
        ("orders/edited", {"order_edit": {"order_id": "x"}}, "order_edit.order_id"),
        ("products/update", {"id": 1, "variants": {}}, "variants"),
        ("products/update", {"id": 1, "variants": [7]}, "variants[0]"),
        ("products/update", {"id": 1, "variants": [{"inventory_item_id": -1}]}, "variants[0].inventory_item_id"),
        ("products/update", {"id": 1, "variants": [{}] * 10_001}, "variants"),
        ("fulfillment_orders/split", {"fulfillment_order": 5}, "fulfillment_order"),
        ("fulfillment_orders/split", {"fulfillment_order": {"id": "one"}}, "fulfillment_order.id"),
        ("fulfillment_orders/merged", {"fulfillment_order_merges": [1]}, "fulfillment_order_merges[0]"),
        ("locations/update", {"id": []}, "id"),
        ("refunds/create", {"id": 1}, "order_id"),
        ("app/uninstalled", {"id": 1}, "myshopify_domain"),
        ("shop/redact", {"shop_domain": 7}, "shop_domain"),
        ("customers/redact", {"shop_domain": LAMPLIGHT, "orders_to_redact": [1, "two"]}, "orders_to_redact[1]"),
        ("customers/data_request", {"shop_domain": LAMPLIGHT, "orders_requested": 5}, "orders_requested"),
    ],
)
def test_the_sentence_names_the_field(house, lamplight, topic, body, named):
    delivery = arrives(house, topic, body)
    topics.digest(house, NOW)
    verdict, sentence = became(house, delivery)
    assert verdict == "unreadable"
    assert sentence.split(" ")[0] == named


def test_a_bad_body_does_not_stop_those_behind_it(house, lamplight):
    arrives(house, "inventory_levels/update", b"not json")
    arrives(house, "inventory_levels/update", LEVEL)
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("item", 2718)}
