"""Holds, releases and splits, as the Admin API answers them."""

import pytest

from devstore.fulfilment import begin_work, hold, release
from devstore.gids import gid, number
from tests.devstore.conftest import empty_the_post, only_part, told

PART = "id status supportedActions { action } lineItems(first: 10) { nodes { id remainingQuantity lineItem { id } } }"
HOLD = f"""mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) {{
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {{
    fulfillmentHold {{ id handle reason heldByRequestingApp }}
    fulfillmentOrder {{ {PART} fulfillmentHolds {{ id handle heldByRequestingApp }} }}
    remainingFulfillmentOrder {{ {PART} }}
    userErrors {{ field message code }}
  }}
}}"""
RELEASE = f"""mutation Release($id: ID!, $holdIds: [ID!]) {{
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {{
    fulfillmentOrder {{ {PART} }} userErrors {{ field message code }}
  }}
}}"""
SPLIT = f"""mutation Split($splits: [FulfillmentOrderSplitInput!]!) {{
  fulfillmentOrderSplit(fulfillmentOrderSplits: $splits) {{
    fulfillmentOrderSplits {{ fulfillmentOrder {{ {PART} }} remainingFulfillmentOrder {{ {PART} }} }}
    userErrors {{ field message code }}
  }}
}}"""
DEADLINE = """mutation Deadline($ids: [ID!]!, $at: DateTime!) {
  fulfillmentOrdersSetFulfillmentDeadline(fulfillmentOrderIds: $ids, fulfillmentDeadline: $at) {
    success userErrors { message code }
  }
}"""
SHIP = """mutation Ship($f: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $f) {
    fulfillment { id displayStatus trackingInfo(first: 1) { number } } userErrors { field message }
  }
}"""
OTHER_APP = 77


@pytest.fixture
def part(shop, chair, buy):
    """Five chairs to ship."""
    return only_part(shop, buy((chair, 5)))


def place(admin, part, units=None, **wish):
    lines = {"fulfillmentOrderLineItems": [{"id": line_gid(part), "quantity": units}]} if units is not None else {}
    return admin.get(
        HOLD, id=part_gid(part), hold={"reason": "INVENTORY_OUT_OF_STOCK", "handle": "waits", **lines, **wish}
    )["fulfillmentOrderHold"]


def part_gid(part):
    return gid("FulfillmentOrder", part.id)


def line_gid(part):
    return gid("FulfillmentOrderLineItem", part.lines[0].id)


def codes(answer):
    return [error["code"] for error in answer["userErrors"]]


def test_a_hold_on_the_whole_keeps_it_whole(admin, part, shop):
    answer = place(admin, part)
    assert answer["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert answer["remainingFulfillmentOrder"] is None
    assert answer["fulfillmentHold"]["heldByRequestingApp"] is True


def test_a_hold_on_part_of_a_line_splits_the_fulfillment_order(admin, part, shop):
    answer = place(admin, part, units=3)
    held, rest = answer["fulfillmentOrder"], answer["remainingFulfillmentOrder"]
    assert held["id"] == part_gid(part)
    assert rest["id"] != held["id"]
    assert (held["status"], rest["status"]) == ("ON_HOLD", "OPEN")
    assert [line["remainingQuantity"] for line in held["lineItems"]["nodes"]] == [3]
    assert [line["remainingQuantity"] for line in rest["lineItems"]["nodes"]] == [2]
    assert held["lineItems"]["nodes"][0]["id"] != rest["lineItems"]["nodes"][0]["id"]
    assert held["lineItems"]["nodes"][0]["lineItem"] == rest["lineItems"]["nodes"][0]["lineItem"]


def test_a_hold_on_one_of_two_lines_leaves_the_other_free(admin, shop, lamp, chair, buy):
    part = only_part(shop, buy((lamp, 1), (chair, 2)))
    answer = place(admin, part, units=1)
    assert [line["remainingQuantity"] for line in answer["fulfillmentOrder"]["lineItems"]["nodes"]] == [1]
    assert [line["remainingQuantity"] for line in answer["remainingFulfillmentOrder"]["lineItems"]["nodes"]] == [2]


def test_naming_every_unit_does_not_split(admin, part, shop):
    assert place(admin, part, units=5)["remainingFulfillmentOrder"] is None
    assert len(shop.fulfillment_orders) == 1


def test_the_same_handle_twice_is_refused(admin, part):
    place(admin, part)
    assert codes(place(admin, part)) == ["DUPLICATE_FULFILLMENT_HOLD_HANDLE"]
    assert len(part.holds) == 1


def test_two_apps_may_use_one_handle(admin, part, world, shop):
    hold(world, shop, part.id, reason="OTHER", handle="waits", app_id=OTHER_APP)
    answer = place(admin, part)
    holders = [hold["heldByRequestingApp"] for hold in answer["fulfillmentOrder"]["fulfillmentHolds"]]
    assert holders == [False, True]


def test_an_app_may_place_ten_holds_and_no_more(admin, part):
    for count in range(10):
        assert not place(admin, part, handle=f"h{count}")["userErrors"]
    assert codes(place(admin, part, handle="h10")) == ["FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"]


def test_what_is_held_cannot_be_held_in_part(admin, part, world, shop):
    hold(world, shop, part.id, reason="OTHER", app_id=OTHER_APP)
    assert codes(place(admin, part, units=2)) == ["FULFILLMENT_ORDER_NOT_SPLITTABLE"]


@pytest.mark.parametrize(("units", "code"), [(0, "GREATER_THAN_ZERO"), (6, "INVALID_LINE_ITEM_QUANTITY")])
def test_a_hold_needs_units_that_are_there(admin, part, units, code):
    assert codes(place(admin, part, units=units)) == [code]
    assert part.status == "OPEN"


def test_a_line_named_twice_is_refused(admin, part):
    twice = [{"id": line_gid(part), "quantity": 1}] * 2
    assert codes(place(admin, part, fulfillmentOrderLineItems=twice)) == ["DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS"]


def test_a_fulfillment_order_that_is_none_is_named(admin, part):
    answer = admin.get(HOLD, id="gid://shopify/FulfillmentOrder/1", hold={"reason": "OTHER"})["fulfillmentOrderHold"]
    assert codes(answer) == ["FULFILLMENT_ORDER_NOT_FOUND"]


def test_what_is_being_packed_cannot_be_held(admin, part, world, shop):
    begin_work(world, shop, part.id)
    assert place(admin, part)["userErrors"][0]["message"] == "A fulfillment order that is IN_PROGRESS cannot be held."


def test_releasing_our_hold_leaves_the_others(admin, part, world, shop):
    hold(world, shop, part.id, reason="HIGH_RISK_OF_FRAUD", app_id=OTHER_APP)
    ours = place(admin, part)["fulfillmentHold"]["id"]
    answer = admin.get(RELEASE, id=part_gid(part), holdIds=[ours])["fulfillmentOrderReleaseHold"]
    assert answer["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert [placed.app_id for placed in part.holds] == [OTHER_APP]


def test_releasing_without_ids_releases_everyones_holds(admin, part, world, shop):
    hold(world, shop, part.id, reason="HIGH_RISK_OF_FRAUD", app_id=OTHER_APP)
    place(admin, part)
    answer = admin.get(RELEASE, id=part_gid(part))["fulfillmentOrderReleaseHold"]
    assert answer["fulfillmentOrder"]["status"] == "OPEN"
    assert not part.holds


def test_a_hold_that_is_gone_cannot_be_released_again(admin, part):
    ours = place(admin, part)["fulfillmentHold"]["id"]
    admin.get(RELEASE, id=part_gid(part), holdIds=[ours])
    again = admin.get(RELEASE, id=part_gid(part), holdIds=[ours])["fulfillmentOrderReleaseHold"]
    assert again["userErrors"][0]["message"] == "The fulfillment order is not on hold."


def test_staff_may_release_what_an_app_holds(admin, part, world, shop):
    ours = number(place(admin, part)["fulfillmentHold"]["id"], "FulfillmentHold")
    release(world, shop, part.id, (ours,))
    assert part.status == "OPEN"
    assert (shop.journal[-1].act, shop.journal[-1].by) == ("hold released", "merchant")


def test_a_split_moves_the_named_units_to_a_new_fulfillment_order(admin, part, shop):
    wish = {"fulfillmentOrderId": part_gid(part), "fulfillmentOrderLineItems": [{"id": line_gid(part), "quantity": 2}]}
    (done,) = admin.get(SPLIT, splits=[wish])["fulfillmentOrderSplit"]["fulfillmentOrderSplits"]
    assert done["fulfillmentOrder"]["id"] == part_gid(part)
    assert done["fulfillmentOrder"]["lineItems"]["nodes"][0]["remainingQuantity"] == 3
    assert done["remainingFulfillmentOrder"]["lineItems"]["nodes"][0]["remainingQuantity"] == 2


def test_what_is_held_cannot_be_split(admin, part):
    place(admin, part)
    wish = {"fulfillmentOrderId": part_gid(part), "fulfillmentOrderLineItems": [{"id": line_gid(part), "quantity": 2}]}
    answer = admin.get(SPLIT, splits=[wish])["fulfillmentOrderSplit"]
    assert answer["fulfillmentOrderSplits"] is None
    assert answer["userErrors"][0]["field"][:2] == ["fulfillmentOrderSplits", "0"]


def test_supported_actions_follow_the_status(admin, part, world, shop):
    def actions():
        found = admin.get(f"query($id: ID!) {{ fulfillmentOrder(id: $id) {{ {PART} }} }}", id=part_gid(part))
        return [each["action"] for each in found["fulfillmentOrder"]["supportedActions"]]

    assert actions() == ["CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"]
    place(admin, part)
    assert actions() == ["RELEASE_HOLD", "HOLD", "MOVE"]
    admin.get(RELEASE, id=part_gid(part))
    begin_work(world, shop, part.id)
    assert actions() == ["CREATE_FULFILLMENT"]


def test_a_partial_hold_is_told_as_split_placed_and_added(admin, part, world):
    empty_the_post(world)
    place(admin, part, units=3)
    expected = ["fulfillment_orders/split", "fulfillment_orders/placed_on_hold", "fulfillment_holds/added"]
    assert told(world) == expected


def test_placed_and_released_are_told_once_per_fulfillment_order_and_holds_each(admin, part, world):
    empty_the_post(world)
    place(admin, part, handle="one")
    place(admin, part, handle="two")
    admin.get(RELEASE, id=part_gid(part))
    assert sorted(told(world)) == [
        "fulfillment_holds/added",
        "fulfillment_holds/added",
        "fulfillment_holds/released",
        "fulfillment_holds/released",
        "fulfillment_orders/hold_released",
        "fulfillment_orders/placed_on_hold",
    ]


def test_a_deadline_is_set_on_all_or_none(admin, part):
    ids = [part_gid(part), "gid://shopify/FulfillmentOrder/1"]
    refused = admin.get(DEADLINE, ids=ids, at="2026-12-01T00:00:00Z")["fulfillmentOrdersSetFulfillmentDeadline"]
    assert codes(refused) == ["FULFILLMENT_ORDERS_NOT_FOUND"]
    assert part.fulfill_by is None
    admin.get(DEADLINE, ids=ids[:1], at="2026-12-01T00:00:00Z")
    assert part.fulfill_by is not None


def test_an_app_can_ship_with_tracking(admin, part):
    wish = {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": part_gid(part)}],
        "trackingInfo": {"number": "1Z9", "company": "UPS"},
    }
    answer = admin.get(SHIP, f=wish)["fulfillmentCreate"]
    assert answer["fulfillment"]["trackingInfo"] == [{"number": "1Z9"}]
    assert part.status == "CLOSED"
