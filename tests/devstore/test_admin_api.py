"""The door of the Admin API: what it refuses, what it charges, how it pages."""

import json
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from devstore.admin.cost import requested_cost
from devstore.admin.execute import prepare
from devstore.admin.schema import FOLDER, VERSION, facts, schema
from devstore.gids import gid
from devstore.places import open_place
from tests.devstore.conftest import order_gid

SHOP = "{ shop { name } }"
SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id changes { name delta quantityAfterChange } }
    userErrors { field message code }
  }
}"""


def errors_of(answer):
    return [(error["extensions"]["code"], error["message"]) for error in answer["errors"]]


def test_the_schema_is_the_real_one():
    assert len(schema().type_map) > 2500
    assert "fulfillmentOrderHold" in schema().mutation_type.fields
    assert "inventorySetScheduledChanges" not in schema().mutation_type.fields


def test_the_schema_keeps_what_is_deprecated_and_no_descriptions():
    assert schema().type_map["InventoryItem"].fields["variant"].deprecation_reason == "deprecated"
    assert not schema().type_map["InventoryItem"].fields["variants"].deprecation_reason
    assert schema().type_map["InventoryItem"].description is None


def test_the_facts_name_what_needs_a_key_and_a_scope():
    assert "inventorySetQuantities" in facts().idempotent
    assert "fulfillmentOrderHold" not in facts().idempotent
    assert "write_products" in facts().scopes["Mutation.productVariantsBulkUpdate"]


def test_the_committed_schema_is_of_a_moderate_size():
    assert (FOLDER / f"admin_{VERSION}.json.gz").stat().st_size < 300_000


def test_the_committed_schema_is_the_same_bytes_whenever_it_is_written():
    header = (FOLDER / f"admin_{VERSION}.json.gz").read_bytes()[:10]
    assert header[4:8] == bytes(4), "the time of packing would change the file"


def test_every_answer_names_its_version_and_its_cost(admin):
    response = admin.post(SHOP)
    assert response.headers["X-Shopify-API-Version"] == "2026-07"
    cost = response.json["extensions"]["cost"]
    assert cost["throttleStatus"] == {"maximumAvailable": 2000.0, "currentlyAvailable": 1999, "restoreRate": 100.0}


def test_a_field_that_is_in_no_schema_is_refused(admin, world):
    assert "Cannot query field 'colour'" in admin.ask("{ shop { colour } }")["errors"][0]["message"]
    assert world.misses == []


def test_a_real_field_that_is_not_modelled_is_refused_by_its_name_and_written_down(admin, world):
    answer = admin.ask("query Curious { shop { taxesIncluded } }")
    assert errors_of(answer) == [("NOT_MODELLED", "The development store does not model Shop.taxesIncluded")]
    assert world.misses == [{"coordinate": "Shop.taxesIncluded", "document": "Curious"}]


def test_an_unmodelled_argument_is_named(admin, world):
    admin.ask("{ locations(first: 1, sortKey: NAME) { nodes { id } } }")
    assert [miss["coordinate"] for miss in world.misses] == ["QueryRoot.locations(sortKey:)"]


def test_a_location_of_a_fulfillment_service_is_shown_only_to_who_asks_for_these_too(admin, world, shop):
    service = open_place(world, shop, "Ship4You", is_service=True)

    def shown(asked):
        answer = admin.ask(f"{{ locations(first: 9{asked}) {{ nodes {{ id }} }} }}")
        return [node["id"] for node in answer["data"]["locations"]["nodes"]]

    assert gid("Location", service.id) not in shown("")
    assert gid("Location", service.id) in shown(", includeLegacy: true")


def test_an_unmodelled_input_field_is_named_before_anything_happens(admin, world, lamp):
    document = """mutation($p: ID!, $v: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $p, variants: $v) { userErrors { message } } }"""
    wish = {"id": gid("ProductVariant", lamp.id), "inventoryPolicy": "CONTINUE", "taxable": False}
    admin.ask(document, p=gid("Product", lamp.product_id), v=[wish])
    assert [miss["coordinate"] for miss in world.misses] == ["ProductVariantsBulkInput.taxable"]
    assert lamp.inventory_policy == "DENY"


def test_an_unmodelled_input_field_in_the_text_is_named_too(admin, world, lamp):
    document = f"""mutation {{ productVariantsBulkUpdate(productId: "{gid("Product", lamp.product_id)}",
      variants: [{{id: "{gid("ProductVariant", lamp.id)}", taxable: false}}]) {{ userErrors {{ message }} }} }}"""
    admin.ask(document)
    assert [miss["coordinate"] for miss in world.misses] == ["ProductVariantsBulkInput.taxable"]


def test_a_miss_deep_in_a_mutation_stops_the_mutation(admin, shop, world, buy, chair):
    order = buy((chair, 1))
    document = """mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { node { ... on Order { totalWeight } } } }"""
    assert errors_of(admin.ask(document, id=order_gid(order)))[0][0] == "NOT_MODELLED"
    assert order.tags == []


def test_a_search_that_is_not_understood_is_loud(admin, world):
    answer = admin.ask('{ orders(first: 1, query: "mood:happy") { nodes { id } } }')
    assert errors_of(answer) == [("NOT_MODELLED", "Searching by mood is not modelled")]
    assert world.misses


def test_deprecated_fields_are_written_down(admin, world, lamp):
    admin.ask(
        "query Old($id: ID!) { inventoryItem(id: $id) { variant { id } } }", id=gid("InventoryItem", lamp.item_id)
    )
    assert world.deprecations == [{"coordinate": "InventoryItem.variant", "document": "Old"}]


def test_an_id_must_be_a_global_id(admin):
    answer = admin.ask("query($id: ID!) { order(id: $id) { id } }", id="4507")
    assert errors_of(answer) == [("INVALID_VARIABLE", "Invalid global id '4507'")]
    assert errors_of(admin.ask('{ order(id: "4507") { id } }'))[0][0] == "INVALID_VARIABLE"


def test_an_id_of_another_kind_is_refused(admin):
    answer = admin.ask("query($id: ID!) { order(id: $id) { id } }", id="gid://shopify/Product/1")
    assert errors_of(answer) == [("RESOURCE_NOT_FOUND", "Invalid id: gid://shopify/Product/1")]


def test_what_is_not_there_is_null(admin):
    assert admin.get('{ order(id: "gid://shopify/Order/1") { id } }') == {"order": None}


@pytest.mark.parametrize("moment", ["soon", "2026-13-01T00:00:00Z", 5])
def test_a_moment_must_be_one(admin, moment):
    document = """mutation($at: DateTime!) { fulfillmentOrdersSetFulfillmentDeadline(
      fulfillmentOrderIds: [], fulfillmentDeadline: $at) { success } }"""
    assert "$at" in admin.ask(document, at=moment)["errors"][0]["message"]


def test_money_is_text_with_two_places(admin, shop, lamp):
    data = admin.get("query($id: ID!) { productVariant(id: $id) { price } }", id=gid("ProductVariant", lamp.id))
    assert data == {"productVariant": {"price": "129.00"}}


def test_pages_follow_their_cursors_to_the_end(admin, shop):
    document = """query($after: String) { productVariants(first: 3, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    first = admin.get(document)["productVariants"]
    second = admin.get(document, after=first["pageInfo"]["endCursor"])["productVariants"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert [*first["nodes"], *second["nodes"]] == [{"id": gid("ProductVariant", number)} for number in shop.variants]


def test_a_cursor_stays_right_when_the_list_changes(admin, shop, buy, chair, machine):
    orders = []
    for _ in range(3):
        orders.append(buy((chair, 1)))
        machine.pass_seconds(1)
    document = """query($after: String) { orders(first: 1, after: $after, sortKey: UPDATED_AT) {
      edges { cursor node { id } } } }"""
    (edge,) = admin.get(document)["orders"]["edges"]
    shop.orders.pop(orders[0].id)
    (following,) = admin.get(document, after=edge["cursor"])["orders"]["edges"]
    assert following["node"]["id"] == order_gid(orders[1])


@pytest.mark.parametrize("size", [0, 251])
def test_a_page_has_a_size(admin, size):
    assert errors_of(admin.ask("query($n: Int) { orders(first: $n) { nodes { id } } }", n=size))[0][0] == "BAD_REQUEST"


def test_a_connection_without_a_size_is_refused(admin):
    assert errors_of(admin.ask("{ orders { nodes { id } } }"))[0][0] == "BAD_REQUEST"


def test_a_made_up_cursor_is_refused(admin):
    assert errors_of(admin.ask('{ orders(first: 1, after: "!") { nodes { id } } }'))[0][0] == "BAD_REQUEST"


def test_cost_grows_with_the_logarithm_of_a_page():
    text = "{ product(id: 1) { variants(first: 250) { nodes { inventoryItem { id tracked } } } } }"
    document = parse(text)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    assert requested_cost(schema(), document, operation, {}) == 25


def test_a_query_that_costs_too_much_is_refused(admin):
    inner = (
        "fulfillmentOrders(first: 250) { nodes { lineItems(first: 250) { nodes { variant { id } lineItem { id } } } } }"
    )
    answer = admin.ask(f"{{ orders(first: 250) {{ nodes {{ {inner} }} }} }}")
    assert errors_of(answer)[0][0] == "MAX_COST_EXCEEDED"


def test_an_empty_bucket_says_throttled_with_status_200_and_fills_again(admin, world, shop, machine):
    world.throttle.drain(shop.domain)
    response = admin.post(SHOP)
    assert response.status_code == 200
    assert errors_of(response.json) == [("THROTTLED", "Throttled")]
    assert response.json["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0
    machine.pass_seconds(1)
    assert admin.get(SHOP) == {"shop": {"name": "Lamplight"}}


def test_a_throttled_mutation_has_no_effect(admin, world, shop, buy, chair):
    order = buy((chair, 1))
    world.throttle.drain(shop.domain)
    admin.ask('mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }', id=order_gid(order))
    assert order.tags == []


def test_what_was_not_used_is_given_back(admin, world, shop):
    cost = admin.ask("{ orders(first: 250) { nodes { id } } }")["extensions"]["cost"]
    assert cost["requestedQueryCost"] > cost["actualQueryCost"]
    assert world.throttle.available(shop.domain) == 2000 - cost["actualQueryCost"]


def test_a_scope_that_is_missing_is_named(admin, shop, world):
    shop.tokens[admin.token].scopes = frozenset({"read_products"})
    answer = admin.ask("{ orders(first: 1) { nodes { id } } }")
    assert errors_of(answer)[0][0] == "ACCESS_DENIED"
    assert "`read_orders`" in errors_of(answer)[0][1]
    assert admin.get("{ products(first: 1) { nodes { id } } }")["products"]["nodes"]


def test_writing_needs_the_writing_scope_and_happens_not_without(admin, shop, lamp):
    shop.tokens[admin.token].scopes = frozenset({"read_products"})
    document = """mutation($p: ID!, $v: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $p, variants: $v) { userErrors { message } } }"""
    wish = {"id": gid("ProductVariant", lamp.id), "inventoryPolicy": "CONTINUE"}
    answer = admin.ask(document, p=gid("Product", lamp.product_id), v=[wish])
    assert errors_of(answer)[0][0] == "ACCESS_DENIED"
    assert lamp.inventory_policy == "DENY"


def test_orders_older_than_sixty_days_are_invisible_without_the_scope(admin, world, shop, buy, chair):
    order = buy((chair, 1))
    assert admin.get("query($id: ID!) { order(id: $id) { id } }", id=order_gid(order))["order"]
    world.clock.advance(61 * 86400)
    assert admin.get("query($id: ID!) { order(id: $id) { id } }", id=order_gid(order)) == {"order": None}
    assert admin.get("{ orders(first: 5) { nodes { id } } }") == {"orders": {"nodes": []}}
    parts = admin.get("{ fulfillmentOrders(first: 5) { nodes { orderId orderName } } }")["fulfillmentOrders"]["nodes"]
    assert parts == [{"orderId": order_gid(order), "orderName": "#1001"}]


def test_nobody_writes_on_an_order_that_they_do_not_see(admin, world, shop, buy, chair):
    order = buy((chair, 1))
    world.clock.advance(61 * 86400)
    wish = {"ownerId": order_gid(order), "namespace": "$app", "key": "note", "type": "json", "value": "{}"}
    written = admin.get(
        "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { id } userErrors { message } } }",
        m=[wish],
    )["metafieldsSet"]
    assert [error["message"] for error in written["userErrors"]] == ["Owner does not exist."]
    tagged = admin.get(
        'mutation($id: ID!) { tagsAdd(id: $id, tags: ["late"]) { node { id } userErrors { message } } }',
        id=order_gid(order),
    )["tagsAdd"]
    assert [error["message"] for error in tagged["userErrors"]] == ["Resource does not exist"]
    assert "late" not in order.tags


def _set(lamp, brooklyn, quantity=7, **more):
    level = {"inventoryItemId": gid("InventoryItem", lamp.item_id), "locationId": gid("Location", brooklyn)}
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [{**level, "quantity": quantity, "changeFromQuantity": None, **more}],
    }


def test_the_same_key_and_parameters_are_answered_alike_and_done_once(admin, shop, lamp, brooklyn):
    first = admin.get(SET, input=_set(lamp, brooklyn), key="k")
    shop.levels[lamp.item_id, brooklyn].available = 3
    assert admin.get(SET, input=_set(lamp, brooklyn), key="k") == first
    assert shop.levels[lamp.item_id, brooklyn].available == 3


def test_the_same_key_with_other_parameters_is_a_mismatch(admin, shop, lamp, brooklyn):
    admin.get(SET, input=_set(lamp, brooklyn), key="k")
    answer = admin.get(SET, input=_set(lamp, brooklyn, quantity=8), key="k")["inventorySetQuantities"]
    assert [error["code"] for error in answer["userErrors"]] == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert shop.levels[lamp.item_id, brooklyn].available == 7


def test_a_key_is_required_where_the_platform_requires_it(admin, shop, lamp, brooklyn):
    without = SET.replace("@idempotent(key: $key) ", "").replace(", $key: String!", "")
    assert errors_of(admin.ask(without, input=_set(lamp, brooklyn)))[0][0] == "BAD_REQUEST"
    assert shop.levels[lamp.item_id, brooklyn].available == 1


def test_a_key_is_refused_where_it_means_nothing(admin, buy, chair):
    document = (
        """mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) @idempotent(key: "k") { userErrors { message } } }"""
    )
    assert errors_of(admin.ask(document, id=order_gid(buy((chair, 1)))))[0][0] == "BAD_REQUEST"


def test_a_count_is_set_only_from_the_count_that_was_believed(admin, shop, lamp, brooklyn):
    stale = admin.get(SET, input=_set(lamp, brooklyn, changeFromQuantity=4), key="k")["inventorySetQuantities"]
    assert [error["code"] for error in stale["userErrors"]] == ["CHANGE_FROM_QUANTITY_STALE"]
    fresh = admin.get(SET, input=_set(lamp, brooklyn, changeFromQuantity=1), key="l")["inventorySetQuantities"]
    assert fresh["inventoryAdjustmentGroup"]["changes"][0] == {
        "name": "available",
        "delta": 6,
        "quantityAfterChange": 7,
    }


def test_leaving_out_the_count_that_was_believed_is_refused(admin, lamp, brooklyn):
    wish = _set(lamp, brooklyn)
    del wish["quantities"][0]["changeFromQuantity"]
    assert errors_of(admin.ask(SET, input=wish, key="k"))[0][0] == "INVALID_FIELD_ARGUMENTS"


def test_another_version_is_answered_by_ours_and_says_so(admin):
    path = f"/{admin.shop.domain}/admin/api/2024-01/graphql.json"
    response = admin.client.post(path, json={"query": SHOP}, headers={"X-Shopify-Access-Token": admin.token})
    assert response.headers["X-Shopify-API-Version"] == "2026-07"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"query": 5}', b'{"query": "{ shop { id } }", "variables": [1]}'])
def test_a_body_that_is_no_request_is_a_bad_request(admin, body):
    path = f"/{admin.shop.domain}/admin/api/2026-07/graphql.json"
    headers = {"X-Shopify-Access-Token": admin.token, "Content-Type": "application/json"}
    assert admin.client.post(path, data=body, headers=headers).status_code == 400


def test_a_document_is_read_once(admin):
    text = "query Again { shop { id name } }"
    admin.get(text)
    before = prepare.cache_info().hits
    admin.get(text)
    assert prepare.cache_info().hits == before + 1


def test_the_facts_are_readable_beside_the_schema():
    written = json.loads(Path(FOLDER / f"facts_{VERSION}.json").read_text(encoding="utf-8"))
    assert written["package"].startswith("@shopify/dev-mcp@")


def test_nodes_that_are_named_cost_each():
    document = parse("query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id customer { id } } } }")
    (operation,) = document.definitions
    assert requested_cost(schema(), document, operation, {"ids": ["a", "b", "c"]}) == 6


WHO = """query Who($id: ID!) { order(id: $id) { name email customer { firstName locale defaultEmailAddress { emailAddress } } } }"""


def test_what_of_a_customer_is_not_approved_is_null_beside_an_error_without_a_code(admin, shop, buy, chair):
    order = buy((chair, 1))
    shop.withheld = frozenset({"email", "name"})
    answer = admin.ask(WHO, id=order_gid(order))
    customer = {"firstName": None, "locale": "en", "defaultEmailAddress": None}
    assert answer["data"]["order"] == {"name": order.name, "email": None, "customer": customer}
    assert [error["path"][-1] for error in answer["errors"]] == ["email", "firstName", "emailAddress"]
    assert all("not approved to use the" in error["message"] for error in answer["errors"])
    assert all("extensions" not in error for error in answer["errors"])
    shop.withheld = frozenset()
    assert admin.get(WHO, id=order_gid(order))["order"]["email"] == order.email
