"""On an order stand its promise, compared before it is set, and tags that leave others alone."""

import json

import pytest

from backorder.store.errors import ChangedMeanwhile, StoreBusy, StoreRefused
from tests.store.answers import in_the_shop, user_error
from tests.store.cast import lamplight

PROMISE = {"lines": {"7": "2026-12-07"}}


def the_store_sets(*problems):
    fields = [] if problems else [{"compareDigest": "d2"}]
    return in_the_shop(metafieldsSet={"metafields": fields, "userErrors": list(problems)})


@pytest.mark.parametrize("digest", [None, "d1"])
def test_a_promise_is_set_only_over_what_was_read_before(digest):
    asked = the_store_sets()
    assert lamplight().annotate(1042, PROMISE, digest) == "d2"
    (wish,) = asked[0]["metafields"]
    assert json.loads(wish.pop("value")) == PROMISE
    assert wish == {
        "ownerId": "gid://shopify/Order/1042",
        "namespace": "$app",
        "key": "backorder_promise",
        "type": "json",
        "compareDigest": digest,
    }


def test_somebody_who_wrote_meanwhile_is_not_overwritten():
    the_store_sets(user_error("Stale", "STALE_OBJECT"))
    with pytest.raises(ChangedMeanwhile):
        lamplight().annotate(1042, PROMISE, "d1")


def test_a_failure_inside_the_store_leaves_it_open_whether_it_was_set():
    the_store_sets(user_error("Internal error", "INTERNAL_ERROR"))
    with pytest.raises(StoreBusy) as busy:
        lamplight().annotate(1042, PROMISE, "d1")
    assert busy.value.outcome_unknown


def test_any_other_problem_is_a_refusal():
    the_store_sets(user_error("No order", "INVALID"))
    with pytest.raises(StoreRefused, match="No order"):
        lamplight().annotate(1042, PROMISE, None)


def test_tags_are_added_and_removed_one_by_one_not_overwritten():
    done = {"node": {"__typename": "Order", "id": "gid://shopify/Order/1042"}, "userErrors": []}
    asked = in_the_shop(tagsAdd=done, tagsRemove=done)
    lamplight().tags_add(1042, ["waits", "backorder", "waits"])
    lamplight().tags_remove(1042, ["waits"])
    assert [each["tags"] for each in asked] == [["backorder", "waits"], ["waits"]]
    assert {each["id"] for each in asked} == {"gid://shopify/Order/1042"}


def test_a_promise_and_its_tag_are_written_in_one_request():
    done = {"node": {"__typename": "Order", "id": "gid://shopify/Order/1042"}, "userErrors": []}
    asked = in_the_shop(metafieldsSet={"metafields": [{"compareDigest": "d2"}], "userErrors": []}, tagsAdd=done)
    assert lamplight().annotate(1042, PROMISE, None, {"backorder"}) == "d2"
    (said,) = asked
    assert (said["id"], said["tags"]) == ("gid://shopify/Order/1042", ["backorder"])


def test_a_tag_that_was_refused_is_not_taken_for_written():
    asked = user_error("No order", None)
    in_the_shop(
        metafieldsSet={"metafields": [{"compareDigest": "d2"}], "userErrors": []},
        tagsAdd={"node": None, "userErrors": [asked]},
    )
    with pytest.raises(StoreRefused, match="No order"):
        lamplight().annotate(1042, PROMISE, None, {"backorder"})


def test_promise_and_tag_are_taken_off_in_one_request():
    done = {"node": {"__typename": "Order", "id": "gid://shopify/Order/1042"}, "userErrors": []}
    asked = in_the_shop(metafieldsDelete={"deletedMetafields": [None], "userErrors": []}, tagsRemove=done)
    lamplight().clear_annotation(1042, ["backorder"])
    (said,) = asked
    assert (said["id"], said["tags"]) == ("gid://shopify/Order/1042", ["backorder"])
    assert said["metafields"] == [{"ownerId": said["id"], "namespace": "$app", "key": "backorder_promise"}]
    lamplight().clear_annotation(1042, [])
    assert "tags" not in asked[1]
