"""Webhooks: signed, addressed, retried; late, doubled, shuffled or lost when asked to."""

import base64
import dataclasses
import hashlib
import hmac
import json

import pytest

from devstore.app import AppSubscription
from devstore.installation import request_customer_data, request_shop_redaction, uninstall
from devstore.model import Subscription
from devstore.post import BACKOFF
from devstore.stock import receive
from devstore.world import World
from tests.devstore.conftest import EXCHANGE, empty_the_post, order_gid, told


def first(world, topic):
    return next(delivery for delivery in world.post.pending() if delivery.topic == topic)


def body(world, topic):
    return json.loads(first(world, topic).body)


def test_a_webhook_is_signed_over_its_bytes(world, shop, chair, buy):
    buy((chair, 1))
    delivery = first(world, "orders/create")
    digest = hmac.digest(EXCHANGE["client_secret"].encode(), delivery.body, hashlib.sha256)
    assert delivery.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()


def test_a_webhook_says_whose_it_is_and_what(world, shop, chair, buy):
    buy((chair, 1))
    headers = first(world, "orders/create").headers
    assert headers["X-Shopify-Topic"] == "orders/create"
    assert headers["X-Shopify-Shop-Domain"] == "lamplight.myshopify.com"
    assert headers["X-Shopify-API-Version"] == "2026-07"
    assert headers["X-Shopify-Triggered-At"].startswith("2026-07-01T12:00:00")
    assert first(world, "orders/create").url == "https://app.example/webhooks"


def test_an_order_has_plain_numbers_money_as_text_and_the_shops_time(world, shop, lamp, buy):
    order = buy((lamp, 1))
    told_order = body(world, "orders/create")
    assert told_order["id"] == order.id
    assert told_order["admin_graphql_api_id"] == order_gid(order)
    assert (told_order["total_price"], told_order["line_items"][0]["price"]) == ("129.00", "129.00")
    assert told_order["created_at"] == "2026-07-01T08:00:00-04:00"
    assert (told_order["financial_status"], told_order["fulfillment_status"]) == ("paid", None)


def test_a_level_tells_item_place_and_available(world, shop, lamp, brooklyn):
    receive(world, shop, lamp.item_id, brooklyn, 2)
    level = body(world, "inventory_levels/update")
    assert (level["inventory_item_id"], level["location_id"], level["available"]) == (lamp.item_id, brooklyn, 3)


def test_fulfillment_order_topics_carry_global_ids(world, shop, chair, buy):
    buy((chair, 1))
    told_part = body(world, "fulfillment_orders/order_routing_complete")["fulfillment_order"]
    assert told_part["id"].startswith("gid://shopify/FulfillmentOrder/")
    assert told_part["status"] == "open"


def test_running_out_and_coming_back_are_told_once_each(world, shop, lamp, brooklyn, buy):
    buy((lamp, 1))
    receive(world, shop, lamp.item_id, brooklyn, 1)
    receive(world, shop, lamp.item_id, brooklyn, 1)
    assert [topic for topic in told(world) if topic.startswith("variants/")] == [
        "variants/out_of_stock",
        "variants/in_stock",
    ]


def test_all_subscriptions_to_one_event_share_its_id_but_not_the_webhooks(world, shop, chair, buy):
    shop.subscriptions[1] = Subscription(1, "orders/create", "https://b.example/w", world.now(), world.now())
    buy((chair, 1))
    pair = [delivery for delivery in world.post.pending() if delivery.topic == "orders/create"]
    assert len({delivery.event_id for delivery in pair}) == 1
    assert len({delivery.webhook_id for delivery in pair}) == 2


def test_a_failed_delivery_comes_again_with_the_same_ids_and_body(world, shop, chair, buy, machine):
    buy((chair, 1))
    delivery = world.post.take()
    before = (delivery.webhook_id, delivery.event_id, delivery.body)
    world.post.settle(delivery, 500)
    rest = empty_the_post(world)
    assert delivery not in rest
    machine.pass_seconds(BACKOFF[0])
    again = world.post.take()
    assert (again.webhook_id, again.event_id, again.body) == before
    world.post.settle(again, 200)
    assert (again.state, again.answers) == ("delivered", [500, 200])


@pytest.mark.parametrize("answer", [302, 404, 503, "ConnectionError"])
def test_anything_but_two_hundred_is_a_failure(world, shop, chair, buy, answer):
    buy((chair, 1))
    delivery = world.post.take()
    world.post.settle(delivery, answer)
    assert delivery.state == "waiting"


def test_after_eight_retries_it_is_given_up_and_an_asked_for_subscription_is_dropped(world, shop, chair, buy, machine):
    shop.subscriptions[1] = Subscription(1, "app/none", "https://b.example/w", world.now(), world.now())
    shop.subscriptions[1].topic = "orders/paid"
    buy((chair, 1))
    empty = [each for each in world.post.pending() if each.subscription_id == 1]
    assert len(empty) == 1
    while empty[0].state != "given up":
        delivery = world.post.take()
        if delivery is None:
            machine.pass_seconds(BACKOFF[-1])
            continue
        world.post.settle(delivery, 500 if delivery is empty[0] else 200)
    assert empty[0].attempts == len(BACKOFF) + 1
    assert 1 not in shop.subscriptions


def test_doubled_brings_everything_twice(world, shop, chair, buy):
    world.post.faults.doubled = True
    buy((chair, 1))
    brought = [each.webhook_id for each in empty_the_post(world)]
    assert len(brought) == 2 * len(set(brought))


def test_of_two_that_are_the_same_each_is_brought_once_in_whatever_order(world, shop, chair, buy):
    world.post.faults.doubled = True
    for _ in range(4):
        buy((chair, 1))
    world.post.faults.shuffled = True
    brought = empty_the_post(world)
    assert {id(each) for each in brought} == {id(each) for each in world.post.made}
    assert {each.state for each in world.post.made} == {"delivered"}


def test_shuffled_changes_the_order_and_nothing_else(world, shop, chair, buy):
    world.post.faults.shuffled = True
    for _ in range(3):
        buy((chair, 1))
    made = [each.webhook_id for each in world.post.made]
    brought = [each.webhook_id for each in empty_the_post(world)]
    assert brought != made
    assert sorted(brought) == sorted(made)


def test_shuffled_over_a_while_reorders_even_a_post_that_is_quick(world, shop, chair, buy, machine):
    world.post.faults.shuffled, world.post.faults.spread = True, 5.0
    for _ in range(3):
        buy((chair, 1))
    made = [each.webhook_id for each in world.post.made]
    brought = []
    for _ in range(60):
        brought += [each.webhook_id for each in empty_the_post(world)]
        machine.pass_seconds(0.1)
    assert brought != made
    assert sorted(brought) == sorted(made)


def test_in_order_when_nothing_is_wrong(world, shop, chair, buy):
    for _ in range(3):
        buy((chair, 1))
    made = [each.webhook_id for each in world.post.made]
    assert [each.webhook_id for each in empty_the_post(world)] == made


def test_late_waits(world, shop, chair, buy, machine):
    world.post.faults.late = 30
    buy((chair, 1))
    assert world.post.take() is None
    machine.pass_seconds(30)
    assert world.post.take() is not None


def test_lost_never_comes_but_is_remembered(world, shop, chair, buy):
    world.post.faults.lose_next = 1
    buy((chair, 1))
    lost = [each for each in world.post.made if each.state == "lost"]
    assert len(lost) == 1
    assert lost[0] not in empty_the_post(world)


def test_a_shop_without_the_app_tells_it_nothing(world, shop, chair, buy):
    uninstall(world, shop)
    empty_the_post(world)
    buy((chair, 1))
    assert told(world) == []


def test_the_law_is_told_even_after_the_removal(world, shop, chair, buy):
    order = buy((chair, 1))
    uninstall(world, shop)
    empty_the_post(world)
    request_customer_data(world, shop, order.customer, redact=True)
    request_shop_redaction(world, shop)
    assert told(world) == ["customers/redact", "shop/redact"]
    assert body(world, "customers/redact")["orders_to_redact"] == [order.id]


def test_include_fields_and_filter_are_heeded(world, shop, lamp, brooklyn):
    wish = AppSubscription("inventory_levels/update", "/w", ("available",), "available:3")
    other = World(dataclasses.replace(world.app, subscriptions=(wish,)), world.clock)
    other.add(shop)
    receive(other, shop, lamp.item_id, brooklyn, 1)
    receive(other, shop, lamp.item_id, brooklyn, 1)
    assert [json.loads(each.body) for each in other.post.pending()] == [{"available": 3}]
