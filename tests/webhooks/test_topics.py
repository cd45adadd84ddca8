import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from backorder import erase, install
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, inbox, orders, shops
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen, Policy, VariantSeen
from tests.webhooks import bodies
from tests.webhooks.cast import BOBS, LAMPLIGHT, LEVEL
from tests.webhooks.mailroom import arrives, became, to_look_at
from webhooks import topics

NOW = datetime(2026, 7, 1, 14, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(house_on_both):
    return house_on_both


@pytest.fixture
def lamplight(house):
    """Alice's shop, whose books know one lamp, and order 4507 with its fulfillment order."""
    with house.db.write() as tx:
        shop_id = shops.install(tx, LAMPLIGHT, NOW).shop_id
        catalogue.save_variants(tx, shop_id, [_lamp()])
        orders.save(tx, shop_id, _order(), NOW, NOW)
    return shop_id


def _lamp():
    return VariantSeen(3907, 6329, 2718, "S", "Lamp", "lamp", "ACTIVE", "A", Decimal(20), Policy.DENY, True, True, NOW)


def _order():
    part = FulfillmentOrderSeen(1, 4507, 2482, "OPEN", "UNSUBMITTED", NOW, False, frozenset(), (), ())
    return OrderSeen(
        4507, "#1001", NOW, NOW, NOW, None, False, False, "PAID", "USD", "CA", "web", frozenset(), None, None, None,
        (), (), (), (part,),
    )  # fmt: skip


@pytest.mark.parametrize("topic", sorted(bodies.HINTS))
def test_each_topic_says_where_to_look(house, lamplight, bell, topic):
    body, expected = bodies.HINTS[topic]
    delivery = arrives(house, topic, body)
    assert topics.digest(house, NOW) is False
    assert to_look_at(house, lamplight) == expected
    assert became(house, delivery) == ("done", None)
    assert bell.rung == [Ring.OBSERVE]


def test_every_topic_in_the_code_is_subscribed_to_and_every_subscription_is_answered():
    declared = tomllib.loads((ROOT / "shopify.app.toml").read_text())["webhooks"]["subscriptions"]
    named = [topic for one in declared for topic in one.get("topics", []) + one.get("compliance_topics", [])]
    assert sorted(named) == sorted(topics.HANDLERS)
    assert {one["uri"] for one in declared} == {"/webhooks"}


def test_every_subscription_says_which_file_answers_it():
    lines = (ROOT / "shopify.app.toml").read_text().splitlines()
    said = {line.split("Handled by: ")[1].split()[0].rstrip(".") for line in lines if "Handled by: " in line}
    families = {Path(handler.__code__.co_filename).relative_to(ROOT) for handler in topics.HANDLERS.values()}
    assert said == {str(path) for path in families}


def test_the_bodies_of_these_tests_cover_every_topic():
    assert {*bodies.HINTS, *bodies.ERRANDS} == set(topics.HANDLERS)


def test_a_burst_about_one_item_is_one_thing_to_look_at(house, lamplight):
    for available in range(20):
        arrives(house, "inventory_levels/update", {**LEVEL, "available": available})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("item", 2718)}


def test_a_fulfillment_order_nobody_knows_asks_for_a_sweep(house, lamplight):
    arrives(house, "fulfillment_orders/order_routing_complete", {"fulfillment_order": bodies.NEW_PART})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("sweep", 0)}


@pytest.mark.parametrize(
    "body", [{}, {"fulfillment_order": {}}, {"fulfillment_order": None}, {"fulfillment_order_merges": []}]
)
@pytest.mark.parametrize("topic", ["fulfillment_orders/placed_on_hold", "fulfillment_orders/merged"])
def test_a_fulfillment_topic_that_names_nothing_still_asks_for_a_sweep(house, lamplight, topic, body):
    delivery = arrives(house, topic, body)
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("sweep", 0)}
    assert became(house, delivery)[0] == "done"


def test_a_variant_taken_out_of_its_product_is_looked_at_although_the_product_no_longer_names_it(house, lamplight):
    arrives(house, "products/update", {**bodies.PRODUCT, "variants": [{"id": 3908, "inventory_item_id": 2719}]})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("item", 2718), ("item", 2719)}


def test_a_product_and_a_variant_that_nobody_knows_are_explained_and_left(house, lamplight):
    for topic, body in (("products/delete", {"id": 99}), ("variants/in_stock", {"id": 98, "product_id": 99})):
        delivery = arrives(house, topic, body)
        topics.digest(house, NOW)
        assert became(house, delivery) == ("ignored", "It names nothing that we know.")
    assert to_look_at(house, lamplight) == set()


def test_global_ids_are_read_like_numbers(house, lamplight):
    arrives(house, "inventory_levels/update", {**LEVEL, "inventory_item_id": "gid://shopify/InventoryItem/2718"})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("item", 2718)}


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


def test_an_unknown_topic_is_kept_and_explained(house, lamplight):
    delivery = arrives(house, "carts/update", {"id": 1})
    topics.digest(house, NOW)
    verdict, why = became(house, delivery)
    assert verdict == "ignored"
    assert "'carts/update'" in why


@pytest.mark.parametrize("shop", [BOBS, "", "no shop at all"])
def test_a_delivery_for_a_shop_without_the_app_is_explained(house, lamplight, shop):
    delivery = arrives(house, "inventory_levels/update", LEVEL, shop=shop)
    topics.digest(house, NOW)
    verdict, why = became(house, delivery)
    assert verdict == "ignored"
    assert "not installed" in why
    assert to_look_at(house, lamplight) == set()


def test_a_shop_that_left_is_no_longer_looked_at(house, lamplight):
    with house.db.write() as tx:
        shops.leave(tx, lamplight, NOW)
    delivery = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    assert became(house, delivery)[0] == "ignored"
    assert to_look_at(house, lamplight) == set()


def test_one_shops_webhooks_mark_nothing_in_another(house, lamplight):
    with house.db.write() as tx:
        bobs = shops.install(tx, BOBS, NOW).shop_id
    arrives(house, "products/delete", {"id": 6329}, shop=BOBS)
    arrives(house, "fulfillment_holds/released", bodies.HOLD, shop=BOBS)
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == set()
    assert to_look_at(house, bobs) == {("sweep", 0)}


@pytest.fixture
def called(monkeypatch):
    """What the verbs outside the inbox were asked to do."""
    calls = []
    for module, verb in (
        (install, "leave"), (erase, "redact_shop"), (erase, "data_request"), (erase, "redact_customer"),
    ):  # fmt: skip
        monkeypatch.setattr(
            module, verb, lambda _house, *given, verb=verb: calls.append((verb, *given)) or {"orders": []}
        )
    return calls


def test_a_shop_that_left_and_asks_to_be_forgotten_leaves_nothing(house, lamplight):
    arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    with house.db.read() as tx:
        assert not shops.one(tx, lamplight).is_installed
    arrives(house, "shop/redact", bodies.FORGET_SHOP)
    topics.digest(house, NOW)
    with house.db.read() as tx:
        assert shops.by_domain(tx, LAMPLIGHT) is None
        assert inbox.counts(tx) == {}


def test_leaving_is_told_with_the_time_it_happened(house, lamplight, called):
    delivery = arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    ((verb, domain, happened_at, now),) = called
    assert (verb, domain, now) == ("leave", LAMPLIGHT, NOW)
    assert abs((transport_now() - happened_at).total_seconds()) < 60
    assert became(house, delivery) == ("done", None)


def test_a_late_word_of_leaving_is_ignored_with_its_reason(house, lamplight, called, monkeypatch):
    monkeypatch.setattr(install, "leave", lambda *_: False)
    delivery = arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    assert became(house, delivery)[0] == "ignored"


def test_the_law_s_three_topics_reach_their_verbs(house, lamplight, called):
    for topic in ("customers/data_request", "customers/redact", "shop/redact"):
        arrives(house, topic, bodies.ERRANDS[topic])
    topics.digest(house, NOW)
    assert called == [
        ("data_request", LAMPLIGHT, (2999,)),
        ("redact_customer", LAMPLIGHT, (2999, 3000)),
        ("redact_shop", LAMPLIGHT),
    ]


@pytest.mark.parametrize("topic", sorted(bodies.ERRANDS))
def test_a_body_that_speaks_of_another_shop_than_its_envelope_does_nothing(house, lamplight, called, topic):
    delivery = arrives(house, topic, bodies.ERRANDS[topic], shop=BOBS)
    topics.digest(house, NOW)
    verdict, sentence = became(house, delivery)
    assert verdict == "unreadable"
    assert LAMPLIGHT in sentence
    assert BOBS in sentence
    assert called == []


def test_a_verb_that_fails_is_tried_again_later_and_set_aside_in_the_end(house, lamplight, called, monkeypatch):
    def fails(*_):
        raise RuntimeError("the store is on fire")

    monkeypatch.setattr(erase, "redact_shop", fails)
    failing = arrives(house, "shop/redact", bodies.FORGET_SHOP)
    behind = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    assert became(house, failing) == ("waiting", "RuntimeError: 'the store is on fire'")
    assert became(house, behind)[0] == "done"
    for _ in range(inbox.ATTEMPTS):
        with house.db.write() as tx:
            tx.execute(inbox.inbox.update().values(not_before=transport_now()))
        topics.digest(house, NOW)
    assert became(house, failing)[0] == "parked"


def test_a_delivery_whose_takers_die_is_set_aside_and_not_taken_for_ever(house, lamplight):
    delivery = arrives(house, "orders/create", bodies.ORDER)
    for _ in range(inbox.ATTEMPTS):
        with house.db.write() as tx:
            assert inbox.take(tx, house.sealer, transport_now())
            tx.execute(inbox.inbox.update().values(not_before=transport_now()))
    topics.digest(house, NOW)
    assert became(house, delivery) == ("parked", f"Taken {inbox.ATTEMPTS} times, and never finished.")


def test_marks_and_verdict_are_written_together_or_not_at_all(house, lamplight, monkeypatch):
    def dies(*_):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(inbox, "settle", dies)
    delivery = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == set()
    assert became(house, delivery)[0] == "waiting"


def test_a_replayed_delivery_is_understood_again(house, lamplight):
    delivery = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    with house.db.write() as tx:
        assert inbox.replay(tx, delivery, transport_now())
    topics.digest(house, NOW)
    assert became(house, delivery) == ("done", None)


def test_it_says_whether_more_may_wait(house, lamplight):
    for _ in range(3):
        arrives(house, "orders/create", bodies.ORDER)
    assert topics.digest(house, NOW, limit=2) is True
    assert topics.digest(house, NOW, limit=2) is False


def test_nothing_waiting_rings_nothing(house, lamplight, bell):
    assert topics.digest(house, NOW) is False
    assert bell.rung == []
