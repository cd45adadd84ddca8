"""Staff add units to an order that was placed."""

import pytest

from devstore.editing import add_units
from devstore.saying import StoreSays

from .conftest import empty_the_post, level_of, order_gid

AGREEMENTS = """
query Agreed($id: ID!) {
  order(id: $id) {
    lineItems(first: 5) { nodes { quantity currentQuantity unfulfilledQuantity } }
    agreements(first: 5) { nodes { happenedAt sales(first: 5) { nodes { quantity } } } }
  }
}
"""


def test_added_units_are_committed_and_wait_in_a_fulfillment_order_of_their_own(world, shop, buy, chair):
    order = buy((chair, 2))
    add_units(world, shop, order.id, order.line_items[0].id, 3)
    level = level_of(shop, chair)
    assert (level.available, level.committed) == (7, 5)
    assert [part.remaining for part in shop.fulfillment_orders_of(order.id)] == [2, 3]


def test_the_agreement_of_the_edit_tells_when_they_joined(world, shop, buy, chair, admin, machine):
    order = buy((chair, 2))
    machine.pass_seconds(60)
    add_units(world, shop, order.id, order.line_items[0].id, 3)
    seen = admin.get(AGREEMENTS, id=order_gid(order))["order"]
    assert seen["lineItems"]["nodes"] == [{"quantity": 5, "currentQuantity": 5, "unfulfilledQuantity": 5}]
    agreed = seen["agreements"]["nodes"]
    assert [each["sales"]["nodes"][0]["quantity"] for each in agreed] == [2, 3]
    assert agreed[0]["happenedAt"] < agreed[1]["happenedAt"]


def test_the_app_is_told_of_an_edit(world, shop, buy, chair):
    order = buy((chair, 1))
    empty_the_post(world)
    add_units(world, shop, order.id, order.line_items[0].id, 1)
    topics = {delivery.topic for delivery in empty_the_post(world)}
    assert {"orders/edited", "orders/updated", "fulfillment_orders/order_routing_complete"} <= topics


def test_units_cannot_be_added_to_a_line_that_the_order_lacks(world, shop, buy, chair):
    order = buy((chair, 1))
    with pytest.raises(StoreSays):
        add_units(world, shop, order.id, 1, 1)
