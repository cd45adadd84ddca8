"""Policy and promise reach a variant together, and each variant has an answer of its own."""

import json
from datetime import UTC, datetime

import pytest

from backorder.rules.seen import Policy
from backorder.store.errors import GoneFromStore, StoreRefused
from backorder.store.written import OfferChange, OfferWritten
from tests.store.answers import in_the_shop, user_error
from tests.store.cast import lamplight

LAMP = OfferChange(101, Policy.CONTINUE, {"state": "backorder", "ships": "2026-12-07"})
SHADE = OfferChange(102, Policy.DENY, None)
CHAIR = OfferChange(103, None, {"state": "in_stock"})

THEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def variant(number, policy="CONTINUE", digest="d1"):
    promise = digest and {"compareDigest": digest}
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "inventoryPolicy": policy,
        "updatedAt": "2026-11-25T04:30:00-05:00",
        "metafield": promise,
    }


def the_store_writes(variants, *problems):
    return in_the_shop(productVariantsBulkUpdate={"productVariants": variants, "userErrors": list(problems)})


def test_policy_and_promise_are_written_in_one_call():
    asked = the_store_writes([variant(101), variant(102, "DENY", None), variant(103, "DENY", "d3")])
    outcome = lamplight().offer(9, [LAMP, SHADE, CHAIR])
    assert outcome.written == {
        101: OfferWritten(101, Policy.CONTINUE, THEN, "d1"),
        102: OfferWritten(102, Policy.DENY, THEN, None),
        103: OfferWritten(103, Policy.DENY, THEN, "d3"),
    }
    assert not outcome.refused
    assert len(asked) == 1
    lamp, shade, chair = asked[0]["variants"]
    assert asked[0]["productId"] == "gid://shopify/Product/9"
    assert json.loads(lamp["metafields"][0].pop("value")) == LAMP.promise
    assert lamp == {
        "id": "gid://shopify/ProductVariant/101",
        "inventoryPolicy": "CONTINUE",
        "metafields": [{"namespace": "$app", "key": "backorder", "type": "json"}],
    }
    assert shade == {"id": "gid://shopify/ProductVariant/102", "inventoryPolicy": "DENY"}
    assert "inventoryPolicy" not in chair


def test_a_refused_variant_does_not_stop_the_others():
    problem = user_error("Gone", "PRODUCT_VARIANT_DOES_NOT_EXIST", ["variants", "1", "id"])
    the_store_writes([variant(101)], problem)
    outcome = lamplight().offer(9, [LAMP, SHADE])
    assert set(outcome.written) == {101}
    assert outcome.refused[102].code == "PRODUCT_VARIANT_DOES_NOT_EXIST"


def test_a_variant_is_never_both_written_and_refused():
    problem = user_error("Too long", "INVALID_INPUT", ["variants", "0", "metafields", "0", "value"])
    the_store_writes([variant(101)], problem)
    outcome = lamplight().offer(9, [LAMP])
    assert not outcome.written
    assert set(outcome.refused) == {101}


def test_a_product_that_was_deleted_is_gone():
    the_store_writes(None, user_error("No product", "PRODUCT_DOES_NOT_EXIST", ["productId"]))
    with pytest.raises(GoneFromStore):
        lamplight().offer(9, [LAMP])


@pytest.mark.parametrize("field", [None, ["variants"], ["variants", "7"], ["variants", "x"]])
def test_a_problem_that_belongs_to_no_variant_refuses_the_call(field):
    the_store_writes([], user_error("Something else", "INVALID_INPUT", field))
    with pytest.raises(StoreRefused, match="Something else"):
        lamplight().offer(9, [LAMP])


def test_a_product_with_very_many_variants_takes_several_calls():
    def write(_info, variants, **_others):
        return {"productVariants": [variant(each["id"].rpartition("/")[2]) for each in variants], "userErrors": []}

    asked = in_the_shop(productVariantsBulkUpdate=write)
    outcome = lamplight().offer(9, [OfferChange(number, Policy.CONTINUE, None) for number in range(1, 251)])
    assert len(outcome.written) == 250
    assert [len(each["variants"]) for each in asked] == [100, 100, 50]


def test_the_same_promise_is_always_the_same_text():
    asked = the_store_writes([variant(101)])
    lamplight().offer(9, [OfferChange(101, None, {"b": "ä", "a": 1})])
    assert asked[0]["variants"][0]["metafields"][0]["value"] == '{"a":1,"b":"ä"}'


def test_a_promise_is_taken_off_wherever_it_stands():
    asked = in_the_shop(metafieldsDelete={"deletedMetafields": [None, None], "userErrors": []})
    lamplight().clear_promise([102, 101, 102])
    assert asked[0]["metafields"] == [
        {"ownerId": f"gid://shopify/ProductVariant/{number}", "namespace": "$app", "key": "backorder"}
        for number in (101, 102)
    ]


def test_taking_the_promise_off_nothing_asks_nothing():
    lamplight().clear_promise([])
