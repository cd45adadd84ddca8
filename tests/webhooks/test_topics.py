import tomllib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import collections, heard, inbox, shops, transfers
from backorder.db.transfers import Transfer
from backorder.rules.transfers import Part
from tests.webhooks import bodies
from tests.webhooks.cast import BOBS, LAMPLIGHT, LEVEL, NOW
from tests.webhooks.mailroom import arrives, became, due_now, to_look_at
from webhooks import topics

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(house_on_both):
    return house_on_both


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


@pytest.mark.parametrize(
    "merges",
    [{"fulfillment_order": bodies.NEW_PART}, [{"fulfillment_order": bodies.NEW_PART}], None],
    ids=["one", "a list, as the mutation has it", "none"],
)
def test_a_merge_into_one_that_nobody_knows_is_about_the_order_of_those_that_were_merged(house, lamplight, merges):
    intents = [{"fulfillment_order_id": number, "fulfillment_order_line_items": []} for number in (1, 3)]
    arrives(house, "fulfillment_orders/merged", {"merge_intents": intents, "fulfillment_order_merges": merges})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == bodies.AN_ORDER


def test_a_variant_taken_out_of_its_product_is_looked_at_although_the_product_no_longer_names_it(house, lamplight):
    arrives(house, "products/update", {**bodies.PRODUCT, "variants": [{"id": 3908, "inventory_item_id": 2719}]})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == {("item", 2718), ("item", 2719), bodies.THE_LIGHTS}


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


def test_a_shipment_that_we_know_asks_for_its_transfer(house, lamplight):
    known = Transfer(71, "#T0001", "IN_PROGRESS", 2482, frozenset(), None, None, NOW)
    part = Part(72, 2718, "#T0001-1", units=5, accepted=0, to_come=5, arrives_at=None)
    with house.db.write() as tx:
        transfers.save(tx, lamplight, known, [part])
    for topic, body in (
        ("inventory_shipments/update_tracking", bodies.TRACKED),
        ("inventory_shipments/delete", bodies.SHIPMENT),
    ):
        arrives(house, topic, body)
        topics.digest(house, NOW)
        assert to_look_at(house, lamplight) == bodies.THE_TRANSFER


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


def test_a_collection_is_nobodys_matter_where_no_rule_names_one(house, lamplight):
    with house.db.write() as tx:
        shops.set_terms(tx, lamplight, {})
        collections.forget(tx, lamplight, [88])
    for topic in ("collections/create", "collections/update", "products/delete"):
        arrives(house, topic, {"id": 89})
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == set()


def test_a_store_that_sends_something_is_heard_of_once_for_each_delivery(house, lamplight):
    """However often a delivery is tried, and though nobody listens to its topic; a store that nobody knows leaves no trace."""
    first = arrives(house, "inventory_levels/update", LEVEL)
    arrives(house, "themes/publish", {"id": 1})
    arrives(house, "inventory_levels/update", LEVEL, shop="strangers.myshopify.com")
    topics.digest(house, NOW)
    with house.db.write() as tx:
        assert inbox.replay(tx, first, transport_now())
        tx.execute(inbox.inbox.update().where(inbox.inbox.c.id == first).values(attempts=1))
    topics.digest(house, NOW)
    with house.db.read() as tx:
        known = heard.of_all(tx)
        (newest,) = tx.execute(
            select(func.max(inbox.inbox.c.received_at)).where(inbox.inbox.c.shop_domain == LAMPLIGHT)
        ).one()
    assert list(known) == [lamplight]
    assert sum(day.deliveries for day in known[lamplight].days) == 2
    assert known[lamplight].last_at == newest


ECHOES = ["fulfillment_holds/added", "fulfillment_orders/placed_on_hold", "orders/updated", "products/update"]


@pytest.mark.parametrize("topic", ECHOES)
def test_what_our_own_acts_ring_for_waits_until_they_are_done(house, lamplight, topic):
    body, expected = bodies.HINTS[topic]
    arrives(house, topic, body)
    topics.digest(house, NOW)
    assert due_now(house, lamplight) == set()
    assert to_look_at(house, lamplight) == expected


def test_an_order_that_nobody_knows_is_no_echo(house, lamplight):
    arrives(house, "orders/updated", {**bodies.ORDER, "id": 4999, "admin_graphql_api_id": "gid://shopify/Order/4999"})
    topics.digest(house, NOW)
    assert due_now(house, lamplight) == {("order", 4999)}


def test_an_echo_does_not_hold_up_what_presses(house, lamplight):
    arrives(house, "orders/updated", bodies.ORDER)
    arrives(house, "orders/cancelled", bodies.ORDER)
    topics.digest(house, NOW)
    assert due_now(house, lamplight) == {("order", 4507)}
