"""Staff change the catalogue and the places."""

import pytest

from devstore.cancel import cancel_order
from devstore.catalogue import delete_product, set_active, set_tracked
from devstore.fulfilment import ship
from devstore.gids import gid
from devstore.model import Location
from devstore.saying import StoreSays
from tests.devstore.conftest import empty_the_post, only_part, order_gid, told


def test_a_deleted_product_leaves_its_orders_readable(admin, world, shop, chair, buy):
    order = buy((chair, 1))
    empty_the_post(world)
    delete_product(world, shop, chair.product_id)
    assert told(world) == ["inventory_levels/disconnect", "inventory_items/delete", "products/delete"]
    document = """query($id: ID!) { order(id: $id) { lineItems(first: 1) { nodes { name variant { id } product { id } } }
      fulfillmentOrders(first: 1) { nodes { lineItems(first: 1) { nodes { remainingQuantity sku variant { id } } } } } } }"""
    found = admin.get(document, id=order_gid(order))["order"]
    assert found["lineItems"]["nodes"] == [{"name": "Oak chair", "variant": None, "product": None}]
    (part,) = found["fulfillmentOrders"]["nodes"]
    assert part["lineItems"]["nodes"] == [{"remainingQuantity": 1, "sku": None, "variant": None}]


def test_what_was_sold_of_a_deleted_product_can_still_ship_or_be_cancelled(world, shop, chair, buy):
    first, second = buy((chair, 1)), buy((chair, 1))
    delete_product(world, shop, chair.product_id)
    ship(world, shop, only_part(shop, first).id)
    cancel_order(world, shop, second.id)
    assert (only_part(shop, first).status, only_part(shop, second).status) == ("CLOSED", "CANCELLED")


def test_an_item_that_is_no_longer_counted_says_so(world, shop, chair):
    set_tracked(world, shop, chair.item_id, tracked=False)
    assert told(world) == ["inventory_items/update"]


def test_a_closed_location_sells_nothing(admin, world, shop, chair, brooklyn):
    queens = Location(shop.next_id(), "Queens")
    shop.locations[queens.id] = queens
    set_active(world, shop, brooklyn, active=False)
    document = "query($id: ID!) { productVariant(id: $id) { sellableOnlineQuantity availableForSale } }"
    found = admin.get(document, id=gid("ProductVariant", chair.id))["productVariant"]
    assert found == {"sellableOnlineQuantity": 0, "availableForSale": False}


def test_the_last_open_location_stays_open(world, shop, brooklyn):
    with pytest.raises(StoreSays, match="at least one"):
        set_active(world, shop, brooklyn, active=False)
