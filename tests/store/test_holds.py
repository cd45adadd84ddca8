"""Units that wait are held under our handle, and only our own holds are ever released."""

import pytest

from backorder.store.errors import AlreadyHeld, GoneFromStore, StoreRefused
from backorder.store.written import Released
from tests.store.answers import in_the_shop, user_error
from tests.store.cast import lamplight
from tests.store.shelf import fulfillment_order

LAMP_ORDER = "gid://shopify/FulfillmentOrder/30"
OUR_HOLD = "gid://shopify/FulfillmentHold/50"


def held(**changes):
    usual = {
        "fulfillmentHold": {"id": OUR_HOLD},
        "fulfillmentOrder": fulfillment_order(30, status="ON_HOLD"),
        "remainingFulfillmentOrder": None,
        "userErrors": [],
    }
    return in_the_shop(fulfillmentOrderHold=usual | changes)


def refused(message, code):
    return held(
        fulfillmentHold=None,
        fulfillmentOrder=None,
        userErrors=[user_error(message, code, ["fulfillmentHold", "handle"])],
    )


def test_a_whole_fulfillment_order_is_held_for_want_of_stock():
    asked = held()
    held_now = lamplight().hold(30, "promised-9", None, "Lamp: 1 unit waits")
    assert (held_now.hold_id, held_now.rest) == (50, None)
    assert (held_now.held.fulfillment_order_id, held_now.held.status) == (30, "ON_HOLD")
    assert asked == [
        {
            "id": LAMP_ORDER,
            "hold": {
                "reason": "INVENTORY_OUT_OF_STOCK",
                "reasonNotes": "Lamp: 1 unit waits",
                "handle": "promised-9",
                "notifyMerchant": False,
            },
        }
    ]


def test_a_hold_on_part_of_a_line_splits_the_fulfillment_order():
    asked = held(remainingFulfillmentOrder=fulfillment_order(31, parts=2))
    split = lamplight().hold(30, "promised-9", {41: 2, 40: 1}, "")
    assert split.rest is not None
    assert (split.held.fulfillment_order_id, split.rest.fulfillment_order_id) == (30, 31)
    assert len(split.rest.parts) == 2
    assert asked[0]["hold"]["fulfillmentOrderLineItems"] == [
        {"id": "gid://shopify/FulfillmentOrderLineItem/40", "quantity": 1},
        {"id": "gid://shopify/FulfillmentOrderLineItem/41", "quantity": 2},
    ]


@pytest.mark.parametrize("unsaid", ["fulfillmentHold", "fulfillmentOrder"])
def test_a_hold_that_the_store_took_without_showing_all_of_it_is_read_back(unsaid):
    held(**{unsaid: None})
    with pytest.raises(AlreadyHeld):
        lamplight().hold(30, "promised-9", None, "")


def test_a_handle_that_is_there_already_means_that_the_hold_is_there():
    refused("Handle is taken", "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
    with pytest.raises(AlreadyHeld):
        lamplight().hold(30, "promised-9", None, "")


def test_a_fulfillment_order_that_cannot_be_split_says_so():
    refused("Not splittable", "FULFILLMENT_ORDER_NOT_SPLITTABLE")
    with pytest.raises(StoreRefused) as refusal:
        lamplight().hold(30, "promised-9", {40: 1}, "")
    assert not isinstance(refusal.value, AlreadyHeld)
    assert refusal.value.codes == {"FULFILLMENT_ORDER_NOT_SPLITTABLE"}


def test_a_fulfillment_order_that_was_merged_away_is_gone():
    refused("Not found", "FULFILLMENT_ORDER_NOT_FOUND")
    with pytest.raises(GoneFromStore):
        lamplight().hold(30, "promised-9", None, "")


@pytest.mark.parametrize("parts", [{}, {40: 0}, {40: 1, 41: -1}])
def test_naming_no_units_never_holds_the_whole_by_accident(parts):
    with pytest.raises(ValueError, match="at least one part"):
        lamplight().hold(30, "promised-9", parts, "")


@pytest.mark.parametrize("handle", ["", "x" * 65])
def test_a_hold_has_a_handle_that_the_store_can_keep(handle):
    with pytest.raises(ValueError, match="64"):
        lamplight().hold(30, handle, None, "")


def test_exactly_our_holds_are_released():
    opened = {"fulfillmentOrder": {"id": LAMP_ORDER, "status": "OPEN"}, "userErrors": []}
    asked = in_the_shop(fulfillmentOrderReleaseHold=opened)
    assert lamplight().release(30, [50, 51]) == Released(30, "OPEN")
    assert asked == [{"id": LAMP_ORDER, "holdIds": [OUR_HOLD, "gid://shopify/FulfillmentHold/51"]}]


def test_a_release_may_be_told_without_its_fulfillment_order():
    in_the_shop(fulfillmentOrderReleaseHold={"fulfillmentOrder": None, "userErrors": []})
    assert lamplight().release(30, [50]) is None


def test_releasing_nothing_is_refused_because_the_store_would_release_everybodys():
    with pytest.raises(ValueError, match="everybody's"):
        lamplight().release(30, [])
