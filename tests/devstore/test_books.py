"""What the app reads and writes: catalogue, levels, orders, metafields, tags, cancellation, subscriptions."""

import json

import pytest

from devstore.gids import gid, level_gid
from devstore.payment import mark_paid
from tests.devstore.conftest import empty_the_post, level_of, only_part, order_gid, told

OFFER = """mutation Offer($p: ID!, $v: [ProductVariantsBulkInput!]!, $partial: Boolean) {
  productVariantsBulkUpdate(productId: $p, variants: $v, allowPartialUpdates: $partial) {
    productVariants { id inventoryPolicy backorder: metafield(namespace: "$app", key: "backorder") { jsonValue compareDigest } }
    userErrors { field code }
  }
}"""
METAFIELDS_SET = """mutation Set($m: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $m) {
    metafields { id namespace key compareDigest ownerType } userErrors { field code elementIndex }
  }
}"""
CANCEL = """mutation Cancel($id: ID!, $restock: Boolean!) {
  orderCancel(orderId: $id, reason: INVENTORY, restock: $restock, notifyCustomer: false,
    refundMethod: {originalPaymentMethodsRefund: true}) {
    job { id done } orderCancelUserErrors { field code message }
  }
}"""
SUBSCRIBE = """mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
    webhookSubscription { id topic uri } userErrors { field message }
  }
}"""
ORDERS = "query Orders($q: String) { orders(first: 10, query: $q) { nodes { name } } }"


def wish(variant, **fields):
    return {"id": gid("ProductVariant", variant.id), **fields}


def promise(value):
    return {"namespace": "$app", "key": "backorder", "type": "json", "value": json.dumps(value)}


def names(admin, query):
    return [order["name"] for order in admin.get(ORDERS, q=query)["orders"]["nodes"]]


def test_a_level_tells_every_state_with_its_time(admin, shop, chair, brooklyn, buy):
    buy((chair, 5))
    document = """query Level($id: ID!, $place: ID!) { inventoryItem(id: $id) { tracked
      inventoryLevel(locationId: $place) { id updatedAt quantities(names: ["available", "committed", "on_hand"]) {
        name quantity updatedAt } } } }"""
    answer = admin.get(document, id=gid("InventoryItem", chair.item_id), place=gid("Location", brooklyn))
    level = answer["inventoryItem"]["inventoryLevel"]
    assert level["id"] == level_gid(level_of(shop, chair).id, chair.item_id)
    assert {each["name"]: each["quantity"] for each in level["quantities"]} == {
        "available": 7,
        "committed": 5,
        "on_hand": 12,
    }
    assert level["updatedAt"] == "2026-07-01T12:00:00Z"


def test_policy_and_promise_are_written_in_one_call(admin, shop, lamp):
    changes = [wish(lamp, inventoryPolicy="CONTINUE", metafields=[promise({"ships": "2026-07-20"})])]
    answer = admin.get(OFFER, p=gid("Product", lamp.product_id), v=changes)["productVariantsBulkUpdate"]
    (variant,) = answer["productVariants"]
    assert variant["inventoryPolicy"] == "CONTINUE"
    assert variant["backorder"]["jsonValue"] == {"ships": "2026-07-20"}
    assert [(act.act, act.by) for act in shop.journal][-2:] == [("policy set", "app"), ("metafield set", "app")]


def test_a_variant_of_another_product_is_refused_alone_when_partial_updates_are_allowed(admin, lamp, chair):
    changes = [wish(chair, inventoryPolicy="CONTINUE"), wish(lamp, inventoryPolicy="CONTINUE")]
    product = gid("Product", lamp.product_id)
    answer = admin.get(OFFER, p=product, v=changes, partial=True)["productVariantsBulkUpdate"]
    assert answer["userErrors"] == [{"field": ["variants", "0", "id"], "code": "MUST_BE_FOR_THIS_PRODUCT"}]
    assert (lamp.inventory_policy, chair.inventory_policy) == ("CONTINUE", "DENY")


def test_without_partial_updates_one_error_stops_all(admin, lamp, chair):
    changes = [wish(chair, inventoryPolicy="CONTINUE"), wish(lamp, inventoryPolicy="CONTINUE")]
    answer = admin.get(OFFER, p=gid("Product", lamp.product_id), v=changes)["productVariantsBulkUpdate"]
    assert answer["productVariants"] is None
    assert lamp.inventory_policy == "DENY"


def test_one_call_for_one_product_is_told_once(admin, world, lamp):
    empty_the_post(world)
    admin.get(OFFER, p=gid("Product", lamp.product_id), v=[wish(lamp, inventoryPolicy="CONTINUE")])
    assert told(world) == ["products/update"]


def test_the_apps_namespace_is_its_own_and_shown_resolved(admin, shop, world, buy, chair):
    order = buy((chair, 1))
    field = {"ownerId": order_gid(order), "key": "note", "type": "single_line_text_field", "value": "x"}
    (written,) = admin.get(METAFIELDS_SET, m=[field])["metafieldsSet"]["metafields"]
    assert written["namespace"] == f"app--{world.app.app_id}"
    assert written["ownerType"] == "ORDER"


def test_a_digest_of_null_means_that_nothing_may_be_there(admin, buy, chair):
    field = {"ownerId": order_gid(buy((chair, 1))), "key": "p", "type": "json", "value": "1", "compareDigest": None}
    first = admin.get(METAFIELDS_SET, m=[field])["metafieldsSet"]
    assert first["userErrors"] == []
    second = admin.get(METAFIELDS_SET, m=[field])["metafieldsSet"]
    assert second["userErrors"] == [
        {"field": ["metafields", "0", "compareDigest"], "code": "STALE_OBJECT", "elementIndex": 0}
    ]
    current = first["metafields"][0]["compareDigest"]
    third = admin.get(METAFIELDS_SET, m=[{**field, "value": "2", "compareDigest": current}])["metafieldsSet"]
    assert third["userErrors"] == []
    assert third["metafields"][0]["compareDigest"] != current


def test_metafields_are_written_all_or_none(admin, shop, buy, chair):
    order = buy((chair, 1))
    good = {"ownerId": order_gid(order), "key": "good", "type": "json", "value": "1"}
    answer = admin.get(METAFIELDS_SET, m=[good, {**good, "key": "bad", "value": "{"}])["metafieldsSet"]
    assert [error["code"] for error in answer["userErrors"]] == ["INVALID_VALUE"]
    assert not shop.metafields


def test_twenty_six_metafields_are_too_many(admin, buy, chair):
    owner = order_gid(buy((chair, 1)))
    many = [{"ownerId": owner, "key": f"k{count}", "type": "json", "value": "1"} for count in range(26)]
    assert "errors" in admin.ask(METAFIELDS_SET, m=many)


def test_a_defined_metafield_keeps_its_type(admin, lamp):
    field = {"ownerId": gid("ProductVariant", lamp.id), "key": "backorder", "type": "boolean", "value": "true"}
    answer = admin.get(METAFIELDS_SET, m=[field])["metafieldsSet"]
    assert [error["code"] for error in answer["userErrors"]] == ["INVALID_TYPE"]


def test_a_deleted_metafield_is_gone(admin, shop, lamp):
    admin.get(OFFER, p=gid("Product", lamp.product_id), v=[wish(lamp, metafields=[promise(1)])])
    document = """mutation Delete($m: [MetafieldIdentifierInput!]!) {
      metafieldsDelete(metafields: $m) { deletedMetafields { key } userErrors { message } } }"""
    place = {"ownerId": gid("ProductVariant", lamp.id), "namespace": "$app", "key": "backorder"}
    assert admin.get(document, m=[place])["metafieldsDelete"]["deletedMetafields"] == [{"key": "backorder"}]
    assert admin.get(document, m=[place])["metafieldsDelete"]["deletedMetafields"] == [None]
    assert not shop.metafields


def test_definitions_come_with_the_app_and_can_be_added_once(admin):
    document = """mutation Define($d: MetafieldDefinitionInput!) {
      metafieldDefinitionCreate(definition: $d) { createdDefinition { key } userErrors { code } } }"""
    wanted = {"key": "backorder_promise", "name": "Promise", "ownerType": "ORDER", "type": "json"}
    assert admin.get(document, d=wanted)["metafieldDefinitionCreate"]["createdDefinition"]
    again = admin.get(document, d=wanted)["metafieldDefinitionCreate"]
    assert again["userErrors"] == [{"code": "TAKEN"}]
    found = admin.get(
        '{ metafieldDefinitions(first: 5, ownerType: PRODUCTVARIANT, namespace: "$app") { nodes { key access { storefront } } } }'
    )
    assert found["metafieldDefinitions"]["nodes"] == [{"key": "backorder", "access": {"storefront": "PUBLIC_READ"}}]


def test_orders_are_found_by_status_money_fulfilment_and_time(admin, world, shop, chair, buy, machine):
    buy((chair, 1))
    machine.pass_seconds(3000)
    unpaid = buy((chair, 1), financial_status="PENDING")
    assert names(admin, "status:open") == ["#1001", "#1002"]
    assert names(admin, "financial_status:paid") == ["#1001"]
    assert names(admin, "updated_at:>='2026-07-01T12:30:00Z'") == ["#1002"]
    assert names(admin, "updated_at:<'2026-07-01T12:30:00Z' AND status:open") == ["#1001"]
    assert names(admin, "fulfillment_status:shipped") == []
    assert names(admin, "-financial_status:paid OR name:#1001") == ["#1001", "#1002"]
    mark_paid(world, shop, unpaid.id)
    assert names(admin, "financial_status:paid") == ["#1001", "#1002"]


def test_a_sweep_finds_what_changed_since_closed_ones_included(admin, world, shop, chair, buy, machine):
    old = buy((chair, 1))
    machine.pass_seconds(60)
    admin.get(CANCEL, id=order_gid(old), restock=True)
    world.background.run_due()
    machine.pass_seconds(60)
    buy((chair, 1))
    document = """query Sweep($q: String, $closed: Boolean) {
      fulfillmentOrders(first: 10, query: $q, includeClosed: $closed, sortKey: UPDATED_AT) { nodes { orderName status } } }"""

    def found(**args):
        return [
            (each["orderName"], each["status"]) for each in admin.get(document, **args)["fulfillmentOrders"]["nodes"]
        ]

    assert found(q="updated_at:>='2026-07-01T12:01:00Z'", closed=True) == [("#1001", "CANCELLED"), ("#1002", "OPEN")]
    assert found(q="updated_at:>='2026-07-01T12:01:30Z'", closed=True) == [("#1002", "OPEN")]
    assert found(closed=False) == [("#1002", "OPEN")]


def test_an_order_tells_its_agreements_line_by_line(admin, shop, world, chair, buy):
    order = buy((chair, 3))
    admin.get(CANCEL, id=order_gid(order), restock=True)
    world.background.run_due()
    document = """query Age($id: ID!) { order(id: $id) { agreements(first: 5) { nodes { reason sales(first: 5) { nodes {
      actionType quantity ... on ProductSale { lineItem { id } } } } } } } }"""
    agreements = admin.get(document, id=order_gid(order))["order"]["agreements"]["nodes"]
    sold = [(each["reason"], each["sales"]["nodes"][0]["quantity"]) for each in agreements]
    assert sold == [("ORDER", 3), ("REFUND", -3)]


def test_cancelling_is_a_job_that_ends_later(admin, world, shop, chair, buy):
    order = buy((chair, 2))
    job = admin.get(CANCEL, id=order_gid(order), restock=True)["orderCancel"]["job"]
    assert (job["done"], order.cancelled_at) == (False, None)
    world.background.run_due()
    assert admin.get("query($id: ID!) { job(id: $id) { done } }", id=job["id"]) == {"job": {"done": True}}
    assert (only_part(shop, order).status, order.financial_status) == ("CANCELLED", "REFUNDED")


def test_an_order_is_cancelled_once(admin, world, chair, buy):
    order = buy((chair, 2))
    admin.get(CANCEL, id=order_gid(order), restock=True)
    world.background.run_due()
    again = admin.get(CANCEL, id=order_gid(order), restock=True)["orderCancel"]
    assert [error["code"] for error in again["orderCancelUserErrors"]] == ["INVALID"]


def test_a_cancellation_is_told_as_refund_cancellation_and_update(admin, world, chair, buy):
    order = buy((chair, 2))
    empty_the_post(world)
    admin.get(CANCEL, id=order_gid(order), restock=True)
    world.background.run_due()
    assert told(world) == [
        "inventory_levels/update",
        "fulfillment_orders/cancelled",
        "refunds/create",
        "orders/cancelled",
        "orders/updated",
    ]


def test_tags_are_added_and_removed_one_by_one(admin, chair, buy):
    order = buy((chair, 1))
    order.tags.append("gift")
    add = "mutation($id: ID!, $t: [String!]!) { tagsAdd(id: $id, tags: $t) { node { id } userErrors { message } } }"
    admin.get(add, id=order_gid(order), t=["Backorder", "GIFT"])
    assert order.tags == ["Backorder", "gift"]
    admin.get(add.replace("tagsAdd", "tagsRemove"), id=order_gid(order), t=["backorder"])
    assert order.tags == ["gift"]


def test_a_test_order_says_so(admin, chair, buy):
    order = buy((chair, 1), test=True)
    assert admin.get("query($id: ID!) { order(id: $id) { test } }", id=order_gid(order)) == {"order": {"test": True}}


def test_an_app_can_subscribe_for_one_shop_and_stop(admin, world, shop):
    made = admin.get(SUBSCRIBE, topic="ORDERS_CREATE", uri="https://b.example/w")["webhookSubscriptionCreate"]
    assert made["webhookSubscription"]["topic"] == "ORDERS_CREATE"
    assert admin.get(SUBSCRIBE, topic="ORDERS_CREATE", uri="https://b.example/w")["webhookSubscriptionCreate"][
        "userErrors"
    ]
    document = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }"
    admin.get(document, id=made["webhookSubscription"]["id"])
    assert not shop.subscriptions


@pytest.mark.parametrize("uri", ["ftp://b.example", "/relative", ""])
def test_a_subscription_needs_an_address(admin, uri):
    answer = admin.get(SUBSCRIBE, topic="ORDERS_CREATE", uri=uri)["webhookSubscriptionCreate"]
    assert answer["userErrors"][0]["field"] == ["webhookSubscription", "uri"]
