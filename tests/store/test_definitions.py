"""The metafields we need are defined once, whoever comes first."""

import pytest

from backorder.store.errors import StoreRefused
from tests.store.answers import connection, in_the_shop, user_error
from tests.store.cast import lamplight

THERE = {"id": "gid://shopify/MetafieldDefinition/1"}


def shop_with(*owners, problem=None):
    def found(_info, ownerType, **_others):  # noqa: N803 -- the schema's name
        return {"nodes": [THERE] if ownerType in owners else []}

    said = {"createdDefinition": None if problem else THERE, "userErrors": [problem] if problem else []}
    return in_the_shop(metafieldDefinitions=found, metafieldDefinitionCreate=said)


def created(asked):
    return [each["definition"] for each in asked if "definition" in each]


def test_what_the_configuration_has_declared_is_left_alone():
    asked = shop_with("PRODUCTVARIANT", "ORDER")
    assert lamplight().ensure_definitions() == ()
    assert created(asked) == []


def test_what_is_missing_is_created_so_that_shoppers_can_read_it():
    asked = shop_with()
    assert lamplight().ensure_definitions() == ("backorder", "backorder_promise")
    variant, order = created(asked)
    assert (variant["ownerType"], variant["key"], variant["type"]) == ("PRODUCTVARIANT", "backorder", "json")
    assert variant["access"] == {"admin": "MERCHANT_READ", "storefront": "PUBLIC_READ", "customerAccount": "NONE"}
    assert (order["ownerType"], order["key"], order["type"]) == ("ORDER", "backorder_promise", "json")
    assert order["access"] == {"admin": "MERCHANT_READ", "storefront": "NONE", "customerAccount": "READ"}
    assert {each["namespace"] for each in (variant, order)} == {"$app"}


def test_somebody_who_was_quicker_is_fine():
    shop_with("ORDER", problem=user_error("Key is in use", "TAKEN"))
    assert lamplight().ensure_definitions() == ()


def test_a_refused_definition_is_an_error():
    shop_with("ORDER", problem=user_error("Too many", "RESOURCE_TYPE_LIMIT_EXCEEDED"))
    with pytest.raises(StoreRefused, match="Too many"):
        lamplight().ensure_definitions()


def test_all_subscriptions_are_listed_over_all_pages():
    rows = [{"topic": "ORDERS_CREATE", "uri": f"https://app.example/{number}"} for number in range(120)]
    in_the_shop(webhookSubscriptions=connection(rows))
    seen = lamplight().subscriptions()
    assert [each.uri for each in seen] == [row["uri"] for row in rows]
    assert {each.topic for each in seen} == {"ORDERS_CREATE"}
